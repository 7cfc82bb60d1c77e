"""Reads of what is owed to an agency: by payer, currency and age as of a day, charge by charge, and as a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Concat

from market.kernel.clock import BEIJING
from market.kernel.formats import read_day
from market.kernel.money import Money, total
from market.parties.models import Party
from market.payments import queries as payments
from market.payments.arrears import rules
from market.payments.arrears.models import Reminder, Schedule
from market.payments.models import Charge
from market.trail.models import Fact

COLUMNS = (
    "付款人 Payer",
    "币种 Currency",
    "未到期 Not due",
    "逾期1至30天 1-30 days",
    "逾期31至60天 31-60 days",
    "逾期61至90天 61-90 days",
    "逾期90天以上 Over 90 days",
    "合计 Total",
)


@dataclass(frozen=True, slots=True)
class Owed:
    """What a payer owes in one currency, by age (`rules.AGES`), and in all; without payer: what all of them owe."""

    payer: Party | None
    ages: tuple[Money, ...]
    whole: Money

    @property
    def overdue(self) -> Money:
        """What is past its due day."""
        return self.whole - self.ages[0]


def owed(agency: Party, on: date) -> QuerySet[Charge]:
    """What was owed to the agency at the end of the day `on`: asked for by then, neither received nor cancelled.

    A bid deposit is no debt: who does not pay it does not bid.
    """
    end = _midnight(on + timedelta(days=1))
    about = Concat(Value("charge:"), OuterRef("code"))
    cancelled = Fact.objects.filter(name="charge.cancelled", subject=about, at__lt=end)
    open_then = (
        Q(state__in=payments.UNPAID)
        | Q(state=Charge.State.CONFIRMED, received_on__gt=on)
        | (Q(state=Charge.State.CANCELLED) & ~Exists(cancelled))
    )
    asked = payments.charges().filter(agency=agency, created_at__lt=end)
    return asked.exclude(purpose=Charge.Purpose.DEPOSIT).filter(open_then)


def ageing(agency: Party, on: date) -> list[Owed]:
    """What each payer owes as of the day `on`, a row for each of its currencies; the largest overdue first."""
    sums = {name: Sum("amount_minor", filter=_due_within(*span), default=0) for name, span in rules.spans(on).items()}
    grouped = owed(agency, on).order_by().values("payer", "currency").annotate(whole=Sum("amount_minor"), **sums)
    found: list[Any] = list(grouped)
    payers = Party.objects.in_bulk([row["payer"] for row in found])
    rows = [
        Owed(
            payers[row["payer"]],
            tuple(Money(row[name], row["currency"]) for name in rules.AGES),
            Money(row["whole"], row["currency"]),
        )
        for row in found
    ]
    return sorted(rows, key=lambda row: (row.whole.currency, -row.overdue.minor, -row.whole.minor, str(row.payer)))


def sums(rows: Sequence[Owed]) -> list[Owed]:
    """What all payers together owe, a row for each currency."""
    out = []
    for currency in sorted({row.whole.currency for row in rows}):
        same = [row for row in rows if row.whole.currency == currency]
        ages = tuple(total(column, currency) for column in zip(*(row.ages for row in same), strict=True))
        out.append(Owed(None, ages, total([row.whole for row in same], currency)))
    return out


def table(rows: Sequence[Owed]) -> Iterator[list[str | Decimal]]:
    """The ageing for a spreadsheet, with its headings and its sums."""
    yield [*COLUMNS]
    for row in (*rows, *sums(rows)):
        figures = [Decimal(amount.plain()) for amount in (*row.ages, row.whole)]
        yield [row.payer.name if row.payer else "合计 Total", row.whole.currency, *figures]


def debts(agency: Party, payer: Party, on: date) -> QuerySet[Charge]:
    """What `payer` owed the agency as of the day `on`, the oldest first, with its reminders."""
    return owed(agency, on).filter(payer=payer).order_by("due_at", "pk").prefetch_related("reminders")


def aged(charge: Charge, on: date) -> tuple[str, int]:
    """How old a charge is on the day `on`, and by how many days it is overdue (less than one before it is)."""
    due_on = read_day(charge.due_at)
    return rules.age(due_on, on), (on - due_on).days


def days_of(agency: Party) -> list[int]:
    """The days of the agency's schedule; the preset's where it has said nothing."""
    kept = Schedule.objects.filter(agency=agency).first()
    return list(rules.PRESET if kept is None else kept.days)


def reminders_of(charge: Charge) -> QuerySet[Reminder]:
    """The reminders of a charge, oldest first."""
    return Reminder.objects.filter(charge=charge).order_by("pk")


def _due_within(first: date | None, last: date | None) -> Q:
    found = Q() if first is None else Q(due_at__gte=_midnight(first))
    return found if last is None else found & Q(due_at__lt=_midnight(last + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)
