"""The only hand that takes bids and opens and closes lots: lock, clock, rules, rows, commit, then tell the room.

The lot's row lock is the queue; the compare-and-swap on `seq` is the proof that nobody stood beside it. A bid that finds
its lot due to open opens it; closing is the worker's (`close_due`), since it opens deals and moves deposits.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from auctions import hub
from auctions.actions import end_registration
from auctions.live import state_of
from auctions.models import Bid, Bidder, Event, Lot, Sale
from auctions.rules import chain
from auctions.rules import lot as rules
from auctions.rules.pace import Pace
from market.deals import actions as deals
from market.kernel import clock
from market.kernel.errors import Conflict, Refused, ensure
from market.kernel.money import Money
from market.kernel.states import move
from market.listings import actions as listings
from market.listings.queries import reserve_of
from market.parties.queries import is_related
from market.payments import actions as payments
from market.trail import journal

logger = logging.getLogger(__name__)

ACTOR = "system:hammer"
BATCH = 50  # lots looked at in one turn of the worker
OUTBID_EVERY = timedelta(minutes=5)  # a bidder is told of being outbid at most this often; the room shows each change
BIDS_A_SECOND = 5
PACES = 10_000  # bidders whose pace is remembered; forgetting one allows it a second's worth more

_paces: dict[int, Pace] = {}
_paces_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a bid: accepted under `seq` at the moment `at`, or refused with a code and the facts to go on."""

    key: UUID
    amount: Money
    at: datetime
    seq: int | None
    code: str
    facts: chain.Json

    @property
    def accepted(self) -> bool:
        """Whether the bid is in the log."""
        return self.seq is not None


def admit(bidder_id: int) -> None:
    """Count one bid against the bidder's pace in this process. Refused `bid.too_fast` above five a second."""
    with _paces_lock:
        if len(_paces) > PACES:
            _paces.clear()
        pace = _paces.setdefault(bidder_id, Pace(per_second=BIDS_A_SECOND))
        if not pace.allows(time.monotonic()):
            raise Refused("bid.too_fast", limit=BIDS_A_SECOND)


def place_bid(
    *,
    lot_id: int,
    bidder_id: int,
    key: UUID,
    amount: Money,
    received_at: datetime,
    seen_seq: int | None = None,
) -> Answer:
    """Decide one bid and keep the answer, accepted or refused, under the bidder's `key`; durable when it returns.

    The same key again returns the first answer; with another amount `bid.key_reused`, which is not kept. `received_at`
    and `seen_seq` (the state the bidder looked at) are kept for disputes and decide nothing. Refused `amount.range` for
    nothing; Conflict `lot.outrun` if the row moved without our holding its lock.
    """
    if amount.minor <= 0:
        raise Refused("amount.range")
    with transaction.atomic(durable=True):
        lot = _locked().get(pk=lot_id)
        known = Bid.objects.filter(lot=lot, bidder=bidder_id, key=key).first()
        if known is not None:
            return _again(known, amount)
        now = clock.database_now()  # a statement of its own after the lock: never older than the wait for it
        hosts = [lot.listing.seller_id, lot.sale.agency_id]
        rows = Bidder.objects.select_related("party").annotate(related=is_related("party", hosts))
        around = rows.in_bulk([bidder_id, *([lot.leader_id] if lot.leader_id else [])])
        bidder = around[bidder_id]
        ensure(bidder.lot_id == lot.pk, f"{bidder} bids on {lot}")
        due = lot.state == Lot.State.NOTICED and lot.opens_at <= now
        commands: list[rules.Command] = [rules.Open()] if due else []
        meets = _meets_reserve(lot, amount)
        commands.append(rules.Bid(bidder.paddle, amount, bar=_bar(bidder, lot, bidder.related), meets_reserve=meets))
        decision = rules.decide(state_of(lot), commands, now)
        answer = decision.answers[-1]
        if decision.events:
            _write(lot, decision, leader_id=bidder_id if answer.accepted else lot.leader_id, at=now)
        row = Bid.objects.create(
            lot=lot,
            bidder=bidder,
            key=key,
            currency=amount.currency,
            amount_minor=amount.minor,
            seq=answer.seq,
            code=answer.code,
            facts=answer.facts if seen_seq is None else {**answer.facts, "seen_seq": seen_seq},
            at=now,
            received_at=received_at,
        )
        if due and decision.answers[0].accepted:
            _tell_opened(lot, decision.state.phase)
        loser = around.get(lot.leader_id) if lot.leader_id and lot.leader_id != bidder_id else None
        if answer.accepted and loser is not None:
            _tell_outbid(lot, loser, amount, now)
    return _answer(row)


def _locked(*, skip_locked: bool = False) -> QuerySet[Lot]:
    """Lots with what the rules need, each locked against whoever bids or closes, not against rows that refer to it."""
    rows = Lot.objects.select_related("sale__agency", "leader__party", "listing__seller", "listing__right")
    return rows.select_for_update(no_key=True, of=("self",), skip_locked=skip_locked)


def _again(known: Bid, amount: Money) -> Answer:
    if known.amount != amount:
        return Answer(known.key, amount, known.at, None, "bid.key_reused", {"amount": known.amount.wire()})
    return _answer(known)


def _answer(row: Bid) -> Answer:
    return Answer(row.key, row.amount, row.at, row.seq, row.code, row.facts)


def _bar(bidder: Bidder, lot: Lot, related: bool) -> str:
    """What keeps the bidder from bidding, read in the bid's own transaction (拍卖法 22, 30, 33): a code, or empty.

    `related`: the party is the seller's or the agency's, or tied to one of them, perhaps since it registered.
    """
    if related or bidder.party_id in (lot.listing.seller_id, lot.sale.agency_id):
        return "bid.related_party"
    if bidder.state == Bidder.State.QUALIFIED:
        return "bid.deposit_missing"
    if bidder.state != Bidder.State.ACTIVE or bidder.paddle is None:
        return "bid.not_registered"
    if lot.deposit_minor and bidder.deposit != Bidder.Deposit.HELD:
        return "bid.deposit_missing"
    return ""


def _meets_reserve(lot: Lot, amount: Money) -> bool:
    """Whether the public is to be told that `amount` meets the reserve: asked only where it may be and has not been."""
    if not lot.has_reserve or lot.reserve_met or not lot.sale.rules["show_reserve_met"]:
        return False
    reserve = reserve_of(lot.listing)
    return reserve is not None and reserve.currency == amount.currency and reserve <= amount


def _write(lot: Lot, decision: rules.Decision, *, leader_id: int | None, at: datetime) -> None:
    """Move the row from the state we read to the state decided, append the events, and tell the room after the commit."""
    after = decision.state
    moved = Lot.objects.filter(pk=lot.pk, seq=lot.seq).update(
        seq=after.seq,
        head=after.head,
        price_minor=after.price,
        leader=leader_id,
        bids_count=after.bids,
        ends_at=after.ends_at,
        extensions=after.extensions,
        reserve_met=after.reserve_met,
    )
    if moved != 1:
        raise Conflict("lot.outrun")
    if lot.state == Lot.State.NOTICED and after.phase == rules.EXTENDED:
        move(lot, Lot.State.LIVE)
    if after.phase != lot.state:
        move(lot, after.phase, **({"closed_at": at} if after.phase in Lot.OVER else {}))
    Event.objects.bulk_create(
        Event(
            lot=lot,
            seq=event.seq,
            kind=event.kind,
            payload=event.payload,
            at=event.at,
            prev=event.prev,
            hash=event.hash,
        )
        for event in decision.events
    )
    transaction.on_commit(partial(hub.announce, lot.pk, after.seq), robust=True)


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
            lot = _locked(skip_locked=True).filter(pk=pk).first()
            return lot is not None and act(lot, clock.database_now())
    except Exception:  # one lot's fault must not keep the others from closing on time
        logger.exception("lot %s: %s failed", pk, act)
        return False


def _open(lot: Lot, now: datetime) -> bool:
    """Open a lot we hold, if it still waits and is due."""
    decision = rules.decide(state_of(lot), [rules.Open()], now)
    if not decision.events:
        return False
    _write(lot, decision, leader_id=None, at=now)
    _tell_opened(lot, decision.state.phase)
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
    _write(lot, decision, leader_id=lot.leader_id, at=now)
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


def _tell_opened(lot: Lot, phase: str) -> None:
    """Tell those who may bid, the seller and the agency that bidding began, or that the lot is held."""
    active = lot.bidders.filter(state=Bidder.State.ACTIVE).select_related("party")
    audience = {lot.listing.seller.ref, lot.sale.agency.ref, *(bidder.party.ref for bidder in active)}
    name = "lot.held" if phase == rules.SUSPENDED else "lot.opened"
    data = {"lot": lot.code, "title": lot.listing.right.title}
    journal.record(name, subject=lot.ref, actor=ACTOR, audience=audience, **data, ends_at=chain.stamp(lot.ends_at))


def _tell_outbid(lot: Lot, loser: Bidder, amount: Money, now: datetime) -> None:
    """Tell a bidder who no longer leads, unless told within the last minutes."""
    told = journal.facts_about(loser.ref).filter(name="bidder.outbid", at__gt=now - OUTBID_EVERY)
    if not told.exists():
        journal.record(
            "bidder.outbid",
            subject=loser.ref,
            actor=ACTOR,
            audience=[loser.party.ref],
            lot=lot.code,
            title=lot.listing.right.title,
            price=amount.wire(),
        )
