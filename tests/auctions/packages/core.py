"""Core prices the dullest way: a row for every coalition, every corner for the least total, every set of tight rows for the
nearest point; in fractions throughout, and with nothing of the product's but its bids."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain, combinations, product
from math import ceil

from auctions.rules.packages import Bid, Instance
from tests.auctions.packages import oracle

Row = tuple[tuple[int, ...], Fraction]  # coefficients, and the least that they and a point may come to
Point = tuple[Fraction, ...]
NOTHING = Fraction(0)


class Core:
    """What the winners may pay so that no coalition would rather deal with the seller among itself."""

    def __init__(self, instance: Instance, winners: Sequence[Bid]) -> None:
        self.names = [bid.bidder for bid in winners]
        self.bids = tuple(Fraction(bid.value) for bid in winners)
        self.floors = tuple(Fraction(oracle.floor(instance, bid)) for bid in winners)
        self.worth = _worth(instance)
        others = frozenset().union(*self.worth) - frozenset(self.names)
        self.vcg = tuple(self._stake(others | (set(self.names) - {name})) for name in self.names)
        self.rows: list[Row] = []
        for at, (floor, bid) in enumerate(zip(self.floors, self.bids, strict=True)):
            alone = tuple(int(at == place) for place in range(len(self.names)))
            self.rows += [(alone, max(floor, self.vcg[at])), (tuple(-one for one in alone), -bid)]
        for left in _sets(self.names):
            stake = self._stake(others | (set(self.names) - set(left)))
            row = tuple(int(name in left) for name in self.names)
            if len(left) > 1 and stake > _dot(row, [least for _, least in self.rows[: 2 * len(row) : 2]]):
                self.rows.append((row, stake))

    def _stake(self, inside: frozenset[str]) -> Fraction:
        """What the winners outside a coalition must pay together so that it has nothing to gain."""
        own = sum(bid for name, bid in zip(self.names, self.bids, strict=True) if name in inside)
        return Fraction(self.worth[inside]) - own

    def keeps(self, point: Sequence[Fraction]) -> bool:
        """Whether nobody objects to these prices."""
        return all(_dot(row, point) >= least for row, least in self.rows)

    def least(self) -> Fraction:
        """The least total: that of the cheapest corner."""
        size = len(self.names)
        corners = (_meeting(rows) for rows in combinations(self.rows, size))
        return min(sum(corner, NOTHING) for corner in corners if corner is not None and self.keeps(corner))

    def nearest(self, reference: Sequence[Fraction]) -> Point:
        """Of the points of the least total the one nearest to `reference`: where the way there is made up of tight rows
        alone, each of them pushing inward (Karush, Kuhn and Tucker), it is that one."""
        total: Row = (tuple(1 for _ in self.names), self.least())
        for tight in chain.from_iterable(combinations(self.rows, size) for size in range(len(self.names) + 1)):
            found = _foot(reference, [total, *tight])
            if found is not None and min(found[1][1:], default=NOTHING) >= 0 and self.keeps(found[0]):
                return found[0]
        raise AssertionError("every polyhedron has a nearest point")

    def whole(self, exact: Sequence[Fraction]) -> list[int]:
        """Rounded up; then a unit less for whoever is least above it, of equals the earlier bid, where nobody objects."""
        paid = [ceil(one) for one in exact]
        for at in sorted(range(len(paid)), key=lambda at: exact[at] - paid[at]):
            less = [one - (at == place) for place, one in enumerate(paid)]
            if exact[at] < paid[at] and self.keeps([Fraction(one) for one in less]):
                paid = less
        return paid


def _worth(instance: Instance) -> Mapping[frozenset[str], int]:
    """The most that each set of bidders can make of the items: every choice of one bid or none each is tried."""
    bids: dict[str, list[Bid | None]] = {}
    for bid in oracle.eligible(instance):
        bids.setdefault(bid.bidder, [None]).append(bid)
    most = dict.fromkeys(map(frozenset, _sets(list(bids))), 0)
    for choice in product(*bids.values()):
        chosen = [bid for bid in choice if bid is not None]
        if all(sum(bid.bundle.get(i.name, 0) for bid in chosen) <= i.quantity for i in instance.items):
            who = frozenset(bid.bidder for bid in chosen)
            most[who] = max(most[who], sum(bid.value for bid in chosen))
    return {who: max(worth for some, worth in most.items() if some <= who) for who in most}


def _sets(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return chain.from_iterable(combinations(names, size) for size in range(len(names) + 1))


def _dot(row: Sequence[int | Fraction], point: Sequence[int | Fraction]) -> Fraction:
    return sum((Fraction(part * at) for part, at in zip(row, point, strict=True)), NOTHING)


def _meeting(rows: Sequence[Row]) -> Point | None:
    """The one point where all rows are just kept; None where there is none, or more."""
    return _solved([list(map(Fraction, row)) for row, _ in rows], [least for _, least in rows])


def _foot(reference: Sequence[Fraction], rows: Sequence[Row]) -> tuple[Point, Point] | None:
    """The nearest point where all rows are just kept, and how hard each row pushes; None where rows depend on others."""
    gram = [[_dot(one, other) for other, _ in rows] for one, _ in rows]
    push = _solved(gram, [least - _dot(row, reference) for row, least in rows])
    if push is None:
        return None
    moved = [at + _dot(push, [row[place] for row, _ in rows]) for place, at in enumerate(reference)]
    return tuple(moved), push


def _solved(matrix: list[list[Fraction]], right: Sequence[Fraction]) -> Point | None:
    """Gauss and Jordan; None for a singular matrix."""
    lines = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for column in range(len(lines)):
        pivot = next((at for at in range(column, len(lines)) if lines[at][column]), None)
        if pivot is None:
            return None
        lines[column], lines[pivot] = lines[pivot], lines[column]
        head = lines[column] = [part / lines[column][column] for part in lines[column]]
        for at, line in enumerate(lines):
            if at != column and line[column]:
                lines[at] = [part - line[column] * top for part, top in zip(line, head, strict=True)]
    return tuple(line[-1] for line in lines)
