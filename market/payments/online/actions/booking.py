"""Puts into the books what the rules say they must hold; what is there already stays as it is."""

from collections.abc import Iterable

from market.ledger import books
from market.payments.online.rules import Entry

ACTOR = "system:stripe"


def book(entries: Iterable[Entry]) -> None:
    """Make each transfer once. Refused as `books.transfer`."""
    for entry in entries:
        books.transfer(entry.amount, debit=entry.debit, credit=entry.credit, ref=entry.ref, memo=entry.memo)
