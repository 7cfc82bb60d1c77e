"""What others paid: multiples of income and prices per asset, from at least three comparables (市场法)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from valuation.methods.amounts import Amount, Rate
from valuation.methods.errors import ValuationError
from valuation.methods.working import Result, Working

FEWEST = 3


class Statistic(StrEnum):
    """Which of the comparables' figures is taken."""

    MEDIAN = "median"
    MEAN = "mean"
    LOW_QUARTILE = "low_quartile"
    HIGH_QUARTILE = "high_quartile"


@dataclass(frozen=True, slots=True)
class Comparable:
    """A sale: its price, the `driver` it is set against (a year's income), how much the price is adjusted, and when it was.

    `adjustment` of 10% raises the price by a tenth before the multiple is taken; it is the appraiser's, with a reason.
    """

    price: Amount
    driver: Amount
    id: str = ""
    adjustment: Rate | None = None
    sold_on: date | None = None


@dataclass(frozen=True, slots=True)
class PortfolioSale:
    """A sale of several assets: its price and how many there were, by what is counted ("all", "in_force", ...)."""

    price: Amount
    assets: Mapping[str, int]
    name: str = ""
    sold_on: date | None = None


def market_multiple(
    *,
    comparables: Sequence[Comparable],
    statistic: Statistic = Statistic.MEDIAN,
    subject_revenue: Amount | None = None,
    sold_since: date | None = None,
) -> Result:
    """Price over driver of each comparable, and the statistic of them, on the subject's own driver where that is given.

    Sales before `sold_since` are left out, those without a day too. ValuationError: `valuation.no_comparables` for
    fewer than three,
    `valuation.stale_data` where age alone leaves fewer. The range is the quartiles'.
    """
    work = Working(
        "market_multiple",
        comparables=comparables,
        statistic=statistic,
        subject_revenue=subject_revenue,
        sold_since=sold_since,
    )
    kept = [one for one in comparables if sold_since is None or (one.sold_on and one.sold_on >= sold_since)]
    _enough(len(comparables), len(kept))
    if any(one.driver.figure <= 0 for one in kept):
        raise ValuationError("valuation.not_positive", field="comparables")
    work.take("price", tuple(one.price.figure for one in kept))
    work.take("driver", tuple(one.driver.figure for one in kept))
    work.take("adjustment", tuple(one.adjustment.value if one.adjustment else Decimal(0) for one in kept))
    work.number("multiples", "price * (1 + adjustment) / driver")
    if subject_revenue is None:
        _add_statistics(work, "multiples", work.number)
        work.number("value", statistic)
    else:
        work.money("values", "multiples * subject_revenue")
        _add_statistics(work, "values", work.money)
        work.money("value", statistic)
    return work.result(low="low_quartile", high="high_quartile", coverage=Decimal(len(kept)) / len(comparables))


def market_price_per_asset(
    *,
    comparables: Sequence[PortfolioSale],
    denominator: str,
    statistic: Statistic,
    subject_assets: int,
    sold_since: date | None = None,
) -> Result:
    """The statistic of price per asset over portfolio sales, times the subject's assets counted the same way.

    Sales that do not say their number by `denominator` are left out, never guessed: the same sale may be 0.75 or 4.5 million an
    asset. ValuationError as for `market_multiple`.
    """
    work = Working(
        "market_price_per_asset",
        comparables=comparables,
        denominator=denominator,
        statistic=statistic,
        subject_assets=subject_assets,
        sold_since=sold_since,
    )
    known = [one for one in comparables if one.assets.get(denominator, 0) > 0]
    kept = [one for one in known if sold_since is None or (one.sold_on and one.sold_on >= sold_since)]
    _enough(len(known), len(kept))
    work.take("price", tuple(one.price.figure for one in kept))
    work.take("assets", tuple(Decimal(one.assets[denominator]) for one in kept))
    work.money("per_asset", "price / assets")
    work.money("values", "per_asset * subject_assets")
    _add_statistics(work, "values", work.money)
    work.money("value", statistic)
    work.assume("counted", counted=denominator)
    return work.result(low="low_quartile", high="high_quartile", coverage=Decimal(len(kept)) / len(comparables))


def price_per_asset(*, price: Amount, denominators: Sequence[Decimal]) -> Result:
    """One sale's price per asset under each way of counting the assets: how far the counting alone moves it.

    The value is by the first way.
    """
    work = Working("price_per_asset", price=price, denominators=tuple(denominators))
    if not denominators or min(denominators) <= 0:
        raise ValuationError("valuation.not_positive", field="denominators")
    work.money("per_asset", "price / denominators")
    work.money("low", "smallest(per_asset)")
    work.money("high", "largest(per_asset)")
    work.money("value", "first(per_asset)")
    if len(denominators) > 1:
        work.warn("counting_matters")
    return work.result(low="low", high="high")


def _enough(known: int, kept: int) -> None:
    if known < FEWEST:
        raise ValuationError("valuation.no_comparables", field="comparables", found=known, fewest=FEWEST)
    if kept < FEWEST:
        raise ValuationError("valuation.stale_data", field="sold_since", found=kept, fewest=FEWEST)


def _add_statistics(work: Working, row: str, add: Callable[[str, str], object]) -> None:
    work.number("n", f"count({row})")
    add("low_quartile", f"quantile({row}, 0.25)")
    add("median", f"median({row})")
    add("high_quartile", f"quantile({row}, 0.75)")
    add("mean", f"mean({row})")
