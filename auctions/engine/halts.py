"""The kill switch: halts stop bids, closings and countdowns; the rows say what stands still, and the engine obeys them.

A halt is committed first, then every lot in its scope is held, a batch at a time; the worker repeats both (`enforce`), so
that a lot that opens meanwhile is held too and a crash in between heals. What a halt held goes on when nothing that covers
it is in force any more.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet, prefetch_related_objects

from auctions.engine.concerned import CONCERNED, said
from auctions.engine.ruled import Ruled, write_all
from auctions.live import state_of
from auctions.models import Event, Halt, Lot, Pause, Release
from auctions.queries import halts_in_force
from auctions.rules import lot as rules
from auctions.rules.availability import NOTICE, end_after, window
from auctions.rules.chain import stamp
from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.models import Party, User
from market.trail import journal

TOGETHER = 100


def covered() -> Q:
    """A filter of lots: those that a halt in force stops."""
    found = Q(pk__in=[])
    for halt in halts_in_force():
        found |= scope_of(halt)
    return found


def scope_of(halt: Halt) -> Q:
    """A filter of lots: those in the halt's scope."""
    if halt.scope == Halt.Scope.PLATFORM:
        return Q(pk__isnull=False)
    return Q(sale__agency=halt.agency_id) if halt.scope == Halt.Scope.AGENCY else Q(pk=halt.lot_id)


def stop(*, scope: str, reason: str, by: User, lot: Lot | None = None, agency: Party | None = None) -> Halt:
    """Stop at once: the halt is durable, then its lots are held. Refused `halt.reason_missing`. Writes `halt.stopped`.

    `lot` or `agency` as the scope asks. Whoever calls has seen that `by` may (`access.halting`).
    """
    why = reason.strip()[:300]
    if not why:
        raise Refused("halt.reason_missing")
    if lot is not None:
        agency = lot.sale.agency
    with transaction.atomic():
        halt = Halt.objects.create(scope=scope, lot=lot, agency=agency, reason=why, by=by, by_platform=by.is_staff)
        _tell("halt.stopped", halt, by.ref)
    enforce()
    return halt


def release(halt: Halt, *, by: User) -> Halt:
    """One person's word that it may go on; the second, another person's, makes it so, and the lots go on.

    Refused `halt.over`, `halt.same_person`. Writes `halt.released`.
    """
    with transaction.atomic():
        halt = Halt.objects.select_for_update(of=("self",)).select_related("agency").get(pk=halt.pk)
        agreed = set(halt.releases.values_list("by", flat=True))
        if len(agreed) >= Halt.RELEASES:
            raise Refused("halt.over")
        if by.pk in agreed:
            raise Refused("halt.same_person")
        Release.objects.create(halt=halt, by=by)
        if len(agreed) + 1 == Halt.RELEASES:
            _tell("halt.released", halt, by.ref)
    enforce()
    return halt


def _tell(name: str, halt: Halt, actor: str) -> None:
    audience = [halt.agency.ref] if halt.agency else []
    journal.record(name, subject=halt.ref, actor=actor, audience=audience, scope=halt.scope, reason=halt.reason)


def enforce() -> int:
    """Hold every lot that is bid on though a halt covers it, and let go on what none covers any more; how many moved."""
    moved = 0
    for halt in halts_in_force():
        moved += _each(Lot.objects.filter(scope_of(halt), state__in=Lot.BIDDING), partial(_hold, halt))
    held = Lot.objects.filter(state=Lot.State.SUSPENDED, pauses__isnull=False).exclude(covered())
    return moved + _each(held.distinct(), _go_on)


def _each(lots: QuerySet[Lot], act: Callable[[list[Lot], datetime], int]) -> int:
    """Do `act` to the lots, a batch a transaction, each locked in ascending order and the clock read after that."""
    moved, numbers = 0, sorted(lots.order_by().values_list("pk", flat=True))
    for start in range(0, len(numbers), TOGETHER):
        with transaction.atomic(durable=True):
            batch = Lot.objects.filter(pk__in=numbers[start : start + TOGETHER]).order_by("pk")
            locked = list(batch.select_for_update(no_key=True))
            now = clock.database_now()
            prefetch_related_objects(locked, *CONCERNED)
            moved += act(locked, now)
    return moved


def _hold(halt: Halt, lots: Sequence[Lot], now: datetime) -> int:
    """Hold those of `lots` that are bid on. Writes `lot.held`."""
    ruled = _ruled(lots, lambda lot: rules.Suspend(halt.reason), now)
    write_all(ruled, now)
    note_held([(halt, one) for one in ruled])
    return len(ruled)


def note_held(held: Sequence[tuple[Halt, Ruled]]) -> None:
    """Remember which halt holds which lot, by which event of its log, and tell those concerned. Writes `lot.held`."""
    Pause.objects.bulk_create(Pause(halt=halt, lot=one.lot, seq=one.after.seq) for halt, one in held)
    journal.record_many(said("lot.held", one.lot, reason=halt.reason) for halt, one in held)


def note_outage(ruled: Sequence[Ruled]) -> None:
    """A halt for each lot that the closing itself held: to be ended by two people of its agency."""
    found = Halt.objects.bulk_create(
        Halt(
            scope=Halt.Scope.LOT,
            cause=Halt.Cause.OUTAGE,
            lot=one.lot,
            agency=one.lot.sale.agency,
            reason=one.decision.events[-1].payload["reason"],
        )
        for one in ruled
    )
    note_held(list(zip(found, ruled, strict=True)))


def _go_on(lots: Sequence[Lot], now: datetime) -> int:
    """Let go on those of `lots` that a halt held last: what was left of their time is left again. Writes `lot.resumed`.

    A lot that somebody else held since, or that went on already, stays as it is.
    """
    pauses = {row.lot_id: row for row in Pause.objects.filter(lot__in=lots).select_related("halt").order_by("seq")}
    held = {row.lot_id: row for row in Event.objects.filter(lot__in=lots, kind="held").order_by("seq")}
    ours = [lot for lot in lots if lot.pk in pauses and held[lot.pk].seq == pauses[lot.pk].seq]

    def command(lot: Lot) -> rules.Resume:
        outage = pauses[lot.pk].halt.cause == Halt.Cause.OUTAGE
        span = window(lot.sale.rules["extension_window_s"], opens_at=lot.opens_at, ends_at=lot.ends_at)
        notice = NOTICE if outage else timedelta(0)
        ends_at = end_after(held_at=held[lot.pk].at, ends_at=lot.ends_at, now=now, window=span, notice=notice)
        return rules.Resume(max(ends_at, lot.ends_at))

    ruled = _ruled(ours, command, now)
    write_all(ruled, now)
    journal.record_many(said("lot.resumed", one.lot, ends_at=stamp(one.after.ends_at)) for one in ruled)
    return len(ruled)


def _ruled(lots: Sequence[Lot], command: Callable[[Lot], rules.Command], now: datetime) -> list[Ruled]:
    """What the rules make of a command to each lot; those that refuse it are not among them."""
    ruled = [Ruled(lot, rules.decide(state_of(lot), [command(lot)], now)) for lot in lots]
    return [one for one in ruled if one.decision.events]
