"""How fast package bids are decided, beside the bare solver on the same instances: python -m tests.bench.bench_packages [--json].

`bare` is HiGHS on every bid as it stands; `ours` removes what nobody needs, solves, and checks in integers; `ties` is the search
for equal allocations after that. Seconds are of the processor (one thread), so that neighbours do not count. `hard` is
stopped by its limit and shows what is known then.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from auctions.rules.packages import Instance, highs, solve
from auctions.rules.packages.problem import problem
from auctions.rules.packages.solving import allocate, supply_of
from tests.auctions.packages import cats

GOAL_RATIO = 1.3
GOAL_SMALL_S = 0.3
neighbours = partial(cats.regions, more=0.7)


def main() -> int:
    """Measure, print; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=10, help="seconds for the hard instance")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures: dict[str, Any] = {"load": os.getloadavg(), "small": small()}
    figures["growth"] = [
        beside(lots, bids, seed=9) for lots, bids in ((20, 100), (20, 1_000), (40, 1_000), (80, 1_000))
    ]
    figures["large"] = [beside(80, 4_000, seed) for seed in range(options.seeds)]
    figures["ratio"] = round(
        sum(one["ours_s"] for one in figures["large"]) / sum(one["bare_s"] for one in figures["large"]), 2
    )
    figures["hard"] = hard(options.limit)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            for line in figure if name in ("growth", "large") else [figure]:
                print(f"{name:>7}  {line}")
    proven = all(one["proven"] for one in figures["large"])
    return int(not proven or figures["ratio"] > GOAL_RATIO or figures["small"]["worst_s"] > GOAL_SMALL_S)


def spent(act: Callable[[], Any]) -> tuple[Any, float]:
    """What `act` returns, and the processor's seconds for it."""
    begun = time.process_time()
    done = act()
    return done, round(time.process_time() - begun, 3)


def small() -> dict[str, Any]:
    """16 lots, 100 bids of every kind, ten of each, by the search alone."""
    taken = []
    for kind in (cats.regions, neighbours, cats.arbitrary, cats.three_of_all, cats.weighted):
        for seed in range(10):
            instance = kind(16, 100, random.Random(seed))
            found, seconds = spent(partial(solve, instance))
            assert found.method == "search"
            taken.append(seconds)
    assert "highspy" not in sys.modules, "the solver was needed"
    return {"instances": len(taken), "median_s": statistics.median(taken), "worst_s": max(taken)}


def beside(lots: int, bids: int, seed: int) -> dict[str, Any]:
    """One instance of neighbouring lots: the bare solver, ours, and the ties."""
    instance = neighbours(lots, bids, random.Random(seed))
    supply = supply_of(instance)
    total, bare_s = spent(partial(bare, instance))
    found, ours_s = spent(lambda: allocate(instance.bids, supply, 200))
    assert found.value == total, f"{found.value} is not the solver's {total}"
    wanted = problem(instance.bids, supply)
    offers = tuple(offer for offer in wanted.offers if offer.bid in found.winners)
    earliest, ties_s = spent(lambda: highs.earliest(wanted, highs.Solved(offers, found.bound, True), 200))
    return {
        "lots": lots,
        "bids": bids,
        "kept": len(wanted.offers),
        "bare_s": bare_s,
        "ours_s": ours_s,
        "ratio": round(ours_s / bare_s, 2),
        "ties_s": ties_s,
        "proven": found.optimal,
        "earliest": earliest is not None,
    }


def bare(instance: Instance) -> int:
    """The best total by HiGHS as installed, on the model as the bids state it."""
    import highspy
    import numpy as np

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("mip_rel_gap", 0.0)
    rows = {item.name: row for row, item in enumerate(instance.items)}
    bidders = {name: len(rows) + row for row, name in enumerate(dict.fromkeys(bid.bidder for bid in instance.bids))}
    columns = [[*(rows[name] for name in bid.bundle), bidders[bid.bidder]] for bid in instance.bids]
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(columns), len(rows) + len(bidders)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.array([bid.value for bid in instance.bids], dtype=float)
    lp.col_lower_, lp.col_upper_ = np.zeros(lp.num_col_), np.ones(lp.num_col_)
    lp.row_lower_, lp.row_upper_ = np.full(lp.num_row_, -highspy.kHighsInf), np.ones(lp.num_row_)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.cumsum([0, *map(len, columns)])
    lp.a_matrix_.index_ = np.concatenate(columns)
    lp.a_matrix_.value_ = np.ones(len(lp.a_matrix_.index_))
    lp.integrality_ = [highspy.HighsVarType.kInteger] * lp.num_col_
    solver.passModel(lp)
    solver.run()
    return round(solver.getInfo().objective_function_value)


def hard(limit_s: float) -> dict[str, Any]:
    """Three random lots at any price, 100 lots, 1,000 bids: what is known when the limit ends."""
    found = solve(cats.three_of_all(100, 1_000, random.Random(1)), limit_s)
    return {
        "limit_s": limit_s,
        "value": found.value,
        "bound": found.bound,
        "gap_percent": round(100 * float(found.gap), 2),
        "proven": found.optimal,
    }


if __name__ == "__main__":
    sys.exit(main())
