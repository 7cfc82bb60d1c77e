"""What of a portfolio may not be split, and how it stands as a whole: pure values of its members' answers."""

import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from market.kernel.errors import Refused
from market.kernel.typed import plain
from market.rights.rules.rulebook import AMBER, GREEN, RED, Blocker, Readiness
from market.rights.rules.symbols import check_nice

SUBCLASS = 4  # letters of an IPC subclass, "H01M"


def joined(ties: Iterable[Collection[Hashable]]) -> list[frozenset[Hashable]]:
    """The groups that result when whatever shares a member is tied together; none overlap, single keys are left out."""
    groups: list[set[Hashable]] = []
    for tie in ties:
        here, apart = set(tie), []
        for group in groups:
            if group & here:
                here |= group
            else:
                apart.append(group)
        groups = [*apart, here]
    return [frozenset(group) for group in groups if len(group) > 1]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a portfolio stands before an act: every member's answer, by its key, in the order they were given."""

    answers: Mapping[Hashable, Readiness]

    @property
    def colour(self) -> str:
        """The worst of its members: one bad member blocks the whole."""
        colours = {answer.colour for answer in self.answers.values()}
        return next((colour for colour in (RED, AMBER) if colour in colours), GREEN)

    @property
    def barred(self) -> Sequence[tuple[Hashable, tuple[Blocker, ...]]]:
        """The members that bar the act, each with what bars it."""
        return [(key, answer.bars) for key, answer in self.answers.items() if answer.bars]

    @property
    def told(self) -> Sequence[tuple[Hashable, tuple[Blocker, ...]]]:
        """The members about which something is to be told, though nothing bars the act."""
        told = [(key, tuple(one for one in answer.blockers if not one.red)) for key, answer in self.answers.items()]
        return [(key, blockers) for key, blockers in told if blockers]


_PLACE = re.compile(r"[A-H](0[1-9]|[1-9][0-9])[A-Z]([1-9][0-9]{0,3}/[0-9]{2,6})?")
_BETWEEN = re.compile(r"[,;，；、\n]+")


def nice_classes(typed: str) -> list[int]:
    """The Nice classes in a list like "9, 25、第35类", in order. Refused `right.nice_class`."""
    return sorted({check_nice(part) for part in _parts(typed)})


def ipc_places(typed: str) -> list[str]:
    """The IPC subclasses or groups in a list like "H01M, B60L 50/64", as they were ordered. Refused `right.symbol_format`."""
    found = []
    for part in _parts(typed):
        place = plain(part).replace(" ", "")
        if not _PLACE.fullmatch(place):
            raise Refused("right.symbol_format", scheme="IPC", typed=part[:40], example="H01M")
        found.append(place if len(place) == SUBCLASS else f"{place[:SUBCLASS]} {place[SUBCLASS:]}")
    return list(dict.fromkeys(found))


def _parts(typed: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(typed) if part.strip()]
