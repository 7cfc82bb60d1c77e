"""The working of a valuation, step by step, and the result that keeps it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Self

from market.kernel.money import Money
from valuation.methods.amounts import Amount, Rate, Rounding
from valuation.methods.errors import ValuationError
from valuation.methods.formula import Value, evaluate, names
from valuation.methods.schedules import Schedule

ENGINE = "1"  # raised when any method's answer to the same inputs changes
Given = object  # an amount, rate, number, word, a schedule, or rows, mappings and dataclasses of these


class Unit(StrEnum):
    """What a figure counts."""

    MONEY = "money"
    RATE = "rate"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the working: `formula` over `inputs` (given figures or earlier steps) came to `value`."""

    name: str
    formula: str
    inputs: Mapping[str, Value]
    value: Value
    unit: Unit


@dataclass(frozen=True, slots=True)
class Note:
    """An assumption or a warning: a code with its facts; the sentence lies in templates/valuation/notes/."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """What a method found. `value`, `low` and `high` are unrounded and in `unit`: whole units of `currency` for money.

    `given` holds the figures the steps start from; `inputs_hash` is SHA-256 over method, engine version and inputs as
    they came in. The day, the purpose and the premise of value are those of whoever asks: `stated`.
    """

    method: str
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    unit: Unit
    currency: str | None
    given: Mapping[str, Value]
    steps: tuple[Step, ...]
    assumptions: tuple[Note, ...]
    warnings: tuple[Note, ...]
    inputs_hash: str
    engine_version: str = ENGINE
    coverage: Decimal | None = None
    valuation_date: date | None = None
    purpose: str = ""
    premise: str = ""

    def __getitem__(self, name: str) -> Value:
        """The figure a step came to, or that was given. KeyError for a name that is neither."""
        found = {step.name: step.value for step in self.steps}
        return found[name] if name in found else self.given[name]

    def stated(self, *, valuation_date: date, purpose: str, premise: str) -> Self:
        """The same result, for a day, a purpose and a premise of value."""
        return replace(self, valuation_date=valuation_date, purpose=purpose, premise=premise)

    def money(self, rounding: Rounding) -> Money:
        """The value as final money. TypeError when it is a rate or a number."""
        if self.unit is not Unit.MONEY or self.currency is None:
            raise TypeError(f"{self.method} finds a {self.unit}, not money")
        return Amount(self.value, self.currency).money(rounding)

    @property
    def hash(self) -> str:
        """SHA-256 over the inputs' hash and every figure and formula: equal for equal inputs and engine."""
        told = [[step.name, step.formula, _plain(step.value)] for step in self.steps]
        return _sha256([self.inputs_hash, _plain(self.given), told])


def replay(result: Result) -> Decimal:
    """Work the steps again from the given figures alone. ValueError where a step does not come to what it says."""
    figures = dict(result.given)
    for step in result.steps:
        found = evaluate(step.formula, figures)
        if found != step.value or any(figures[name] != value for name, value in step.inputs.items()):
            raise ValueError(f"{step.name} does not come to {step.value}")
        figures[step.name] = found
    value = figures["value"]
    if value != result.value:
        raise ValueError(f"the last step does not come to {result.value}")
    return result.value


class Working:
    """Collects the inputs and steps of one method. The inputs' amounts are all of one currency."""

    def __init__(self, method: str, **given: Given) -> None:
        """Takes all inputs of a method by name; those that are figures can be named in formulas at once."""
        self.method = method
        self.currency: str | None = None
        self.figures: dict[str, Value] = {}
        self.given: dict[str, Value] = {}
        self.steps: list[Step] = []
        self.assumptions: list[Note] = []
        self.warnings: list[Note] = []
        self.inputs_hash = _sha256([method, ENGINE, {name: _plain(value) for name, value in given.items()}])
        for name, value in given.items():
            self._see_currency(name, value)
            figure = _figure(value)
            if figure is not None:
                self.take(name, figure)

    def take(self, name: str, figure: Value) -> None:
        """Name a figure that the steps start from."""
        self.given[name] = self.figures[name] = figure

    def money(self, name: str, formula: str) -> Value:
        """Work out a step in the currency."""
        return self._step(name, formula, Unit.MONEY)

    def rate(self, name: str, formula: str) -> Value:
        """Work out a step that is a fraction of one."""
        return self._step(name, formula, Unit.RATE)

    def number(self, name: str, formula: str) -> Value:
        """Work out a step that is a factor or a count."""
        return self._step(name, formula, Unit.NUMBER)

    def assume(self, code: str, **facts: object) -> None:
        """Note what the method takes for granted."""
        self.assumptions.append(Note(code, facts))

    def warn(self, code: str, **facts: object) -> None:
        """Note what the reader should doubt."""
        self.warnings.append(Note(code, facts))

    def result(self, *, low: str = "", high: str = "", coverage: Decimal | None = None) -> Result:
        """The result: the value is the step called "value", its range the steps called `low` and `high`."""
        unit = next(step.unit for step in self.steps if step.name == "value")
        return Result(
            method=self.method,
            value=self.single("value"),
            low=self.single(low) if low else None,
            high=self.single(high) if high else None,
            unit=unit,
            currency=self.currency if unit is Unit.MONEY else None,
            given=self.given,
            steps=tuple(self.steps),
            assumptions=tuple(self.assumptions),
            warnings=tuple(self.warnings),
            inputs_hash=self.inputs_hash,
            coverage=coverage,
        )

    def single(self, name: str) -> Decimal:
        """A named figure that is one number."""
        found = self.figures[name]
        if isinstance(found, tuple):
            raise TypeError(f"{name} is a row")
        return found

    def row(self, name: str) -> tuple[Decimal, ...]:
        """A named figure that is a row."""
        found = self.figures[name]
        if not isinstance(found, tuple):
            raise TypeError(f"{name} is one number")
        return found

    def _step(self, name: str, formula: str, unit: Unit) -> Value:
        value = evaluate(formula, self.figures)
        inputs = {one: self.figures[one] for one in names(formula)}
        self.steps.append(Step(name, formula, inputs, value, unit))
        self.figures[name] = value
        return value

    def _see_currency(self, name: str, value: Given) -> None:
        for amount in _amounts(value):
            if self.currency not in (None, amount.currency):
                raise ValuationError(
                    "valuation.currency_mismatch", field=name, given=amount.currency, others=self.currency
                )
            self.currency = amount.currency


def same_length(field_name: str, row: Sequence[object], length: int) -> None:
    """ValuationError `valuation.period_length_mismatch` unless the row has one value a period."""
    if len(row) != length:
        raise ValuationError("valuation.period_length_mismatch", field=field_name, given=len(row), wanted=length)


def _amounts(value: Given) -> list[Amount]:
    if isinstance(value, Amount):
        return [value]
    if isinstance(value, Mapping):
        value = tuple(value.values())
    elif is_dataclass(value):
        value = tuple(getattr(value, one.name) for one in fields(value))
    if isinstance(value, tuple | list):
        return [amount for one in value for amount in _amounts(one)]
    return []


def _figure(value: Given) -> Value | None:
    """An input as a figure, or None where it is not one (a word, a date, a record)."""
    if isinstance(value, Schedule):
        value = value.amounts
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, tuple | list) and value:
        found = [_figure(one) for one in value]
        return (
            tuple(one for one in found if isinstance(one, Decimal))
            if all(isinstance(one, Decimal) for one in found)
            else None
        )
    if isinstance(value, Amount):
        return value.figure
    if isinstance(value, Rate):
        return value.value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value if isinstance(value, Decimal) else None


def _plain(value: object) -> object:
    """A value as JSON keeps it: numbers as plain text without trailing zeros, rates told apart from numbers."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, Rate):
        return {"fraction": _plain(value.value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _sha256(told: object) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
