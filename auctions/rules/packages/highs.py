"""Problems beyond the search, with the HiGHS solver: what it answers is added up and its ties are broken in integers.

The solver's numbers are floating point. Worths are divided by their common divisor before it sees them (bids in whole yuan
stay small), and what it returns is checked here: that the bids fit together, and what they are worth.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from math import floor, gcd
from time import perf_counter
from typing import Any

from auctions.rules.packages import search
from auctions.rules.packages.problem import Offer, Prices, Problem, priced
from auctions.rules.packages.types import Progress
from market.kernel.errors import ensure

TIE_NODES = 20_000
FINE = 1 << 40  # the dearest offer is stretched to about this, so that the relaxation's prices keep their digits
SURE = 1e-9  # how far, relatively, the solver's bound is trusted

Setting = bool | int | float | str
OPTIONS: dict[str, Setting] = {"output_flag": False, "mip_rel_gap": 0.0, "parallel": "off", "random_seed": 0}


@dataclass(frozen=True, slots=True)
class Solved:
    """What was found: offers in submission order, a bound, and whether no others are worth more."""

    offers: tuple[Offer, ...]
    bound: int
    optimal: bool


def best(problem: Problem, limit_s: float, progress: Progress | None = None) -> Solved:
    """The best allocation that is found within `limit_s` seconds."""
    if not problem.offers:
        return Solved((), 0, True)
    model = _Model(problem)
    model.run(limit_s, progress)
    # Not given to the solver to start from: 1.16 then sometimes hands that back under a better objective it found later.
    chosen = max(model.chosen(), _greedy(problem), key=total)
    worth = total(chosen)
    bound = worth if model.proves(worth) else max(model.bound(), worth)
    return Solved(tuple(chosen), bound, bound == worth)


def earliest(problem: Problem, best: Solved, limit_s: float) -> tuple[Offer, ...] | None:
    """Of the allocations worth as much as the best, the one with the earliest bids; None where the time ends before.

    The relaxation's prices rule out what no best allocation can hold. What is left is searched, and where that is too much
    the solver is asked whether there is any other.
    """
    if not best.offers:
        return ()
    ends = perf_counter() + limit_s
    worth = total(best.offers)
    prices = _Model(problem).prices()
    room = prices.bound - worth * prices.scale
    able = [place for place, slack in enumerate(prices.slack) if slack <= room]
    left = replace(problem, offers=tuple(problem.offers[place] for place in able))
    prices = replace(prices, slack=tuple(prices.slack[place] for place in able))
    try:
        return tuple(search.earliest(left, prices, worth, TIE_NODES))
    except search.TooLarge:
        return _asked(left, best.offers, ends)


def total(offers: Collection[Offer]) -> int:
    """What the offers are worth together."""
    return sum(offer.worth for offer in offers)


def _greedy(problem: Problem) -> list[Offer]:
    """A fair allocation at once: most worth for the root of the units first (Lehmann, O'Callaghan and Shoham 2002)."""
    free, guards = problem.free, problem.guards
    taken, served = list[Offer](), set[int]()
    for offer in sorted(problem.offers, key=lambda one: -(one.worth**2) / sum(one.bid.bundle.values())):
        left = (free | guards) - offer.takes
        if offer.bidder not in served and left & guards == guards:
            free = left & ~guards
            taken.append(offer)
            served.add(offer.bidder)
    return sorted(taken, key=lambda one: one.bid.order)


def _ceiling(problem: Problem) -> int:
    """More than any allocation is worth: every unit at the most that any offer pays for one of its own."""
    dearest = dict.fromkeys(problem.names, 0)
    for offer in problem.offers:
        each = -(-offer.worth // sum(offer.bid.bundle.values()))
        for name in offer.bid.bundle:
            dearest[name] = max(dearest[name], each)
    return sum(dearest[name] * units for name, units in zip(problem.names, problem.supply, strict=True))


class _Model:
    """One problem in the solver: a column for each offer, a row for each item and for each bidder with a choice."""

    def __init__(self, problem: Problem) -> None:
        import highspy  # a third of a second, which only large sales should pay

        self.highspy: Any = highspy
        self.problem = problem
        self.unit = gcd(*(offer.worth for offer in problem.offers))
        self.costs = [offer.worth // self.unit for offer in problem.offers]
        self.solver = self.highspy.Highs()
        for option, setting in OPTIONS.items():
            done = self.solver.setOptionValue(option, setting)
            ensure(done == highspy.HighsStatus.kOk, f"the solver does not know {option}")
        self.solver.passModel(self._lp())

    def proves(self, worth: int) -> bool:
        """Whether the last run proved that no allocation is worth more: by its status, its objective and its bound together."""
        said, units = self.solver.getInfo(), worth // self.unit
        done = self.solver.getModelStatus() == self.highspy.HighsModelStatus.kOptimal
        return bool(done and abs(said.objective_function_value - units) < 0.5 and said.mip_dual_bound - units < 1)

    def _lp(self) -> Any:
        import numpy as np

        offers, items = self.problem.offers, len(self.problem.names)
        choices = Counter(offer.bidder for offer in offers)
        choosers = [bidder for bidder, count in choices.items() if count > 1]
        item_row = {name: row for row, name in enumerate(self.problem.names)}
        bidder_row = {bidder: items + row for row, bidder in enumerate(choosers)}
        starts, rows, units = [0], list[int](), list[int]()
        for offer in offers:
            rows += [item_row[name] for name in offer.bid.bundle]
            units += offer.bid.bundle.values()
            if offer.bidder in bidder_row:
                rows.append(bidder_row[offer.bidder])
                units.append(1)
            starts.append(len(rows))
        lp = self.highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(offers), items + len(choosers)
        lp.sense_ = self.highspy.ObjSense.kMaximize
        lp.col_cost_ = np.array(self.costs, dtype=float)
        lp.col_lower_, lp.col_upper_ = np.zeros(len(offers)), np.ones(len(offers))
        lp.row_lower_ = np.full(lp.num_row_, -self.highspy.kHighsInf)
        lp.row_upper_ = np.array([*self.problem.supply, *(1 for _ in choosers)], dtype=float)
        lp.a_matrix_.format_ = self.highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_, lp.a_matrix_.index_ = np.array(starts), np.array(rows)
        lp.a_matrix_.value_ = np.array(units, dtype=float)
        lp.integrality_ = [self.highspy.HighsVarType.kInteger] * len(offers)
        return lp

    def run(self, limit_s: float, progress: Progress | None = None) -> None:
        """Solve for at most so many seconds, telling `progress` now and then."""

        def told(event: Any) -> None:
            found, bound = event.data_out.mip_primal_bound, event.data_out.mip_dual_bound
            if progress is not None and max(abs(found), abs(bound)) < self.highspy.kHighsInf:
                progress(round(found) * self.unit, floor(bound) * self.unit)

        if progress is not None:
            self.solver.cbMipLogging += told
        self.solver.setOptionValue("time_limit", max(limit_s, 0.01))
        self._go()

    def _go(self) -> None:
        ensure(self.solver.run() != self.highspy.HighsStatus.kError, "the solver failed")

    def bound(self) -> int:
        """What no allocation exceeds, as far as the last run got."""
        found = self.solver.getInfo().mip_dual_bound
        most = _ceiling(self.problem)
        return min(most, floor(found * (1 + SURE) + SURE) * self.unit) if abs(found) < self.highspy.kHighsInf else most

    def chosen(self) -> list[Offer]:
        """The offers of the last run, checked to fit together; none where it found no solution."""
        solution = self.solver.getSolution()
        if not solution.value_valid:
            return []
        shares = list(solution.col_value)
        offers = [offer for offer, share in zip(self.problem.offers, shares, strict=True) if share > 0.5]
        free, guards = self.problem.free, self.problem.guards
        for offer in offers:
            left = (free | guards) - offer.takes
            ensure(left & guards == guards, "the solver sold more than there is")
            free = left & ~guards
        ensure(len({offer.bidder for offer in offers}) == len(offers), "the solver gave a bidder two bids")
        return offers

    def prices(self) -> Prices:
        """Prices from the relaxation, where offers may be taken in parts; exact bounds whatever the solver rounds."""
        self.solver.setOptionValue("solve_relaxation", True)
        self._go()
        scale = max(1, FINE // max(offer.worth for offer in self.problem.offers))
        duals = list(self.solver.getSolution().row_dual)[: len(self.problem.names)]
        return priced(self.problem, (abs(dual) * self.unit * scale for dual in duals), scale)

    def also(self, *, worth: int, some_of: Sequence[int], all_of: Sequence[int], none_of: Collection[int]) -> None:
        """Ask for any allocation worth `worth` at least that holds such offers (their places)."""
        endless, places = self.highspy.kHighsInf, range(len(self.costs))
        self.solver.addRow(worth / self.unit - 0.5, endless, len(self.costs), list(places), self.costs)
        self.solver.addRow(1.0, endless, len(some_of), list(some_of), [1.0] * len(some_of))
        for place in all_of:
            self.solver.changeColBounds(place, 1.0, 1.0)
        for place in none_of:
            self.solver.changeColBounds(place, 0.0, 0.0)
        self.solver.setOptionValue("mip_max_improving_sols", 1)

    @property
    def impossible(self) -> bool:
        """Whether the last run proved that there is nothing of the kind."""
        return bool(self.solver.getModelStatus() == self.highspy.HighsModelStatus.kInfeasible)


def _asked(problem: Problem, chosen: tuple[Offer, ...], ends: float) -> tuple[Offer, ...] | None:
    """As `earliest`, asking the solver: is any other as good, and if so, could the first, the second ... bid be earlier?"""
    worth = total(chosen)
    offers = problem.offers
    now = [place for place, offer in enumerate(offers) if offer in chosen]
    ask = [place for place in range(len(offers)) if place not in now]
    settled, out, alone = 0, set[int](), True
    while ask:
        model = _Model(problem)
        model.also(worth=worth, some_of=ask, all_of=now[:settled], none_of=out)
        model.run(ends - perf_counter())
        found = model.chosen() if not model.impossible else []
        if found and total(found) == worth:
            now = min(now, [place for place, offer in enumerate(offers) if offer in found])
        elif not model.impossible:
            return None
        elif alone:
            break
        else:
            out |= set(ask)
            settled += 1
        alone, ask = False, []
        while settled < len(now) and not ask:
            ask = [place for place in range(now[settled]) if place not in out and place not in now[:settled]]
            settled += not ask
    return tuple(offers[place] for place in now)
