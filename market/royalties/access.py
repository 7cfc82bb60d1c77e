"""Who may read licences, report for them and look at their statements: the only way a door gets one."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from market.parties.access import PAYING, acting_party, agency_of, party_by_code, require
from market.parties.models import Membership, Party
from market.rights.queries import right_of
from market.royalties import queries
from market.royalties.actions import REPORTING
from market.royalties.models import Licence, ReportingPeriod, Statement

LICENSOR, LICENSEE, AGENCY = "licensor", "licensee", "agency"


def licences_for(user: Any) -> QuerySet[Licence]:
    """The licences of the party `user` acts for; none for strangers."""
    party = acting_party(user)
    return queries.licences_of(party) if party else queries.licences().none()


def granting_agency(user: Any) -> Party:
    """The agency whose owners and agents enter licences; 404 for everybody else, Refused `role.missing`."""
    agency = agency_of(user)
    require(user, agency)
    return agency


def licence_for(user: Any, code: str) -> Licence:
    """The licence `code`, for the people of its licensor, licensee and agency; 404 for everybody else."""
    found = queries.licences().filter(code=code).first()
    if found is None or not role_of(user, found):
        raise Http404
    return found


def period_for(user: Any, code: str, number: int) -> ReportingPeriod:
    """The period `number` of a licence that `user` may see; 404 otherwise."""
    licence = licence_for(user, code)
    found = queries.periods().filter(licence=licence, number=number).first()
    if found is None:
        raise Http404
    return found


def statement_for(user: Any, code: str) -> Statement:
    """The statement `code`, for the people of its licence; 404 otherwise."""
    found = queries.statements().filter(code=code).first()
    if found is None or not role_of(user, found.period.licence):
        raise Http404
    return found


def role_of(user: Any, licence: Licence) -> str:
    """On which side `user` sees the licence: by the party acted for, else by another membership; "" for strangers."""
    seats = {licence.licensor_id: LICENSOR, licence.licensee_id: LICENSEE, licence.agency_id: AGENCY}
    acting = acting_party(user)
    if acting is not None and acting.pk in seats:
        return seats[acting.pk]
    other = Membership.objects.filter(user=user.pk or 0, party__in=seats).order_by("pk").first()
    return seats[other.party_id] if other else ""


def may(user: Any, period: ReportingPeriod, role: str) -> str:
    """What `user`, seeing it from the side `role`, may do with a period now: "report", "approve", "correct" or ""."""
    what = {
        (LICENSEE, ReportingPeriod.State.OPEN): "report",
        (LICENSEE, ReportingPeriod.State.REPORTED): "report",
        (LICENSOR, ReportingPeriod.State.REPORTED): "approve",
        (AGENCY, ReportingPeriod.State.BILLED): "correct",
        (AGENCY, ReportingPeriod.State.PAID): "correct",
    }.get((role, ReportingPeriod.State(period.state)), "")
    roles = PAYING if what == "correct" else REPORTING
    party = getattr(period.licence, role) if what else None
    mine = party is not None and Membership.objects.filter(user=user.pk or 0, party=party, role__in=roles).exists()
    return what if mine else ""


def may_certify(user: Any, statement: Statement) -> bool:
    """Whether `user` may hand over the certificate of the tax withheld with a statement."""
    mine = Membership.objects.filter(user=user.pk or 0, party=statement.period.licence.licensee_id, role__in=REPORTING)
    return bool(queries.withheld_with(statement)) and mine.exists()


def may_terminate(user: Any, licence: Licence) -> bool:
    """Whether `user` may enter now that the licence ends before its time."""
    mine = Membership.objects.filter(user=user.pk or 0, party=licence.agency_id, role__in=PAYING)
    return licence.state == Licence.State.ACTIVE and mine.exists()


def contract_of(user: Any, agency: Party, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What `actions.grant` takes, from what `user` typed for `agency`. Refused `affiliation.unknown`, `licence.right`."""
    licensor, licensee = (party_by_code(user, typed[side]) for side in (LICENSOR, LICENSEE))
    return {
        "granted_for": f"contract:{agency.code}:{typed['number'].strip()}",
        "right": right_of(licensor, typed["right"]),
        "licensor": licensor,
        "licensee": licensee,
        "agency": agency,
        "document": typed["terms"],
        "by": user,
    }
