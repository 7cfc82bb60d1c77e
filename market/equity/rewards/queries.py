"""Reads of rewards: whose plans they are, which is in force, what a person was due, and a unit's report of a year."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from market.equity.rewards.models import Income, Reward, RewardPlan
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


def rewards_of(party: Party) -> QuerySet[Reward]:
    """What `party` was due, the latest first."""
    return Reward.objects.filter(party=party).select_related("plan__right", "plan__unit").order_by("-pk")


def rights_of(unit: Party) -> QuerySet[Right]:
    """The rights the unit holds, alone or with others."""
    held = Right.objects.filter(titles__holder=unit, titles__until=None).exclude(state=Right.State.DRAFT)
    return held.order_by("number")


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
