"""The language a step is written in: sums over named figures, so that what the page shows is what was computed.

A value is a number or a row of numbers (one a year, one a comparable); a number and a row, or two rows of one length, combine
place by place. Numbers are decimals of 28 digits; only the normal distribution is taken from floats.
"""

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, localcontext
from functools import cache
from math import erfc, sqrt

from valuation.methods.amounts import EXACT, ONE

Value = Decimal | tuple[Decimal, ...]


def evaluate(formula: str, figures: Mapping[str, Value]) -> Value:
    """What `formula` comes to with the named `figures`. ValueError: a word or form outside the language."""
    with localcontext(EXACT):
        return _at(parsed(formula), figures)


@cache
def parsed(formula: str) -> ast.expr:
    """The tree of a formula, for whoever computes it or writes it down in another notation."""
    return ast.parse(formula, mode="eval").body


@cache
def names(formula: str) -> tuple[str, ...]:
    """The figures a formula asks for, in the order it names them."""
    called = {id(node.func) for node in ast.walk(parsed(formula)) if isinstance(node, ast.Call)}
    found = [node for node in ast.walk(parsed(formula)) if isinstance(node, ast.Name) and id(node) not in called]
    return tuple(dict.fromkeys(node.id for node in sorted(found, key=lambda node: node.col_offset)))


def _at(node: ast.expr, figures: Mapping[str, Value]) -> Value:
    match node:
        case ast.Name(id=name):
            return figures[name]
        case ast.Constant(value=int() | float() as value):
            return Decimal(repr(value))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return each(operator.neg, _at(operand, figures))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return each(_OPERATORS[type(op)], _at(left, figures), _at(right, figures))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in WORDS:
            return WORDS[name](*(_at(one, figures) for one in args))
    raise ValueError(f"not in the language of steps: {ast.unparse(node)}")


def each(act: Callable[..., Decimal], *values: Value) -> Value:
    """`act` place by place; single numbers stand at every place."""
    lengths = {len(value) for value in values if isinstance(value, tuple)}
    if not lengths:
        return act(*values)
    (length,) = lengths
    rows = [value if isinstance(value, tuple) else (value,) * length for value in values]
    return tuple(act(*place) for place in zip(*rows, strict=True))


def _row(value: Value) -> tuple[Decimal, ...]:
    return value if isinstance(value, tuple) else (value,)


def _total(value: Value) -> Decimal:
    return sum(_row(value), Decimal(0))


def _product(value: Value) -> Decimal:
    found = ONE
    for one in _row(value):
        found *= one
    return found


def _before(value: Value) -> Value:
    """At each place the product of what stands before it: chances of getting so far."""
    found = [ONE]
    for one in _row(value)[:-1]:
        found.append(found[-1] * one)
    return tuple(found)


def _starts(value: Value) -> Value:
    """At each place the sum of what stands before it: when stages begin."""
    found = [Decimal(0)]
    for one in _row(value)[:-1]:
        found.append(found[-1] + one)
    return tuple(found)


def quantile(value: Value, at: Value) -> Value:
    """The value below which the part `at` lies, between neighbours in a straight line (as spreadsheets' PERCENTILE)."""
    ordered = sorted(_row(value))
    place = _total(at) * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _mean(value: Value) -> Decimal:
    return _total(value) / len(_row(value))


def _normal(value: Decimal) -> Decimal:
    return Decimal(repr(erfc(-float(value) / sqrt(2)) / 2))


def _range(value: Value) -> Value:
    """The whole numbers from 1 to `value`."""
    return tuple(Decimal(one) for one in range(1, int(_total(value)) + 1))


def _least(values: Iterable[Value]) -> Value:
    return each(min, *values)


def _greatest(values: Iterable[Value]) -> Value:
    return each(max, *values)


_OPERATORS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
WORDS: dict[str, Callable[..., Value]] = {
    "total": _total,
    "product": _product,
    "before": _before,
    "starts": _starts,
    "mean": _mean,
    "median": lambda value: quantile(value, Decimal("0.5")),
    "quantile": quantile,
    "count": lambda value: Decimal(len(_row(value))),
    "count_to": _range,
    "first": lambda value: _row(value)[0],
    "last": lambda value: _row(value)[-1],
    "ups": lambda value: _row(value)[:-1],
    "downs": lambda value: _row(value)[1:],
    "row": lambda *values: tuple(one for value in values for one in _row(value)),
    "least": lambda *values: _least(values),
    "greatest": lambda *values: _greatest(values),
    "smallest": lambda value: min(_row(value)),
    "largest": lambda value: max(_row(value)),
    "exp": lambda value: each(Decimal.exp, value),
    "ln": lambda value: each(Decimal.ln, value),
    "root": lambda value: each(Decimal.sqrt, value),
    "normal": lambda value: each(_normal, value),
}
