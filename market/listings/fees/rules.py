"""A side's fee from a price: tiers that never rise, a least and a most fee, and 拍卖法 56 where nothing was agreed.

Tiers are marginal: each rate counts for the part of the price within its tier, so that a higher price never costs a side
more than it adds. Rates are basis points.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from market.kernel.errors import Refused
from market.kernel.formats import money, percent
from market.kernel.money import Money
from market.kernel.typed import plain
from market.rights.rules import bidding

_RATE = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?%?", re.ASCII)
MOST_TIERS = 8
WHOLE_BP = 10_000
CAP_BP = bidding.CAP_BP
STANDARD_COMMISSION_BP, STANDARD_PREMIUM_BP = 300, 500
TIERS, LEAST, MOST = "tiers", "least", "most"  # what decided a fee


@dataclass(frozen=True, slots=True)
class Tier:
    """A rate for the part of the price above `above`."""

    above: Money
    bp: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """What one side pays: tiers from nothing upwards, a least fee, and the most in parts of the price (`cap_bp`).

    `agreed` is False for the law's cap. `code` and `name` are of the published schedule that was agreed, with its version;
    "" for terms of one's own.
    """

    tiers: tuple[Tier, ...]
    minimum: Money
    cap_bp: int = WHOLE_BP
    agreed: bool = True
    code: str = ""
    name: str = ""

    @property
    def most_bp(self) -> int:
        """The largest part of any price that the side can owe."""
        return self.cap_bp if self.minimum else min(self.cap_bp, self.tiers[0].bp)

    def in_currency(self, currency: str) -> "Schedule":
        """The same terms for prices in `currency`. Refused `fees.currency` where they name amounts in another one."""
        if self.minimum.currency == currency:
            return self
        if self.minimum or len(self.tiers) > 1:
            raise Refused("fees.currency", currency=self.minimum.currency)
        return replace(self, tiers=(Tier(Money.zero(currency), self.tiers[0].bp),), minimum=Money.zero(currency))

    def as_data(self) -> dict[str, Any]:
        """The schedule as JSON; amounts are minor units of `currency`."""
        return {
            "currency": self.minimum.currency,
            "tiers": [[tier.above.minor, tier.bp] for tier in self.tiers],
            "minimum": self.minimum.minor,
            "cap_bp": self.cap_bp,
            "agreed": self.agreed,
            "code": self.code,
            "name": self.name,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Schedule":
        """The schedule back from its JSON."""
        currency = data["currency"]
        tiers = tuple(Tier(Money(above, currency), bp) for above, bp in data["tiers"])
        minimum = Money(data["minimum"], currency)
        return cls(tiers, minimum, data["cap_bp"], data["agreed"], data["code"], data["name"])


@dataclass(frozen=True, slots=True)
class Fee:
    """What a side pays at a price, how it comes about, which part of its `terms` decided (TIERS, LEAST, MOST)."""

    amount: Money
    formula: str
    decided_by: str
    terms: Schedule

    @property
    def stated(self) -> str:
        """The formula, and after it the published schedule it comes from."""
        return f"{self.formula} ({self.terms.name}, {self.terms.code})" if self.terms.code else self.formula


def schedule(tiers: Sequence[Tier], minimum: Money, cap_bp: int = WHOLE_BP) -> Schedule:
    """A schedule as agreed. Refused `fees.order` unless the tiers begin at nothing and go up, `fees.rising` when a rate is
    higher than the one before (拍卖法 56: the rate falls as the price rises), `fees.rate` beyond the whole price."""
    if not tiers or tiers[0].above or any(one.above >= other.above for one, other in pairwise(tiers)):
        raise Refused("fees.order")
    if not all(0 <= bp <= WHOLE_BP for bp in (cap_bp, *(tier.bp for tier in tiers))):
        raise Refused("fees.rate")
    if any(one.bp < other.bp for one, other in pairwise(tiers)):
        raise Refused("fees.rising")
    return Schedule(tuple(tiers), minimum, cap_bp)


def flat(bp: int, currency: str = "CNY") -> Schedule:
    """One rate agreed for the whole price, no least fee. Refused `fees.rate`."""
    zero = Money.zero(currency)
    return schedule([Tier(zero, bp)], zero)


def standard_commission() -> Schedule:
    """What a seller is offered to agree: three percent."""
    return flat(STANDARD_COMMISSION_BP)


def standard_premium() -> Schedule:
    """What a buyer pays where the agency says nothing else: five percent."""
    return flat(STANDARD_PREMIUM_BP)


def unagreed(currency: str) -> Schedule:
    """拍卖法 56: at most five percent of the price from a side with which nothing was agreed, and no least fee."""
    return replace(flat(CAP_BP, currency), agreed=False)


def check_cap(terms: Schedule, cap_bp: int = CAP_BP) -> None:
    """Refused `fees.cap` when a side could owe more than `cap_bp` of a price: 拍卖法 56, unless a rule set says otherwise."""
    if terms.most_bp > cap_bp:
        raise Refused("fees.cap", most=Fraction(terms.most_bp, WHOLE_BP), cap=Fraction(cap_bp, WHOLE_BP))


def rate(typed: str) -> int | None:
    """ "3.5" or "3.5%" in basis points, None for anything else."""
    found = _RATE.fullmatch(plain(typed))
    return None if found is None else int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def read(typed: str, minimum: Money, cap_bp: int = WHOLE_BP) -> Schedule:
    """ "5" or "5; 1000000: 3; 5000000: 1.5" as a schedule. Refused `fees.format`, and as `schedule` and `Money.parse`."""
    parts = [part for part in re.split(r"[;；\n]+", typed) if part.strip()]
    if not 1 <= len(parts) <= MOST_TIERS:
        raise Refused("fees.format", most=MOST_TIERS)
    tiers = []
    for place, part in enumerate(parts):
        above, _colon, typed_rate = plain(part).replace("：", ":").rpartition(":")
        bp = rate(typed_rate)
        if bp is None or bool(above) != (place > 0):
            raise Refused("fees.format", most=MOST_TIERS)
        tiers.append(Tier(Money.parse(above.replace(",", "") or "0", minimum.currency), bp))
    return schedule(tiers, minimum, cap_bp)


def typed(terms: Schedule) -> str:
    """The tiers as `read` reads them."""
    first, *others = ((tier.above.plain(), f"{tier.bp / 100:g}") for tier in terms.tiers)
    return "; ".join([first[1], *(f"{above}: {percent_}" for above, percent_ in others)])


def fee(price: Money, agreed: Schedule) -> Fee:
    """What a side pays at `price`: the tiers' sum, rounded half up once, at least the least fee, at most the cap."""
    agreed = agreed.in_currency(price.currency)
    tops = [*(tier.above for tier in agreed.tiers[1:]), price]
    parts = [
        (min(top, price) - tier.above, tier.bp)
        for tier, top in zip(agreed.tiers, tops, strict=True)
        if tier.above < price
    ]
    exact = sum((Decimal(part.minor) * bp for part, bp in parts), Decimal(0)) / WHOLE_BP
    graded = Money(int(exact.to_integral_value(ROUND_HALF_UP)), price.currency)
    most = price.portion(agreed.cap_bp)
    amount = min(max(graded, agreed.minimum), most)
    if amount == graded:
        formula = " + ".join(f"{money(part, '2')} × {percent(Fraction(bp, WHOLE_BP))}" for part, bp in parts)
        return Fee(amount, formula, TIERS, agreed)
    if amount == agreed.minimum:
        return Fee(amount, money(amount, "2"), LEAST, agreed)
    return Fee(amount, f"{money(price, '2')} × {percent(Fraction(agreed.cap_bp, WHOLE_BP))}", MOST, agreed)
