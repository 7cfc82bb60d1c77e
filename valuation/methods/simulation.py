"""Monte-Carlo: a formula over uncertain inputs, drawn together from a seed; the same seed gives the same figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import isfinite, sqrt
from typing import TYPE_CHECKING

from valuation.methods.amounts import Rate
from valuation.methods.errors import ValuationError
from valuation.methods.formula import Value, names
from valuation.methods.working import Result, Working

if TYPE_CHECKING:
    from valuation.methods.drawing import Draws

MOST_DRAWS = 1_000_000
_FEWEST_DRAWS = 1_000
_DIGITS = 12  # of a statistic: beyond the last bits in which processors differ, far below a simulation's own error
_BINS = 24
_PARTS = tuple(part / 20 for part in range(1, 20))


class Shape(StrEnum):
    """The shapes an uncertain input may have, with what each is described by."""

    NORMAL = "normal"  # mean, sd
    LOGNORMAL = "lognormal"  # median, sigma (of the logarithm)
    TRIANGULAR = "triangular"  # low, mode, high
    UNIFORM = "uniform"  # low, high


ASKED = {
    Shape.NORMAL: ("mean", "sd"),
    Shape.LOGNORMAL: ("median", "sigma"),
    Shape.TRIANGULAR: ("low", "mode", "high"),
    Shape.UNIFORM: ("low", "high"),
}


@dataclass(frozen=True, slots=True)
class Distribution:
    """An uncertain input: its shape and the numbers that shape asks for, and no others."""

    dist: Shape
    mean: Decimal | None = None
    sd: Decimal | None = None
    median: Decimal | None = None
    sigma: Decimal | None = None
    low: Decimal | None = None
    mode: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Correlation:
    """How far two inputs move together, -1 to 1: the correlation of the normal variables behind them (Gaussian copula)."""

    one: str
    other: str
    rho: Rate


def monte_carlo(
    *,
    distributions: Mapping[str, Distribution],
    formula: str,
    draws: int,
    seed: int,
    correlation: Sequence[Correlation] = (),
    fixed: Mapping[str, Value] | None = None,
    currency: str | None = None,
) -> Result:
    """Draw the inputs `draws` times and work `formula` out for each; the value is the mean, the range the 10% and 90% quantiles.

    `fixed` are the other figures the formula names, a row being one number a year. Floats inside; every statistic is then
    kept to 12 digits. ValuationError: `valuation.draws`, `valuation.distribution`, `valuation.correlation`,
    `valuation.input_missing`.
    """
    work = Working(
        "monte_carlo",
        distributions=dict(distributions),
        formula=formula,
        draws=draws,
        seed=seed,
        correlation=tuple(correlation),
        fixed=fixed,
        currency=currency,
    )
    _check_draws(draws, distributions)
    for name in names(formula):
        if name not in distributions and name not in (fixed or {}):
            raise ValuationError("valuation.input_missing", field=name)
    from valuation.methods import drawing  # NumPy takes a third of a second, which only a simulation should pay

    drawn, outcome = drawing.outcomes(distributions, correlation, formula, fixed or {}, draws, seed)
    return _found(work, drawn, outcome, draws, seed, currency)


def simulated(result: Result, distributions: Mapping[str, Distribution], *, draws: int, seed: int) -> Result:
    """The steps of `result` worked again with some of its given figures drawn: how its value is spread.

    ValuationError as `monte_carlo`, where no draw gives a number too.
    """
    hashed = {"of": result.inputs_hash, "distributions": dict(distributions), "draws": draws, "seed": seed}
    work = Working("simulated", **hashed)
    _check_draws(draws, distributions)
    from valuation.methods import drawing

    drawn, outcome = drawing.replayed(distributions, result.given, result.steps, draws, seed)
    return _found(work, drawn, outcome, draws, seed, result.currency)


def _check_draws(draws: int, distributions: Mapping[str, Distribution]) -> None:
    if not _FEWEST_DRAWS <= draws <= MOST_DRAWS:
        raise ValuationError("valuation.draws", field="draws", fewest=_FEWEST_DRAWS, most=MOST_DRAWS)
    if not distributions:
        raise ValuationError("valuation.input_missing", field="distributions")
    for name, one in distributions.items():
        _check(name, one)


def _found(
    work: Working, drawn: "Mapping[str, Draws]", outcome: "Draws", draws: int, seed: int, currency: str | None
) -> Result:
    """The statistics of what was drawn and of what it came to."""
    from valuation.methods import drawing

    mean, deviation = drawing.moments(outcome)
    if not isfinite(mean) or not isfinite(deviation):
        raise ValuationError("valuation.not_a_number", field="formula")
    for name, column in drawn.items():
        for kind, figure in zip(("mean", "sd"), drawing.moments(column), strict=True):
            work.take(f"{name}_{kind}", _decimal(figure))
    work.take("mean", _decimal(mean))
    work.take("sd", _decimal(deviation))
    work.take("standard_error", _decimal(deviation / sqrt(draws)))
    parts = tuple(_decimal(one) for one in drawing.quantiles(outcome, _PARTS))
    work.take("quantiles", parts)
    for name, place in (("p10", 1), ("p50", 9), ("p90", 17)):
        work.take(name, parts[place])
    counts, edges = drawing.histogram(outcome, _BINS)
    work.take("bin_counts", tuple(Decimal(one) for one in counts))
    work.take("bin_edges", tuple(_decimal(one) for one in edges))
    work.assume("simulated", draws=draws, seed=seed)
    work.currency = currency
    (work.money if currency else work.number)("value", "mean")
    for name in ("p10", "p50", "p90"):
        (work.money if currency else work.number)(f"value_{name}", name)
    return work.result(low="value_p10", high="value_p90")


def simulated_royalty(
    *, revenue: Distribution, rate: Distribution, draws: int, seed: int, currency: str | None = None
) -> Result:
    """One year's royalty income where revenue and rate are uncertain and move independently."""
    return monte_carlo(
        distributions={"revenue": revenue, "rate": rate},
        formula="revenue * rate",
        draws=draws,
        seed=seed,
        currency=currency,
    )


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.{_DIGITS - 1}e}")


def _check(name: str, one: Distribution) -> None:
    given = {field: getattr(one, field) for field in ("mean", "sd", "median", "sigma", "low", "mode", "high")}
    told = {field: value for field, value in given.items() if value is not None}
    if set(told) != set(ASKED[one.dist]):
        raise ValuationError("valuation.distribution", field=name, asked=", ".join(ASKED[one.dist]))
    ends = [told[field] for field in ("low", "mode", "high") if field in told]
    positive = [told[field] for field in ("sd", "median", "sigma") if field in told]
    if ends != sorted(ends) or (ends and ends[0] == ends[-1]) or any(value <= 0 for value in positive):
        raise ValuationError("valuation.range_reversed", field=name)
