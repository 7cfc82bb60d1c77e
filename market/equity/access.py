"""Who may look at contributions and take their steps: the only way a door gets one."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from market.equity import queries
from market.equity.models import Contribution
from market.equity.rules.contributing import AGENCY, COMPANY, CONTRIBUTOR, STEPS
from market.parties.access import ACTING, acting_party, party_by_code, require, verified_party_of
from market.parties.models import Membership, Party


def contributions_for(user: Any) -> QuerySet[Contribution]:
    """The contributions of the party `user` acts for; none for strangers."""
    party = acting_party(user)
    return queries.contributions_of(party) if party else queries.contributions().none()


def contribution_for(user: Any, code: str) -> Contribution:
    """The contribution `code`, for the people of its three parties; 404 for everybody else."""
    found = queries.contributions().filter(code=code).first()
    if found is None or not role_of(user, found):
        raise Http404
    return found


def role_of(user: Any, found: Contribution) -> str:
    """On which side `user` sees it: by the party acted for, else by another membership; "" for strangers."""
    seats = {found.contributor_id: CONTRIBUTOR, found.company_id: COMPANY, found.agency_id: AGENCY}
    acting = acting_party(user)
    if acting is not None and acting.pk in seats:
        return seats[acting.pk]
    other = Membership.objects.filter(user=user.pk or 0, party__in=seats).order_by("pk").first()
    return seats[other.party_id] if other else ""


def steps_for(user: Any, found: Contribution) -> list[str]:
    """The steps `user` may take now, the expected first."""
    mine = set(Membership.objects.filter(user=user.pk or 0, role__in=ACTING).values_list("party_id", flat=True))
    seats = {CONTRIBUTOR: found.contributor_id, COMPANY: found.company_id, AGENCY: found.agency_id}
    return [step for step in queries.steps_of(found) if seats[STEPS[step].role] in mine]


def contributor(user: Any) -> Party:
    """The verified party for which `user` may propose a contribution. Refused `party.none`, `party.unverified`,
    `role.missing`."""
    party = verified_party_of(user)
    require(user, party)
    return party


def proposed_by(user: Any, party: Party, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What `actions.propose` takes, from what `user` typed for `party`. Refused `affiliation.unknown`."""
    return {**typed, "contributor": party, "company": party_by_code(user, typed["company"]), "by": user}
