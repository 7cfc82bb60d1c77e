"""How a simple agreement for future equity (SAFE) converts: what the investor holds, and at which price a share.

Sums are exact Fractions in one unit; shares come out exact, and are counted whole where the policy says how prices are cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

MODES = {"truncate": ROUND_DOWN, "half_up": ROUND_HALF_UP}


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a conversion comes to: the price a share, and the shares."""

    price: Fraction
    shares: Fraction


def cut(price: Fraction, decimals: int, mode: str) -> Fraction:
    """A price a share as it is written down: the policy decides shares, so it is stated and stored with the deal."""
    steps = price * 10**decimals
    whole = (Decimal(steps.numerator) / Decimal(steps.denominator)).to_integral_value(MODES[mode])
    return Fraction(int(whole), 10**decimals)


def at_cap(investment: Fraction, cap: Fraction, fully_diluted_shares: Fraction) -> Conversion:
    """A pre-money SAFE at its cap: the price is the cap over the shares fully diluted before it."""
    price = cap / fully_diluted_shares
    return Conversion(price, investment / price)


def post_money_ownership(investment: Fraction, cap: Fraction) -> Fraction:
    """What a post-money SAFE holds before the new money: the investment over the cap, which counts all SAFEs in."""
    return investment / cap


def at_discount(investment: Fraction, pre_money: Fraction, discount: Fraction, existing_shares: Fraction) -> Conversion:
    """A SAFE with a discount only: it holds its investment over the discounted pre-money value of a company that counts
    its shares in, so X / (X + existing) is that part."""
    part = investment / (pre_money * (1 - discount))
    shares = existing_shares * part / (1 - part)
    return Conversion(investment / shares, shares)


def post_money(
    investment: Fraction, cap: Fraction, pre_money: Fraction, discount: Fraction, existing_shares: Fraction
) -> Conversion:
    """A post-money SAFE with cap and discount: the lower price wins, and the two are never stacked (YC form)."""
    part = post_money_ownership(investment, cap)
    price = min(cap * (1 - part) / existing_shares, pre_money / existing_shares * (1 - discount))
    return Conversion(price, investment / price)


def pro_rata_part(new_investors: Fraction, holders: Fraction) -> Fraction:
    """What holders of a part with pro-rata rights take of the round beside the new investors, so that they keep it:
    a = holders x (new + a)."""
    return new_investors * holders / (1 - holders)


def diluted(parts: Sequence[Fraction], issued: Fraction) -> list[Fraction]:
    """Everybody's part after new shares that come to the part `issued` of the whole."""
    return [part * (1 - issued) for part in parts]
