"""Draws of uncertain inputs and a formula over all of them at once, in NumPy arrays of floats."""

import ast
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from math import erfc, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from valuation.methods.errors import ValuationError
from valuation.methods.formula import Value, parsed
from valuation.methods.simulation import Correlation, Distribution, Shape

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
