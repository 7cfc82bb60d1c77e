"""Writes about bank transfers, each one transaction: files taken in, lines matched, decisions, payment files."""

from market.payments.bank.actions.deciding import (
    accept_surplus,
    attach,
    book_own,
    name_payout,
    offset,
    refund,
)
from market.payments.bank.actions.intake import describe, hand_in, open_account, take_in
from market.payments.bank.actions.releasing import release, withdraw

__all__ = [
    "accept_surplus",
    "attach",
    "book_own",
    "describe",
    "hand_in",
    "name_payout",
    "offset",
    "open_account",
    "refund",
    "release",
    "take_in",
    "withdraw",
]
