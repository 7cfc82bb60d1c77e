"""What a declaration comes to and whose it is: values in, Money out."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from market.kernel.calendar import months_later
from market.kernel.errors import Refused
from market.kernel.money import Money


def period_of(since: date, until: date | None, months: int, number: int) -> tuple[date, date]:
    """The first and the last day of the period `number`, counted from 1; the last one ends with the plan. Refused
    `dividend.ended` beyond it."""
    first = months_later(since, (number - 1) * months)
    last = months_later(since, number * months) - timedelta(days=1)
    if until is not None and first > until:
        raise Refused("dividend.ended", until=until)
    return first, last if until is None else min(last, until)


def declared(base: Money, part: Fraction, *, cap: Money | None, before: Money) -> Money:
    """What `part` of the base comes to, to the nearest minor unit: nothing of a loss, and no more than the `cap` leaves after what
    was declared `before`."""
    exact = max(base.minor, 0) * part
    whole = (Decimal(exact.numerator) / Decimal(exact.denominator)).to_integral_value(ROUND_HALF_UP)
    amount = Money(int(whole), base.currency)
    return amount if cap is None else min(amount, max(cap - before, Money.zero(base.currency)))


def check_over(last: date, today: date) -> None:
    """Refused `dividend.not_over` while the period runs."""
    if today <= last:
        raise Refused("dividend.not_over", last=last)
