"""The one checker after every drill: what must be true of the database, and of it against what bidders were told.

It reads rows and recomputes; what the market's own code says of itself is only one of the witnesses. Each wrong thing found
is a Violation with a stable code, so that a control can demand that the right one is found.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from auctions import live
from auctions.models import Bid, Bidder, Event, Lot
from auctions.rules.chain import unstamp
from auctions.rules.replay import Broken, verify
from market.deals.models import Deal
from market.kernel.money import Money
from market.ledger import queries
from market.ledger.models import Hold
from market.payments.models import Payout
from tests.drills.bidders import Asked

NEVER_KEPT = frozenset({"bid.key_reused", "bid.sign_in", "bid.not_registered", "role.missing", "amount.range"})
RESULTS = frozenset({Lot.State.SOLD, Lot.State.PASSED_IN})  # events and states of the same name


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that must not be: a stable code, and the figures."""

    code: str
    detail: str


def violations(asked: Iterable[Asked]) -> list[Violation]:
    """Everything wrong with the database, and with it against what bidders were told; empty when all is well."""
    connection.close()  # the server may have died since
    return [*_of_lots(), *_of_money(), *_of_answers(asked)]


def demand_none(found: list[Violation]) -> None:
    """Fail with the first violations, one a line, and how many there are of each code."""
    lines = [f"{one.code}: {one.detail}" for one in found[:20]]
    assert not found, "\n".join([str(dict(Counter(one.code for one in found))), *lines])


def differing(again: Iterable[tuple[Asked, Asked]]) -> list[Violation]:
    """The bids whose key, asked once more, got another answer than the first or none (see `bidders.told_again`)."""
    return [
        Violation("answer.changed", f"{first.lot} {first.key}: told {first.said}, then {then.said}")
        for first, then in again
    ]


def _of_lots() -> Iterator[Violation]:
    for lot in Lot.objects.exclude(seq=0).select_related("sale", "leader").order_by("pk"):
        events = list(Event.objects.filter(lot=lot).order_by("seq"))
        if [event.seq for event in events] != list(range(1, lot.seq + 1)):
            yield Violation("lot.gap", f"{lot.code}: {len(events)} events, seq {lot.seq}")
            continue
        try:
            live.check_rows(lot.code, verify(live.log(lot)))
        except Broken as broken:
            yield Violation("lot.replay", f"{lot.code}: {broken}")
        yield from _of_prices(lot, events)
        yield from _of_end(lot, events)
        yield from _of_hammer(lot, events)


def _of_prices(lot: Lot, events: list[Event]) -> Iterator[Violation]:
    """Without the rules' own code: the price never falls and each bidder's step is at least the increment; or the
    opening of envelopes says whose is what.
    """
    price, leader = None, None
    for event in events:
        if event.kind == "unsealed" and "price" in event.payload:
            price, leader = Money.from_wire(event.payload["price"]).minor, event.payload["paddle"]
        if event.kind != "bid":
            continue
        minor = Money.from_wire(event.payload["amount"]).minor
        step = next((step for since, step in reversed(lot.increments) if since <= (price or 0)), lot.increments[0][1])
        least = lot.start_minor if price is None else price if "auto" in event.payload else price + step
        if minor < least:
            yield Violation("lot.step", f"{lot.code} seq {event.seq}: {minor} under {least}")
        price, leader = minor, event.payload["paddle"]
    if price != lot.price_minor or leader != (lot.leader.paddle if lot.leader else None):
        yield Violation("lot.price", f"{lot.code}: {lot.price_minor} by {lot.leader}, the log says {price} by {leader}")


def _of_end(lot: Lot, events: list[Event]) -> Iterator[Violation]:
    """No bid at or after the end that held at its time; an end never moves back nor beyond the hard end."""
    ends_at: datetime = unstamp(events[0].payload["ends_at"])
    for event in events:
        if event.kind == "bid" and event.at >= ends_at:
            yield Violation("lot.late", f"{lot.code} seq {event.seq}: {event.at} at or after {ends_at}")
        if event.kind == "closed" and event.at < ends_at:
            yield Violation("lot.early", f"{lot.code}: closed at {event.at}, before {ends_at}")
        if event.kind not in ("opened", "closed") and "ends_at" in event.payload:
            moved = unstamp(event.payload["ends_at"])
            if moved < ends_at or (lot.hard_ends_at and moved > lot.hard_ends_at):
                yield Violation("lot.end", f"{lot.code} seq {event.seq}: from {ends_at} to {moved}")
            ends_at = moved
    if ends_at != lot.ends_at:
        yield Violation("lot.end", f"{lot.code}: {lot.ends_at}, the log says {ends_at}")


def _of_hammer(lot: Lot, events: list[Event]) -> Iterator[Violation]:
    """At most one result and one deal a lot; each deposit one outcome once the lot is over, and none before."""
    results = [event.seq for event in events if event.kind in RESULTS]
    over = lot.state in RESULTS
    if len(results) != over or (results and results[0] != lot.seq) or (over and events[-1].kind != lot.state):
        yield Violation("lot.result", f"{lot.code}: {lot.state} with results at {results} of {lot.seq}")
    deals = Deal.objects.filter(origin=lot.ref).count()
    if deals != (lot.state == Lot.State.SOLD):
        yield Violation("lot.deal", f"{lot.code}: {lot.state} with {deals} deals")
    if not lot.deposit_minor:
        return
    for bidder in lot.bidders.all():
        yield from _of_deposit(lot, bidder, over=over)


def _of_deposit(lot: Lot, bidder: Bidder, *, over: bool) -> Iterator[Violation]:
    holds = Hold.objects.filter(ref=f"{bidder.ref}:bond").select_related("posting", "void")
    ends = [(hasattr(hold, "posting"), hasattr(hold, "void")) for hold in holds]
    paid = Payout.objects.filter(subject=bidder.ref).count()
    won = lot.state == Lot.State.SOLD and bidder.pk == lot.leader_id
    word, wanted, refunds = {
        (False, False): (Bidder.Deposit.HELD, (False, False), 0),
        (True, True): (Bidder.Deposit.APPLIED, (True, False), 0),
        (True, False): (Bidder.Deposit.RELEASED, (False, True), 1),
    }[over, won]
    if (bidder.deposit, ends, paid) != (word, [wanted], refunds):
        said = f"{bidder.deposit}, holds (posted, void) {ends}, {paid} refunds"
        yield Violation("deposit.outcome", f"{lot.code} {bidder.ref}: {said}; {word} was due")


def _of_money() -> Iterator[Violation]:
    for difference in queries.differences(queries.trial_balance()):
        yield Violation("books", str(difference))


def _of_answers(asked: Iterable[Asked]) -> Iterator[Violation]:
    """Every bid has a definite answer in the end, and it is what is stored, exactly once; a refused bid is in no log."""
    kept: dict[tuple[str, int], list[Bid]] = {}
    for bid in Bid.objects.all().iterator():
        kept.setdefault((str(bid.key), bid.bidder_id), []).append(bid)
    for one in asked:
        rows = kept.get((one.key, one.bidder), [])
        if len(rows) > 1:
            yield Violation("answer.twice", f"{one.lot} {one.key}: {len(rows)} rows")
        if one.answer is None:
            yield Violation("answer.in_doubt", f"{one.lot} {one.key}: asked {one.times} times, {len(rows)} rows")
            continue
        if one.acknowledged and not rows:
            yield Violation("answer.lost", f"{one.lot} {one.key}: acknowledged as {one.answer['seq']}, not stored")
        for row in rows:
            told = (one.minor, one.answer.get("seq"), one.answer.get("code", ""))
            if (row.amount_minor, row.seq, row.code) != told:
                stored = (row.amount_minor, row.seq, row.code)
                yield Violation("answer.differs", f"{one.lot} {one.key}: told {told}, stored {stored}")
        if not one.acknowledged and not rows and one.answer["code"] not in NEVER_KEPT:
            yield Violation("answer.lost", f"{one.lot} {one.key}: refused {one.answer['code']}, not stored")
