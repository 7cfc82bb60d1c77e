"""Exact search in Python: the best total of a problem, and of the allocations worth as much the one with the earliest bids.

Branch and bound without a clock: what it may cost is counted in nodes, so that every machine decides alike.
"""

from math import gcd

from auctions.rules.packages.problem import Offer, Prices, Problem, good_prices
from market.kernel.errors import ensure

NODES = 100_000

# An offer as the search sees it: units it takes, its items, its bidder's bit, scaled worth, slack, place among the offers.
Row = tuple[int, int, int, int, int, int]


class TooLarge(Exception):
    """The search would take more nodes than it may: use a solver."""


def best(problem: Problem, nodes: int = NODES) -> list[Offer]:
    """The best allocation with the earliest bids, in submission order. Raises TooLarge after `nodes` steps."""
    search = _Search(problem, good_prices(problem), nodes)
    search.climb()
    return search.earliest()


def earliest(problem: Problem, prices: Prices, worth: int, nodes: int) -> list[Offer]:
    """Of the allocations worth `worth`, which must be the best, the one with the earliest bids. Raises TooLarge."""
    search = _Search(problem, prices, nodes)
    search.best = worth * prices.scale
    return search.earliest()


class _Search:
    """One problem, prices that bound it, the best total yet (scaled like the prices) and the nodes left."""

    def __init__(self, problem: Problem, prices: Prices, nodes: int) -> None:
        self.problem = problem
        self.prices = prices
        self.nodes = nodes
        self.rows: list[Row] = [
            (offer.takes, offer.items, 1 << offer.bidder, offer.worth * prices.scale, prices.slack[place], place)
            for place, offer in enumerate(problem.offers)
        ]
        self.unit = gcd(*(offer.worth for offer in problem.offers)) * prices.scale  # two totals differ by this at least
        self.items = [
            (1 << place, shift, (1 << units.bit_length()) - 1, prices.items[place])
            for place, (shift, units) in enumerate(zip(problem.shifts, problem.supply, strict=True))
        ]
        self.items.sort(key=lambda item: -item[3])
        self.bidders = {1 << number: price for number, price in enumerate(prices.bidders)}
        self.best = 0

    def climb(self) -> None:
        """Set `best` to the best total."""
        self.best = self._greedy()
        room = self.prices.bound - self.best
        rows = [row for row in self.rows if row[4] <= room - self.unit]
        self._branch(sorted(rows, key=lambda row: (row[4], -row[3])), self.problem.free, 0)

    def earliest(self) -> list[Offer]:
        """The earliest bids that add up to `best`, which is the best total."""
        room = self.prices.bound - self.best
        found = self._earliest([row for row in self.rows if row[4] <= room], self.problem.free, 0)
        ensure(found is not None, "nothing adds up to the best total")
        return [self.problem.offers[place] for place in found or ()]

    def _greedy(self) -> int:
        """The total of taking offers by least slack, then most worth: an allocation to beat."""
        free, used, total = self.problem.free, 0, 0
        for takes, _, bidder, worth, _, _ in sorted(self.rows, key=lambda row: (row[4], -row[3])):
            if not used & bidder and self._fits(free, takes):
                free, used, total = free - takes, used | bidder, total + worth
        return total

    def _fits(self, free: int, takes: int) -> bool:
        guards = self.problem.guards
        return ((free | guards) - takes) & guards == guards

    def _most(self, rows: list[Row], free: int) -> int:
        """What `rows` can add at most: the prices of the free units and of the bidders that they reach."""
        self.nodes -= 1
        if self.nodes < 0:
            raise TooLarge
        items, bidders, most = 0, 0, 0
        for row in rows:
            items |= row[1]
            bidders |= row[2]
        for bit, shift, mask, price in self.items:
            if items & bit:
                most += price * (free >> shift & mask)
        while bidders:
            bit = bidders & -bidders
            most += self.bidders[bit]
            bidders ^= bit
        return most

    def _after(self, first: Row, rows: list[Row], free: int) -> list[Row]:
        """The `rows` that can still win once `first` has."""
        guards, bidder = self.problem.guards, first[2]
        left = free - first[0] | guards
        return [row for row in rows if not row[2] & bidder and (left - row[0]) & guards == guards]

    def _branch(self, rows: list[Row], free: int, total: int) -> None:
        """Raise `best` to the best total with offers of `rows`, which all fit into `free`, their bidders without a win."""
        self.best = max(self.best, total)
        while rows:
            room = total + self._most(rows, free) - self.best - self.unit
            rows = [row for row in rows if row[4] <= room]
            if room < 0 or not rows:
                return
            # All ways to sell the dearest item come together: once they are tried its price leaves the bound.
            pivot = next((bit for bit, _, _, _ in self.items if bit & rows[0][1]), 0)
            first = next(row for row in rows if row[1] & pivot)
            rows = [row for row in rows if row is not first]
            self._branch(self._after(first, rows, free), free - first[0], total + first[3])

    def _earliest(self, rows: list[Row], free: int, total: int) -> list[int] | None:
        """The places of the earliest of `rows` that complete `total` to the best; earliest is decided bid by bid."""
        if total == self.best:
            return []
        while rows:
            room = total + self._most(rows, free) - self.best
            rows = [row for row in rows if row[4] <= room]
            if room < 0 or not rows:
                return None
            first, rows = rows[0], rows[1:]
            found = self._earliest(self._after(first, rows, free), free - first[0], total + first[3])
            if found is not None:
                return [first[5], *found]
        return None
