"""Opening and closing lots when their time has come; what a closing does is one transaction."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from auctions.actions import end_registration
from auctions.engine.rows import ACTOR, locked, write
from auctions.engine.told import tell_opened
from auctions.live import state_of
from auctions.models import Bidder, Event, Lot, Sale
from auctions.rules import lot as rules
from market.deals import actions as deals
from market.kernel import clock
from market.kernel.states import move
from market.listings import actions as listings
from market.listings.queries import reserve_of
from market.payments import actions as payments
from market.trail import journal

logger = logging.getLogger(__name__)

BATCH = 50  # lots looked at in one turn of the worker


def open_due() -> int:
    """Open every announced lot whose time has come; returns how many. Writes `lot.opened`, or `lot.held` when too late."""
    due = Lot.objects.filter(state=Lot.State.NOTICED, opens_at__lte=clock.database_now()).order_by("opens_at", "pk")
    return sum(_one(pk, _open) for pk in due.values_list("pk", flat=True)[:BATCH])


def close_due() -> int:
    """Close every lot whose time is up; returns how many. What a closing does is one transaction (see `_close`)."""
    due = Lot.objects.filter(state__in=Lot.BIDDING, ends_at__lte=clock.database_now()).order_by("ends_at", "pk")
    return sum(_one(pk, _close) for pk in due.values_list("pk", flat=True)[:BATCH])


def _one(pk: int, act: Callable[[Lot, datetime], bool]) -> bool:
    """Do one lot's act in its own transaction; a lot that somebody holds waits for the next turn, a fault is logged."""
    try:
        with transaction.atomic(durable=True):
            lot = locked(skip_locked=True).filter(pk=pk).first()
            return lot is not None and act(lot, clock.database_now())
    except Exception:  # one lot's fault must not keep the others from closing on time
        logger.exception("lot %s: %s failed", pk, act)
        return False


def _open(lot: Lot, now: datetime) -> bool:
    """Open a lot we hold, if it still waits and is due."""
    decision = rules.decide(state_of(lot), [rules.Open()], now)
    if not decision.events:
        return False
    write(lot, decision, leader_id=None, at=now)
    tell_opened(lot, decision.state.phase)
    return True


def _close(lot: Lot, now: datetime) -> bool:
    """Close a lot we hold, if it is still due: event, deal, listing and every deposit's outcome, in one transaction.

    An extension that came between picking the lot and locking it makes it not due, and nothing happens. The deal is
    formed by the hammer (拍卖法 51); deposits of the others go back (法释〔2016〕18号 23).
    """
    reserve = reserve_of(lot.listing)
    met = reserve is None or lot.price is None or lot.price >= reserve
    paddles = Event.objects.filter(lot=lot, kind="bid").values("payload__paddle").distinct().count()
    decision = rules.decide(state_of(lot), [rules.Close(reserve_met=met, bidders=paddles)], now)
    if not decision.events:
        return False
    write(lot, decision, leader_id=lot.leader_id, at=now)
    bidders = list(lot.bidders.select_related("party").order_by("pk"))
    audience = {lot.listing.seller.ref, lot.sale.agency.ref, *(bidder.party.ref for bidder in bidders)}
    title = {"lot": lot.code, "title": lot.listing.right.title}
    if decision.state.phase == rules.SOLD:
        _sell(lot, decision.state.head)
        price = lot.price.wire() if lot.price else None
        said = {**title, "price": price, "paddle": decision.state.leader}
        journal.record("lot.sold", subject=lot.ref, actor=ACTOR, audience=audience, **said)
    else:
        listings.leave_sale(lot.listing, actor=ACTOR)
        reason = decision.events[-1].payload["reason"]
        journal.record("lot.passed_in", subject=lot.ref, actor=ACTOR, audience=audience, **title, reason=reason)
    for bidder in bidders:
        if decision.state.phase != rules.SOLD or bidder.pk != lot.leader_id:
            end_registration(bidder, actor=ACTOR, lot=lot)
    _close_sale(lot.sale)
    return True


def _sell(lot: Lot, head: str) -> None:
    """Open the leader's deal at the hammer price, set its deposit off against it, and end its registration.

    `head` is the hash of the log's last event, the sale itself.
    """
    winner, mandate = lot.leader, lot.listing.mandate
    if winner is None or lot.price is None:
        raise AssertionError(f"{lot} sold to nobody")
    deals.open(
        origin=lot.ref,
        listing=lot.listing,
        buyer=winner.party,
        price=lot.price,
        seller_commission_bp=mandate.seller_commission_bp,
        buyer_premium_bp=mandate.buyer_premium_bp,
        actor=ACTOR,
        on_record=_on_record(lot, winner, head),
    )
    listings.mark_dealt(lot.listing, actor=ACTOR)
    also = {}
    if winner.deposit == Bidder.Deposit.HELD:
        payments.apply_deposit(winner.code, actor=ACTOR)
        also = {"deposit": Bidder.Deposit.APPLIED}
    move(winner, Bidder.State.ENDED, **also)


def _on_record(lot: Lot, winner: Bidder, head: str) -> dict[str, str]:
    """What the sale confirmation states of the lot (拍卖法 52): sale, mode, auctioneer, paddle, rules, and the log's head."""
    host = lot.sale.auctioneer
    return {
        "sale": lot.sale.title,
        "lot": f"{lot.number} ({lot.code})",
        "mode": lot.sale.mode,
        "auctioneer": f"{host.name} {host.certificate}" if host and lot.sale.mode == Sale.Mode.AUCTION else "",
        "paddle": str(winner.paddle or ""),
        "ruleset": lot.sale.ruleset,
        "terms_sha256": winner.terms_sha256,
        "log_sha256": head,
    }


def _close_sale(sale: Sale) -> None:
    """Close the sale with its last lot; its row is locked so that two last lots do not each see the other open."""
    locked = Sale.objects.select_for_update(no_key=True).get(pk=sale.pk)
    if locked.state == Sale.State.NOTICED and not locked.lots.exclude(state__in=Lot.OVER).exists():
        move(locked, Sale.State.CLOSED)
