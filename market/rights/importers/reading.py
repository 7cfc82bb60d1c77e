"""Reads a file that was handed in, in the background and a batch at a time, and reads its mended rows again."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import count
from typing import Any

from django.db import transaction
from django.db.models import Q

from market.documents.models import Version
from market.kernel import clock
from market.kernel.errors import Conflict, Refused
from market.kernel.states import move
from market.parties.models import Party, User
from market.rights.importers import intake
from market.rights.importers.columns import Column, column_of
from market.rights.importers.delivery import Delivery, open_delivery, read_again
from market.rights.importers.drafts import Line
from market.rights.importers.intake import Judged, identity
from market.rights.importers.kept import keep_draft, keep_why
from market.rights.importers.models import Import, ImportRow
from market.rights.importers.table import FORM, duplicate_of
from market.rights.rules.entry import register_key

ROWS = 20_000  # rights of one file, or of all files of an archive
BATCH = 200
UNMAPPED = 100  # paths of elements nothing comes from, told of one file
PATIENCE = timedelta(seconds=60)  # without a sign of life; then another may go on
TRIES = 5


def begin(*, version: Version, party: Party, by: User) -> Import:
    """The import of a stored file, begun when these bytes are new to the party; the one there is otherwise."""
    run, _made = Import.objects.get_or_create(
        party=party, sha256=version.sha256, defaults={"version": version, "by": by}
    )
    return run


def claimed() -> Import | None:
    """The next import to work on, held for us from now on; one that was tried in vain too often is given up."""
    free = Q(stale_at=None) | Q(stale_at__lt=clock.now())
    for run in (
        Import.objects.filter(free, state__in=Import.WORKING).select_related("version", "party", "by").order_by("pk")
    ):
        if run.tries >= TRIES:
            move(run, Import.State.FAILED)
            continue
        held = {"attempts": run.attempts + 1, "tries": run.tries + 1, "stale_at": clock.now() + PATIENCE}
        if Import.objects.filter(pk=run.pk, attempts=run.attempts).update(**held):
            for column, value in held.items():
                setattr(run, column, value)
            return run
    return None


def hold(run: Import, **columns: Any) -> None:
    """Keep `run` ours and note that something was done. Conflict `state.outrun` when another went on with it."""
    mine = Import.objects.filter(pk=run.pk, attempts=run.attempts)
    if not mine.update(stale_at=clock.now() + PATIENCE, tries=0, **columns):
        raise Conflict("state.outrun", kind="import", state=run.state, to=run.state)


def read(run: Import) -> None:
    """Read the file from the first row that is not kept yet, to its end; then it is `read`, and of markup the paths are
    known from which nothing comes."""
    kept = run.rows.count()
    seen: set[object] = set()
    batch: list[Line] = []
    unmapped: dict[str, None] = {}
    for place, line in zip(count(1), _lines(run), strict=False):
        unmapped |= dict.fromkeys(line.unmapped)
        if place <= kept:
            if line.draft:
                seen.add(identity(line.draft))
            continue
        batch.append(line)
        if len(batch) == BATCH:
            kept = _keep(run, kept, batch, seen)
            batch = []
    if batch:
        _keep(run, kept, batch, seen)
    with transaction.atomic():
        hold(run, **({"unknown": [*unmapped][:UNMAPPED]} if unmapped else {}))
        move(run, Import.State.READ, stale_at=None)


def _lines(run: Import) -> Iterator[Line]:
    """The lines of the file; where it can be read no further, a last one that says why."""
    name = run.version.name
    with run.version.file.open("rb") as file:
        data = file.read()
    try:
        delivery = open_delivery(name, data, today=clock.today())
        _describe(run, delivery)
        for place, line in enumerate(delivery.lines, 1):
            if place > ROWS:
                raise Refused("import.too_many_rows", name=name, limit=ROWS)
            yield line
    except Refused as refused:
        yield Line(name, 0, faults=(("", refused),))


def _describe(run: Import, delivery: Delivery) -> None:
    unknown = [heading[:60] for heading in delivery.unknown[:20]]
    hold(run, form=delivery.form, encoding=delivery.encoding, unknown=unknown, total=delivery.total)


def _keep(run: Import, kept: int, batch: Sequence[Line], seen: set[object]) -> int:
    """Judge a batch and keep its rows; how many are kept then."""
    judged = intake.judge(batch, seen=seen)
    with transaction.atomic():
        hold(run)
        ImportRow.objects.bulk_create(
            ImportRow(run=run, place=kept + place, **_columns(one)) for place, one in enumerate(judged, 1)
        )
    return kept + len(batch)


def _columns(judged: Judged) -> dict[str, Any]:
    line = judged.line
    return {
        "file": line.file[-160:],
        "row": line.row,
        "form": line.form,
        "cells": dict(line.cells),
        "draft": keep_draft(line.draft) if line.draft else None,
        "same": _same(line),
        "outcome": judged.outcome,
        "why": keep_why(judged.why),
    }


def _same(line: Line) -> str:
    """What the rows about one right have in common."""
    draft = line.draft
    if draft is None:
        return ""
    return f"{draft.kind} {draft.office} {register_key(draft.kind, draft.key.number, draft.nice_class)}"[:120]


@transaction.atomic
def mend(run: Import, cells: Mapping[int, Mapping[str, str]]) -> int:
    """Write other words into cells of rows with mistakes (by place and column), read these again, and judge every row in
    `cells` anew; how many are right now. Refused `import.not_now` while the file is read or entered."""
    run = Import.objects.select_for_update().get(pk=run.pk)
    if run.state in Import.WORKING:
        raise Refused("import.not_now")
    rows = list(run.rows.filter(place__in=cells, outcome=intake.REFUSED).exclude(form="").order_by("place"))
    lines = [_mended(row, cells[row.place]) for row in rows]
    for row, judged in zip(rows, intake.judge(lines), strict=True):
        if judged.outcome != intake.REFUSED and (first := _earlier(run, row, judged.line)):
            judged = Judged(judged.line, intake.REFUSED, (duplicate_of(first),))
        for column, value in _columns(judged).items():
            setattr(row, column, value)
        row.save()
    return sum(row.outcome != intake.REFUSED for row in rows)


def _mended(row: ImportRow, typed: Mapping[str, str]) -> Line:
    cells = {
        **row.cells,
        **{key: text.replace("\0", "").strip()[:10_000] for key, text in typed.items() if key in fields_of(row)},
    }
    kept = {key: text for key, text in cells.items() if text}
    return read_again(Line(row.file, row.row, form=row.form, cells=kept), today=clock.today())


def fields_of(row: ImportRow) -> dict[str, str]:
    """The cells of a row with mistakes that may be mended, keys with headings: first those its mistakes name, then the
    others that say something."""
    if not row.form or row.outcome != intake.REFUSED:
        return {}
    return {**wrong_in(row), **{key: _heading(row, key) for key in row.cells}}


def wrong_in(row: ImportRow) -> dict[str, str]:
    """The cells its mistakes name; of one about no cell, the holder's."""
    named = [column or "holder" for column, _code, _facts in row.why]
    keys = [known.key if (known := _column(row, heading)) else heading for heading in named]
    return {key: _heading(row, key) for key in keys}


def _heading(row: ImportRow, key: str) -> str:
    known = _column(row, key)
    return known.heading if known else key


def _column(row: ImportRow, heading: str) -> Column | None:
    return column_of(heading) if row.form == FORM else None


def _earlier(run: Import, row: ImportRow, line: Line) -> int | None:
    """The row of the same file that has this right already, if one does that is not wrong itself."""
    others = run.rows.filter(same=_same(line)).exclude(pk=row.pk).exclude(outcome=intake.REFUSED)
    return others.values_list("row", flat=True).first()


def ask_again(run: Import) -> None:
    """Try once more an import that was given up."""
    move(run, Import.State.READING, tries=0, stale_at=None)


def ask_to_enter(run: Import) -> None:
    """Have the whole file entered: every row that is new, provided that none has mistakes. Again while it goes on: nothing
    more. Refused `import.not_now` before it is read, `import.not_whole` while a row has mistakes."""
    wrong = run.rows.filter(outcome=intake.REFUSED).count()
    if wrong and run.state != Import.State.ENTERING:
        raise Refused("import.not_whole", wrong=wrong)
    ask_to_enter_in_part(run)


def ask_to_enter_in_part(run: Import) -> None:
    """Have the rows that are new entered, and those with mistakes left out. Again while it goes on: nothing more. Refused
    `import.not_now` before it is read."""
    if run.state == Import.State.ENTERING:
        return
    if run.state not in (Import.State.READ, Import.State.DONE):
        raise Refused("import.not_now")
    move(run, Import.State.ENTERING, tries=0, stale_at=None, total=run.rows.filter(outcome=intake.NEW).count())


def release(run: Import) -> None:
    """Let another attempt be made soon after one that failed."""
    Import.objects.filter(pk=run.pk, attempts=run.attempts).update(stale_at=clock.now() + timedelta(seconds=5))


def progress(run: Import) -> tuple[int, int | None]:
    """How many rows are done of how many, as far as that is known."""
    if run.state == Import.State.READING:
        return run.rows.count(), run.total
    left = run.rows.filter(outcome=intake.NEW).count()
    return (run.total or 0) - left, run.total
