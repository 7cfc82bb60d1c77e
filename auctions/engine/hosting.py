"""The auctioneer's hand on a lot: warnings, hammer, pauses, words for the room; each one transaction like a bid.

Who hosts a sale is the one who took it last (`sale.hosted`); taking over is logged for everybody. Commands and hand-overs of a
sale wait for one another on its row, so that nothing is commanded by who hosted it before. The lot's own log says what happened
and never who pressed; that stands in the trail. A bid called in the room is its bidder's and waits with all other bids.
"""

import logging
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction

from auctions.engine.closing import close
from auctions.engine.concerned import said as told
from auctions.engine.halts import covered
from auctions.engine.rows import locked, write
from auctions.live import state_of
from auctions.models import Event, Lot, Sale
from auctions.rules import lot as rules
from auctions.rules.chain import stamp
from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.models import User
from market.trail import journal
from market.trail.models import Fact

logger = logging.getLogger(__name__)

Said = rules.Warn | rules.Hammer | rules.PassIn | rules.Suspend | rules.Resume | rules.Notice

ON = frozenset({*Lot.BIDDING, Lot.State.SUSPENDED})
LEAST_AFTER_PAUSE = timedelta(seconds=30)


def host_of(sale: Sale) -> Fact | None:
    """Who took the sale last: the fact's actor, with the alias the room knows; None while nobody has."""
    return journal.facts_about(sale.ref).filter(name="sale.hosted").last()


@transaction.atomic
def take(*, sale: Sale, by: User) -> str:
    """Take the hosting of a sale [sale.hosted]; the lots now bid on say so in their logs. Returns the alias; again: the same.

    Whoever calls has seen that `by` may (`access.console_sale_for`).
    """
    Sale.objects.select_for_update(no_key=True, of=("self",)).get(pk=sale.pk)
    last = host_of(sale)
    if last is not None and last.actor == by.ref:
        return str(last.data["alias"])
    alias = f"#{1 + (int(last.data['alias'][1:]) if last else 0)}"
    if last is not None:
        now_on = Lot.objects.filter(sale=sale, state__in=ON).order_by("pk")
        for pk in now_on.values_list("pk", flat=True):
            lot = locked().get(pk=pk)
            if lot.state in ON:  # it may have ended while we waited for it
                _decided(lot, rules.HandOver(alias), clock.database_now())
    journal.record("sale.hosted", subject=sale.ref, actor=by.ref, alias=alias)
    return alias


def command(lot_id: int, said: Said, *, by: User) -> rules.Answer:
    """Do what the host says to a lot, durable when it returns; a hammer or a stop closes the lot at once.

    Refused with what the rules answer (`warn.order`, `hammer.price_moved`, …), `console.taken_over` when somebody else has
    taken the sale, `halt.in_force` for going on while the bidding is stopped by a halt. Writes `lot.hosted`, and `lot.held`
    or `lot.resumed`.
    """
    with transaction.atomic(durable=True):
        list(
            Sale.objects.select_for_update(no_key=True, of=("self",)).filter(lots=lot_id)
        )  # whoever takes it over waits
        lot = locked().get(pk=lot_id)
        now = clock.database_now()  # a statement of its own after the lock, as for a bid
        host = host_of(lot.sale)
        if host is None or host.actor != by.ref:
            raise Refused("console.taken_over")
        if isinstance(said, rules.Resume) and Lot.objects.filter(covered(), pk=lot_id).exists():
            raise Refused("halt.in_force")
        decision = _decided(lot, said, now)
        answer = decision.answers[0]
        journal.record("lot.hosted", subject=lot.ref, actor=by.ref, what=type(said).__name__.lower(), seq=answer.seq)
        if isinstance(said, rules.Suspend):
            journal.record_many([told("lot.held", lot, reason=said.reason)])
        elif isinstance(said, rules.Resume):
            journal.record_many([told("lot.resumed", lot, ends_at=stamp(decision.state.ends_at))])
    if decision.state.fallen:
        try:
            close(lot_id)
        except DatabaseError:  # the hammer stands; whoever finds the lot due closes it
            logger.exception("lot %s: the hammer fell, the closing waits", lot_id)
    return answer


@transaction.atomic
def annul(lot: Lot, *, reason: str) -> None:
    """Annul a lot, sold ones too: what its hammer concluded is void (拍卖法 37). Again: nothing more.

    Refused `lot.not_annullable` before the bidding and after a lot that sold nothing, `lot.words`.
    """
    lot = locked().get(pk=lot.pk)
    if lot.state != Lot.State.ANNULLED:
        _decided(lot, rules.Annul(reason), clock.database_now())


def _decided(lot: Lot, said: rules.Command, now: datetime) -> rules.Decision:
    """What the rules make of it, written; Refused with their answer."""
    decision = rules.decide(state_of(lot), [said], now)
    answer = decision.answers[0]
    if not answer.accepted:
        raise Refused(answer.code, **answer.facts)
    write(lot, decision, leader_id=lot.leader_id, at=now)
    return decision


def going_on(lot: Lot, now: datetime) -> rules.Resume:
    """Resume a held lot with the time it had left, at least half a minute."""
    held = Event.objects.filter(lot=lot, kind="held").last()
    paused = now - held.at if held else timedelta(0)
    return rules.Resume(max(lot.ends_at + paused, now + LEAST_AFTER_PAUSE, lot.ends_at))


def refusals(lot: Lot, saids: dict[str, rules.Command], now: datetime) -> dict[str, Refused | None]:
    """What the rules would answer to each command at this moment: None where it may be given. Nothing is written."""
    state, found = state_of(lot), {}
    for name, said in saids.items():
        answer = rules.decide(state, [said], now).answers[0]
        found[name] = None if answer.accepted else Refused(answer.code, **answer.facts)
    return found
