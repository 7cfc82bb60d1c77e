"""What an appraisal is made of: the value, how far each uncertain input moves it, and the range that makes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from market.kernel.calendar import months_later
from market.kernel.errors import Refused
from market.kernel.money import EXPONENTS, MAX_MINOR, Money
from valuation.methods import Result, plain, reconcile, tornado
from valuation.methods.amounts import Amount, Mode, Rate, Rounding
from valuation.methods.errors import ValuationError
from valuation.methods.reconcile import Swing
from valuation.methods.simulation import Distribution, Shape, simulated
from valuation.methods.working import Unit

ROUNDING = Rounding(Mode.HALF_UP, 2)
MONTHS_VALID = 12  # 资产评估执业准则——资产评估报告: a conclusion is used within a year of its base date
DRAWS = 10_000
RECONCILED = "reconcile"
_DAYS_A_YEAR = Decimal("365.25")
Ranges = Mapping[str, tuple[Decimal, Decimal]]


@dataclass(frozen=True, slots=True)
class Worked:
    """A result with what moves it: the lowest and highest that the method itself or one input alone makes of it."""

    result: Result
    swings: Sequence[Swing]
    lowest: Decimal
    highest: Decimal

    @property
    def value(self) -> Money:
        """The value as final money. TypeError where the method finds a rate or a number."""
        return self.result.money(ROUNDING)

    @property
    def low(self) -> Money:
        """The lower end as final money."""
        return Amount(self.lowest, self.value.currency).money(ROUNDING)

    @property
    def high(self) -> Money:
        """The upper end as final money."""
        return Amount(self.highest, self.value.currency).money(ROUNDING)


def work(*, method: str, inputs: Mapping[str, Any], ranges: Ranges, currency: str) -> Worked:
    """Work a method out, and again with each ranged input at its ends. ValuationError as the method's, and `valuation.too_large`
    for what no books are kept of."""
    result = reconciled(inputs) if method == RECONCILED else plain.value(method, inputs, currency)
    swings = tornado(lambda name, given: plain.value(method, {**inputs, name: given}, currency), ranges)
    ends = [result.value, *(end for swing in swings for end in (swing.low, swing.high))]
    ends += [end for end in (result.low, result.high) if end is not None]
    if result.unit is Unit.MONEY and max(map(abs, ends)).scaleb(EXPONENTS[result.currency or currency]) > MAX_MINOR:
        raise ValuationError("valuation.too_large", field=next(iter(inputs)))
    return Worked(result, swings, min(ends), max(ends))


def reconciled(inputs: Mapping[str, Any]) -> Result:
    """Several appraisals of one right weighed: `parts` by code with their own method, inputs and currency, `weights`, `reasons`.

    ValuationError as `methods.reconcile` and as each part's method.
    """
    results = {
        code: plain.value(part["method"], part["inputs"], part["currency"]) for code, part in inputs["parts"].items()
    }
    weights = {code: Rate.percent(told.removesuffix("%"), "weights") for code, told in inputs["weights"].items()}
    return reconcile(results=results, weights=weights, reasons=inputs["reasons"])


def spread(result: Result, ranges: Ranges) -> Result | None:
    """How the value is spread when every ranged input is drawn, most often near what was given; None where none can be.

    Each is a triangle over its range. The seed follows from the inputs, so that the same inputs show the same figures.
    """
    drawn = {
        name: Distribution(Shape.TRIANGULAR, low=low, mode=given, high=high)
        for name, (low, high) in ranges.items()
        if isinstance(given := result.given.get(name), Decimal) and low <= given <= high and low < high
    }
    return simulated(result, drawn, draws=DRAWS, seed=int(result.inputs_hash[:8], 16)) if drawn else None


def years_left(expires_on: date | None, valuation_date: date) -> Decimal | None:
    """How long a right still lasts by law on that day, in years to two decimals; None where no end is known."""
    if expires_on is None:
        return None
    return (Decimal((expires_on - valuation_date).days) / _DAYS_A_YEAR).quantize(Decimal("0.01"), ROUND_FLOOR)


def check_days(valuation_date: date, valid_until: date) -> None:
    """Refused `appraisal.validity` unless the value is used from its base date on and within a year of it."""
    if not valuation_date <= valid_until <= months_later(valuation_date, MONTHS_VALID):
        raise Refused("appraisal.validity")
