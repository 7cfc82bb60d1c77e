"""Runs over all licences: a chunk of them a transaction, taken up by any worker where the last one left off."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import TypeVar

from django.db import DataError, IntegrityError, connection, transaction

from market.kernel import clock
from market.kernel.bulk import create_many
from market.kernel.calendar import add_days
from market.kernel.states import move, move_many
from market.parties.access import PAYING, require
from market.parties.models import User
from market.royalties import issuing
from market.royalties import queries as licences
from market.royalties.models import Licence, ReportingPeriod, Statement
from market.royalties.rules import reading
from market.royalties.rules.periods import spans
from market.royalties.runs import queries
from market.royalties.runs.models import Run, SetAside
from market.royalties.sublicences.queries import incomes_of
from market.royalties.telling import ACTOR, named, said_of
from market.trail import journal

logger = logging.getLogger(__name__)

CHUNK = 250  # licences of one transaction: a bidder on SQLite hardly waits for it
State = Run.State
Source = TypeVar("Source")
Draft = TypeVar("Draft")
_DAY = timedelta(days=1)


def run() -> int:
    """Open what is over and bill what is approved, to the end; how many statements were issued by us.

    Any number of workers may call it, as often as they like. A run that another is at is left to that one; a run that was cut
    off goes on behind its last chunk.
    """
    billed = 0
    while queries.is_to_do(clock.today()) and (done := step()) is not None:
        billed += done
    return billed


@transaction.atomic
def step() -> int | None:
    """Do one chunk of the run under way, or of a new one; how many statements it issued, None when nothing is to be done or
    another worker is at it."""
    under_way = _held() or _begun()
    if under_way is None:
        return None
    before = under_way.billed
    (_open_chunk if under_way.state == State.OPENING else _bill_chunk)(under_way)
    under_way.moved_at = clock.now()
    under_way.save(update_fields=["reached", "opened", "billed", "set_aside", "moved_at"])
    return under_way.billed - before


def _held() -> Run | None:
    """The run under way, ours until the chunk is committed; None while another has it."""
    rows = Run.objects.exclude(state=State.DONE).order_by("number")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return rows.first()


def _begun() -> Run | None:
    """A new run where there is something to do; None when another has one, or begins it at this moment."""
    day, last = clock.today(), Run.objects.order_by("number").last()
    expected = queries.to_open(day).count() + queries.to_bill().count()
    if (last and last.state != State.DONE) or not expected:
        return None
    try:
        with transaction.atomic():
            return Run.objects.create(number=last.number + 1 if last else 1, day=day, expected=expected)
    except IntegrityError:
        return None


def _open_chunk(run: Run) -> None:
    """Open the next licences' periods; when there are none any more, billing begins."""
    due = queries.to_open(run.day).filter(pk__gt=run.reached).order_by("pk")
    found = list(due.values_list("pk", flat=True)[:CHUNK])
    if not found:
        move(run, State.BILLING, reached=0)
        return
    rows = [row for row in _locked(found) if row.state == Licence.State.ACTIVE]
    known = licences.periods_known(rows)
    chunk = Chunk(run)
    drawn = chunk.drawn([(row, row) for row in rows], lambda row: _next_periods(row, known.get(row.pk, 0), run.day))
    done = chunk.written(drawn, _write_periods)
    run.opened += sum(len(periods) for _, periods in done)
    run.reached = found[-1]
    chunk.close()


def _next_periods(licence: Licence, known: int, day: date) -> list[ReportingPeriod]:
    """The periods of a licence that are over on `day` and come after the `known` ones; `opens_on` says when to look again."""
    cuts, due_days = reading.changes(licence.terms), licence.terms.get("reports", {}).get("due_days", 1)
    every = list(spans(licence.since, licence.until, licence.every, cuts=cuts, through=day))
    over = [span for span in every if span.until < day]
    licence.opens_on = every[len(over)].until + _DAY if over != every else max(licence.since, day + _DAY)
    return [
        ReportingPeriod(
            licence=licence,
            number=number,
            since=span.since,
            until=span.until,
            final=span.final,
            report_due_on=add_days(span.until, due_days),
        )
        for number, span in enumerate(over[known:], known + 1)
    ]


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


def _bill_chunk(run: Run) -> None:
    """State the next approved periods; when there are none any more, those whose turn it is by now; when there are none at
    all, the run is done."""
    due = queries.to_bill().filter(licence__gt=run.reached).order_by("licence")
    found = dict(due.values_list("licence", "pk")[:CHUNK])
    if not found:
        move(run, State.BILLING if run.reached else State.DONE, reached=0)
        return
    list(Licence.objects.select_for_update().filter(pk__in=found).order_by("pk").values_list("pk"))
    rows = queries.ready(found.values())
    openings, reports, arrears = licences.openings_of(rows), licences.latest_reports(rows), licences.arrears_of(rows)
    incomes = incomes_of(rows)
    chunk = Chunk(run)

    def draw(row: ReportingPeriod) -> Statement:
        given = (reports[row.pk], openings[row.pk], arrears.get(row.licence_id, []))
        return issuing.draw_up(row, *given, number=1, actor=ACTOR, sublicensed=incomes.get(row.pk))

    drawn = chunk.drawn([(row.licence, row) for row in rows], draw)
    run.billed += len(chunk.written(drawn, lambda drafts: issuing.issue([one for _, one in drafts])))
    run.reached = max(found)
    chunk.close()


def _locked(keys: Iterable[int]) -> list[Licence]:
    """The licences behind their locks, in the order of their keys: whatever is written about one waits for its turn."""
    rows = licences.licences().select_for_update(of=("self",)).filter(pk__in=list(keys))
    return list(rows.order_by("pk"))


class Chunk:
    """The licences of one transaction, of which those that fail are set aside and hold up nobody."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.failed: list[tuple[Licence, str]] = []

    def drawn(
        self, rows: Iterable[tuple[Licence, Source]], draw: Callable[[Source], Draft]
    ) -> list[tuple[Licence, Draft]]:
        """What is drawn up for each licence from its row, but for those for which it fails."""
        drafts = []
        for licence, row in rows:
            try:
                drafts.append((licence, draw(row)))
            except Exception as error:  # whatever is wrong with one licence, those after it go on
                self._fails(licence, error)
        return drafts

    def written(
        self, drafts: list[tuple[Licence, Draft]], write: Callable[[list[tuple[Licence, Draft]]], None]
    ) -> list[tuple[Licence, Draft]]:
        """Write the drafts together; where the database refuses, each half by itself, down to the one that is at fault. What
        was written is returned."""
        try:
            with transaction.atomic():
                write(drafts)
        except (IntegrityError, DataError, OverflowError) as error:
            if len(drafts) == 1:
                self._fails(drafts[0][0], error)
                return []
            half = len(drafts) // 2
            return self.written(drafts[:half], write) + self.written(drafts[half:], write)
        return drafts

    def _fails(self, licence: Licence, error: Exception) -> None:
        logger.warning("%s is set aside", licence, exc_info=error)
        text = f"{type(error).__name__}: {error}".replace("\0", "")
        self.failed.append((licence, text[:300]))

    def close(self) -> None:
        """Write down what failed, for the agency to look at [royalty.set_aside -> agency]."""
        self.run.set_aside += len(self.failed)
        create_many(SetAside(licence=licence, run=self.run, reason=reason) for licence, reason in self.failed)
        journal.record_many(
            journal.said(
                "royalty.set_aside",
                subject=licence.ref,
                actor=ACTOR,
                audience=[licence.agency.ref],
                **named(licence),
                reason=reason,
            )
            for licence, reason in self.failed
        )


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
    rows = list(late.select_for_update(of=("self",), skip_locked=skips).order_by("pk")[:CHUNK])
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
