"""Who may see and work the reconciliation desk: the people of the agency; its owners and finance people decide."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.http import Http404

from market.parties.access import PAYING, agency_of, require
from market.payments.bank import queries
from market.payments.bank.models import BankAccount, Line, PaymentFile, StatementFile
from market.payments.models import Payout

Row = TypeVar("Row")


def _or_404(row: Row | None) -> Row:
    if row is None:
        raise Http404
    return row


def account_for(user: Any, pk: str) -> BankAccount | None:
    """The account `pk` of the agency `user` acts for; None for what is none of them."""
    return queries.accounts_of(agency_of(user)).filter(pk=_number(pk)).first()


def file_for(user: Any, code: str) -> StatementFile:
    """A bank's file of the agency `user` acts for."""
    return _or_404(queries.files_of(agency_of(user)).select_related("agency").filter(code=code).first())


def line_for(user: Any, code: str) -> Line:
    """A line of a statement of the agency `user` acts for."""
    return _or_404(queries.lines().filter(account__agency=agency_of(user), code=code).first())


def lines_for(user: Any, codes: Sequence[str]) -> list[Line]:
    """Several of them, those there are."""
    return list(queries.lines().filter(account__agency=agency_of(user), code__in=codes[:50]))


def payment_file_for(user: Any, code: str) -> PaymentFile:
    """A payment file of the agency `user` acts for."""
    return _or_404(queries.payment_files().filter(account__agency=agency_of(user), code=code).first())


def content_for(user: Any, file: PaymentFile) -> bytes:
    """The bytes of a payment file, for the owners and finance people of its agency. Refused as `queries.content_of`."""
    require(user, file.account.agency, PAYING)
    return queries.content_of(file)


def payouts_for(user: Any, codes: Sequence[str]) -> list[Payout]:
    """The payouts of the agency `user` acts for with these codes."""
    return list(Payout.objects.filter(agency=agency_of(user), code__in=codes[:1000]))


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 19 else 0
