"""Reads of rewards: whose plans they are, which is in force, what a person was due, and a unit's report of a year."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet, Sum

from market.equity.rewards.models import Income, Reward, RewardPlan
from market.kernel import clock
from market.kernel.money import Money
from market.parties.models import Party
from market.rights.models import Right


def plans() -> QuerySet[RewardPlan]:
    """Plans with their right and unit."""
    return RewardPlan.objects.select_related("right", "unit")


def plans_of(party: Party) -> QuerySet[RewardPlan]:
    """The plans of the unit `party`, or in which it shares, newest first."""
    return plans().filter(Q(unit=party) | Q(people__party=party)).distinct().order_by("-pk")


def in_force(right: Right, unit: Party) -> RewardPlan | None:
    """The unit's plan about the right that is in force."""
    return plans().filter(right=right, unit=unit, state=RewardPlan.State.IN_FORCE).first()


def rewards() -> QuerySet[Reward]:
    """Pay statements with whose they are and of which plan, the latest first; `overdue` once their day has gone by unpaid."""
    late = ExpressionWrapper(overdue(), output_field=BooleanField())
    return Reward.objects.select_related("party", "plan__right", "plan__unit").annotate(overdue=late).order_by("-pk")


def overdue() -> Q:
    """The pay statements whose day has gone by unpaid."""
    return Q(paid_on=None, due_on__lt=clock.today())


def rewards_of(party: Party) -> QuerySet[Reward]:
    """What `party` was due, the latest first."""
    return rewards().filter(party=party)


def rights_of(unit: Party) -> QuerySet[Right]:
    """The rights the unit holds, alone or with others."""
    held = Right.objects.filter(titles__holder=unit, titles__until=None).exclude(state=Right.State.DRAFT)
    return held.order_by("number")


def plans_waiting(party: Party) -> list[RewardPlan]:
    """The plans that `party` may still object to, or as their unit put in force now; the oldest ten."""
    today, state = clock.today(), RewardPlan.State
    theirs = Q(people__party=party, state=state.PUBLIC, public_until__gte=today)
    mine = Q(unit=party, state__in=[state.PUBLIC, state.OBJECTED], public_until__lt=today)
    return list(plans().filter(theirs | mine).distinct().order_by("pk")[:10])


def unpaid(unit: Party) -> QuerySet[Reward]:
    """What the unit has to pay, the first due first."""
    return rewards().filter(plan__unit=unit, paid_on=None).order_by("due_on", "pk")


def patent_type(right: Right) -> str:
    """Which patent the right is; "" for another right."""
    return str(right.patent.type) if right.kind == Right.Kind.PATENT else ""


@dataclass(frozen=True, slots=True)
class Total:
    """One line of the yearly report: a way, how many incomes, and the sums in one currency."""

    way: str
    count: int
    amount: Money
    inventors: Money

    @property
    def kept(self) -> Money:
        """What stayed with the unit."""
        return self.amount - self.inventors


def income_of(unit: Party, year: int) -> QuerySet[Income]:
    """What the unit earned of its results in a year, in order."""
    return Income.objects.filter(unit=unit, on__gte=date(year, 1, 1), on__lte=date(year, 12, 31))


def totals(unit: Party, year: int) -> list[Total]:
    """The year by way and currency (促进科技成果转化法 21)."""
    names = dict(Income.Way.choices)
    sums: Any = {"count": Count("pk"), "all": Sum("amount_minor"), "theirs": Sum("inventors_minor")}
    rows: Any = income_of(unit, year).order_by().values("way", "currency").annotate(**sums).order_by("way", "currency")
    return [
        Total(
            str(names[row["way"]]),
            row["count"],
            Money(row["all"], row["currency"]),
            Money(row["theirs"], row["currency"]),
        )
        for row in rows
    ]
