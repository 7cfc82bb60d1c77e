"""Commission and premium from a price: tiers that never rise, a least fee, and 拍卖法 56 where nothing was agreed.

Tiers are marginal: each rate counts for the part of the price within its tier, so that a higher price never costs a side
more than it adds. Rates are basis points.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

from market.deals.rules.figures import CAP_BP, WHOLE_BP, Figures
from market.kernel.errors import Refused
from market.kernel.formats import money, percent
from market.kernel.money import Money
from market.kernel.typed import plain

_RATE = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?%?", re.ASCII)
MOST_TIERS = 8


@dataclass(frozen=True, slots=True)
class Tier:
    """A rate for the part of the price above `above`."""

    above: Money
    bp: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """What one side pays: tiers from nothing upwards, and a least fee; `agreed` is False for the law's cap."""

    tiers: tuple[Tier, ...]
    minimum: Money
    agreed: bool = True


@dataclass(frozen=True, slots=True)
class Fee:
    """What a side pays at a price, how it comes about, and whether the least fee or the whole price decided."""

    amount: Money
    formula: str
    agreed: bool
    by_minimum: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """Both sides of a sale at a price."""

    figures: Figures
    premium: Fee
    commission: Fee


def schedule(tiers: Sequence[Tier], minimum: Money) -> Schedule:
    """A schedule as agreed. Refused `fees.order` unless the tiers begin at nothing and go up, `fees.rising` when a rate is
    higher than the one before (拍卖法 56: the rate falls as the price rises), `fees.rate` beyond the whole price."""
    if not tiers or tiers[0].above or any(one.above >= other.above for one, other in pairwise(tiers)):
        raise Refused("fees.order")
    if tiers[0].bp > WHOLE_BP or min(tier.bp for tier in tiers) < 0:
        raise Refused("fees.rate")
    if any(one.bp < other.bp for one, other in pairwise(tiers)):
        raise Refused("fees.rising")
    return Schedule(tuple(tiers), minimum)


def unagreed(currency: str) -> Schedule:
    """拍卖法 56: at most five percent of the price from a side with which nothing was agreed, and no least fee."""
    zero = Money.zero(currency)
    return Schedule((Tier(zero, CAP_BP),), zero, agreed=False)


def read(typed: str, minimum: Money) -> Schedule:
    """ "5" or "5; 1000000: 3; 5000000: 1.5" as a schedule. Refused `fees.format`, and as `schedule` and `Money.parse`."""
    parts = [part for part in re.split(r"[;；\n]+", typed) if part.strip()]
    if not 1 <= len(parts) <= MOST_TIERS:
        raise Refused("fees.format", most=MOST_TIERS)
    tiers = []
    for place, part in enumerate(parts):
        above, _colon, rate = plain(part).replace("：", ":").rpartition(":")
        found = _RATE.fullmatch(rate)
        if found is None or bool(above) != (place > 0):
            raise Refused("fees.format", most=MOST_TIERS)
        bp = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
        tiers.append(Tier(Money.parse(above.replace(",", "") or "0", minimum.currency), bp))
    return schedule(tiers, minimum)


def fee(price: Money, agreed: Schedule) -> Fee:
    """What a side pays at `price`: the tiers' sum, rounded half up once, at least the least fee, at most the price."""
    tops = [*(tier.above for tier in agreed.tiers[1:]), price]
    parts = [
        (min(top, price) - tier.above, tier.bp)
        for tier, top in zip(agreed.tiers, tops, strict=True)
        if tier.above < price
    ]
    exact = sum((Decimal(part.minor) * bp for part, bp in parts), Decimal(0)) / WHOLE_BP
    graded = Money(int(exact.to_integral_value(ROUND_HALF_UP)), price.currency)
    amount = min(max(graded, agreed.minimum), price)
    by_minimum = amount != graded
    formula = " + ".join(f"{money(part, '2')} × {percent(Fraction(bp, WHOLE_BP))}" for part, bp in parts)
    return Fee(amount, money(amount, "2") if by_minimum else formula, agreed.agreed, by_minimum)


def quote(price: Money, *, seller: Schedule, buyer: Schedule) -> Quote:
    """Commission, premium and what each side pays and gets at `price`."""
    premium, commission = fee(price, buyer), fee(price, seller)
    return Quote(Figures(price, premium.amount, commission.amount), premium, commission)
