"""The rows with mistakes as a table to download: mended there, it can be handed in as it is."""

from collections.abc import Sequence

from market.kernel.tables import csv_file
from market.kernel.words import sentence
from market.rights.importers import intake
from market.rights.importers.columns import TEMPLATE_COLUMNS
from market.rights.importers.kept import why_of
from market.rights.importers.models import Import, ImportRow
from market.rights.importers.table import FORM

PLACE = ("File", "Row", "Mistakes")  # headings of its own, which the importer reads over


def write_report(run: Import) -> bytes:
    """Every row with mistakes: where it stands, what is wrong in the reader's language, and its cells as they were, as
    text that no spreadsheet takes for a formula; UTF-8 with a mark."""
    rows = list(run.rows.filter(outcome=intake.REFUSED))
    keys = _keys(rows)
    headings = (
        {column.key: column.heading for column in TEMPLATE_COLUMNS} if any(row.form == FORM for row in rows) else {}
    )
    told = ([row.file, str(row.row or ""), _mistakes(row), *(row.cells.get(key, "") for key in keys)] for row in rows)
    return csv_file([[*PLACE, *(headings.get(key, key) for key in keys)], *told])


def _keys(rows: Sequence[ImportRow]) -> list[str]:
    """The columns the rows have: all of the template, or those of the file in its order."""
    if any(row.form == FORM for row in rows):
        return [column.key for column in TEMPLATE_COLUMNS]
    return list(dict.fromkeys(key for row in rows for key in row.cells))


def _mistakes(row: ImportRow) -> str:
    told = [(column, sentence(refused)) for column, refused in why_of(row.why)]
    return " ".join(f"{column}: {said}" if column else said for column, said in told)
