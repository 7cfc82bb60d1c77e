"""Turns the bytes of a CSV or XLSX file into rows of text, and refuses what could hurt or mislead before parsing it."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from market.kernel.errors import Refused
from market.kernel.typed import from_cell
from market.rights.importers.drafts import MEGABYTE

LARGEST = 20 * MEGABYTE
ROWS = 20_000
_INFLATED = 50 * MEGABYTE
_RATIO = 100
_MEMBERS = 200
_EXTENT = (30_000, 200)  # cells beyond are refused before anything allocates a grid that holds them
_UNWANTED = ("vbaproject", "/embeddings/", "/activex/", "/externallinks/", "macrosheets/")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_CHUNK = 200_000
_NO_TEXT = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"\x89PNG", b"Rar!", b"MZ", b"\x7fELF", b"\xff\xd8\xff", b"GIF8")

Value = int | float | str | bool | time | date | datetime | timedelta


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a file as text, each with its number in the file, blank ones left out; and how it was read."""

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    encoding: str


def read_grid(name: str, data: bytes) -> Grid:
    """The rows of `data`, an XLSX workbook's first visible sheet or a CSV; refused `import.…` if it is neither.

    At most 20 MB and 20,000 rows below the heading. A CSV may be UTF-8, UTF-16 with its mark, or GB 18030; separated by
    commas, semicolons or tabs. `encoding` tells which, so that a reader can confirm it.
    """
    if len(data) > LARGEST:
        raise Refused("import.too_large", name=name, limit=LARGEST // MEGABYTE)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Grid(_limited(name, _workbook_rows(name, data)), "xlsx")
    text, encoding = _decoded(name, data)
    return Grid(_limited(name, _csv_rows(name, text)), encoding)


def text_form(name: str, data: bytes) -> str:
    """Whether text is a table parted by tabs ("tsv") or otherwise ("csv"). Refused `import.not_a_table` if it is no text."""
    return "tsv" if _separator(_decoded(name, data)[0]) == "\t" else "csv"


def _limited(name: str, rows: Iterator[tuple[int, list[str]]]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    kept: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in rows:
        if any(cell.strip() for cell in cells):
            kept.append((number, tuple(cells)))
        if len(kept) > ROWS + 1:
            raise Refused("import.too_many_rows", name=name, limit=ROWS)
    return tuple(kept)


def _decoded(name: str, data: bytes) -> tuple[str, str]:
    if data.startswith(_NO_TEXT):
        raise Refused("import.not_a_table", name=name)
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ("utf-16",) if marked else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text, encoding.removesuffix("-sig")
    raise Refused("import.not_a_table", name=name)


def _separator(text: str) -> str:
    heading = text.lstrip("\r\n").partition("\n")[0]
    return max(",;\t", key=heading.count)


def _csv_rows(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            yield number, [from_cell(cell) for cell in cells]
    except csv.Error as error:
        raise Refused("import.broken_row", name=name, line=reader.line_num) from error


def _workbook_rows(name: str, data: bytes) -> Iterator[tuple[int, list[str]]]:
    _inspect(name, data)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            shown = [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
            ]
            if not shown:
                raise Refused("import.not_a_table", name=name)
            rows = book.get_sheet_by_name(shown[0]).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise Refused("import.not_a_table", name=name) from error
    for number, cells in enumerate(rows, 1):
        yield number, [_written(cell) for cell in cells]


def _written(value: Value) -> str:
    """A workbook's value as people would write it; a whole number loses the point a spreadsheet gave it."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return from_cell(str(value).replace("\0", ""))


def _inspect(name: str, data: bytes) -> None:
    """Refuse a workbook that is a bomb, lies about its sizes, carries code, or claims cells it has no use for."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = sorted(archive.infolist(), key=lambda member: member.header_offset)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Refused("import.not_a_table", name=name) from error
    names = {member.filename.lower() for member in members}
    if "xl/workbook.xml" not in names:
        raise Refused("import.not_a_table", name=name)
    if any(part in f"/{member}" for member in names for part in _UNWANTED):
        raise Refused("import.unsafe_workbook", name=name, reason="active")
    total = sum(member.file_size for member in members)
    squeezed = [m for m in members if m.file_size > MEGABYTE and m.file_size > _RATIO * max(m.compress_size, 1)]
    if total > _INFLATED or len(members) > _MEMBERS or squeezed or len(names) != len(members):
        raise Refused("import.unsafe_workbook", name=name, reason="bomb")
    ends = [member.header_offset for member in members[1:]] + [len(data)]
    for member, end in zip(members, ends, strict=True):
        _inspect_member(name, data[member.header_offset : end], member)


def _inspect_member(name: str, raw: bytes, member: zipfile.ZipInfo) -> None:
    """Inflate one member by its own bytes, not by what the directory claims, and look where its cells lie."""
    start = 30 + int.from_bytes(raw[26:28], "little") + int.from_bytes(raw[28:30], "little")
    packed = raw[start : start + member.compress_size]
    if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("import.not_a_table", name=name)
    try:
        content = packed
        if member.compress_type == zipfile.ZIP_DEFLATED:
            content = zlib.decompressobj(-15).decompress(packed, member.file_size + 1)
    except zlib.error as error:
        raise Refused("import.not_a_table", name=name) from error
    if len(packed) != member.compress_size or len(content) != member.file_size:
        raise Refused("import.unsafe_workbook", name=name, reason="bomb")
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        _inspect_xml(name, content)


def _inspect_xml(name: str, content: bytes) -> None:
    extent = _Extent()
    parser = etree.XMLParser(
        target=extent,  # type: ignore[arg-type]  # the stubs want a hearer for every event
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
    )
    try:
        for start in range(0, len(content), _CHUNK):
            parser.feed(content[start : start + _CHUNK])
        parser.close()
    except etree.XMLSyntaxError as error:
        raise Refused("import.not_a_table", name=name) from error
    if extent.rows > _EXTENT[0] or extent.columns > _EXTENT[1]:
        raise Refused("import.unsafe_workbook", name=name, reason="extent")
    if extent.declares:
        raise Refused("import.unsafe_workbook", name=name, reason="active")


class _Extent:
    """Hears a part of a workbook go by and remembers its farthest cell."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self.declares = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """A cell names its place ("XFD1048576")."""
        if not tag.endswith("}c") and tag != "c":
            return
        place = _PLACE.fullmatch(attributes.get("r", "").upper())
        if place:
            column = 0
            for letter in place[1]:
                column = column * 26 + ord(letter) - 64
            self.columns = max(self.columns, column)
            self.rows = max(self.rows, int(place[2]))

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        """No workbook needs a document type."""
        self.declares = True

    def close(self) -> None:
        """Nothing is built."""
