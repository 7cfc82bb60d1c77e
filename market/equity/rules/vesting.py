"""How much of an option is earned on a day: nothing before the cliff, then month by month."""

from datetime import date
from fractions import Fraction

from market.kernel.calendar import months_later


def vested(part: Fraction, since: date, cliff_months: int, months: int, on: date) -> Fraction:
    """What of `part` is earned by the day `on`: whole months since `since` over `months`, none before the cliff is over."""
    gone = (on.year - since.year) * 12 + on.month - since.month
    if gone > 0 and months_later(since, gone) > on:
        gone -= 1
    if gone < cliff_months or gone < 0:
        return Fraction(0)
    return part * Fraction(min(gone, months), months)
