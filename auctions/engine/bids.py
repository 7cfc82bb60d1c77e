"""Bids: lock, clock, rules, rows, commit, then tell the room.

The lot's row lock is the queue; the compare-and-swap on `seq` is the proof that nobody stood beside it. A bid that finds
its lot due to open opens it; closing is the worker's, since it opens deals and moves deposits.
"""

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from auctions.engine.rows import ACTOR, locked, write
from auctions.engine.told import tell_opened
from auctions.live import place_of, state_of
from auctions.models import Bid, Bidder, Lot
from auctions.rules import chain
from auctions.rules import lot as rules
from auctions.rules.pace import Pace
from auctions.rules.receipts import Place
from market.kernel import clock
from market.kernel.errors import Refused, ensure
from market.kernel.money import Money
from market.listings.queries import reserve_of
from market.parties.queries import is_related
from market.trail import journal

OUTBID_EVERY = timedelta(minutes=5)  # a bidder is told of being outbid at most this often; the room shows each change
BIDS_A_SECOND = 5
PACES = 10_000  # bidders whose pace is remembered; forgetting one allows it a second's worth more

_paces: dict[int, Pace] = {}
_paces_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a bid: accepted under `seq` at the moment `at`, or refused with a code and the facts to go on.

    `place` is where an accepted bid stands in the chain, for its receipt.
    """

    key: UUID
    amount: Money
    at: datetime
    seq: int | None
    code: str
    facts: chain.Json
    place: Place | None = field(default=None, compare=False)  # asked again, the same bid stands below a later head

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
        lot = locked().get(pk=lot_id)
        known = Bid.objects.filter(lot=lot, bidder=bidder_id, key=key).first()
        if known is not None:
            return _again(known, amount, lot)
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
            write(lot, decision, leader_id=bidder_id if answer.accepted else lot.leader_id, at=now)
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
            tell_opened(lot, decision.state.phase)
        loser = around.get(lot.leader_id) if lot.leader_id and lot.leader_id != bidder_id else None
        if answer.accepted and loser is not None:
            _tell_outbid(lot, loser, amount, now)
    link = next((event.hash for event in decision.events if event.seq == answer.seq), "")
    return _answer(
        row, Place(lot.code, answer.seq, link, decision.state.seq, decision.state.head) if answer.seq else None
    )


def _again(known: Bid, amount: Money, lot: Lot) -> Answer:
    if known.amount != amount:
        return Answer(known.key, amount, known.at, None, "bid.key_reused", {"amount": known.amount.wire()})
    return _answer(known, place_of(known, lot))


def _answer(row: Bid, place: Place | None) -> Answer:
    return Answer(row.key, row.amount, row.at, row.seq, row.code, row.facts, place)


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
