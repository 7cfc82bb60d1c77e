"""The cast itself: everybody is who the other tests think they are."""

from market.kernel import clock
from market.parties import access, queries
from market.parties.models import Party, User


def test_the_cast_is_verified_and_acts_for_its_parties(
    jida: Party, agency: Party, anne_co: Party, mallory: User, regulator: User, li_wei: User
) -> None:
    assert {party.state for party in Party.objects.all()} == {"verified"}
    assert access.verified_party_of(li_wei) == jida
    assert access.acting_party(regulator).kind == "regulator"
    assert access.acting_party(mallory).name == "通化无关贸易有限公司"


def test_the_agency_may_hold_auctions(agency: Party, agent_chen: User, finance_sun: User) -> None:
    assert queries.may_hold_auctions(agency, clock.today())
    assert access.agency_of(agent_chen) == access.agency_of(finance_sun) == agency
