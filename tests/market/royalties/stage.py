"""Licences of 吉林大学 to anne's company, and their periods walked through the market's own actions."""

from fractions import Fraction
from typing import Any

from django.test import Client

from market.parties.models import Party
from market.rights.models import Right
from market.royalties import actions
from market.royalties.models import Licence, ReportingPeriod
from market.royalties.runs.actions import run
from tests.market.deals.terms.papers import terms, yuan
from tests.market.payments.stage import patent
from tests.people import owner_of

START = {"start": "2025-01-01", "end": "2027-12-31"}


def licence(
    jida: Party,
    anne_co: Party,
    agency: Party,
    *,
    shares: dict[Party, Fraction] | None = None,
    of: Right | None = None,
    number: str = "D-TEST",
    **changed: Any,
) -> Licence:
    """A licence since 2025, five percent a quarter unless changed; its periods up to yesterday are open."""
    right = of or patent(shares or {jida: Fraction(1)})
    document = terms(**{"term": START, **changed})
    given = {"granted_for": f"deal:{number}", "right": right, "licensor": jida, "licensee": anne_co, "agency": agency}
    made = actions.grant(**given, document=document, by=owner_of(agency))
    run()
    return Licence.objects.get(pk=made.pk)


def licences(count: int, jida: Party, anne_co: Party, agency: Party) -> list[Licence]:
    """So many licences of one patent, with four quarters to report each."""
    first = licence(jida, anne_co, agency, number="D-1")
    return [
        first,
        *(licence(jida, anne_co, agency, of=first.right, number=f"D-{one}") for one in range(2, count + 1)),
    ]


def period(of: Licence, number: int) -> ReportingPeriod:
    """The period as it stands."""
    return ReportingPeriod.objects.get(licence=of, number=number)


def sold(gross: str, **also: Any) -> dict[str, Any]:
    """The figures of a report on the one product."""
    return {"": {"gross": yuan(gross), **also}}


def reported(of: Licence, number: int, gross: str) -> ReportingPeriod:
    """A period reported by the licensee and approved by the licensor, not billed yet."""
    row = actions.report(period=period(of, number), figures=sold(gross), by=owner_of(of.licensee))
    return actions.approve(period=row, by=owner_of(of.licensor))


def page(client: Client, path: str) -> str:
    """The text of a page that must be there."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()
