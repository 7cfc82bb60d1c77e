"""Whether everything that was imported is accounted for, and what the bank says is what the books say, by currency."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum, Value
from django.db.models.functions import Concat

from market.kernel.money import Money, total
from market.ledger import books
from market.ledger.audit import Difference
from market.ledger.models import Transfer
from market.parties.models import Party
from market.payments.bank.models import BankAccount, Line, Statement
from market.payments.models import Charge, Payout
from market.payments.rules import own_account


@dataclass(frozen=True, slots=True)
class Flow:
    """What came in, or went out: imported in all, and of it matched, in suspense, decided; `suspense` is the ledger's."""

    imported: Money
    matched: Money
    waiting: Money
    decided: Money
    suspense: Money

    @property
    def gap(self) -> Money:
        """What is imported and neither matched nor in suspense nor decided; nothing when all is accounted for."""
        return self.imported - self.matched - self.waiting - self.decided

    @property
    def suspense_gap(self) -> Money:
        """What the ledger holds in suspense beyond the lines that wait; nothing when the books agree."""
        return self.suspense - self.waiting


@dataclass(frozen=True, slots=True)
class Agreement:
    """One currency: both flows; the balance by the statements and by the ledger, and what explains the difference.

    `before` stood on the accounts when the first statement opened; `by_hand` was entered without a line so far, in less out.
    """

    currency: str
    came: Flow
    went: Flow
    stated: Money
    before: Money
    ledger: Money
    by_hand: Money

    @property
    def statement_gap(self) -> Money:
        """What the statements' balances hold beyond the first opening and all lines: a statement is missing."""
        return self.stated - self.before - self.came.imported + self.went.imported

    @property
    def ledger_gap(self) -> Money:
        """What the ledger holds beyond all lines and what was entered by hand."""
        return self.ledger - self.came.imported + self.went.imported - self.by_hand

    @property
    def gaps(self) -> dict[str, Money]:
        """What is missing, by where: each is nothing when the two agree."""
        return {
            "came": self.came.gap,
            "went": self.went.gap,
            "suspense": self.came.suspense_gap,
            "unexplained": self.went.suspense_gap,
            "statements": self.statement_gap,
            "ledger": self.ledger_gap,
        }

    @property
    def agrees(self) -> bool:
        """Whether nothing is missing anywhere."""
        return not any(self.gaps.values())


def agreements(agency: Party) -> list[Agreement]:
    """The agency's, one for each currency it has an account in."""
    accounts = list(BankAccount.objects.filter(agency=agency))
    currencies = sorted({account.currency for account in accounts})
    return [
        _agreement(agency, currency, [one for one in accounts if one.currency == currency]) for currency in currencies
    ]


def differences() -> Iterator[Difference]:
    """Where an agency's bank and its books do not agree: imported = matched + suspense + decided, and both balances."""
    for agency in Party.objects.filter(pk__in=BankAccount.objects.values("agency")).order_by("pk"):
        for found in agreements(agency):
            for name, gap in found.gaps.items():
                if gap:
                    yield Difference(f"bank.{name}", f"{agency.code} {found.currency}", f"{gap} unaccounted for")


def _agreement(agency: Party, currency: str, accounts: list[BankAccount]) -> Agreement:
    sheets = [_balances(account) for account in accounts]
    return Agreement(
        currency=currency,
        came=_flow(agency, currency, "suspense", credit=True),
        went=_flow(agency, currency, "unexplained", credit=False),
        stated=total([closing for _, closing in sheets], currency),
        before=total([opening for opening, _ in sheets], currency),
        ledger=books.balance(own_account("bank", agency.code, currency), currency),
        by_hand=_by_hand(agency, currency),
    )


def _flow(agency: Party, currency: str, family: str, *, credit: bool) -> Flow:
    lines = Line.objects.filter(account__agency=agency, currency=currency, credit=credit)
    sums = lines.aggregate(
        imported=Sum("amount_minor"),
        matched=Sum("amount_minor", filter=Q(reason="")),
        waiting=Sum("amount_minor", filter=~Q(reason="") & Q(decided=None)),
        decided=Sum("amount_minor", filter=Q(decided__isnull=False)),
    )
    suspense = books.balance(own_account(family, agency.code, currency), currency)
    return Flow(**{name: Money(minor or 0, currency) for name, minor in sums.items()}, suspense=suspense)


def _balances(account: BankAccount) -> tuple[Money, Money]:
    """The first opening and the last closing balance known; without any the lines are all there is to know."""
    rows = Statement.objects.filter(account=account, opening_minor__isnull=False, closing_minor__isnull=False)
    dated = rows.exclude(first_on=None)  # one without entries has no day of its own
    first = dated.order_by("first_on", "pk").first() or rows.order_by("pk").first()
    last = dated.order_by("-last_on", "-pk").first() or rows.order_by("pk").last()
    if first is None or last is None:
        moved = _sum(Line.objects.filter(account=account, credit=True)) - _sum(
            Line.objects.filter(account=account, credit=False)
        )
        return Money.zero(account.currency), Money(moved, account.currency)
    return first.opening, last.closing


def _by_hand(agency: Party, currency: str) -> Money:
    """What people entered that no line has shown: charges confirmed and payouts sent, as they stand in the ledger."""
    bank = own_account("bank", agency.code, currency)
    charges = Charge.objects.filter(agency=agency, bank_decisions=None).exclude(bank_lines__reason="")
    payouts = Payout.objects.filter(agency=agency, bank_decisions=None).exclude(bank_lines__reason="")
    refs = charges.values(of=Concat(Value("charge:"), "code"))
    came = _sum(Transfer.objects.filter(debit__code=bank, ref__in=refs))
    went = _sum(Transfer.objects.filter(credit__code=bank, ref__in=payouts.values("ref")))
    return Money(came - went, currency)


def _sum(rows: "QuerySet[Line] | QuerySet[Transfer]") -> int:
    return int(rows.order_by().aggregate(sum=Sum("amount_minor"))["sum"] or 0)
