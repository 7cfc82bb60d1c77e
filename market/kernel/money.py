"""Money: integer minor units and a currency, never a float, never a bare number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import total_ordering
from math import lcm
from typing import Self

from market.kernel.errors import Refused

# ISO 4217 exponents of the currencies the market keeps books in.
EXPONENTS = {"CNY": 2, "USD": 2, "EUR": 2, "GBP": 2, "HKD": 2, "JPY": 0, "KRW": 0, "KWD": 3}
SYMBOLS = {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "JP¥", "KRW": "₩", "KWD": "KD "}
MAX_MINOR = 10**15  # ten thousand billion yuan in fen's hundredth: above any sale, far below bigint

_PLAIN = re.compile(r"(\d{1,15})(?:\.(\d{1,3}))?", re.ASCII)
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount of `minor` units (fen, cents) of an ISO 4217 `currency`. Mixing currencies raises ValueError."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are integers, not {type(self.minor).__name__}")
        if self.currency not in EXPONENTS:
            raise ValueError(f"unknown currency {self.currency!r}")

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Nothing, in `currency`."""
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> Self:
        """Read "1180000.00" strictly: ASCII digits, at most the currency's decimals, no sign, no exponent, no grouping.

        Refused: `currency.unknown`, `amount.format`, `amount.precision`, `amount.range`.
        """
        if currency not in EXPONENTS:
            raise Refused("currency.unknown", currency=str(currency)[:8])
        found = _PLAIN.fullmatch(text) if isinstance(text, str) else None
        if found is None:
            raise Refused("amount.format")
        whole, fraction = found.group(1), found.group(2) or ""
        places = EXPONENTS[currency]
        if len(fraction) > places and fraction[places:].strip("0"):
            raise Refused("amount.precision", places=places)
        minor = int(whole) * 10**places + int((fraction + "000")[:places] or 0)
        if minor > MAX_MINOR:
            raise Refused("amount.range")
        return cls(minor, currency)

    @classmethod
    def from_wire(cls, wire: object) -> Self:
        """Read `{"amount": "1180000.00", "currency": "CNY"}`; anything else is Refused `amount.format`."""
        if not isinstance(wire, dict) or set(wire) != {"amount", "currency"} or not isinstance(wire["currency"], str):
            raise Refused("amount.format")
        return cls.parse(wire["amount"], wire["currency"])

    def wire(self) -> dict[str, str]:
        """Write `{"amount": "1180000.00", "currency": "CNY"}`."""
        return {"amount": self.plain(), "currency": self.currency}

    def plain(self) -> str:
        """The figure alone, with all its decimals and no grouping: "1180000.00"."""
        places = EXPONENTS[self.currency]
        sign, digits = ("-" if self.minor < 0 else ""), str(abs(self.minor)).rjust(places + 1, "0")
        return sign + digits if not places else f"{sign}{digits[:-places]}.{digits[-places:]}"

    def split(self, weights: Sequence[int]) -> list[Self]:
        """Share out by integer `weights`, largest remainder first (earlier wins a tie); the parts add up to the whole."""
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights must be non-negative and not all zero")
        sign, whole = (-1 if self.minor < 0 else 1), abs(self.minor)
        parts = [whole * weight // total for weight in weights]
        remainders = sorted(range(len(weights)), key=lambda i: (-(whole * weights[i] % total), i))
        for i in remainders[: whole - sum(parts)]:
            parts[i] += 1
        return [type(self)(sign * part, self.currency) for part in parts]

    def shared(self, parts: Sequence[Fraction]) -> list[Self]:
        """Share out by `parts` of one, as `split`; what they add up to is shared whole."""
        whole = lcm(*(part.denominator for part in parts))
        return self.split([int(part * whole) for part in parts])

    def portion(self, basis_points: int) -> Self:
        """`basis_points` / 10,000 of the amount, rounded half up to the minor unit (500 is five percent)."""
        exact = Decimal(self.minor) * basis_points / 10_000
        return type(self)(int(exact.to_integral_value(ROUND_HALF_UP)), self.currency)

    def _same(self, other: object) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"not money: {other!r}")
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other.minor

    def __add__(self, other: "Money") -> Self:
        return type(self)(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> Self:
        return type(self)(self.minor - self._same(other), self.currency)

    def __mul__(self, times: int) -> Self:
        return type(self)(self.minor * times, self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.plain()} {self.currency}"


def total(amounts: Sequence[Money], currency: str) -> Money:
    """The sum of `amounts`, all of one `currency`; nothing adds up to zero."""
    return sum(amounts, Money.zero(currency))


def capital(amount: Money) -> str:
    """The amount in Chinese capital figures (大写), as contracts and receipts require: 壹佰壹拾捌万元整. CNY only."""
    if amount.currency != "CNY" or amount.minor < 0:
        raise ValueError("capital figures are written for non-negative yuan")
    yuan, fen = divmod(amount.minor, 100)
    out, zero = "", False
    for group in range(3, -1, -1):
        figure = yuan // 10 ** (4 * group) % 10_000
        if not figure:
            zero = zero or bool(out)
            continue
        if out and figure < 1000:
            zero = True
        for place in range(3, -1, -1):
            digit = figure // 10**place % 10
            if not digit:
                zero = zero or bool(out)
                continue
            out += ("零" if zero else "") + _DIGITS[digit] + _PLACES[place]
            zero = False
        out, zero = out + _GROUPS[group], False
    out = (out or "零") + "元"
    if not fen:
        return out + "整"
    jiao, rest = divmod(fen, 10)
    return out + (_DIGITS[jiao] + "角" if jiao else "零") + (_DIGITS[rest] + "分" if rest else "整")
