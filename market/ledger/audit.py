"""What is wrong with single rows of the books, whatever the guards let through; `queries.differences` says all that is."""

import hashlib
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, Q

from market.kernel.errors import Refused
from market.ledger import closings, rules
from market.ledger.models import Account, Closing, Hold, Transfer


@dataclass(frozen=True)
class Difference:
    """One place where the books break a rule: a stable `code`, the account or ref it is about, and the figures."""

    code: str
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.code} {self.subject}: {self.detail}"


def of_rows() -> Iterator[Difference]:
    """Every broken rule of rows: mixed currencies, holds that ended wrongly, exchanges that are not at their rate, and closed
    periods that are not as they were closed.
    """
    yield from _of_movements()
    yield from _of_holds()
    yield from _of_exchanges()
    yield from _of_closings()


def _of_movements() -> Iterator[Difference]:
    for kind in (Transfer, Hold):
        mixed = ~Q(debit__currency=F("currency")) | ~Q(credit__currency=F("currency"))
        for row in kind.objects.filter(mixed).select_related("debit", "credit").iterator():
            joined = f"{row.debit} in {row.debit.currency}, {row.credit} in {row.credit.currency}"
            yield Difference("movement.currency", row.ref, f"{row.amount} joins {joined}")
        for row in kind.objects.filter(amount_minor__lte=0).iterator():
            yield Difference("movement.amount", row.ref, f"{row.amount} is not more than nothing")


def _of_holds() -> Iterator[Difference]:
    posted = Hold.objects.exclude(posting=None).select_related("posting")
    for row in posted.exclude(void=None).iterator():
        yield Difference("hold.ended_twice", row.ref, "void, and posted too")
    for row in posted.filter(posting__at__gte=F("expires_at")).iterator():
        yield Difference("hold.posted_late", row.ref, f"expired {row.expires_at}, posted {row.posting.at}")
    same = {f"posting__{name}": F(name) for name in ("ref", "debit", "credit", "amount_minor", "currency")}
    for row in posted.exclude(**same).iterator():
        yield Difference("hold.posted_otherwise", row.ref, f"held {row.amount}, posted {row.posting.amount}")


def _of_exchanges() -> Iterator[Difference]:
    """The two sides of an exchange are `ref:1` into the `fx:` account of what is given and `ref:2` out of the other's."""
    at_rate = Q(debit__code__startswith="fx:") | Q(credit__code__startswith="fx:") | Q(rate__isnull=False)
    sides: dict[str, dict[str, Transfer]] = defaultdict(dict)
    for row in Transfer.objects.filter(at_rate).select_related("debit", "credit", "rate").iterator():
        ref, _, side = row.ref.rpartition(":")
        sides[ref][side] = row
    for ref, found in sides.items():
        given, got = found.get("1"), found.get("2")
        if len(found) != 2 or given is None or got is None or not _is_exchange(given, got):
            said = ", ".join(f"{row.amount} at {row.rate}" for row in found.values())
            yield Difference("exchange.otherwise", ref, said)


def _is_exchange(given: Transfer, got: Transfer) -> bool:
    rate = given.rate
    if rate is None or rate != got.rate:
        return False
    if (given.credit.code, got.debit.code) != (f"fx:{given.currency}", f"fx:{got.currency}"):
        return False
    try:
        return rules.converted(given.amount, base=rate.base, quote=rate.quote, value=rate.value) == got.amount
    except Refused:
        return False


def _of_closings() -> Iterator[Difference]:
    """What a closing says of itself, and for those that still count, what the transfers before it say."""
    rows = list(Closing.objects.select_related("previous").prefetch_related("lines__account").order_by("pk"))
    before: Closing | None = None
    for row in rows:
        if row.previous != before or row.seal != closings.seal_of(row, list(row.lines.all())):
            yield Difference("closing.seal", str(row), row.seal)
        before = row
    standing = closings.standing(rows)
    for row, (journal, sums) in zip(standing, _closed(standing), strict=True):
        if row.journal != journal:
            yield Difference("closing.journal", str(row), f"closed over {row.journal}, now {journal}")
        said = {line.account.code: (line.debits_minor, line.credits_minor) for line in row.lines.all()}
        for code in sorted(said.keys() | sums.keys()):
            if said.get(code) != sums.get(code):
                yield Difference(
                    "closing.balance", f"{row} {code}", f"closed at {said.get(code)}, now {sums.get(code)}"
                )


def _closed(standing: list[Closing]) -> Iterator[tuple[str, dict[str, tuple[int, int]]]]:
    """For each closing that counts the hash of its transfers and every account's sums, from one reading of all of them."""
    untils = [row.until for row in standing]
    codes = dict(Account.objects.values_list("pk", "code"))
    hashes = [hashlib.sha256() for _ in standing]
    moved: list[tuple[Counter[int], Counter[int]]] = [(Counter(), Counter()) for _ in standing]
    if standing:
        for row in closings.rows_dated(None, untils[-1]):
            place = bisect_right(untils, row.at)
            hashes[place].update(closings.line_of(row, codes))
            moved[place][0][row.debit_id] += row.amount_minor
            moved[place][1][row.credit_id] += row.amount_minor
    debits: Counter[int] = Counter()
    credits: Counter[int] = Counter()
    for whole, (more_debits, more_credits) in zip(hashes, moved, strict=True):
        debits.update(more_debits)
        credits.update(more_credits)
        yield whole.hexdigest(), {codes[pk]: (debits[pk], credits[pk]) for pk in debits.keys() | credits.keys()}
