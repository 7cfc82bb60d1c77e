"""What the pages draw and tell of a result: figures as text, bars as places, steps and notes as words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from market.kernel import formats
from valuation import charts
from valuation.labels import INPUTS, STEPS, named, notes
from valuation.labels.choices import CHOICES
from valuation.methods import Result
from valuation.methods.asked import Asked, Kind, inputs, text_of
from valuation.methods.formula import Value
from valuation.methods.working import Step, Unit
from valuation.models import Appraisal
from valuation.rules import RECONCILED, Ranges, Worked, spread

_LONG = 12  # a row twice as long loses its middle
_BY_YEAR = ("present_value", "excess", "discounted_royalty")


def figure(value: Decimal, unit: Unit, currency: str | None) -> str:
    """A figure for a reader: money to the fen, a rate in percent, a number to six decimals."""
    if unit is Unit.MONEY and currency:
        return formats.money(charts.money(value, currency))
    if unit is Unit.RATE:
        return f"{_short(value * 100, 4)}%"
    return _short(value, 6)


def _short(value: Decimal, places: int) -> str:
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(worked: Worked, ranges: Ranges) -> dict[str, Any]:
    """What the pages draw and tell of a result."""
    result = worked.result

    def told(value: Decimal) -> str:
        return figure(value, result.unit, result.currency)

    years = next((row for name in _BY_YEAR if len(row := _row(_found(result, name))) > 1), ())
    here, rows = charts.tornado(worked)
    drawn = spread(result, ranges)
    return {
        "worked": worked,
        "money": result.unit is Unit.MONEY,
        "told": {"value": told(result.value), "low": told(worked.lowest), "high": told(worked.highest)},
        "bars": charts.by_year(years, told) if years else [],
        "zero": charts.zero(years),
        "here": here,
        "rows": [(INPUTS[row.name], row, told(row.low), told(row.high)) for row in rows],
        "tall": charts.tall(worked),
        "board": charts.WIDE,
        "bins": charts.bins(drawn, told) if drawn else [],
        "marks": charts.marks(drawn, told) if drawn else [],
        "drawn": notes(drawn.assumptions) if drawn else [],
        "comparables": _comparables(result),
        "steps": _steps(result),
        "assumptions": notes(result.assumptions),
        "warnings": notes(result.warnings),
    }


class Given(NamedTuple):
    """An input of an appraisal as its readers see it: what was given, the ends of its range, where it comes from."""

    label: Any
    figure: str
    low: str
    high: str
    source: str


def given(appraisal: Appraisal) -> list[Given]:
    """The inputs of an appraisal, in the order the method asks for them."""
    plain, ranges, currency = appraisal.inputs, appraisal.ranges, appraisal.currency
    if appraisal.method == RECONCILED:
        weights, reasons = plain["weights"], plain["reasons"]
        parts = plain["parts"].items()
        return [Given(f"{code} {named(part['method'])}", weights[code], "", "", reasons[code]) for code, part in parts]
    told = []
    for one in inputs(appraisal.method):
        if one.name in plain:
            low, high = (
                (figure(Decimal(end), _UNITS[one.kind], currency) for end in ranges[one.name])
                if one.name in ranges
                else ("", "")
            )
            typed = _typed(one, plain[one.name], currency)
            told.append(Given(INPUTS.get(one.name, one.name), typed, low, high, appraisal.sources.get(one.name, "")))
    return told


_UNITS = {Kind.AMOUNT: Unit.MONEY, Kind.RATE: Unit.RATE, Kind.NUMBER: Unit.NUMBER}


def _typed(asked: Asked, plain: Any, currency: str) -> str:
    if asked.name == "tab":
        return str(plain["amortisation_years"])
    if asked.choices:
        return str(CHOICES.get(str(plain), plain))
    text = text_of(asked, plain)
    if asked.columns:
        return text
    if asked.kind is Kind.AMOUNT and not isinstance(plain, Mapping):
        return figure(Decimal(text), Unit.MONEY, currency)
    if asked.kind is Kind.RATE:
        return (
            text + "%"
            if isinstance(plain, str) and plain.endswith("%")
            else figure(Decimal(str(plain)), Unit.RATE, None)
        )
    return text


def _found(result: Result, name: str) -> Value:
    return result[name] if name in result.given or any(step.name == name for step in result.steps) else ()


def _steps(result: Result) -> list[tuple[object, Step | None, list[str]]]:
    """The working for a reader: each step's word, the step, its figures. The middle of a tree's long working is left out."""
    told: list[tuple[object, Step | None, list[str]]] = [
        (STEPS.get(step.name, INPUTS.get(step.name, step.name)), step, _figures(step, result)) for step in result.steps
    ]
    return told if len(told) <= _LONG * 4 else [*told[: _LONG * 2], ("…", None, []), *told[-_LONG * 2 :]]


def _figures(step: Step, result: Result) -> list[str]:
    """A step's figures, money to the fen, factors to six decimals; the middle of a long row left out."""
    currency = result.currency if step.unit is Unit.MONEY else None
    told = [formats.money(charts.money(one, currency)) if currency else f"{one:.6f}" for one in _row(step.value)]
    return told if len(told) <= _LONG * 2 else [*told[:_LONG], "…", *told[-_LONG:]]


def _comparables(result: Result) -> list[list[str]]:
    """Each comparable's price, what it is set against, how the price is adjusted, and what one of that cost."""
    if result.method not in ("market_multiple", "market_price_per_asset"):
        return []
    whole = result.method == "market_price_per_asset"
    price, driver = _row(result["price"]), _row(result["assets" if whole else "driver"])
    adjusted = (Decimal(0),) * len(price) if whole else _row(result["adjustment"])
    made = _row(result["per_asset" if whole else "multiples"])
    return [
        [_short(one, 2), _short(by, 2), f"{_short(moved * 100, 2)}%", _short(each, 2)]
        for one, by, moved, each in zip(price, driver, adjusted, made, strict=True)
    ]


def _row(value: Value) -> tuple[Decimal, ...]:
    return value if isinstance(value, tuple) else (value,)
