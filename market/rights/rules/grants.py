"""Which grants exclude each other: sets of territories, fields and acts ("World except CN" works) and spans of days.

A set is kept as the ranges of whole numbers its atoms have, in the notation of PostgreSQL's int4multirange, where the
database compares the very same sets; "all but" is what lies around the ranges of what is left out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from market.kernel.errors import ensure
from market.rights.rules.granting import ECONOMIC

# One number for each atom, for ever: new atoms are added at the end. Territories are WIPO ST.3 codes.
ACTS = ("make", "use", "offer", "sell", "import", *ECONOMIC)
FIELDS = (
    *("biomedicine", "biochemicals", "electronics", "materials", "energy"),
    *("vehicles", "equipment", "environment", "culture", "tourism"),
)
_NAMED = {name: place for place, name in enumerate((*ACTS, *FIELDS))}
_NAMES = (*ACTS, *FIELDS)
_OFFICES_FROM = 1000
_RANGE = re.compile(r"[\[(]([0-9]*),([0-9]*)\)")


@dataclass(frozen=True, slots=True)
class Atoms:
    """A set of atoms: those named, or all but those named. What nobody has named yet is in every "all but"."""

    named: frozenset[str] = frozenset()
    all_but: bool = False

    def meets(self, other: "Atoms") -> bool:
        """Whether some atom is in both."""
        if self.all_but and other.all_but:
            return True
        if self.all_but:
            return bool(other.named - self.named)
        return bool(self.named - other.named) if other.all_but else bool(self.named & other.named)

    def __contains__(self, atom: str) -> bool:
        return (atom in self.named) is not self.all_but

    def __str__(self) -> str:
        """As the database keeps it: "{[1,2)}", or "{(,1),[2,)}" for all but the atom numbered 1."""
        numbers = sorted(_number(atom) for atom in self.named)
        if not self.all_but:
            return "{" + ",".join(f"[{number},{number + 1})" for number in numbers) + "}"
        starts, ends = ["", *(str(number + 1) for number in numbers)], [*(str(number) for number in numbers), ""]
        ranges = [(start, end) for start, end in zip(starts, ends, strict=True) if start != end or not start]
        return "{" + ",".join(f"{'[' if start else '('}{start},{end})" for start, end in ranges) + "}"


EVERYTHING = Atoms(all_but=True)


def only(*atoms: str) -> Atoms:
    """Just these."""
    return Atoms(frozenset(atoms))


def all_but(*atoms: str) -> Atoms:
    """Everything except these: all_but("CN") is the world without China."""
    return Atoms(frozenset(atoms), all_but=True)


def read_atoms(kept: str) -> Atoms:
    """The set back from what the database keeps. AssertionError for ranges no set of atoms has."""
    ranges = _RANGE.findall(kept)
    if not any(start == "" or end == "" for start, end in ranges):
        return only(*(_name(number) for start, end in ranges for number in range(int(start), int(end))))
    ensure(ranges[0][0] == "" and ranges[-1][1] == "", f"no set of atoms: {kept}")
    gaps = [(int(left[1]), int(right[0])) for left, right in pairwise(ranges)]
    return all_but(*(_name(number) for start, end in gaps for number in range(start, end)))


def _number(atom: str) -> int:
    """The atom's number. KeyError for a word that is none."""
    if len(atom) == 2 and atom.isascii() and atom.isupper():
        return _OFFICES_FROM + (ord(atom[0]) - 65) * 26 + ord(atom[1]) - 65
    return _NAMED[atom]


def _name(number: int) -> str:
    if number < _OFFICES_FROM:
        return _NAMES[number]
    first, second = divmod(number - _OFFICES_FROM, 26)
    return chr(65 + first) + chr(65 + second)


@dataclass(frozen=True, slots=True)
class Granted:
    """A licence over one right: its grade, its three sets, its first and last day (None: open)."""

    holder: str
    grade: str
    since: date
    until: date | None = None
    territory: Atoms = EVERYTHING
    fields: Atoms = EVERYTHING
    acts: Atoms = EVERYTHING

    @property
    def excludes(self) -> bool:
        """Whether it keeps other licensees out: exclusive (独占) and sole (排他) do."""
        return self.grade in ("exclusive", "sole")


def overlap(one: Granted, other: Granted) -> bool:
    """Whether on some day somebody could do the same act in the same field and place under both."""
    return (
        (other.until is None or one.since <= other.until)
        and (one.until is None or other.since <= one.until)
        and one.territory.meets(other.territory)
        and one.fields.meets(other.fields)
        and one.acts.meets(other.acts)
    )


def clashes(new: Granted, others: Iterable[Granted]) -> Sequence[Granted]:
    """The live grants a new one cannot stand beside: they overlap, and one of the two keeps others out."""
    return [other for other in others if (new.excludes or other.excludes) and overlap(new, other)]
