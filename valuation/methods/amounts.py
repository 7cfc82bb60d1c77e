"""Figures inside a valuation: unrounded amounts of a currency, and rates that say what they are."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from enum import StrEnum
from typing import Self

from market.kernel.money import EXPONENTS, Money
from valuation.methods.errors import ValuationError

EXACT = Context(prec=28, rounding=ROUND_HALF_EVEN)
ONE = Decimal(1)


class Mode(StrEnum):
    """Which way a half goes."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"


_MODES = {Mode.HALF_UP: ROUND_HALF_UP, Mode.HALF_EVEN: ROUND_HALF_EVEN}


@dataclass(frozen=True, slots=True)
class Rounding:
    """How a final figure becomes money: to `digits` decimals (negative: whole tens, thousands), halves by `mode`."""

    mode: Mode
    digits: int


def number(value: object, field: str) -> Decimal:
    """A plain number as an exact decimal; ValuationError `valuation.not_a_number` for text, NaN, infinity, truth."""
    try:
        found = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise ValuationError("valuation.not_a_number", field=field)
    return found


@dataclass(frozen=True, slots=True)
class Amount:
    """`figure` whole units (yuan, dollars) of `currency`, unrounded: what Money becomes inside a chain."""

    figure: Decimal
    currency: str

    def __post_init__(self) -> None:
        if self.currency not in EXPONENTS:
            raise ValueError(f"unknown currency {self.currency!r}")
        if not self.figure.is_finite():
            raise ValueError("an amount is a finite number")

    @classmethod
    def of(cls, money: Money) -> Self:
        """The same amount, ready to be calculated with."""
        return cls(Decimal(money.minor).scaleb(-EXPONENTS[money.currency]), money.currency)

    def money(self, rounding: Rounding) -> Money:
        """The amount as final money; `rounding.digits` beyond the currency's own are those of the currency."""
        places = EXPONENTS[self.currency]
        unit = ONE.scaleb(-min(rounding.digits, places))
        rounded = self.figure.quantize(unit, _MODES[rounding.mode], context=Context(prec=60))
        return Money(int(rounded.scaleb(places)), self.currency)

    def __str__(self) -> str:
        return f"{self.figure} {self.currency}"


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate as a decimal fraction of one. Made by `Rate.percent("12")` or `Rate.fraction("0.12")`, so that nobody
    guesses which it is; beyond one either way it is refused: `valuation.rate_looks_like_percent`."""

    value: Decimal

    @classmethod
    def percent(cls, text: str | Decimal, field: str = "rate") -> Self:
        """So many in a hundred: "12" is twelve percent."""
        return cls.fraction(number(text, field) / 100, field)

    @classmethod
    def fraction(cls, text: str | Decimal, field: str = "rate") -> Self:
        """So many in one: "0.12" is twelve percent."""
        value = number(text, field)
        if abs(value) > 1:
            raise ValuationError("valuation.rate_looks_like_percent", field=field, given=value)
        return cls(value)

    def __str__(self) -> str:
        plain = format((self.value * 100).normalize(), "f")
        return f"{plain}% ({format(self.value, 'f')})"


NONE = Rate(Decimal(0))


def share(rate: Rate, field: str) -> Rate:
    """A rate that is a part of a whole or a chance, 0 to 1; ValuationError `valuation.not_a_share` for another."""
    if not 0 <= rate.value <= 1:
        raise ValuationError("valuation.not_a_share", field=field, given=rate.value)
    return rate
