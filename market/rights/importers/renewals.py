"""Reads the American catalogue of copyright renewals (1950-1977) as transcribed into a table of tab-separated columns."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from market.kernel.errors import Refused
from market.kernel.typed import tidy
from market.rights.importers.drafts import ENGLISH_TITLE, TITLE, RightDraft
from market.rights.rules.copyrights import check_copyright

HEADINGS = frozenset({"id", "title", "oreg", "rdat", "full_text"})
Fault = tuple[str, Refused]  # (column, why)

# What the letters before the original registration's number say of the work.
_WORKS = (
    (re.compile(r"(A|AA|AI|AIO|AF|B|BB|BI|B5|C|D|DP|DU)"), "literary"),
    (re.compile(r"(E|EP|EU|EF|EI)"), "musical"),
    (re.compile(r"(G|GP|GU|H|K|KK)"), "artistic"),
    (re.compile(r"(J|JP|JU)"), "photographic"),
    (re.compile(r"(L|LP|LU|LF|M|MP|MU)"), "audiovisual"),
    (re.compile(r"(F|I|IP|IU)"), "graphic"),
)
_ENTRY = re.compile(r"(R[0-9]{4,7})\.\s+([^©]+)©")  # its number, then title and author as `_printed` parts them
_AUTHOR = re.compile(r"(.+?[a-z)]{2})\.(?:\s|$)")  # to the first stop that ends no initial
_FIRST_DAY = re.compile(r"©[^;]*?([0-9]{1,2}[A-Z][a-z]{2}[0-9]{2})\b")
_LAST_DAY = re.compile(r"([0-9]{1,2}[A-Z][a-z]{2}[0-9]{2});\s*R[0-9]{4,7}\b")


def is_renewals(headings: tuple[str, ...]) -> bool:
    """Whether a table's headings are those of this catalogue."""
    return {heading.strip().casefold() for heading in headings} >= HEADINGS


def read_renewal(values: Mapping[str, str], row: int, source: str, today: date) -> RightDraft | tuple[Fault, ...]:
    """The right one row describes, or its faults. A cell the transcriber left empty is read from the entry's own words,
    which are kept whole: they name the claimants and every original registration."""
    entry = tidy(values.get("full_text", ""))
    printed = _printed(entry)
    number = values.get("id", "").strip() or printed[0]
    title = tidy(values.get("title", "")).removesuffix(".") or printed[1]
    author = tidy(values.get("author", "")).removesuffix(".") or printed[2]
    faults: list[Fault] = []
    if not number:
        faults.append(("id", Refused("import.cell_missing", column="id")))
    if not title:
        faults.append(("title", Refused("import.cell_missing", column="title")))
    if len(title) > TITLE:
        faults.append(("title", Refused("import.cell_too_long", column="title", limit=TITLE)))
    days = {}
    for column, pattern in (("odat", _FIRST_DAY), ("rdat", _LAST_DAY)):
        try:
            days[column] = _day(column, values.get(column, ""), entry, pattern, today)
        except Refused as refused:
            faults.append((column, refused))
    try:
        checked = check_copyright("US", number, today=today) if number else None
    except Refused as refused:
        faults.append(("id", refused))
        checked = None
    if faults or checked is None:
        return tuple(faults)
    return RightDraft(
        kind="copyright",
        type=_work(values.get("oreg", "")),
        office="US",
        key=checked.key,
        number=checked.display,
        title=title,
        title_en=title if len(title) <= ENGLISH_TITLE else "",
        abstract=entry[:10_000],
        inventors=(author,) if author else (),
        owners=tuple(_claimants(values.get("claimants", ""))),
        published_on=days["odat"],
        granted_on=days["rdat"],
        industry="culture",
        row=row,
        source=source,
        warnings=checked.warnings,
    )


def _printed(entry: str) -> tuple[str, str, str]:
    """The number, title and author an entry begins with."""
    match = _ENTRY.match(entry)
    if match is None:
        return "", "", ""
    title, _by, rest = match[2].partition(". By ")
    author = _AUTHOR.match(rest)
    return match[1], title.strip().removesuffix("."), author[1] if author else ""


def _day(column: str, cell: str, entry: str, pattern: re.Pattern[str], today: date) -> date | None:
    """The day the cell names, or the entry's words; none where neither does. Refused `import.date`, `import.date_ahead`."""
    cell, printed = cell.strip(), pattern.search(entry)
    try:
        day = date.fromisoformat(cell) if cell else _printed_day(printed[1]) if printed else None
    except ValueError as error:
        raise Refused("import.date", column=column, typed=cell[:40]) from error
    if day and day > today:
        raise Refused("import.date_ahead", column=column, day=day)
    return day


def _printed_day(said: str) -> date:
    """A day as the catalogue prints it, 19Aug48: always of the twentieth century."""
    return datetime.strptime(f"{said[:-2]}19{said[-2:]}", "%d%b%Y").date()  # noqa: DTZ007 (a plain day)


def _work(registration: str) -> str:
    letters = registration.strip().upper().rstrip("0123456789-")
    return next((work for pattern, work in _WORKS if pattern.fullmatch(letters)), "other")


def _claimants(cell: str) -> Iterator[str]:
    """The claimants: parted by two bars, each "name|what it claims as"; what is claimed is left in the entry's words."""
    for claim in re.split(r"(?<!\|)\|\|(?!\|)", cell):
        if name := tidy(claim.partition("|")[0]):
            yield name
