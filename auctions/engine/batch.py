"""A batch of bids, of any lots: lock, clock, rules, rows, commit, then tell the room. One transaction for all of them.

The lots' row locks are the queue between processes, taken in ascending order; the compare-and-swap on `seq` is the proof
that nobody stood beside it. A bid that finds its lot due to open opens it; one that finds it expired says so in its answer,
since closing opens deals and moves deposits. A lot that cannot be decided takes only its own bids down with it.
"""

import logging
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from django.db import DataError, IntegrityError, OperationalError, transaction

from auctions import hub
from auctions.deposits.rules import covers
from auctions.engine import sql
from auctions.engine.around import Around, Entrant, read
from auctions.engine.groups import hold
from auctions.engine.offers import Answer, Name, Offer
from auctions.engine.rows import check_phase, columns
from auctions.engine.told import OUTBID_EVERY, Outbid, tell_opened, tell_outbid
from auctions.live import state_of
from auctions.models import Bid, Bidder, Lot
from auctions.queries import halt_over
from auctions.rules import lot as rules
from auctions.rules.receipts import Place
from market.kernel.errors import Conflict
from market.kernel.money import Money

logger = logging.getLogger(__name__)

TRIES = 4  # the first and three more, with the same keys
PASSING = frozenset({"40001", "40P01", "55P03"})  # serialization, deadlock, lock time-out: try the same again

Outcome = Answer | Exception


@dataclass(slots=True)
class Verdict:
    """What a lot makes of the offers new to it: an answer each, the decision, and the bidder it leaves in the lead."""

    lot: Lot
    offers: Sequence[Offer]
    answers: Sequence[rules.Answer]
    decision: rules.Decision
    opened: bool
    leader_id: int | None

    @property
    def moves(self) -> bool:
        """Whether the lot's row changes: by its events, or by a raised maximum, of which there is none."""
        return bool(self.decision.events) or any(answer.accepted for answer in self.answers)


def settle(offers: Sequence[Offer]) -> list[Outcome]:
    """Decide the offers in their order and keep the answers, durable when this returns: one answer or error each.

    The same key again gets its first answer; with another amount `bid.key_reused`, which is not kept. What passes by
    itself (a deadlock, a lock held too long) is tried again with the same keys; a row that the database refuses is told
    from the others by halving the batch.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return together(offers)
        except (IntegrityError, DataError) as error:
            if len(offers) == 1:
                return [error]
            half = len(offers) // 2
            return settle(offers[:half]) + settle(offers[half:])
        except OperationalError as error:
            if attempt == TRIES or getattr(error.__cause__, "sqlstate", None) not in PASSING:
                return [error] * len(offers)
            time.sleep(random.uniform(0, 0.01) * attempt)  # noqa: S311  (spreads the tries, guards nothing)
    raise AssertionError("unreachable")


def together(offers: Sequence[Offer]) -> list[Outcome]:
    """`settle` in one transaction, or the error that kept all of it from happening."""
    groups: dict[int, list[Offer]] = {}
    for offer in offers:
        groups.setdefault(offer.lot_id, []).append(offer)
    with transaction.atomic(durable=True), sql.few_trips():  # inside, or BEGIN and COMMIT would cost two trips each
        around = read({*groups, *hold(groups)}, [offer.name for offer in offers])
        outcomes: dict[Name, Outcome] = {**around.kept}
        mine = ((lot, groups.get(lot.pk, [])) for lot in around.lots)
        found = (_decide(lot, _fresh(lot, offers, around, outcomes), around, outcomes) for lot, offers in mine)
        _store(_pulled([verdict for verdict in found if verdict], around), around, outcomes)
    missing = Lot.DoesNotExist("there is no such lot")
    answers = ((offer, outcomes.get(offer.name, missing)) for offer in offers)
    return [it.again(offer) if isinstance(it, Answer) else it for offer, it in answers]


def _fresh(lot: Lot, offers: list[Offer], around: Around, outcomes: dict[Name, Outcome]) -> list[Offer]:
    """The offers that have no answer yet, each name once; who is no bidder of the lot is a fault of ours."""
    fresh: dict[Name, Offer] = {}
    for offer in offers:
        name, entrant = offer.name, around.entrants.get(offer.bidder_id)
        if name in outcomes or name in fresh:
            continue
        if entrant is None or entrant.lot_id != lot.pk:
            outcomes[name] = AssertionError(f"bidder {offer.bidder_id} does not bid on {lot.code}")
        else:
            fresh[name] = offer
    return [*fresh.values()]


def _decide(lot: Lot, offers: list[Offer], around: Around, outcomes: dict[Name, Outcome]) -> Verdict | None:
    """Decide one lot's offers; whatever goes wrong is the answer to these and to no other lot's."""
    if not offers:
        return None
    try:
        return _verdict(lot, offers, around)
    except Exception as error:  # a fault in one lot's rules must not keep the others from being decided
        logger.exception("lot %s could not be decided", lot.pk)
        outcomes.update((offer.name, error) for offer in offers)
        return None


def _verdict(lot: Lot, offers: list[Offer], around: Around) -> Verdict:
    _seat(lot, around)
    due = lot.state == Lot.State.NOTICED and lot.opens_at <= around.now
    halt = halt_over(lot) if due else None
    due = due and halt is None
    commands: list[rules.Command] = [rules.Open()] if due else []
    reserve = around.reserves.get(lot.pk)
    for offer in offers:
        entrant = around.entrants[offer.bidder_id]
        meets = _meets_reserve(lot, reserve, offer.amount)
        commands.append(
            rules.Bid(
                entrant.paddle,
                offer.amount,
                bar=_bar(entrant, lot, around),
                meets_reserve=meets,
                kind=offer.kind,
                units=offer.units,
                priority=entrant.priority,
                halted=halt.reason if halt else "",
            )
        )
    decision = rules.decide(state_of(lot), commands, around.now)
    check_phase(lot, decision.state.phase)
    paddle = decision.state.leader
    leads = (pk for pk in (*(offer.bidder_id for offer in offers), lot.leader_id) if pk is not None)
    return Verdict(
        lot=lot,
        offers=offers,
        answers=decision.answers[len(commands) - len(offers) :],
        decision=decision,
        opened=due and decision.answers[0].accepted,
        leader_id=None if paddle is None else next(pk for pk in leads if around.entrants[pk].paddle == paddle),
    )


def _seat(lot: Lot, around: Around) -> None:
    """Give the lot its leader, which the locking statement must not join."""
    leader = around.entrants[lot.leader_id] if lot.leader_id else None
    lot.leader = Bidder(pk=leader.pk, code=leader.code, paddle=leader.paddle) if leader else None


def _pulled(verdicts: list[Verdict], around: Around) -> list[Verdict]:
    """The verdicts, and what a moved end of one lot does to the others of a sale whose lots end together."""
    moved = [one for one in verdicts if any(event.kind == "extended" for event in one.decision.events)]
    moved = [one for one in moved if one.lot.sale.rules.get("group_soft_close")]
    known = {one.lot.pk: one for one in verdicts}
    for origin in moved:
        command = rules.ExtendTogether(origin.lot.code, origin.decision.state.ends_at)
        for lot in around.lots:
            if lot.sale_id == origin.lot.sale_id and lot.pk != origin.lot.pk:
                known[lot.pk] = _pull(known.get(lot.pk), lot, command, around)
    return [*known.values()]


def _pull(verdict: Verdict | None, lot: Lot, command: rules.ExtendTogether, around: Around) -> Verdict:
    """A lot's verdict with its end moved after its own offers, if any, were decided."""
    if verdict is None:
        _seat(lot, around)
        nothing = rules.Decision([], [], state_of(lot))
        verdict = Verdict(lot, [], [], nothing, opened=False, leader_id=lot.leader_id)
    before = verdict.decision
    after = rules.decide(before.state, [command], around.now)
    return replace(verdict, decision=replace(before, events=[*before.events, *after.events], state=after.state))


def _store(verdicts: Sequence[Verdict], around: Around, outcomes: dict[Name, Outcome]) -> None:
    """Write lots, events and answers; the offers of a lot that moved without our lock get a Conflict instead."""
    moving = [verdict for verdict in verdicts if verdict.moves]
    moved = sql.move_lots([_moved(verdict) for verdict in moving]) if moving else set()
    for verdict in moving:
        if verdict.lot.pk not in moved:
            outrun = Conflict("lot.outrun")
            outcomes.update((offer.name, outrun) for offer in verdict.offers)
    stand = [one for one in verdicts if not one.moves or one.lot.pk in moved]
    events = [
        {
            "lot_id": one.lot.pk,
            "seq": event.seq,
            "kind": event.kind,
            "payload": event.payload,
            "prev": event.prev,
            "hash": event.hash,
        }
        for one in stand
        for event in one.decision.events
    ]
    if events:
        sql.append_events(events, around.now)
    bids = [row for one in stand for row in _kept(one, around, outcomes)]
    if bids:
        sql.keep_bids(bids, around.now)
    for one in stand:
        if one.opened:
            tell_opened(one.lot, one.decision.state.phase)
    news = [hub.News(one.lot.pk, one.decision.state, one.decision.events) for one in stand if one.decision.events]
    if news:
        transaction.on_commit(partial(hub.announce, news), robust=True)
    tell_outbid([lost for one in stand for lost in _losers(one, around)])


def _moved(verdict: Verdict) -> sql.Row:
    """The lot's row as `sql.move_lots` wants it."""
    lot, after = verdict.lot, verdict.decision.state
    return {"id": lot.pk, "was": lot.seq, "state": after.phase, **columns(after, leader_id=verdict.leader_id)}


def _kept(verdict: Verdict, around: Around, outcomes: dict[Name, Outcome]) -> Iterator[sql.Row]:
    """The rows of the answers, each noted as its offer's outcome."""
    code, after = verdict.lot.code, verdict.decision.state
    own = {event.seq: event for event in verdict.decision.events}
    for offer, answer in zip(verdict.offers, verdict.answers, strict=True):
        facts = answer.facts if offer.seen_seq is None else {**answer.facts, "seen_seq": offer.seen_seq}
        place = Place(code, answer.seq, own[answer.seq].hash, after.seq, after.head) if answer.seq else None
        if answer.seq and offer.kind == Bid.Kind.ACCEPT:
            facts = {**facts, "price": own[answer.seq].payload["amount"]}
        outcomes[offer.name] = Answer(
            key=offer.key,
            amount=offer.amount,
            at=around.now,
            seq=answer.seq,
            code=answer.code,
            facts=facts,
            place=place,
            expired=answer.code == "bid.lot_closed" and verdict.lot.state in Lot.BIDDING,
            kind=offer.kind,
            units=offer.units,
        )
        yield {
            "lot_id": offer.lot_id,
            "bidder_id": offer.bidder_id,
            "key": offer.key,
            "currency": offer.amount.currency,
            "amount_minor": offer.amount.minor,
            "kind": offer.kind,
            "units": offer.units,
            "seq": answer.seq,
            "code": answer.code,
            "facts": facts,
            "received_at": offer.received_at,
        }


def _bar(entrant: Entrant, lot: Lot, around: Around) -> str:
    """What keeps the bidder from bidding, read under the lot's lock (拍卖法 22, 30, 33): a code, or empty.

    Barred as related is the seller, the agency, and who is tied to one of them, perhaps since it registered.
    """
    if any(entrant.party_id in around.ties[host] for host in (lot.seller_id, lot.sale.agency_id)):  # type: ignore[attr-defined]
        return "bid.related_party"
    if entrant.state == Bidder.State.QUALIFIED:
        return "bid.deposit_missing"
    if entrant.state != Bidder.State.ACTIVE or entrant.paddle is None:
        return "bid.not_registered"
    if lot.deposit_minor and entrant.deposit != Bidder.Deposit.HELD:
        return "bid.deposit_missing"
    return "" if covers(entrant.eligible_until, lot.ends_at) else "bid.deposit_ends"


def _meets_reserve(lot: Lot, reserve: Money | None, amount: Money) -> bool:
    """Whether the public is to be told that `amount` meets the reserve: asked only where it may be and has not been."""
    if not lot.has_reserve or lot.reserve_met or not lot.sale.rules["show_reserve_met"]:
        return False
    return reserve is not None and reserve.currency == amount.currency and reserve <= amount


def _losers(verdict: Verdict, around: Around) -> list[Outbid]:
    """Who led before the batch or within it and leads no more, each once, unless told within the last minutes."""
    led = [offer.bidder_id for offer, answer in zip(verdict.offers, verdict.answers, strict=True) if answer.accepted]
    if not led or verdict.decision.state.price is None:
        return []
    price = verdict.decision.state.terms.money(verdict.decision.state.price)
    before = [verdict.lot.leader_id] if verdict.lot.leader_id else []
    lost = dict.fromkeys(pk for pk in (*before, *led) if pk != verdict.leader_id)
    quiet_since = around.now - OUTBID_EVERY
    return [
        Outbid(verdict.lot, around.entrants[pk], price)
        for pk in lost
        if (told_at := around.entrants[pk].told_at) is None or told_at <= quiet_since
    ]
