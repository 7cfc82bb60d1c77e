"""Runs over all licences: a chunk of them a transaction, taken up by any worker where the last one left off."""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest

from market.kernel import clock
from market.kernel.bulk import among, create_many
from market.kernel.calendar import add_days
from market.kernel.errors import Conflict
from market.kernel.states import move, move_many
from market.parties.access import PAYING, require
from market.parties.models import User
from market.royalties import issuing
from market.royalties import queries as licences
from market.royalties.amendments.models import Amendment
from market.royalties.amendments.queries import cuts_of, in_force, signed_by_licence
from market.royalties.issuing import Draft
from market.royalties.models import Licence, ReportingPeriod
from market.royalties.queries import Due
from market.royalties.rules.periods import Span, spans
from market.royalties.runs import queries
from market.royalties.runs.models import Run, SetAside
from market.royalties.sublicences.queries import incomes_of
from market.royalties.telling import ACTOR, named, said_of
from market.trail import journal

logger = logging.getLogger(__name__)

CHUNK = 1_000  # licences of one transaction at most
BRIEF = 500  # of one that a bidder on SQLite, where one writes at a time, hardly waits for
State = Run.State
Source = TypeVar("Source")
Drawn = TypeVar("Drawn")
_DAY = timedelta(days=1)


def run() -> int:
    """Open what is over and bill what is approved, to the end; how many statements were issued by us.

    Any number of workers may call it, as often as they like: each takes chunks that no other has. What one left that was cut
    off, the others do, or whoever comes next.
    """
    billed = 0
    while queries.is_to_do(clock.today()) and (done := step()) is not None:
        billed += done
    return billed


@transaction.atomic
def step() -> int | None:
    """Do one chunk of the run under way, or of a new one; how many statements it issued, None when nothing is to be done that
    no other worker is at."""
    under_way = _under_way()
    if under_way is None:
        return None
    return (_open_chunk if under_way.state == State.OPENING else _bill_chunk)(under_way)


def _under_way() -> Run | None:
    """The run that is not done, or a new one where there is something to do."""
    last = queries.runs().first()
    if last is not None and last.state != State.DONE:
        return last
    day = clock.today()
    expected = queries.to_open(day).count() + queries.to_bill().count()
    if not expected:
        return None
    try:
        with transaction.atomic():
            return Run.objects.create(number=last.number + 1 if last else 1, day=day, expected=expected)
    except IntegrityError:  # another began it at this moment
        return _under_way()


def at_once(expected: int) -> int:
    """How many licences make a transaction of a run over `expected`: no more than half, so that two workers share it."""
    many = connection.features.has_select_for_update_skip_locked
    return min(CHUNK, max(BRIEF, -(-expected // 2)) if many else BRIEF)


def _open_chunk(run: Run) -> int | None:
    """Open the next licences' periods; when there are none any more, billing begins."""
    due = queries.to_open(run.day)
    ahead = queries.claimed(due.filter(pk__gt=run.reached).order_by("pk"))
    found = list(ahead.values_list("pk", flat=True)[: at_once(run.expected)])
    if not found:
        return _turned(run, due, State.BILLING)
    rows = due.filter(pk__in=found).select_related("licensee", "right").order_by("pk")  # as they stand behind the locks
    known, signed = licences.periods_known(rows), signed_by_licence(rows)
    chunk = Chunk(run)

    def draw(row: Licence) -> tuple[Licence, list[ReportingPeriod]]:
        return row, _next_periods(row, known.get(row.pk, 0), run.day, signed[row.pk])

    done = chunk.written(chunk.drawn([(row.pk, row) for row in rows], draw), _write_periods)
    chunk.close(reached=found[-1], opened=sum(len(periods) for _, (_, periods) in done))
    return 0


def _bill_chunk(run: Run) -> int | None:
    """State the next approved periods; when there are none any more, those whose turn it is by now; when there are none at
    all, the run is done."""
    due = queries.to_bill()
    ahead = queries.claimed(due.filter(licence__gt=run.reached).order_by("licence"))
    found = dict(ahead.values_list("licence", "pk")[: at_once(run.expected)])
    if not found:
        return _turned(run, due, State.DONE)
    list(Licence.objects.select_for_update().filter(among("pk", found)).order_by("pk").values_list("pk"))
    rows = licences.dues(due.filter(among("pk", found.values())))  # as they stand behind the locks
    openings, reports, arrears = licences.openings_of(rows), licences.latest_reports(rows), licences.arrears_of(rows)
    incomes = incomes_of(rows)
    chunk = Chunk(run)

    def draw(row: Due) -> Draft:
        given = (reports[row.pk], openings[row.pk], arrears.get(row.licence_id, []))
        return issuing.draw_up(row, *given, number=1, actor=ACTOR, sublicensed=incomes.get(row.pk))

    billed = len(chunk.written(chunk.drawn([(row.licence_id, row) for row in rows], draw), issuing.issue))
    chunk.close(reached=max(found), billed=billed)
    return billed


def _turned(run: Run, due: QuerySet[Any], then: str) -> int | None:
    """Nothing of what is `due` lies ahead: the run begins again with the first licence, for what others left behind, and where
    there is nothing either, it goes on to the state `then`. None while others are at what is left."""
    if not run.reached and due.exists():
        return None
    with suppress(Conflict):  # another was faster
        move(run, run.state if run.reached else then, reached=0)
    return 0


def _next_periods(licence: Licence, known: int, day: date, signed: Sequence[Amendment]) -> list[ReportingPeriod]:
    """The periods of a licence that are over on `day` and come after the `known` ones, each under the terms that hold on its
    first day by what was `signed`; `opens_on` says when to look again."""
    cuts = cuts_of(licence, signed)
    every = list(spans(licence.since, licence.until, licence.every, cuts=cuts, through=day))
    over = [span for span in every if span.until < day]
    licence.opens_on = every[len(over)].until + _DAY if over != every else max(licence.since, day + _DAY)
    return [_period(licence, number, span, signed) for number, span in enumerate(over[known:], known + 1)]


def _period(licence: Licence, number: int, span: Span, signed: Sequence[Amendment]) -> ReportingPeriod:
    period = ReportingPeriod(licence=licence, number=number, since=span.since, until=span.until, final=span.final)
    period.amendment = in_force(signed, span.since)
    period.report_due_on = add_days(span.until, period.terms.get("reports", {}).get("due_days", 1))
    return period


def _write_periods(drafts: Sequence[tuple[Licence, list[ReportingPeriod]]]) -> None:
    """Write the periods that were drawn up [royalty.report_due -> licensee]; a licence ends with its last."""
    periods = [period for _, drawn in drafts for period in drawn]
    create_many(periods)
    journal.record_many(
        said_of(
            "royalty.report_due",
            period,
            ACTOR,
            [period.licence.licensee],
            due_on=period.report_due_on.isoformat(),
        )
        for period in periods
    )
    Licence.objects.bulk_update([licence for licence, _ in drafts], ["opens_on"])
    move_many([period.licence for period in periods if period.final], Licence.State.ENDED)


class Chunk:
    """The licences of one transaction, by their keys, of which those that fail are set aside and hold up nobody."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.failed: dict[int, Exception] = {}

    def drawn(self, rows: Iterable[tuple[int, Source]], draw: Callable[[Source], Drawn]) -> list[tuple[int, Drawn]]:
        """What is drawn up for each licence from its row, but for those for which it fails."""
        drafts = []
        for licence, row in rows:
            try:
                drafts.append((licence, draw(row)))
            except Exception as error:  # whatever is wrong with one licence, those after it go on
                self.failed[licence] = error
        return drafts

    def written(
        self, drafts: list[tuple[int, Drawn]], write: Callable[[list[Drawn]], object]
    ) -> list[tuple[int, Drawn]]:
        """Write the drafts together; where the database refuses, each half by itself, down to the one that is at fault. What
        was written is returned."""
        if not drafts:
            return []
        try:
            with transaction.atomic():
                write([draft for _, draft in drafts])
        except (IntegrityError, DataError, OverflowError) as error:
            if len(drafts) == 1:
                self.failed[drafts[0][0]] = error
                return []
            half = len(drafts) // 2
            return self.written(drafts[:half], write) + self.written(drafts[half:], write)
        return drafts

    def close(self, *, reached: int, **done: int) -> None:
        """Write down how far the run has come, what was `done`, and what failed, for the agency to look at
        [royalty.set_aside -> agency]."""
        failed = [(row, self.failed[row.pk]) for row in licences.licences().filter(pk__in=self.failed).order_by("pk")]
        aside = [SetAside(licence=licence, run=self.run, reason=_reason(error)) for licence, error in failed]
        create_many(aside)
        journal.record_many(
            journal.said(
                "royalty.set_aside",
                subject=one.licence.ref,
                actor=ACTOR,
                audience=[one.licence.agency.ref],
                **named(one.licence),
                reason=one.reason,
            )
            for one in aside
        )
        for licence, error in failed:
            logger.warning("%s is set aside", licence, exc_info=error)
        counts = {name: F(name) + count for name, count in {**done, "set_aside": len(aside)}.items()}
        ahead = Greatest("reached", Value(reached))
        Run.objects.filter(pk=self.run.pk).update(reached=ahead, moved_at=clock.now(), **counts)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".replace("\0", "")[:300]


@transaction.atomic
def release(*, aside: SetAside, by: User) -> SetAside:
    """Let a licence that stands aside be tried by the next run, as its agency or the staff say. Again: nothing more."""
    if not by.is_staff:
        require(by, aside.licence.agency, PAYING)
    waiting = SetAside.objects.filter(pk=aside.pk, released_at=None)
    waiting.update(released_at=clock.now(), released_by=by)
    aside.refresh_from_db()
    return aside


@transaction.atomic
def remind_due() -> int:
    """Tell of the reports that are overdue, each once, a chunk of them [royalty.report_overdue -> licensee, licensor, agency];
    how many. Any number of workers may call it."""
    today = clock.today()
    late = licences.periods().filter(state=ReportingPeriod.State.OPEN, reminded_on=None, report_due_on__lt=today)
    if not late.exists():
        return 0
    skips = connection.features.has_select_for_update_skip_locked
    rows = list(late.select_for_update(of=("self",), skip_locked=skips).order_by("pk")[:BRIEF])
    ReportingPeriod.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_on=today)
    journal.record_many(
        said_of(
            "royalty.report_overdue",
            row,
            ACTOR,
            [row.licence.licensee, row.licence.licensor, row.licence.agency],
            due_on=row.report_due_on.isoformat(),
        )
        for row in rows
    )
    return len(rows)
