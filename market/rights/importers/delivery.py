"""Reads whatever was handed in, an office's XML or the table template, into lines: one a right or a reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from market.kernel.errors import Refused
from market.rights.importers.drafts import RightDraft
from market.rights.importers.table import read_table
from market.rights.importers.us_grant import read_us_grant


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file (0: the file itself): the draft it gives, or everything that is wrong with it."""

    file: str
    row: int
    draft: RightDraft | None = None
    faults: tuple[tuple[str, Refused], ...] = ()  # (column or "", why)


def read_delivery(name: str, data: bytes, *, today: date) -> Iterator[Line]:
    """The lines of a file, in its order; a file that cannot be read at all is one line that says why."""
    try:
        if name.lower().endswith(".xml") or data.lstrip(b"\xef\xbb\xbf \t\r\n")[:5] == b"<?xml":
            yield Line(name, 0, read_us_grant(name, data))
            return
        reading = read_table(name, data, today=today)
    except Refused as refused:
        yield Line(name, 0, faults=(("", refused),))
        return
    lines = {draft.row: Line(name, draft.row, draft) for draft in reading.drafts}
    for fault in reading.faults:
        before = lines[fault.row].faults if fault.row in lines else ()
        lines[fault.row] = Line(name, fault.row, faults=(*before, (fault.column, fault.refused)))
    yield from (lines[row] for row in sorted(lines))
