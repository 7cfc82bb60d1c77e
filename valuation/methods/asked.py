"""What a method asks for, read off its own signature; and its inputs as people type them, to and from plain values.

A single figure is one text; rows, named figures and records are one a line, their columns apart by commas or tabs.
"""

import inspect
import re
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from market.kernel.money import EXPONENTS
from market.kernel.typed import plain as half_width
from valuation import methods
from valuation.methods.amounts import Amount, Rate
from valuation.methods.errors import ValuationError
from valuation.methods.schedules import Schedule
from valuation.methods.simulation import ASKED, Distribution, Shape
from valuation.methods.tab import Tab

APART = re.compile(r"[,，;；\t]")
_COUNT = re.compile(r"(\w+)\s*[=:：]\s*(\d+)")
_CURRENCY = re.compile("|".join(EXPONENTS))


class Kind(StrEnum):
    """How an input, or a column of one, is written."""

    AMOUNT = "amount"
    RATE = "rate"
    NUMBER = "number"
    WHOLE = "whole"
    YES_NO = "yes_no"
    WORD = "word"
    DAY = "day"
    CHOICE = "choice"
    COUNTS = "counts"  # all=30 in_force=12
    SHAPE = "shape"  # triangular 1 2 3


@dataclass(frozen=True, slots=True)
class Column:
    """A part of each line: its name, how it is written, whether it may stay empty."""

    name: str
    kind: Kind
    required: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """An input: its name and type, how it is written, whether there is no default, and the columns where it has lines.

    `keyed`: the first column is the name of the figure in the second.
    """

    name: str
    hint: Any
    kind: Kind
    required: bool
    columns: tuple[Column, ...] = ()
    keyed: bool = False
    choices: tuple[str, ...] = ()

    @property
    def ranged(self) -> bool:
        """Whether it is one figure that may be uncertain."""
        return not self.columns and self.kind in (Kind.AMOUNT, Kind.RATE, Kind.NUMBER)

    @property
    def sourced(self) -> bool:
        """Whether it is figures that come from somewhere."""
        return self.kind in (Kind.AMOUNT, Kind.RATE, Kind.NUMBER, Kind.COUNTS, Kind.SHAPE)


@cache
def inputs(method: str) -> tuple[Asked, ...]:
    """What the method asks for, in the order of its signature. ValuationError `valuation.unknown_method`."""
    if method not in methods.METHODS:
        raise ValuationError("valuation.unknown_method", field="method", name=method)
    function = methods.METHODS[method]
    hints, parameters = get_type_hints(function), inspect.signature(function).parameters
    return tuple(_asked(name, hints[name], one.default is one.empty) for name, one in parameters.items())


def plain_of(asked: Asked, text: str) -> Any:
    """What was typed as a plain value for `methods.plain`; None where nothing was. ValuationError `valuation.unreadable`."""
    if not asked.columns:
        return _cell(asked.kind, text, asked.name) if text.strip() else None
    rows = [_row(asked, line) for line in text.splitlines() if line.strip()]
    if not rows:
        return None
    if asked.keyed:
        return dict(rows)
    return rows[0] if len(rows) == 1 and _single_too(asked.hint) else rows


def text_of(asked: Asked, given: Any) -> str:
    """A plain value as one would type it: the inverse of `plain_of`."""
    if not asked.columns:
        return _written(asked.kind, given)
    if asked.keyed:
        return "\n".join(f"{name}, {_written(asked.columns[1].kind, one)}" for name, one in given.items())
    rows = given if isinstance(given, list | tuple) else [given]
    return "\n".join(_line(asked.columns, row).rstrip(", ") for row in rows)


def _line(columns: Sequence[Column], row: Any) -> str:
    if not isinstance(row, Mapping) or "currency" in row:
        return _written(columns[0].kind, row)
    return ", ".join(_written(one.kind, row[one.name]) if one.name in row else "" for one in columns)


def _asked(name: str, hint: Any, required: bool) -> Asked:
    meant = next(iter(_meanings(hint)))
    origin, args = get_origin(meant), get_args(meant)
    if meant is Schedule:
        return Asked(name, hint, Kind.AMOUNT, required, (Column(name, Kind.AMOUNT),))
    if origin is Mapping:
        kind = _kind(args[1])
        return Asked(name, hint, kind, required, (Column("name", Kind.WORD), Column("figure", kind)), keyed=True)
    if origin in (Sequence, tuple):
        columns = tuple(_columns(args[0])) if is_dataclass(args[0]) and _record(args[0]) else ()
        kind = next(one.kind for one in columns if one.kind is not Kind.WORD) if columns else _kind(args[0])
        return Asked(name, hint, kind, required, columns or (Column(name, kind),))
    choices = tuple(str(one.value) for one in meant) if isinstance(meant, type) and issubclass(meant, Enum) else ()
    nothing = types.NoneType in get_args(hint)
    return Asked(name, hint, _kind(meant), required and not nothing, choices=choices)


def _meanings(hint: Any) -> Iterator[Any]:
    """The types an input may have, rows before the single figure, nothing left out."""
    if get_origin(hint) not in (Union, types.UnionType):
        return iter([hint])
    kinds: list[Any] = [one for one in get_args(hint) if one is not types.NoneType]
    return iter(sorted(kinds, key=lambda one: one in _KINDS))


def _single_too(hint: Any) -> bool:
    return len(list(_meanings(hint))) > 1


def _record(hint: Any) -> bool:
    return hint not in (Amount, Rate)


def _columns(record: Any) -> Iterator[Column]:
    hints = get_type_hints(record)
    for one in fields(record):
        yield Column(one.name, _kind(next(_meanings(hints[one.name]))), one.default is MISSING)


_KINDS: Mapping[Any, Kind] = {
    Amount: Kind.AMOUNT,
    Rate: Kind.RATE,
    Decimal: Kind.NUMBER,
    bool: Kind.YES_NO,
    int: Kind.WHOLE,
    str: Kind.WORD,
    date: Kind.DAY,
    Tab: Kind.WHOLE,
    Distribution: Kind.SHAPE,
}


def _kind(hint: Any) -> Kind:
    if hint in _KINDS:
        return _KINDS[hint]
    return Kind.COUNTS if get_origin(hint) is Mapping else Kind.CHOICE


def split(line: str) -> list[str]:
    """The columns of a line, none with blanks around it."""
    return [cell.strip() for cell in APART.split(line)]


def _row(asked: Asked, line: str) -> Any:
    if len(asked.columns) == 1:
        return _cell(asked.kind, line, asked.name)
    cells = split(line)
    wanted = sum(one.required for one in asked.columns)
    if not wanted <= len(cells) <= len(asked.columns) or not all(cells[:wanted]):
        raise ValuationError("valuation.unreadable", field=asked.name)
    told = {
        one.name: _cell(one.kind, cell, asked.name) for one, cell in zip(asked.columns, cells, strict=False) if cell
    }
    return tuple(told.values()) if asked.keyed else told


def _cell(kind: Kind, text: str, field: str) -> Any:
    figure = half_width(text)
    match kind:
        case Kind.AMOUNT:
            return _amount(figure)
        case Kind.RATE:
            return f"{figure.removesuffix('%').replace(',', '')}%"
        case Kind.NUMBER | Kind.WHOLE:
            return figure.replace(",", "")
        case Kind.COUNTS:
            return {name: int(count) for name, count in _COUNT.findall(text)}
        case Kind.SHAPE:
            return _shape([word for word in re.split(r"[\s,，;；]+", text.strip()) if word], field)
        case _:
            return text.strip()


def _amount(text: str) -> Any:
    """A figure of the appraisal's currency, or of the one written before or after it."""
    named = _CURRENCY.findall(text)
    figure = _CURRENCY.sub("", text).strip("¥$€元").replace(",", "")
    return {"amount": figure, "currency": named[0]} if named else figure


def _shape(words: list[str], field: str) -> dict[str, str]:
    known = [shape for shape in Shape if words and shape == words[0].lower()]
    if not known or len(words) - 1 != len(ASKED[known[0]]):
        raise ValuationError("valuation.unreadable", field=field)
    return {"dist": str(known[0]), **dict(zip(ASKED[known[0]], words[1:], strict=True))}


def _written(kind: Kind, given: Any) -> str:
    if kind is Kind.COUNTS:
        return " ".join(f"{name}={count}" for name, count in given.items())
    if kind is Kind.SHAPE:
        return " ".join(str(one) for one in given.values())
    if isinstance(given, Mapping):
        return f"{given['amount']} {given['currency']}"
    return str(given).removesuffix("%")
