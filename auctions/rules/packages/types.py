"""What a package auction consists of: items, groups, bids, and what came of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

# Told how far a solution is: the best total yet and the bound, both in minor units; the bound is None until there is one.
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Item:
    """Something sold in whole units, with the lowest price of one unit (minor units, 0 for none)."""

    name: str
    quantity: int = 1
    reserve: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Items that the law forbids to split (similar marks: 商标法 42): one buyer takes all units of all of them, or nobody.

    `reserve` is the lowest price of the whole; where its items' own reserves add up to more, those count.
    """

    name: str
    items: frozenset[str]
    reserve: int = 0


@dataclass(frozen=True, slots=True)
class Bid:
    """One offer for a bundle (item -> units, all or nothing) of `value` minor units; a smaller `order` came earlier."""

    bidder: str
    bundle: Mapping[str, int]
    value: int
    order: int


@dataclass(frozen=True, slots=True)
class Instance:
    """All that decides an allocation. `budgets` is the most a bidder may be made to pay; who is not in it has no limit."""

    items: tuple[Item, ...]
    bids: tuple[Bid, ...]
    groups: tuple[Group, ...] = ()
    budgets: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Allocation:
    """The winning bids, earliest first, and what is known of them.

    No allocation is worth more than `bound`. `optimal` says that none is worth more than `value`, `settled` that of those
    worth as much this is the one with the earliest bids. `seconds` are those to the proof, or to the limit. `method` is
    "search" (in Python, exact) or "highs".
    """

    value: int
    winners: tuple[Bid, ...]
    bound: int
    optimal: bool
    settled: bool
    method: str
    seconds: float

    @property
    def gap(self) -> Fraction:
        """How much more the best could be worth at most, as a fraction of the bound; 0 when proven."""
        return Fraction(self.bound - self.value, self.bound) if self.bound else Fraction(0)
