"""What everybody would hold after a SAFE converts and a next round is paid in."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from market.equity.rules.safes import at_discount, post_money
from market.equity.rules.shares import Held, after
from market.kernel.errors import Refused

INVESTORS, SAFE = "next round", "SAFE"


@dataclass(frozen=True, slots=True)
class Round:
    """A round that might come: the value before it and the money in it, in one unit; a SAFE of `safe` (nothing: none) at a
    post-money `cap`, a `discount`, or whichever of the two is better for it."""

    pre_money: Fraction
    new_money: Fraction
    safe: Fraction = Fraction(0)
    cap: Fraction = Fraction(0)
    discount: Fraction = Fraction(0)


def what_if(held: Sequence[Held], round_: Round) -> list[Held]:
    """The table after the round; the SAFE converts before the new money comes in. Refused `equity.what_if` where the SAFE
    would take the whole company or has neither cap nor discount."""
    rows = list(held)
    if round_.safe:
        rows = after(rows, [Held(SAFE, _converted(round_))])
    if round_.new_money:
        rows = after(rows, [Held(INVESTORS, round_.new_money / (round_.pre_money + round_.new_money))])
    return rows


def _converted(round_: Round) -> Fraction:
    """The part of the company the SAFE converts to, the shares before it counted as one."""
    sum_, cap, off, one = round_.safe, round_.cap, round_.discount, Fraction(1)
    if off >= 1 or (sum_ >= cap if cap else not off or sum_ >= round_.pre_money * (1 - off)):
        raise Refused("equity.what_if")
    found = post_money(sum_, cap, round_.pre_money, off, one) if cap else at_discount(sum_, round_.pre_money, off, one)
    return found.shares / (1 + found.shares)
