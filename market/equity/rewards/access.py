"""Who may look at plans of rewards, object to them and enter what was paid: the only way a door gets one."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from market.equity.rewards import queries
from market.equity.rewards.models import Reward, RewardPlan
from market.equity.rewards.rules import Terms
from market.kernel.money import Money
from market.parties.access import ACTING, acting_party, party_by_code
from market.parties.models import Membership, Party


def plans_for(user: Any) -> QuerySet[RewardPlan]:
    """The plans of the party `user` acts for; none for strangers."""
    party = acting_party(user)
    return queries.plans_of(party) if party else queries.plans().none()


def rewards_for(user: Any) -> QuerySet[Reward]:
    """What the party `user` acts for was due."""
    party = acting_party(user)
    return queries.rewards_of(party) if party else Reward.objects.none()


def plan_for(user: Any, code: str) -> RewardPlan:
    """The plan `code`, for the people of its unit and those who share in it; 404 for everybody else."""
    found = queries.plans().filter(code=code).first()
    if found is None or not (_mine(user) & {found.unit_id, *found.people.values_list("party_id", flat=True)}):
        raise Http404
    return found


def rewards_in(user: Any, found: RewardPlan) -> QuerySet[Reward]:
    """The statements `user` may read: the unit all of them, everybody else their own."""
    rows, mine = queries.rewards().filter(plan=found), _mine(user)
    return rows if found.unit_id in mine else rows.filter(party__in=mine)


def reward_of(user: Any, found: RewardPlan, pk: str) -> Reward:
    """The statement `pk` of a plan, if `user` may read it; 404 otherwise."""
    row = rewards_in(user, found).filter(pk=pk).first() if pk.isdigit() else None
    if row is None:
        raise Http404
    return row


def may_enter(user: Any, found: RewardPlan) -> bool:
    """Whether `user` acts for the unit."""
    return Membership.objects.filter(user=user.pk or 0, party=found.unit_id, role__in=ACTING).exists()


def objecting(user: Any, found: RewardPlan) -> Party | None:
    """The party as which `user` may object: one that shares in the plan; None for the others."""
    row = found.people.filter(party__in=_mine(user)).select_related("party").first()
    return row.party if row else None


def published_by(user: Any, unit: Party, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What `actions.publish` takes, from what `user` typed for `unit`. Refused `affiliation.unknown`."""
    terms = Terms(
        transfer=typed["transfer_part"],
        equity=typed["equity_part"],
        profit=typed["profit_part"],
        years=typed["profit_years"],
        award=typed["award"] or Money.zero("CNY"),
    )
    people = [(party_by_code(user, row.holder), row.part) for row in typed["people"]]
    return {
        "right": typed["right"],
        "unit": unit,
        "ground": typed["ground"],
        "agreed": terms,
        "people": people,
        "by": user,
    }


def _mine(user: Any) -> set[int]:
    return set(Membership.objects.filter(user=user.pk or 0).values_list("party_id", flat=True))
