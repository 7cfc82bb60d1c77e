"""Monte-Carlo: a formula over uncertain inputs, drawn together from a seed; the same seed gives the same figures."""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import erfc, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from valuation.methods.amounts import Rate
from valuation.methods.errors import ValuationError
from valuation.methods.formula import Value, names, parsed
from valuation.methods.working import Result, Working

Draws = NDArray[np.floating[Any]]
MOST_DRAWS = 1_000_000
_FEWEST_DRAWS = 1_000
_DIGITS = 12  # of a statistic: beyond the last bits in which processors differ, far below a simulation's own error
_BINS = 24
_QUANTILES = tuple(Decimal(part) / 20 for part in range(1, 20))


class Shape(StrEnum):
    """The shapes an uncertain input may have, with what each is described by."""

    NORMAL = "normal"  # mean, sd
    LOGNORMAL = "lognormal"  # median, sigma (of the logarithm)
    TRIANGULAR = "triangular"  # low, mode, high
    UNIFORM = "uniform"  # low, high


_ASKED = {
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
    if not _FEWEST_DRAWS <= draws <= MOST_DRAWS:
        raise ValuationError("valuation.draws", field="draws", fewest=_FEWEST_DRAWS, most=MOST_DRAWS)
    drawn = _drawn(distributions, correlation, draws, np.random.Generator(np.random.PCG64(seed)))
    figures: dict[str, Any] = {name: column[:, None] for name, column in drawn.items()}
    figures |= {name: np.atleast_2d(np.array(value, dtype=float)) for name, value in (fixed or {}).items()}
    for name in names(formula):
        if name not in figures:
            raise ValuationError("valuation.input_missing", field=name)
    outcome = np.broadcast_to(_at(parsed(formula), figures), (draws, 1)).ravel()
    if not np.isfinite(outcome).all():
        raise ValuationError("valuation.not_a_number", field="formula")
    for name, column in drawn.items():
        _take(work, f"{name}_mean", column.mean())
        _take(work, f"{name}_sd", column.std(ddof=1))
    _take_statistics(work, outcome)
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


def _take_statistics(work: Working, outcome: Draws) -> None:
    _take(work, "mean", outcome.mean())
    _take(work, "sd", outcome.std(ddof=1))
    _take(work, "standard_error", outcome.std(ddof=1) / sqrt(len(outcome)))
    _take(work, "below_zero", (outcome < 0).mean())
    quantiles = np.quantile(outcome, [float(part) for part in _QUANTILES])
    work.take("quantiles", tuple(_decimal(one) for one in quantiles))
    for name, place in (("p10", 1), ("p50", 9), ("p90", 17)):
        _take(work, name, quantiles[place])
    counts, edges = np.histogram(outcome, bins=_BINS)
    work.take("bin_counts", tuple(Decimal(int(one)) for one in counts))
    work.take("bin_edges", tuple(_decimal(one) for one in edges))


def _take(work: Working, name: str, value: float) -> None:
    work.take(name, _decimal(value))


def _decimal(value: float) -> Decimal:
    return Decimal(f"{float(value):.{_DIGITS - 1}e}")


def _drawn(
    distributions: Mapping[str, Distribution],
    correlation: Sequence[Correlation],
    draws: int,
    source: np.random.Generator,
) -> dict[str, Draws]:
    """A column of draws for each input, in the order they are named."""
    if not distributions:
        raise ValuationError("valuation.input_missing", field="distributions")
    for name, one in distributions.items():
        _check(name, one)
    order = list(distributions)
    normals = source.standard_normal((len(order), draws))
    if correlation:
        normals = _root(order, correlation) @ normals
    return {name: _shaped(distributions[name], normals[place]) for place, name in enumerate(order)}


def _check(name: str, one: Distribution) -> None:
    given = {field: getattr(one, field) for field in ("mean", "sd", "median", "sigma", "low", "mode", "high")}
    told = {field: value for field, value in given.items() if value is not None}
    if set(told) != set(_ASKED[one.dist]):
        raise ValuationError("valuation.distribution", field=name, asked=", ".join(_ASKED[one.dist]))
    ends = [told[field] for field in ("low", "mode", "high") if field in told]
    positive = [told[field] for field in ("sd", "median", "sigma") if field in told]
    if ends != sorted(ends) or (ends and ends[0] == ends[-1]) or any(value <= 0 for value in positive):
        raise ValuationError("valuation.range_reversed", field=name)


def _root(order: list[str], correlation: Sequence[Correlation]) -> Draws:
    """The lower triangle whose product with itself is the correlation matrix."""
    matrix = np.eye(len(order))
    for pair in correlation:
        if pair.one not in order or pair.other not in order or pair.one == pair.other:
            raise ValuationError("valuation.correlation", field="correlation")
        row, column = order.index(pair.one), order.index(pair.other)
        matrix[row, column] = matrix[column, row] = float(pair.rho.value)
    try:
        root: Draws = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        raise ValuationError("valuation.correlation", field="correlation") from None
    return root


def _shaped(one: Distribution, normal: Draws) -> Draws:
    """Standard normal draws bent into a distribution."""
    if one.dist is Shape.NORMAL:
        return _float(one.mean) + _float(one.sd) * normal
    if one.dist is Shape.LOGNORMAL:
        raised: Draws = np.exp(_float(one.sigma) * normal)
        return _float(one.median) * raised
    uniform = np.fromiter(map(erfc, normal / -sqrt(2)), float, len(normal)) / 2
    low, high = _float(one.low), _float(one.high)
    if one.dist is Shape.UNIFORM:
        return low + (high - low) * uniform
    mode = _float(one.mode)
    turn = (mode - low) / (high - low)
    rising = low + np.sqrt(uniform * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - uniform) * (high - low) * (high - mode))
    return np.where(uniform < turn, rising, falling)


def _float(value: Decimal | None) -> float:
    return float(value or 0)  # what a shape asks for was seen to be there


_OPERATORS: dict[type[ast.operator], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
_WORDS: dict[str, Callable[..., Any]] = {
    "total": lambda value: value.sum(axis=1, keepdims=True),
    "exp": np.exp,
    "ln": np.log,
    "root": np.sqrt,
    "least": np.minimum,
    "greatest": np.maximum,
}


def _at(node: ast.expr, figures: Mapping[str, Any]) -> Any:
    """The language of steps over all draws at once: draws go down, years across."""
    match node:
        case ast.Name(id=name):
            return figures[name]
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_at(operand, figures)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_at(left, figures), _at(right, figures))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _WORDS:
            return _WORDS[name](*(_at(one, figures) for one in args))
    raise ValueError(f"not in the language of simulations: {ast.unparse(node)}")
