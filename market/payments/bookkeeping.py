"""An agency's books: the transfers of its own bank, deposits, escrows and commissions, by the month, as tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat

from market.deals.models import Deal
from market.kernel.calendar import Month
from market.kernel.clock import BEIJING
from market.kernel.money import EXPONENTS, Money, total
from market.ledger import closings, turnover
from market.ledger import queries as ledger
from market.ledger.audit import Difference
from market.ledger.models import Account, Transfer
from market.ledger.turnover import Turnover
from market.parties.models import Party
from market.payments.models import Charge, Payout
from market.payments.rules import own_account

OWN = ("bank", "stripe", "fees", "disputed", "suspense", "unexplained", "bankfees", "interest", "commission")
COLUMNS = ("时间 Time", "编号 Ref", "借方 Debit", "贷方 Credit", "币种 Currency", "金额 Amount", "摘要 Memo")
BALANCE_COLUMNS = (
    *("科目 Account", "类别 Kind", "币种 Currency"),
    *("期初余额 Opening", "借方 Debits", "贷方 Credits", "期末余额 Closing"),
)


@dataclass(frozen=True, slots=True)
class Books:
    """The turnover of an agency's accounts in a month, and the sums, which are equal on both sides in each currency."""

    month: Month
    rows: list[Turnover]

    @property
    def is_closed(self) -> bool:
        """Whether no transfer is dated into the month any more."""
        last = closings.last()
        return last is not None and self.month.span[1] <= last.until

    @property
    def totals(self) -> list[tuple[Money, Money]]:
        """All debits and all credits, by currency."""
        return list(ledger.totals(self.rows).values())


def month_of(typed: str, today: date) -> Month:
    """The month "2026-11"; this month for anything else, and for one to come."""
    asked, latest = Month.of(typed, today), Month.of("", today)
    return min(asked, latest, key=lambda month: month.first)


def books_of(agency: Party, month: Month) -> Books:
    """The accounts that moved in the month or still hold something."""
    rows = turnover.turnovers(_transfers(agency), *month.span)
    return Books(month, [row for row in rows if any((row.opening.minor, row.debits.minor, row.credits.minor))])


def statement(agency: Party, code: str, month: Month) -> tuple[Turnover, list[tuple[Transfer, Money, Money]]] | None:
    """An account's month line by line, as far as it is the agency's; None when the agency never used the account."""
    account = Account.objects.filter(code=code).first()
    if account is None:
        return None
    own = _transfers(agency).filter(Q(debit=account) | Q(credit=account))
    found = next((row for row in turnover.turnovers(own, *month.span) if row.code == code), None)
    if found is None:
        return None
    return found, turnover.running(turnover.journal(own, *month.span), account, found.opening)


def table(agency: Party, month: Month) -> Iterator[list[str | Decimal]]:
    """The month's journal with its headings; amounts are numbers with all the decimals of their currency."""
    yield [*COLUMNS]
    for row in turnover.journal(_transfers(agency), *month.span).iterator():
        at = row.at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
        yield [at, row.ref, row.debit.code, row.credit.code, row.currency, Decimal(row.amount.plain()), row.memo]


def trial_balance(agency: Party, month: Month) -> Iterator[list[str | Decimal]]:
    """The month's trial balance with its headings, account by account, then the sums of both sides in each currency."""
    yield [*BALANCE_COLUMNS]
    books = books_of(agency, month)
    for row in books.rows:
        figures = (row.opening, row.debits, row.credits, row.closing)
        yield [row.code, row.kind, row.debits.currency, *(Decimal(figure.plain()) for figure in figures)]
    for debits, credits in books.totals:
        yield ["合计 Total", "", debits.currency, "", Decimal(debits.plain()), Decimal(credits.plain()), ""]


@dataclass(frozen=True, slots=True)
class Platform:
    """Every account of the platform by family and currency: how many, debits, credits; the sums are equal, else `differences`."""

    rows: list[tuple[str, int, Money, Money]]
    totals: dict[str, tuple[Money, Money]]
    differences: list[Difference]


def platform() -> Platform:
    """The trial balance of all books, however many accounts there are."""
    standings = ledger.trial_balance()
    groups: dict[tuple[str, str], list[ledger.Standing]] = {}
    for row in standings:
        groups.setdefault((row.code.partition(":")[0], row.debits.currency), []).append(row)
    rows = [
        (family, len(of), total([one.debits for one in of], currency), total([one.credits for one in of], currency))
        for (family, currency), of in sorted(groups.items())
    ]
    return Platform(rows, ledger.totals(standings), ledger.differences(standings))


def _transfers(agency: Party) -> QuerySet[Transfer]:
    """Transfers that touch an account of the agency's own; what it owes a party lies on an account that others use too."""
    accounts = Account.objects.filter(
        Q(code__in=[own_account(family, agency.code, currency) for family in OWN for currency in EXPONENTS])
        | Q(code__in=Charge.objects.filter(agency=agency).values("account"))
        | Q(code__in=Deal.objects.filter(agency=agency).values(escrow=Concat(Value("escrow:"), F("origin"))))
        | (Q(code__startswith="deposit:") & Q(code__in=Payout.objects.filter(agency=agency).values("account")))
    )
    return Transfer.objects.filter(Q(debit__in=accounts) | Q(credit__in=accounts))
