"""Exchange: money changes its currency through the accounts `fx:<currency>` alone, at a rate on record with its source."""

from datetime import date
from fractions import Fraction

from django.db import transaction

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.ledger import books, rules
from market.ledger.models import Rate


def note_rate(*, base: str, quote: str, value: Fraction, on: date, source: str, by: str) -> Rate:
    """Put on record that one `base` was `value` `quote` on the day `on`, as `source` published it. Again: the same row.

    Rates are never changed: a correction has a source of its own. Refused `rate.range`, `rate.same_currency`,
    `rate.source`, `rate.ahead`, `rate.noted` (another value of that day and source).
    """
    source = " ".join(source.split())
    if not (0 < value.numerator < 10**18 and value.denominator < 10**18):
        raise Refused("rate.range")
    if base == quote:
        raise Refused("rate.same_currency", currency=base)
    if not source:
        raise Refused("rate.source")
    if on > clock.today():
        raise Refused("rate.ahead", on=on)
    fresh = {"numerator": value.numerator, "denominator": value.denominator, "by": by}
    rate, _ = Rate.objects.get_or_create(base=base, quote=quote, on=on, source=source, defaults=fresh)
    if rate.value != value:
        raise Refused("rate.noted", on=on, source=source)
    return rate


@transaction.atomic
def exchange(amount: Money, *, rate: Rate, debit: str, credit: str, ref: str, memo: str) -> Money:
    """Change `amount` of the account `debit` at `rate` into the rate's other currency on `credit`; what came out.

    Two transfers that name the rate: `ref:1` into `fx:` of what is given, `ref:2` out of `fx:` of what is got, rounded half
    up to the minor unit. Again: the same. Refused `exchange.currency`, `exchange.nothing`, and as `books.transfer`.
    """
    got = rules.converted(amount, base=rate.base, quote=rate.quote, value=rate.value)
    into, out_of = f"fx:{amount.currency}", f"fx:{got.currency}"
    books.transfer(amount, debit=debit, credit=into, ref=f"{ref}:1", memo=memo, rate=rate)
    books.transfer(got, debit=out_of, credit=credit, ref=f"{ref}:2", memo=memo, rate=rate)
    return got
