"""Periods closed for good: no transfer is dated into them any more, and what they came to is written down and sealed."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from market.kernel import clock
from market.kernel.bulk import create_many
from market.kernel.calendar import Month
from market.kernel.errors import Refused
from market.ledger import rules
from market.ledger.models import Account, Closing, ClosingLine, Transfer
from market.trail import journal

COLUMNS = ("pk", "ref", "debit_id", "credit_id", "amount_minor", "currency", "at", "hold_id", "rate_id", "memo")


def last() -> Closing | None:
    """The closing that counts now."""
    return Closing.objects.last()


def standing(rows: Iterable[Closing]) -> list[Closing]:
    """Of closings in their order those that no later one opened again, with rising `until`."""
    kept: list[Closing] = []
    for row in rows:
        while kept and kept[-1].until > row.until:
            kept.pop()
        kept.append(row)
    return kept


@transaction.atomic
def close(month: Month, *, by: str) -> Closing:
    """Close the books up to the end of `month`: its trial balance is written down and sealed. Again: the same closing.

    `by` is the person ("user:12"). Refused `closing.not_over` before the month has ended, `closing.closed` when the books
    are closed beyond it. Writes `books.closed`.
    """
    _wait_for_writers()
    before, until = last(), month.span[1]
    if before is not None and before.until == until:
        return before
    if until > clock.now():
        raise Refused("closing.not_over", month=str(month))
    if before is not None and before.until > until:
        raise Refused("closing.closed", until=before.until)
    return _write("books.closed", before, until, by=by, reason="")


@transaction.atomic
def reopen(month: Month, *, by: str, reason: str) -> Closing:
    """Open `month`, and every later one, again: a person says why, and it is one more row. Again: the same row.

    Refused `closing.reason`, `closing.not_closed`. Writes `books.reopened`.
    """
    _wait_for_writers()
    reason, before, until = reason.strip(), last(), month.span[0]
    if not reason:
        raise Refused("closing.reason")
    if before is not None and (before.until, before.reason) == (until, reason):
        return before
    if before is None or before.until <= until:
        raise Refused("closing.not_closed", month=str(month))
    return _write("books.reopened", before, until, by=by, reason=reason)


def _wait_for_writers() -> None:
    """Wait until nobody is writing transfers, so that none dated before the closing appears after it was added up."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE ledger_transfer IN SHARE ROW EXCLUSIVE MODE")


def _write(fact: str, before: Closing | None, until: datetime, *, by: str, reason: str) -> Closing:
    closed = [row.until for row in standing(Closing.objects.all()) if row.until <= until]
    since = closed[-1] if closed else None
    codes = dict(Account.objects.values_list("pk", "code"))
    whole = hashlib.sha256()
    for row in rows_dated(since, until):
        whole.update(line_of(row, codes))
    made = Closing(
        previous=before, since=since, until=until, by=by, reason=reason, at=clock.now(), journal=whole.hexdigest()
    )
    lines = [
        ClosingLine(closing=made, account=account, debits_minor=debits, credits_minor=credits)
        for account, debits, credits in _sums(until)
    ]
    made.seal = seal_of(made, lines)
    made.save(force_insert=True)
    for line in lines:
        line.closing = made
    create_many(lines)
    journal.record(fact, subject="books", actor=by, until=until.isoformat(), seal=made.seal, reason=reason)
    return made


def _sums(until: datetime) -> list[tuple[Account, int, int]]:
    """Every account that moved before `until`, by code, with all its debits and credits in minor units."""
    debits: Counter[int] = Counter()
    credits: Counter[int] = Counter()
    dated = Transfer.objects.filter(at__lt=until).order_by()
    for debit, credit, minor in dated.values_list("debit_id", "credit_id", "amount_minor").iterator():
        debits[debit] += minor
        credits[credit] += minor
    moved = Account.objects.filter(pk__in=debits.keys() | credits.keys()).order_by("code")
    return [(row, debits[row.pk], credits[row.pk]) for row in moved]


def rows_dated(since: datetime | None, until: datetime) -> Iterator[Any]:
    """The transfers dated from `since` (None: from the first) to `until` as they were entered, what is hashed of them."""
    dated = Transfer.objects.filter(at__lt=until)
    if since is not None:
        dated = dated.filter(at__gte=since)
    return dated.order_by("pk").values_list(*COLUMNS, named=True).iterator()


def line_of(row: Any, codes: Mapping[int, str]) -> bytes:
    """What is hashed of one of `rows_dated`: its accounts by code, everything else as it is stored."""
    number, ref, debit, credit, minor, currency, at, hold, rate, memo = row
    return rules.line(number, ref, codes[debit], codes[credit], minor, currency, at.isoformat(), hold, rate, memo)


def seal_of(closing: Closing, lines: list[ClosingLine]) -> str:
    """The seal of a closing with these lines, in the order of their accounts' codes."""
    before = "" if closing.previous is None else closing.previous.seal
    since = closing.since and _utc(closing.since)
    words = (before, since, _utc(closing.until), closing.by, closing.reason, _utc(closing.at), closing.journal)
    ordered = sorted(lines, key=lambda line: line.account.code)
    return rules.seal(
        *words,
        lines=(
            rules.line(line.account.code, line.account.currency, line.debits_minor, line.credits_minor)
            for line in ordered
        ),
    )


def _utc(moment: datetime) -> str:
    return f"{moment.timestamp():.6f}"
