"""The matrix of a work's rights: which of 著作权法 10(5)-(17) is granted to whom, where and until when, and which twice.

What a contract does not name expressly is not granted (著作权法 29): it stays with the owner. "All but" names nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from market.kernel.errors import Refused
from market.rights.rules.granting import ECONOMIC, SOFTWARE
from market.rights.rules.grants import Atoms, Granted, overlap


def grantable(work: str) -> tuple[str, ...]:
    """The rights over that kind of work that may be granted, in the law's order (计算机软件保护条例 8 for programs)."""
    return SOFTWARE if work == "software" else ECONOMIC


def granted_rights(work: str, acts: Atoms) -> frozenset[str]:
    """The rights a licence grants: those it names that the work has."""
    return frozenset() if acts.all_but else acts.named & frozenset(grantable(work))


def check_granted(work: str, grant: Granted) -> None:
    """Whether the grant can be meant. Refused `grant.beyond` for rights that cannot be granted over the work,
    `grant.unlisted` where it would keep others out and names no right."""
    beyond = frozenset() if grant.acts.all_but else grant.acts.named - frozenset(grantable(work))
    if beyond:
        raise Refused("grant.beyond", rights=sorted(beyond))
    if grant.excludes and not granted_rights(work, grant.acts):
        raise Refused("grant.unlisted")


@dataclass(frozen=True, slots=True)
class Row:
    """One right of the work, and every licence over it that has not ended; without one it is reserved."""

    right: str
    grants: tuple[Granted, ...]


def matrix(work: str, grants: Sequence[Granted], on: date) -> tuple[Row, ...]:
    """The rights of the work in the law's order, with the licences that run on the day `on` or begin later."""
    running = [grant for grant in grants if grant.until is None or grant.until >= on]
    return tuple(
        Row(right, tuple(grant for grant in running if right in granted_rights(work, grant.acts)))
        for right in grantable(work)
    )


@dataclass(frozen=True, slots=True)
class Twice:
    """The same rights granted to two, in a place, field and time in common, though one was promised to be alone."""

    one: Granted
    other: Granted
    rights: tuple[str, ...]


def granted_twice(work: str, grants: Iterable[Granted]) -> list[Twice]:
    """Every pair of licences that cannot both be kept, with the rights they share."""
    found = []
    for one, other in combinations(grants, 2):
        shared = granted_rights(work, one.acts) & granted_rights(work, other.acts)
        if shared and (one.excludes or other.excludes) and overlap(one, other):
            found.append(Twice(one, other, tuple(right for right in grantable(work) if right in shared)))
    return found
