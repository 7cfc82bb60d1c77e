"""Tables people open in a spreadsheet: CSV that Excel reads, in which no cell is a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from market.kernel.typed import safe_cell

Row = Sequence[str | int | Decimal]


def csv_file(rows: Iterable[Row]) -> bytes:
    """The rows as CSV: UTF-8 with a mark, so that Excel reads it; text that would start a formula stays text."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(safe_row(row) for row in rows)
    return out.getvalue().encode("utf-8-sig")


def safe_row(row: Row) -> list[str | int | Decimal]:
    """The row for a spreadsheet: its numbers as they are, its text as text (`safe_cell`)."""
    return [safe_cell(cell) if isinstance(cell, str) else cell for cell in row]
