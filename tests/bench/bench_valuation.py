"""What a simulation costs beside plain NumPy on the same model: python -m tests.bench.bench_valuation [--json].

Relief from royalty over 15 years with four uncertain inputs, 100,000 draws. `bare` draws with NumPy's own distributions and works
the whole model out in arrays, without a loop; `ours` is `monte_carlo` with its formula, statistics and hashes. Both means are
set against each other. `portfolio` is relief from royalty, with all its steps, for 1,000 rights.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np

from valuation.methods import monte_carlo, relief_from_royalty
from valuation.methods.amounts import Amount, Rate
from valuation.methods.schedules import Discounting, Schedule
from valuation.methods.simulation import Distribution, Shape
from valuation.methods.tab import Tab

YEARS, TAX = 15, 0.25
GOAL_RATIO = 2.0
INPUTS = {
    "revenue": Distribution(Shape.LOGNORMAL, median=Decimal(1_000_000), sigma=Decimal("0.4")),
    "growth": Distribution(Shape.NORMAL, mean=Decimal("0.04"), sd=Decimal("0.02")),
    "rate": Distribution(Shape.TRIANGULAR, low=Decimal("0.02"), mode=Decimal("0.03"), high=Decimal("0.07")),
    "discount": Distribution(Shape.UNIFORM, low=Decimal("0.10"), high=Decimal("0.16")),
}
FORMULA = "total(revenue * (1 + growth) ** (year - 1) * rate * (1 - tax) / (1 + discount) ** year)"


def main() -> int:
    """Measure, print; 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = {
        "load": os.getloadavg(),
        **beside(options.draws, options.rounds),
        "portfolio_1000_s": spent(portfolio)[1],
    }
    if options.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:>18}  {figure}")
    return int(figures["ratio"] > GOAL_RATIO)


def beside(draws: int, rounds: int) -> dict[str, Any]:
    """Median times of both, in turn, and how far their means are apart in standard errors."""
    taken: dict[str, list[float]] = {"bare": [], "ours": []}
    for seed in range(rounds):
        mean, seconds = spent(lambda seed=seed: bare(draws, seed))
        taken["bare"].append(seconds)
        found, seconds = spent(lambda seed=seed: ours(draws, seed))
        taken["ours"].append(seconds)
    apart = abs(mean - float(found.value)) / float(found["standard_error"]) / 2**0.5
    assert apart < 5, f"the two models differ: {mean} and {found.value}"
    bare_s, ours_s = (statistics.median(taken[name]) for name in ("bare", "ours"))
    return {
        "draws": draws,
        "years": YEARS,
        "bare_s": round(bare_s, 4),
        "ours_s": round(ours_s, 4),
        "ratio": round(ours_s / bare_s, 2),
        "means_apart_se": round(apart, 2),
    }


def spent(act: Callable[[], Any]) -> tuple[Any, float]:
    """What `act` returns, and the processor's seconds for it."""
    begun = time.process_time()
    done = act()
    return done, round(time.process_time() - begun, 4)


def bare(draws: int, seed: int) -> float:
    """The model in NumPy alone."""
    source = np.random.default_rng(seed)
    revenue = source.lognormal(np.log(1_000_000), 0.4, (draws, 1))
    growth = source.normal(0.04, 0.02, (draws, 1))
    rate = source.triangular(0.02, 0.03, 0.07, (draws, 1))
    discount = source.uniform(0.10, 0.16, (draws, 1))
    year = np.arange(1, YEARS + 1)
    value = (revenue * (1 + growth) ** (year - 1) * rate * (1 - TAX) / (1 + discount) ** year).sum(axis=1)
    np.quantile(value, [0.1, 0.5, 0.9])
    return float(value.mean())


def ours(draws: int, seed: int) -> Any:
    """The same by the product."""
    year = tuple(Decimal(one) for one in range(1, YEARS + 1))
    fixed = {"year": year, "tax": Decimal(str(TAX))}
    return monte_carlo(distributions=INPUTS, formula=FORMULA, draws=draws, seed=seed, fixed=fixed, currency="CNY")


def portfolio() -> Decimal:
    """A thousand rights, each with revenue of its own."""
    worth = Decimal(0)
    for right in range(1_000):
        revenue = [Amount(Decimal(1_000 * right + 10_000 * year), "CNY") for year in range(1, YEARS + 1)]
        worth += relief_from_royalty(
            revenue=Schedule.yearly(revenue),
            royalty_rate=Rate.percent("4"),
            tax_rate=Rate.percent("25"),
            discount_rate=Rate.percent("12"),
            discounting=Discounting.MID,
            tab=Tab(10),
        ).value
    return worth


if __name__ == "__main__":
    sys.exit(main())
