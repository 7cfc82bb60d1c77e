"""Reads the table template, CSV or XLSX, into drafts; every wrong cell is named by its row and column, none is lost."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from market.kernel.errors import Refused
from market.kernel.typed import tidy
from market.parties.rules import uscc
from market.rights.importers.cells import Grid
from market.rights.importers.columns import (
    COLUMNS,
    EXAMPLE,
    INDUSTRY_WORDS,
    KIND_CHOICES,
    KIND_WORDS,
    TEMPLATE_COLUMNS,
    WORK_WORDS,
    column_of,
)
from market.rights.importers.drafts import Line, RightDraft
from market.rights.rules import entry, identifiers, symbols, terms
from market.rights.rules.checked import Checked
from market.rights.rules.industries import suggest
from market.rights.rules.taxonomy import INDUSTRIES, WORK_KINDS

T = TypeVar("T")
Texts = tuple[str, ...]
_NOTHING: Texts = ()
_ENTITY_WORKS = ("software", "audiovisual")  # an organisation's even where authors are named; of others we cannot tell
_DATE = re.compile(r"([12][0-9]{3})(?:-([0-9]{1,2})-|/([0-9]{1,2})/|\.([0-9]{1,2})\.|年([0-9]{1,2})月)([0-9]{1,2})日?")
_PACKED_DATE = re.compile(r"([12][0-9]{3})([0-9]{2})([0-9]{2})")
_LIST = re.compile(r"[;；、\n|]")
_CODE_LIST = re.compile(r"[;；、\n|,，]")


FORM = "table"


@dataclass(frozen=True, slots=True)
class Table:
    """A filled-in template, opened: where its columns are, and the headings nobody here knows."""

    name: str
    grid: Grid
    places: dict[str, int]
    unknown: Texts


def open_table(name: str, grid: Grid) -> Table:
    """See that the file as a whole is such a table; refused `import.…` when it is not. Its rows are still to be read."""
    if len(grid.rows) < 2:
        raise Refused("import.no_rows", name=name)
    places, unknown = _places(name, grid.rows[0][1])
    return Table(name, grid, places, unknown)


def read_rows(table: Table, *, today: date) -> Iterator[Line]:
    """The rows in their order; the template's own examples are left out. Refused `import.no_rows` when nothing is left.

    A row with a fault gives no draft but all its faults. The same right twice is a fault of the second row.
    """
    first_rows: dict[tuple[object, ...], int] = {}
    told = False
    for number, cells in table.grid.rows[1:]:
        values = {key: cells[place].strip() for key, place in table.places.items() if place < len(cells)}
        if values.get("title", "").startswith(EXAMPLE):
            continue
        line = read_row(values, number, table.name, today=today)
        if line.draft is not None:
            first = first_rows.setdefault((line.draft.kind, line.draft.key, line.draft.nice_class), number)
            if first != number:
                line = replace(line, draft=None, faults=(duplicate_of(first),))
        told = True
        yield line
    if not told:
        raise Refused("import.no_rows", name=table.name)


def read_row(values: Mapping[str, str], number: int, source: str, *, today: date) -> Line:
    """One row by its column keys: its draft, or all its faults."""
    row = _Row(number, values, source, today)
    draft = row.draft()
    kept = {key: text for key, text in values.items() if text}
    return Line(source, number, None if row.faults else draft, tuple(row.faults), FORM, kept)


def duplicate_of(first: int) -> tuple[str, Refused]:
    """The fault of a row whose right stands in an earlier one."""
    return COLUMNS["number"].heading, Refused("import.duplicate_row", first=first)


def _places(name: str, headings: tuple[str, ...]) -> tuple[dict[str, int], tuple[str, ...]]:
    places: dict[str, int] = {}
    unknown = []
    for place, heading in enumerate(headings):
        column = column_of(heading)
        if column is None:
            unknown += [tidy(heading)] if heading.strip() else []
        elif column.key in places:
            raise Refused("import.duplicate_column", name=name, column=column.heading)
        else:
            places[column.key] = place
    missing = [column.heading for column in TEMPLATE_COLUMNS if column.required and column.key not in places]
    if missing:
        raise Refused("import.missing_column", name=name, columns=", ".join(missing))
    return places, tuple(unknown)


@dataclass(slots=True)
class _Row:
    """One row on its way to a draft; it gathers every fault instead of stopping at the first."""

    number: int
    values: Mapping[str, str]
    source: str
    today: date
    faults: list[tuple[str, Refused]] = field(default_factory=list)

    def fault(self, key: str, refused: Refused) -> None:
        self.faults.append((COLUMNS[key].heading, refused))

    def take(self, key: str, reader: Callable[[str], T], empty: T) -> T:
        """The cell as `reader` understands it; `empty` if it is blank or wrong, and then a fault is noted."""
        text = self.values.get(key, "")
        column = COLUMNS[key]
        if not text:
            if column.required:
                self.fault(key, Refused("import.cell_missing", column=column.heading))
            return empty
        if len(text) > column.limit:
            self.fault(key, Refused("import.cell_too_long", column=column.heading, limit=column.limit))
            return empty
        try:
            return reader(text)
        except Refused as refused:
            self.fault(key, refused)
            return empty

    def draft(self) -> RightDraft | None:
        """The right the row describes, or None when not even its kind and number can be told."""
        kind, of_type = self.take("kind", _kind, ("", ""))
        if kind == "copyright" and of_type != "software":
            of_type = self.take("work_kind", _choice("work_kind", WORK_WORDS, tuple(WORK_KINDS.values())), "other")
        checked = self.take("number", lambda text: self._checked(kind, of_type, text), None) if kind else None
        filed_on, granted_on = self.day("filed_on"), self.day("granted_on")
        if filed_on and granted_on and granted_on < filed_on:
            self.fault("granted_on", Refused("import.dates_crossed", filed=filed_on, granted=granted_on))
        holders = self.take("holder", lambda text: tuple(map(uscc, _parts(_CODE_LIST, text))), _NOTHING)
        ipc = self.take(
            "ipc", lambda text: tuple(_symbol(of_type, part) for part in _parts(_CODE_LIST, text)), _NOTHING
        )
        nice_class = self.take("nice_class", symbols.check_nice, None) if kind == "trademark" else None
        if kind == "trademark" and not self.values.get("nice_class"):
            self.fault("nice_class", Refused("import.cell_missing", column=COLUMNS["nice_class"].heading))
        title = self.take("title", tidy, "")
        completed_on, published_on = self.day("completed_on"), self.day("published_on")
        exploited_on, species = self.day("exploited_on"), self.take("species", tidy, "")
        publication = self.take("publication_no", self._publication, None) if kind == "patent" else None
        industry = self.take("industry", _choice("industry", INDUSTRY_WORDS, tuple(INDUSTRIES.values())), "")
        groups = self.take("groups", lambda text: _groups(text, nice_class), _NOTHING) if nice_class else _NOTHING
        inventors = self.take("inventors", lambda text: _parts(_LIST, text), _NOTHING)
        title_en, abstract, goods = (self.take(key, tidy, "") for key in ("title_en", "abstract", "goods"))
        if checked is None:
            return None
        dates = {"filed_on": filed_on, "granted_on": granted_on, "exploited_on": exploited_on}
        if kind != "copyright":  # a person's work ends with the person
            expires_on = entry.last_day(kind, of_type, checked.key.office, **dates, completed_on=completed_on)
        elif holders and completed_on and (of_type in _ENTITY_WORKS or not inventors):
            expires_on = terms.entity_copyright_last_day(published_on, completed_on)
        else:
            expires_on = None
        guess = suggest(kind, symbols=ipc, nice_class=nice_class, of_type=of_type)
        draft = RightDraft(
            kind=kind,
            type=of_type,
            office=checked.key.office,
            key=checked.key,
            number=checked.display,
            title=title,
            title_en=title_en,
            abstract=abstract,
            goods=goods,
            inventors=inventors,
            holder_usccs=holders,
            filed_on=filed_on,
            granted_on=granted_on,
            completed_on=completed_on,
            exploited_on=exploited_on,
            published_on=published_on,
            expires_on=expires_on,
            ipc=ipc,
            nice_class=nice_class,
            groups=groups,
            species=species,
            industry=industry or (guess.industry if guess else ""),
            row=self.number,
            source=self.source,
            warnings=checked.warnings,
        )
        return _with_patent_numbers(draft, checked, publication) if kind == "patent" else draft

    def day(self, key: str) -> date | None:
        """The day a cell names, not later than today."""
        return self.take(key, lambda text: _day(text, COLUMNS[key].heading, self.today), None)

    def _checked(self, kind: str, of_type: str, text: str) -> Checked | None:
        office = self.values.get("office", "").upper()
        if not office:
            office = identifiers.office_of_patent(text) if kind == "patent" else "CN"
        return identifiers.check_number(kind, of_type, office, text, today=self.today)

    def _publication(self, text: str) -> Checked | None:
        return identifiers.check_patent(identifiers.office_of_patent(text), text, today=self.today)


def _with_patent_numbers(draft: RightDraft, checked: Checked, publication: Checked | None) -> RightDraft:
    """The draft with the application, publication and grant numbers its row gave."""
    published = publication or (None if checked.application else checked)
    if published:
        draft = replace(draft, publication_no=published.display, publication_kind=published.mark)
    if checked.application:
        draft = replace(draft, application_no=checked.display)
        granted = draft.granted_on and draft.office == "CN"
        return replace(draft, grant_no=identifiers.cn_patent_number(checked.display)) if granted else draft
    return replace(draft, grant_no=checked.display) if draft.granted_on else draft


def _kind(text: str) -> tuple[str, str]:
    known = KIND_WORDS.get(tidy(text).casefold())
    if known is None:
        raise _unknown("kind", text, KIND_CHOICES)
    return known


def _choice(key: str, words: dict[str, str], choices: tuple[str, ...]) -> Callable[[str], str]:
    def choose(text: str) -> str:
        known = words.get(tidy(text).casefold())
        if known is None:
            raise _unknown(key, text, choices)
        return known

    return choose


def _unknown(key: str, text: str, choices: tuple[str, ...]) -> Refused:
    return Refused("import.cell_unknown", column=COLUMNS[key].heading, typed=text[:40], choices=", ".join(choices))


def _symbol(of_type: str, text: str) -> str:
    return symbols.check_locarno(text) if of_type == "design" else symbols.check_ipc(text)


def _groups(text: str, nice_class: int) -> tuple[str, ...]:
    return tuple(symbols.check_group(part.zfill(4), nice_class) for part in _parts(_CODE_LIST, text))


def _parts(separator: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(tidy, separator.split(text)))))


def _day(text: str, column: str, today: date) -> date:
    """A day written year first, so that nobody guesses which number is the month; a bare serial number is refused."""
    match = _DATE.fullmatch(tidy(text).replace(" ", "")) or _PACKED_DATE.fullmatch(text)
    try:
        day = date(*(int(part) for part in match.groups() if part)) if match else None
    except ValueError:
        day = None
    if day is None:
        raise Refused("import.date", column=column, typed=text[:40])
    if day > today:
        raise Refused("import.date_ahead", column=column, day=day)
    return day
