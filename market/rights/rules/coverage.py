"""The coverage map of a portfolio: which product line lacks a mark in its class or a patent, and whose time ends first.

吉政办发〔2012〕43号 四(二) wants patent portfolios and the marks that protect their products to fit together. A patent ends
for good (专利法 42); a mark's term may be renewed (商标法 40); each licence has a last day of its own.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

EXPIRY, RENEWAL, LICENCE, ANNUITY = "expiry", "renewal", "licence", "annuity"
TERMS = frozenset({EXPIRY, RENEWAL, LICENCE})  # the clocks that bound a licence; an annuity is paid every year


@dataclass(frozen=True, slots=True)
class Asset:
    """A member as the map sees it: its state, its classification, its last day and those of the licences over it.

    `licences` holds (licensee, last day); `paid_to` is the day up to which the annuity is paid.
    """

    key: Hashable
    kind: str
    in_force: bool
    pending: bool = False
    nice_class: int | None = None
    ipc: tuple[str, ...] = ()
    ends_on: date | None = None
    paid_to: date | None = None
    licences: tuple[tuple[str, date], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A product line: the Nice classes its goods are in, the IPC places its technology is in, and what protects it."""

    key: Hashable
    classes: tuple[int, ...] = ()
    ipc: tuple[str, ...] = ()
    assets: frozenset[Hashable] = frozenset()


@dataclass(frozen=True, slots=True)
class Gap:
    """What a line lacks: `code`, and the Nice class or IPC place it lacks it in ("" for none)."""

    code: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A day on which something of an asset ends: its own term, a licence (of `name`), or what is paid for it."""

    on: date
    what: str
    asset: Hashable
    name: str = ""


@dataclass(frozen=True, slots=True)
class Covered:
    """A line with what protects it, what it lacks and the term that ends first, after which not all of it can be licensed."""

    line: Line
    patents: tuple[Hashable, ...]
    marks: tuple[tuple[int, tuple[Hashable, ...]], ...]
    others: tuple[Hashable, ...]
    gaps: tuple[Gap, ...]
    first: Clock | None


@dataclass(frozen=True, slots=True)
class Map:
    """The whole map: every line, the members no line names, and every clock still running, the first to end first."""

    lines: tuple[Covered, ...]
    loose: tuple[Hashable, ...]
    clocks: tuple[Clock, ...] = field(default=())

    @property
    def first(self) -> Clock | None:
        """The term of the portfolio that ends first."""
        return next((clock for clock in self.clocks if clock.what in TERMS), None)


def coverage(lines: Sequence[Line], assets: Sequence[Asset], today: date) -> Map:
    """The map of the lines over the assets as of `today`; a line's assets that are not among `assets` have left."""
    by_key = {asset.key: asset for asset in assets}
    named = {key for line in lines for key in line.assets}
    return Map(
        lines=tuple(_covered(line, [by_key[key] for key in by_key if key in line.assets], today) for line in lines),
        loose=tuple(asset.key for asset in assets if asset.key not in named),
        clocks=tuple(clocks(assets, today)),
    )


def clocks(assets: Iterable[Asset], today: date) -> list[Clock]:
    """Every day from `today` on that something of the assets ends, the first first; what is dead runs no more."""
    found = []
    for asset in assets:
        if not (asset.in_force or asset.pending):
            continue
        ends = [(asset.ends_on, RENEWAL if asset.kind == "trademark" else EXPIRY, ""), (asset.paid_to, ANNUITY, "")]
        ends += [(last, LICENCE, licensee) for licensee, last in asset.licences]
        found += [Clock(day, what, asset.key, name) for day, what, name in ends if day is not None and day >= today]
    return sorted(found, key=lambda clock: (clock.on, clock.what, str(clock.asset)))


def _covered(line: Line, mine: Sequence[Asset], today: date) -> Covered:
    marks = [asset for asset in mine if asset.kind == "trademark"]
    patents = [asset for asset in mine if asset.kind == "patent"]
    return Covered(
        line=line,
        patents=tuple(asset.key for asset in patents),
        marks=tuple(
            (number, tuple(mark.key for mark in marks if mark.nice_class == number))
            for number in sorted({*line.classes, *(mark.nice_class for mark in marks if mark.nice_class)})
        ),
        others=tuple(asset.key for asset in mine if asset.kind not in ("trademark", "patent")),
        gaps=(*_mark_gaps(line, marks), *_patent_gaps(line, patents)),
        first=next((clock for clock in clocks(mine, today) if clock.what in TERMS), None),
    )


def _mark_gaps(line: Line, marks: Sequence[Asset]) -> list[Gap]:
    if not line.classes:
        return [Gap("no_class")]
    gaps = []
    for number in sorted(line.classes):
        there = [mark for mark in marks if mark.nice_class == number]
        if not any(mark.in_force for mark in there):
            waits = any(mark.pending for mark in there)
            gaps.append(Gap("mark_pending" if waits else "no_mark", str(number)))
    return gaps


def _patent_gaps(line: Line, patents: Sequence[Asset]) -> list[Gap]:
    living = [patent for patent in patents if patent.in_force]
    if not living:
        return [Gap("patent_pending" if any(patent.pending for patent in patents) else "no_patent")]
    symbols = [_bare(symbol) for patent in living for symbol in patent.ipc]
    return [
        Gap("no_patent_there", place)
        for place in line.ipc
        if not any(symbol.startswith(_bare(place)) for symbol in symbols)
    ]


def _bare(symbol: str) -> str:
    return symbol.replace(" ", "").upper()
