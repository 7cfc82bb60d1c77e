"""What the hammer does to the lots that are due: events, deals, listings and every deposit's outcome, all or nothing.

Written for many lots at once: no step costs a statement a lot. Locks are taken floor by floor, downward: lots, charges,
listings, the books.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import connection, transaction
from django.db.models import Prefetch, prefetch_related_objects

from auctions import hub
from auctions.actions import return_deposits, waive_deposits
from auctions.engine.rows import ACTOR
from auctions.live import state_of
from auctions.models import Bidder, Event, Lot, Sale
from auctions.rules import lot as rules
from market.deals import actions as deals
from market.kernel.errors import Conflict, ensure
from market.kernel.states import can_move, move_many
from market.listings import actions as listings
from market.listings.queries import reserves_of
from market.payments import actions as payments
from market.trail import journal
from market.trail.models import Fact

NEEDED = (
    *("sale__agency", "sale__auctioneer", "leader__party", "listing__agency", "listing__seller", "listing__right"),
    "listing__mandate",
    Prefetch("bidders", Bidder.objects.select_related("party").order_by("pk")),
)


# Every row at once, and only those that are as we read them; both databases name the columns of VALUES alike.
MOVED = """UPDATE auctions_lot SET seq = v.column3, head = v.column4, state = v.column5,
    price_minor = CAST(v.column6 AS bigint), leader_id = CAST(v.column7 AS bigint),
    public = {public}, secret = {secret}, closed_at = %s
    FROM (VALUES {rows}) AS v WHERE auctions_lot.id = v.column1 AND auctions_lot.seq = v.column2"""
JSON = {
    "postgresql": {"public": "v.column8::jsonb", "secret": "v.column9::jsonb"},
    "sqlite": {"public": "v.column8", "secret": "v.column9"},
}


@dataclass(frozen=True, slots=True)
class Fallen:
    """A lot we hold and what was decided about it."""

    lot: Lot
    decision: rules.Decision

    @property
    def sold(self) -> bool:
        """Whether the hammer fell for somebody."""
        return self.decision.state.phase == rules.SOLD

    @property
    def winner(self) -> Bidder | None:
        """Who gets it: the registration behind the leading paddle."""
        paddle = self.decision.state.leader
        return next((row for row in self.lot.bidders.all() if self.sold and row.paddle == paddle), None)


def fall(lots: Sequence[Lot], now: datetime) -> list[Lot]:
    """Close those of `lots`, all held by us, that are still due at `now`; returns them. Must run in a transaction.

    The deal is formed by the hammer (拍卖法 51); deposits of the others go back (法释〔2016〕18号 23). Writes `lot.sold` or
    `lot.passed_in`.
    """
    prefetch_related_objects(lots, *NEEDED)
    over = _decided(lots, now)
    _write(over, now)
    sold, passed = [one for one in over if one.sold], [one for one in over if not one.sold]
    winners = [one.winner for one in sold]
    won = {row.pk for row in winners if row}
    others = [row for one in over for row in one.lot.bidders.all() if row.pk not in won]
    waive_deposits(others, actor=ACTOR)
    deals.open_many([_concluded(one) for one in sold], actor=ACTOR)
    listings.mark_dealt_many([one.lot.listing for one in sold], actor=ACTOR)
    listings.leave_sale_many([one.lot.listing for one in passed], actor=ACTOR)
    _set_off([row for row in winners if row])
    return_deposits(others, actor=ACTOR)
    journal.record_many(_said(one) for one in over)
    return [one.lot for one in over]


def _decided(lots: Sequence[Lot], now: datetime) -> list[Fallen]:
    """What the rules say of each lot; one that is not due is not among them."""
    reserves = reserves_of([lot.listing for lot in lots])
    bids = Event.objects.filter(lot__in=lots, kind="bid").order_by()
    paddles = Counter(lot for lot, _ in bids.values_list("lot", "payload__paddle").distinct())
    decided = []
    for lot in lots:
        reserve = reserves.get(lot.listing_id)
        met = reserve is None or lot.price is None or lot.price >= reserve
        decision = rules.decide(state_of(lot), [rules.Close(reserve_met=met, bidders=paddles[lot.pk])], now)
        if decision.events:
            decided.append(Fallen(lot, decision))
    return decided


def _write(over: Sequence[Fallen], at: datetime) -> None:
    """Move the rows, by compare-and-swap on `seq`, append the events, and tell the rooms after the commit."""
    if not over:
        return
    values: list[int | str | None] = []
    for one in over:
        after = one.decision.state
        ensure(can_move(one.lot.state, after.phase, Lot.MOVES), f"{one.lot} becomes {after.phase}")
        leader = next((row.pk for row in one.lot.bidders.all() if row.paddle == after.leader), None)
        values += [one.lot.pk, one.lot.seq, after.seq, after.head, after.phase, after.price]
        values += [None if after.leader is None else leader, json.dumps(after.public), json.dumps(after.secret)]
    rows = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s, %s)"] * len(over))
    with connection.cursor() as cursor:
        moved = MOVED.format(rows=rows, **JSON[connection.vendor])
        cursor.execute(moved, [connection.ops.adapt_datetimefield_value(at), *values])
        if cursor.rowcount != len(over):
            raise Conflict("lot.outrun")
    Event.objects.bulk_create(
        Event(
            lot=one.lot,
            seq=event.seq,
            kind=event.kind,
            payload=event.payload,
            at=event.at,
            prev=event.prev,
            hash=event.hash,
        )
        for one in over
        for event in one.decision.events
    )
    for one in over:
        transaction.on_commit(partial(hub.announce, one.lot.pk, one.decision.state.seq), robust=True)


def _concluded(one: Fallen) -> deals.Concluded:
    """What the hammer concluded at the price of the last bid."""
    lot, winner, price = one.lot, one.winner, one.decision.state.price
    if winner is None or price is None:
        raise AssertionError(f"{lot} sold to nobody")
    mandate = lot.listing.mandate
    return deals.Concluded(
        origin=lot.ref,
        listing=lot.listing,
        buyer=winner.party,
        price=one.decision.state.terms.money(price),
        seller_commission_bp=mandate.seller_commission_bp,
        buyer_premium_bp=mandate.buyer_premium_bp,
        on_record=_on_record(lot, winner, one.decision.state.head),
    )


def _on_record(lot: Lot, winner: Bidder, head: str) -> dict[str, str]:
    """What the sale confirmation states of the lot (拍卖法 52): sale, mode, auctioneer, paddle, rules, and the log's head.

    `head` is the hash of the log's last event, the sale itself.
    """
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


def _set_off(winners: Sequence[Bidder]) -> None:
    """Set the winners' deposits off against their prices, and end their registrations."""
    held = [row for row in winners if row.deposit == Bidder.Deposit.HELD]
    payments.apply_deposits([row.code for row in held], actor=ACTOR)
    move_many(held, Bidder.State.ENDED, deposit=Bidder.Deposit.APPLIED)
    move_many([row for row in winners if row not in held], Bidder.State.ENDED)


def _said(one: Fallen) -> Fact:
    """What everybody concerned is told: the seller, the agency and all who registered."""
    lot, after = one.lot, one.decision.state
    audience = {lot.listing.seller.ref, lot.sale.agency.ref, *(row.party.ref for row in lot.bidders.all())}
    data: dict[str, object] = {"lot": lot.code, "title": lot.listing.right.title}
    if one.sold:
        price = after.terms.money(after.price).wire() if after.price else None
        data |= {"price": price, "paddle": after.leader}
    else:
        data |= {"reason": one.decision.events[-1].payload["reason"]}
    name = "lot.sold" if one.sold else "lot.passed_in"
    return journal.said(name, subject=lot.ref, actor=ACTOR, audience=audience, **data)
