"""What an appraisal is made of: the value, how far each uncertain input moves it, and the range that makes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from market.kernel.calendar import months_later
from market.kernel.errors import Refused
from market.kernel.money import MAX_MINOR, Money
from valuation.methods import Result, plain, tornado
from valuation.methods.amounts import Amount, Mode, Rounding
from valuation.methods.errors import ValuationError
from valuation.methods.reconcile import Swing

ROUNDING = Rounding(Mode.HALF_UP, 2)
MONTHS_VALID = 12  # 资产评估执业准则——资产评估报告: a conclusion is used within a year of its base date
_DAYS_A_YEAR = Decimal("365.25")


@dataclass(frozen=True, slots=True)
class Worked:
    """A result with what moves it: the value, and the lowest and highest that one input alone makes of it."""

    result: Result
    swings: Sequence[Swing]
    value: Money
    low: Money
    high: Money


def work(
    *, method: str, inputs: Mapping[str, Any], ranges: Mapping[str, tuple[Decimal, Decimal]], currency: str
) -> Worked:
    """Work a method out, and again with each ranged input at its ends. ValuationError as the method's, and `valuation.too_large`
    for what no books are kept of."""
    result = plain.value(method, inputs, currency)
    swings = tornado(lambda name, given: plain.value(method, {**inputs, name: given}, currency), ranges)
    ends = [result.value, *(end for swing in swings for end in (swing.low, swing.high))]
    if max(map(abs, ends)) > MAX_MINOR // 100:
        raise ValuationError("valuation.too_large", field="base_revenue")
    low, high = (Amount(end, currency).money(ROUNDING) for end in (min(ends), max(ends)))
    return Worked(result, swings, result.money(ROUNDING), low, high)


def years_left(expires_on: date | None, valuation_date: date) -> Decimal | None:
    """How long a right still lasts by law on that day, in years to two decimals; None where no end is known."""
    if expires_on is None:
        return None
    return (Decimal((expires_on - valuation_date).days) / _DAYS_A_YEAR).quantize(Decimal("0.01"), ROUND_FLOOR)


def check_days(valuation_date: date, valid_until: date) -> None:
    """Refused `appraisal.validity` unless the value is used from its base date on and within a year of it."""
    if not valuation_date <= valid_until <= months_later(valuation_date, MONTHS_VALID):
        raise Refused("appraisal.validity")
