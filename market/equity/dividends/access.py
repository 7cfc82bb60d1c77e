"""Who may look at plans of dividend rights and declare: the only way a door gets one."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from market.equity.dividends import queries
from market.equity.dividends.models import Declaration, DividendPlan, DividendStatement
from market.parties.access import PAYING, acting_party, party_by_code
from market.parties.models import Membership, Party


def plans_for(user: Any) -> QuerySet[DividendPlan]:
    """The plans of the party `user` acts for; none for strangers."""
    party = acting_party(user)
    return queries.plans_of(party) if party else queries.plans().none()


def statements_for(user: Any) -> QuerySet[DividendStatement]:
    """What the party `user` acts for got of declarations."""
    party = acting_party(user)
    return queries.statements_of(party) if party else DividendStatement.objects.none()


def plan_for(user: Any, code: str) -> DividendPlan:
    """The plan `code`, for the people of its payer, its agency and those who share in it; 404 for everybody else."""
    found = queries.plans().filter(code=code).first()
    if found is None or not _sees(user, found):
        raise Http404
    return found


def declaration_for(user: Any, code: str) -> Declaration:
    """The declaration `code`, for those who see its plan; 404 for everybody else."""
    found = queries.declarations().filter(code=code).first()
    if found is None or not _sees(user, found.plan):
        raise Http404
    return found


def statements_in(user: Any, found: Declaration) -> QuerySet[DividendStatement]:
    """The statements `user` may read: payer and agency all of them, everybody else their own."""
    rows = found.statements.select_related("party")
    mine = set(Membership.objects.filter(user=user.pk or 0).values_list("party_id", flat=True))
    return rows if mine & {found.plan.payer_id, found.plan.agency_id} else rows.filter(party__in=mine)


def may_declare(user: Any, found: DividendPlan) -> bool:
    """Whether `user` declares for the payer."""
    return Membership.objects.filter(user=user.pk or 0, party=found.payer_id, role__in=PAYING).exists()


def planned_by(user: Any, payer: Party, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What `actions.plan` takes, from what `user` typed for `payer`: beneficiaries by their numbers here. Refused
    `affiliation.unknown`."""
    people = [(party_by_code(user, row.holder), row.part) for row in typed["beneficiaries"]]
    return {**typed, "payer": payer, "beneficiaries": people, "currency": "CNY", "by": user}


def _sees(user: Any, found: DividendPlan) -> bool:
    seats = {found.payer_id, found.agency_id, *found.beneficiaries.values_list("party_id", flat=True)}
    return Membership.objects.filter(user=user.pk or 0, party__in=seats).exists()
