"""Reads of dividend rights: whose plans they are, what was declared, and what a person got."""

from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from market.equity.dividends import rules
from market.equity.dividends.models import Declaration, DividendPlan, DividendStatement
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.parties.models import Party


def plans() -> QuerySet[DividendPlan]:
    """Plans with whom every page names."""
    return DividendPlan.objects.select_related("payer", "agency")


def plans_of(party: Party) -> QuerySet[DividendPlan]:
    """The plans `party` pays, shares in or administers, newest first."""
    mine = Q(payer=party) | Q(agency=party) | Q(beneficiaries__party=party)
    return plans().filter(mine).distinct().order_by("-pk")


def declarations() -> QuerySet[Declaration]:
    """Declarations with their plan."""
    return Declaration.objects.select_related("plan__payer", "plan__agency", "evidence__document")


def statements_of(party: Party) -> QuerySet[DividendStatement]:
    """What `party` got of declarations, the latest first."""
    return DividendStatement.objects.filter(party=party).select_related("declaration__plan__payer").order_by("-pk")


def declared_before(plan: DividendPlan) -> Money:
    """What all declarations of the plan came to so far."""
    found = plan.declarations.aggregate(sum=Sum("amount_minor"))["sum"]
    return Money(found or 0, plan.currency)


def plans_waiting(party: Party) -> list[tuple[DividendPlan, date]]:
    """The plans of which `party` has to declare a period that is over, each with its last day; the oldest ten of its first
    hundred."""
    mine = plans().filter(payer=party, state=DividendPlan.State.ACTIVE).annotate(declared=Count("declarations"))
    over: list[tuple[DividendPlan, date]] = []
    for plan in mine.order_by("pk")[:100]:
        period = _period(plan, plan.declared + 1)
        if period is not None and period[1] < clock.today():
            over.append((plan, period[1]))
    return over[:10]


def next_period(plan: DividendPlan) -> tuple[int, date, date] | None:
    """The number, first and last day of the period to be declared next; None once the plan is over."""
    number = plan.declarations.count() + 1
    period = _period(plan, number)
    return (number, *period) if period else None


def _period(plan: DividendPlan, number: int) -> tuple[date, date] | None:
    try:
        return rules.period_of(plan.since, plan.until, plan.months, number)
    except Refused:
        return None
