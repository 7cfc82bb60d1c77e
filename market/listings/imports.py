"""Works on imports in the background: reads what was handed in, enters what was agreed to, a batch at a time."""

import logging
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from market.kernel.errors import Conflict
from market.kernel.states import move
from market.listings.models import Listing
from market.rights.importers import intake, reading
from market.rights.importers.drafts import Line, RightDraft
from market.rights.importers.entering import enter_many
from market.rights.importers.kept import draft_of, keep_why
from market.rights.importers.models import Import, ImportRow
from market.rights.models import Right
from market.trail import journal

logger = logging.getLogger(__name__)

BATCH = 50  # rights entered in one transaction: short enough that a bidder hardly waits for it


def run_due() -> int:
    """Work on every import that waits or was cut off, each to its end; returns how many. Any number may run this."""
    done = 0
    while run := reading.claimed():
        done += 1
        try:
            reading.read(run) if run.state == Import.State.READING else enter(run)
        except Conflict:
            logger.info("%s is another's now", run)
        except Exception:  # whatever a file may do, the others go on; it is tried again a few times
            logger.exception("%s failed", run)
            reading.release(run)
    return done


def enter(run: Import) -> None:
    """Enter the rows that are new, in batches, each in a transaction of its own with its listings; then it is `done`
    [import.finished]. A batch that loses a race is entered row by row."""
    while rows := list(run.rows.filter(outcome=intake.NEW).order_by("place")[:BATCH]):
        try:
            _enter_batch(run, rows)
        except IntegrityError:
            for row in rows:
                _enter_one(run, row)
    with transaction.atomic():
        reading.hold(run)
        move(run, Import.State.DONE, stale_at=None)
        counts = {outcome: run.rows.filter(outcome=outcome).count() for outcome in (intake.CREATED, intake.REFUSED)}
        said = {"file": run.version.name, "code": run.code, **counts}
        journal.record("import.finished", subject=run.ref, actor="system:import", audience=[run.party.ref], **said)


@transaction.atomic
def _enter_batch(run: Import, rows: Sequence[ImportRow]) -> None:
    """Judge the rows once more, enter those that are still new as drafts to sell, and note what became of each."""
    reading.hold(run)
    lines = [Line(row.file, row.row, draft_of(row.draft or {})) for row in rows]
    judged = intake.judge(lines)
    new = [(row, one.line.draft) for row, one in zip(rows, judged, strict=True) if one.outcome == intake.NEW]
    bring_in(run, [draft for _row, draft in new if draft])
    run.rows.filter(pk__in=[row.pk for row, _draft in new]).update(outcome=intake.CREATED)
    for row, one in zip(rows, judged, strict=True):
        if one.outcome != intake.NEW:
            why = keep_why(one.why) if one.outcome == intake.REFUSED else row.why
            run.rows.filter(pk=row.pk).update(outcome=one.outcome, why=why)


def bring_in(run: Import, drafts: Sequence[RightDraft]) -> list[Right]:
    """Enter the rights and begin a listing of each."""
    if not drafts:
        return []
    rights = enter_many(drafts, party=run.party, by=run.by, subject=run.ref)
    Listing.objects.bulk_create(
        Listing(right=right, seller=run.party, mode=Listing.Mode.ASSIGNMENT, created_by=run.by) for right in rights
    )
    return rights


def _enter_one(run: Import, row: ImportRow) -> None:
    try:
        _enter_batch(run, [row])
    except IntegrityError:
        ImportRow.objects.filter(pk=row.pk, outcome=intake.NEW).update(outcome=intake.EXISTS)
