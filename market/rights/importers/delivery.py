"""Reads whatever was handed in, told by its content and not by its name, into lines: one a right or a reason."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from market.kernel.errors import Refused
from market.rights.importers import archive, markup, renewals
from market.rights.importers.cells import Grid, read_grid, text_form
from market.rights.importers.drafts import Line, RightDraft
from market.rights.importers.marks import READ as MARKS_READ
from market.rights.importers.marks import marks_in, read_mark
from market.rights.importers.markup import Element
from market.rights.importers.table import FORM, open_table, read_row, read_rows
from market.rights.importers.us_grant import READ, READERS, read_us_patent

RENEWALS = "renewals"
_SUPPLEMENTS = ("sequence-cwu",)  # listings of sequences the American office strings in between its patents


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file, opened: what it is ("xml", "xlsx", "csv", "tsv", "zip"), how its letters were read, headings nobody knows,
    its lines, still to be read, and about how many they are, where that is known."""

    form: str
    encoding: str
    unknown: tuple[str, ...]
    lines: Iterator[Line]
    total: int | None = None


def form_of(name: str, data: bytes) -> str:
    """What the bytes are: "xml", "xlsx", "zip", "tsv" or "csv". Refused `import.…` if they are nothing that is read."""
    if archive.is_zip(data):
        return "xlsx" if archive.is_workbook(name, data) else "zip"
    return "xml" if markup.looks_like_markup(data) else text_form(name, data)


def open_delivery(name: str, data: bytes, *, today: date) -> Delivery:
    """Open a file; refused `import.…` when it cannot be read as a whole. Reading its lines may refuse it, too."""
    form = form_of(name, data)
    if form == "xml":
        return Delivery(form, "", (), _markup_lines(name, data))
    if form == "zip":
        return Delivery(form, "", (), _archive_lines(name, data, today))
    grid = read_grid(name, data)
    if grid.rows and renewals.is_renewals(grid.rows[0][1]):
        return Delivery(form, grid.encoding, (), _renewal_lines(name, grid, today), len(grid.rows) - 1)
    table = open_table(name, grid)
    return Delivery(form, grid.encoding, table.unknown, read_rows(table, today=today), len(grid.rows) - 1)


def read_delivery(name: str, data: bytes, *, today: date) -> Iterator[Line]:
    """The lines of a file, in its order; one that cannot be read, or no further, ends in a line that says why."""
    try:
        yield from open_delivery(name, data, today=today).lines
    except Refused as refused:
        yield Line(name, 0, faults=(("", refused),))


def read_again(line: Line, *, today: date) -> Line:
    """A table's row by its mended cells."""
    if line.form == FORM:
        return read_row(line.cells, line.row, line.file, today=today)
    return _renewal(dict(line.cells), line.row, line.file, today)


def _markup_lines(name: str, data: bytes) -> Iterator[Line]:
    """A line for each right of each document; numbered when there are several, so that each can be found."""
    found = [line for document in markup.documents(name, data) for line in _document_lines(name, document)]
    if not found:
        raise Refused("import.no_rows", name=name)
    for place, line in enumerate(found, 1):
        yield replace(line, row=place) if len(found) > 1 else line


def _document_lines(name: str, document: str) -> Iterator[Line]:
    try:
        root = markup.parse(name, document)
        if root.tag in _SUPPLEMENTS:
            return
        patents, marks = _patents_in(root), marks_in(root)
        if not patents and not marks:
            raise markup.unreadable(name, "unknown_format", found=str(root.tag)[:60])
    except Refused as refused:
        yield _lost(name, refused)
        return
    for node in patents:
        try:
            yield Line(name, 0, read_us_patent(name, node), unmapped=markup.unmapped(node, READ[str(node.tag)]))
        except Refused as refused:
            yield _lost(name, refused)
    for node in marks:
        try:
            left = markup.unmapped(node, MARKS_READ)
            for found in read_mark(name, node):
                yield _lost(name, found) if isinstance(found, Refused) else Line(name, 0, found, unmapped=left)
        except Refused as refused:
            yield _lost(name, refused)


def _lost(name: str, refused: Refused) -> Line:
    return Line(name, 0, faults=(("", refused),))


def _patents_in(root: Element) -> list[Element]:
    return [root] if root.tag in READERS else list(root.iter(*READERS))


def _archive_lines(name: str, data: bytes, today: date) -> Iterator[Line]:
    told = False
    for path, content in archive.unpack(name, data):
        told = True
        yield from read_delivery(path, content, today=today)
    if not told:
        raise Refused("import.no_rows", name=name)


def _renewal_lines(name: str, grid: Grid, today: date) -> Iterator[Line]:
    headings = [heading.strip().casefold() for heading in grid.rows[0][1]]
    if len(grid.rows) < 2:
        raise Refused("import.no_rows", name=name)
    for number, cells in grid.rows[1:]:
        yield _renewal(dict(zip(headings, cells, strict=False)), number, name, today)


def _renewal(values: dict[str, str], number: int, name: str, today: date) -> Line:
    kept = {key: cell for key, cell in values.items() if key and cell}
    read = renewals.read_renewal(values, number, name, today)
    if isinstance(read, RightDraft):
        return Line(name, number, read, form=RENEWALS, cells=kept)
    return Line(name, number, faults=read, form=RENEWALS, cells=kept)
