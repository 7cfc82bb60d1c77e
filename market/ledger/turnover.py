"""Reads of a span of time: what each account had, took and gave, and the journal behind it, for an accountant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, F, QuerySet, Sum, When

from market.kernel.money import Money
from market.ledger.models import Account, Transfer


@dataclass(frozen=True, slots=True)
class Turnover:
    """One account over a span: its balance before, its debits and credits within; balances on its normal side."""

    code: str
    kind: str
    opening: Money
    debits: Money
    credits: Money

    @property
    def closing(self) -> Money:
        """The balance after."""
        grown = self.debits - self.credits if self.kind == Account.Kind.ASSET else self.credits - self.debits
        return self.opening + grown


def turnovers(transfers: QuerySet[Transfer], begin: datetime, end: datetime) -> list[Turnover]:
    """Every account that `transfers` touch before `end`, by code: as if there were no other transfers."""
    before = transfers.filter(at__lt=end)
    sides = {side: _sums(before, side, begin) for side in ("debit", "credit")}
    accounts = Account.objects.filter(pk__in={*sides["debit"], *sides["credit"]}).order_by("code")
    return [_turnover(row, sides["debit"].get(row.pk, (0, 0)), sides["credit"].get(row.pk, (0, 0))) for row in accounts]


def journal(transfers: QuerySet[Transfer], begin: datetime, end: datetime) -> QuerySet[Transfer]:
    """The transfers of the span in the order they were made, with both accounts."""
    return transfers.filter(at__gte=begin, at__lt=end).select_related("debit", "credit").order_by("at", "pk")


def running(transfers: Iterable[Transfer], account: Account, opening: Money) -> list[tuple[Transfer, Money, Money]]:
    """An account's statement: each of its transfers with what it added (or took, below zero) and the balance after."""
    lines, balance = [], opening
    for row in transfers:
        up = (row.debit_id == account.pk) == (account.kind == Account.Kind.ASSET)
        change = row.amount if up else -row.amount
        balance += change
        lines.append((row, change, balance))
    return lines


def _sums(transfers: QuerySet[Transfer], side: str, begin: datetime) -> dict[int, tuple[int, int]]:
    """What the accounts on that side moved before `begin`, and since, in minor units."""
    earlier = Sum(Case(When(at__lt=begin, then=F("amount_minor")), default=0))
    later = Sum(Case(When(at__gte=begin, then=F("amount_minor")), default=0))
    rows = transfers.order_by().values_list(f"{side}_id").annotate(earlier=earlier, later=later)
    return {account: (before, since) for account, before, since in rows}


def _turnover(row: Account, debits: tuple[int, int], credits: tuple[int, int]) -> Turnover:
    sign = 1 if row.kind == Account.Kind.ASSET else -1
    return Turnover(
        code=row.code,
        kind=row.kind,
        opening=Money(sign * (debits[0] - credits[0]), row.currency),
        debits=Money(debits[1], row.currency),
        credits=Money(credits[1], row.currency),
    )
