"""Draws of uncertain inputs and a formula over all of them at once, in NumPy arrays of floats."""

import ast
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from math import erfc, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from valuation.methods.errors import ValuationError
from valuation.methods.formula import Value, parsed
from valuation.methods.simulation import Correlation, Distribution, Shape
from valuation.methods.working import Step

Draws = NDArray[np.floating[Any]]


def outcomes(
    distributions: Mapping[str, Distribution],
    correlation: Sequence[Correlation],
    formula: str,
    fixed: Mapping[str, Value],
    draws: int,
    seed: int,
) -> tuple[dict[str, Draws], Draws]:
    """A column of draws for each input, and what the formula comes to for each draw."""
    drawn = _drawn(distributions, correlation, draws, np.random.Generator(np.random.PCG64(seed)))
    figures: dict[str, Any] = {name: column[:, None] for name, column in drawn.items()}
    figures |= {name: np.atleast_2d(np.array(value, dtype=float)) for name, value in fixed.items()}
    return drawn, np.broadcast_to(_at(parsed(formula), figures), (draws, 1)).ravel()


def replayed(
    distributions: Mapping[str, Distribution],
    given: Mapping[str, Value],
    steps: Sequence[Step],
    draws: int,
    seed: int,
) -> tuple[dict[str, Draws], Draws]:
    """A column of draws for each input, and what the steps come to for each draw, the other figures as given."""
    drawn = _drawn(distributions, (), draws, np.random.Generator(np.random.PCG64(seed)))
    figures: dict[str, Any] = {name: np.atleast_2d(np.array(value, dtype=float)) for name, value in given.items()}
    figures |= {name: column[:, None] for name, column in drawn.items()}
    with np.errstate(all="ignore"):  # a draw without a number is seen in the moments
        for step in steps:
            figures[step.name] = _at(parsed(step.formula), figures)
    return drawn, np.broadcast_to(figures["value"], (draws, 1)).ravel()


def moments(column: Draws) -> tuple[float, float]:
    """Mean and standard deviation."""
    return float(column.mean()), float(column.std(ddof=1))


def quantiles(column: Draws, at: Sequence[float]) -> list[float]:
    """The values below which these parts lie."""
    return [float(one) for one in np.quantile(column, at)]


def histogram(column: Draws, bins: int) -> tuple[list[int], list[float]]:
    """How many draws lie in each of so many bins, and the bins' edges."""
    counts, edges = np.histogram(column, bins=bins)
    return [int(one) for one in counts], [float(one) for one in edges]


def _drawn(
    distributions: Mapping[str, Distribution],
    correlation: Sequence[Correlation],
    draws: int,
    source: np.random.Generator,
) -> dict[str, Draws]:
    """A column of draws for each input, in the order they are named."""
    order = list(distributions)
    normals = source.standard_normal((len(order), draws))
    if correlation:
        normals = _root(order, correlation) @ normals
    return {name: _shaped(distributions[name], normals[place]) for place, name in enumerate(order)}


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


def _quantile(value: Any, at: Any) -> Any:
    return np.quantile(value, at.item(), axis=1, keepdims=True)


def _count_to(value: Any) -> Any:
    return np.arange(1.0, value.flat[0] + 1)[None, :]


def _before(value: Any) -> Any:
    return np.cumprod(np.hstack([np.ones((len(value), 1)), value[:, :-1]]), axis=1)


def _starts(value: Any) -> Any:
    return np.cumsum(np.hstack([np.zeros((len(value), 1)), value[:, :-1]]), axis=1)


def _row(*values: Any) -> Any:
    longest = max(map(len, values))
    return np.hstack([np.broadcast_to(value, (longest, value.shape[1])) for value in values])


def _normal(value: Any) -> Any:
    return np.vectorize(erfc)(-value / sqrt(2)) / 2


_WORDS: dict[str, Callable[..., Any]] = {
    "total": lambda value: value.sum(axis=1, keepdims=True),
    "product": lambda value: value.prod(axis=1, keepdims=True),
    "mean": lambda value: value.mean(axis=1, keepdims=True),
    "median": lambda value: np.median(value, axis=1, keepdims=True),
    "quantile": _quantile,
    "smallest": lambda value: value.min(axis=1, keepdims=True),
    "largest": lambda value: value.max(axis=1, keepdims=True),
    "count": lambda value: np.full((1, 1), float(value.shape[1])),
    "count_to": _count_to,
    "before": _before,
    "starts": _starts,
    "first": lambda value: value[:, :1],
    "last": lambda value: value[:, -1:],
    "ups": lambda value: value[:, :-1],
    "downs": lambda value: value[:, 1:],
    "row": _row,
    "exp": np.exp,
    "ln": np.log,
    "root": np.sqrt,
    "normal": _normal,
    "least": lambda *values: reduce(np.minimum, values),
    "greatest": lambda *values: reduce(np.maximum, values),
}


def _at(node: ast.expr, figures: Mapping[str, Any]) -> Any:
    """The language of steps over all draws at once: draws go down, years across."""
    match node:
        case ast.Name(id=name):
            return figures[name]
        case ast.Constant(value=int() | float() as value):
            return np.full((1, 1), float(value))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_at(operand, figures)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_at(left, figures), _at(right, figures))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _WORDS:
            return _WORDS[name](*(_at(one, figures) for one in args))
    raise ValueError(f"not in the language of simulations: {ast.unparse(node)}")
