"""Reads a bank's file whatever its form, as far as it can be told from the bytes; a table needs its account and a map."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from market.payments.bank.formats import camt, mt940, table
from market.payments.bank.formats.columns import ColumnMap
from market.payments.bank.formats.sheet import Sheet, check_adds_up, check_size, wrong
from market.rights.importers.cells import read_grid
from market.rights.importers.markup import looks_like_markup

CAMT, MT940, TABLE = "camt.053", "mt940", "table"


@dataclass(frozen=True, slots=True)
class Opened:
    """A file with its form told: its sheets, or the rows of a table that waits for a map."""

    form: str
    sheets: tuple[Sheet, ...] = ()
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()


def open_file(name: str, data: bytes) -> Opened:
    """The file read as far as it goes without a map. Refused `bank.…` or `import.…` when it is no statement."""
    if looks_like_markup(data):
        return Opened(CAMT, tuple(camt.read(name, data)))
    if mt940.looks_like(data):
        return Opened(MT940, tuple(mt940.read(name, data)))
    return Opened(TABLE, rows=read_grid(name, data).rows)


def read_table(opened: Opened, maps: Sequence[ColumnMap], *, account: str, currency: str) -> Opened | None:
    """The table read by the first of `maps` whose headings it has; None when it has those of none."""
    for form in maps:
        sheet = table.read(opened.rows, form, account=account, currency=currency)
        if sheet is not None:
            return Opened(TABLE, (sheet,), opened.rows)
    return None


def check(sheets: Sequence[Sheet], *, today: date) -> None:
    """Refused unless there are entries, not too many, none of a day to come, and every sheet adds up."""
    check_size(sheets)
    for sheet in sheets:
        for entry in sheet.entries:
            if entry.booked_on > today:
                raise wrong(entry.row, "ahead", entry.booked_on.isoformat())
        check_adds_up(sheet)
