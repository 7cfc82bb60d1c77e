"""Exchange: money changes its currency through the accounts `fx:<currency>` alone, at a rate on record with its source."""

from datetime import date
from fractions import Fraction

from django.db import transaction
from django.db.models import QuerySet

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.ledger import books, rules
from market.ledger.models import Rate, Transfer, Withdrawal


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


def rates() -> QuerySet[Rate]:
    """Every rate on record, the latest day first, with its withdrawal."""
    return Rate.objects.select_related("withdrawal").order_by("-on", "-pk")


def withdraw_rate(rate: Rate, *, reason: str, by: str) -> Withdrawal:
    """Take back a rate that was entered wrongly, by whoever entered it; what was exchanged at it stays. Again: the same row.

    Refused `rate.not_yours`, `rate.reason`.
    """
    if rate.by != by:
        raise Refused("rate.not_yours")
    if not reason.strip():
        raise Refused("rate.reason")
    said = {"reason": " ".join(reason.split())[:200], "by": by}
    withdrawal, _ = Withdrawal.objects.get_or_create(rate=rate, defaults=said)
    return withdrawal


@transaction.atomic
def exchange(amount: Money, *, rate: Rate, debit: str, credit: str, ref: str, memo: str) -> Money:
    """Change `amount` of the account `debit` at `rate` into the rate's other currency on `credit`; what came out.

    Two transfers that name the rate: `ref:1` into `fx:` of what is given, `ref:2` out of `fx:` of what is got, rounded half
    up to the minor unit. Again: the same. Refused `rate.withdrawn`, `exchange.currency`, `exchange.nothing`, and as
    `books.transfer`.
    """
    if Withdrawal.objects.filter(rate=rate).exists() and not Transfer.objects.filter(ref=f"{ref}:2").exists():
        raise Refused("rate.withdrawn", on=rate.on, source=rate.source)
    got = rules.converted(amount, base=rate.base, quote=rate.quote, value=rate.value)
    into, out_of = f"fx:{amount.currency}", f"fx:{got.currency}"
    books.transfer(amount, debit=debit, credit=into, ref=f"{ref}:1", memo=memo, rate=rate)
    books.transfer(got, debit=out_of, credit=credit, ref=f"{ref}:2", memo=memo, rate=rate)
    return got
