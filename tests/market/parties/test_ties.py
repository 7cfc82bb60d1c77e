"""Related parties and licences: who may not deal at arm's length, who may hold auctions."""

from datetime import timedelta
from typing import Any

import pytest

from market.kernel import clock
from market.kernel.errors import Refused
from market.parties import actions, queries
from market.parties.models import Affiliation, Auctioneer, Licence, Party, User
from market.trail.models import Fact
from tests import people


def test_a_declared_tie_relates_both_sides_and_no_further(
    anne_co: Party, anne: User, bob_co: Party, bob: User, carol_co: Party
) -> None:
    actions.declare_affiliation(party=anne_co, other=bob_co, kind="control", by=anne)
    actions.declare_affiliation(party=bob_co, other=carol_co, kind="employment", by=bob)
    assert queries.related_ids(anne_co) == {anne_co.pk, bob_co.pk}
    assert queries.related_ids(bob_co) == {anne_co.pk, bob_co.pk, carol_co.pk}
    assert queries.related_ids(carol_co) == {bob_co.pk, carol_co.pk}


def test_a_shared_member_relates(anne_co: Party, anne: User, bob_co: Party, carol_co: Party) -> None:
    people.join(anne, bob_co, "viewer")
    assert queries.related_ids(anne_co) == queries.related_ids(bob_co) == {anne_co.pk, bob_co.pk}
    assert queries.related_ids(carol_co) == {carol_co.pk}


def test_a_tie_is_declared_once_and_told_to_both(anne_co: Party, anne: User, bob_co: Party) -> None:
    first = actions.declare_affiliation(party=anne_co, other=bob_co, kind="control", by=anne)
    assert actions.declare_affiliation(party=anne_co, other=bob_co, kind="control", by=anne) == first
    assert Fact.objects.get(name="party.affiliated").audience == sorted([anne_co.ref, bob_co.ref])


def test_no_tie_to_oneself_nor_before_verification(anne_co: Party, anne: User) -> None:
    with pytest.raises(Refused, match=r"affiliation\.self"):
        actions.declare_affiliation(party=anne_co, other=anne_co, kind="control", by=anne)
    draft = actions.open_party(kind="person", name="安妮", by=anne)
    with pytest.raises(Refused, match=r"party\.unverified"):
        actions.declare_affiliation(party=draft, other=anne_co, kind="control", by=anne)
    assert not Affiliation.objects.exists()


def test_a_tie_ends_for_a_reason(anne_co: Party, anne: User, bob_co: Party, agent_chen: User) -> None:
    tie = actions.declare_affiliation(party=anne_co, other=bob_co, kind="control", by=anne)
    with pytest.raises(Refused, match=r"party\.remark_missing"):
        actions.end_affiliation(tie=tie, remark=" ", by=agent_chen)
    assert Affiliation.objects.count() == 1
    actions.end_affiliation(tie=tie, remark="股权已转让。", by=agent_chen)
    assert queries.related_ids(anne_co) == {anne_co.pk}
    assert Fact.objects.get(name="party.affiliation_ended").data["remark"] == "股权已转让。"


def test_an_auction_needs_a_valid_licence_and_a_valid_auctioneer(agency: Party, anne_co: Party) -> None:
    today = clock.today()
    assert queries.may_hold_auctions(agency, today)
    assert not queries.may_hold_auctions(agency, today - timedelta(days=500))
    assert not queries.may_hold_auctions(agency, today + timedelta(days=4000))
    assert not queries.may_hold_auctions(anne_co, today)
    Auctioneer.objects.update(valid_to=today)
    assert queries.may_hold_auctions(agency, today)
    assert not queries.may_hold_auctions(agency, today + timedelta(days=1))


def test_an_operating_registration_is_no_auction_licence(agency: Party) -> None:
    Licence.objects.filter(kind="auction").delete()
    assert not queries.may_hold_auctions(agency, clock.today())


def licence(agency: Party, by: User, **other: Any) -> Licence:
    """A third licence of the agency."""
    values = {"kind": "operation", "number": "吉知运字第008号"}
    days = {"valid_from": clock.today(), "valid_to": clock.today()}
    return actions.add_licence(agency=agency, by=by, **(values | days | other))


def test_only_staff_enter_what_the_state_licenses(
    agency: Party, zhou_min: User, anne_co: Party, registrar: User
) -> None:
    before = Licence.objects.count()
    with pytest.raises(Refused, match=r"party\.staff_only"):
        licence(agency, zhou_min)
    with pytest.raises(Refused, match=r"party\.not_agency"):
        licence(anne_co, registrar)
    with pytest.raises(Refused, match=r"licence\.dates"):
        licence(agency, registrar, valid_to=clock.today() - timedelta(days=1))
    with pytest.raises(Refused, match=r"party\.staff_only"):
        actions.add_auctioneer(agency=agency, name="王", certificate="1", valid_to=clock.today(), by=zhou_min)
    assert Licence.objects.count() == before
    assert Auctioneer.objects.count() == 1


def test_a_number_belongs_to_one_agency(agency: Party, registrar: User) -> None:
    first = licence(agency, registrar)
    assert licence(agency, registrar) == first
    other = people.party(people.person("eve", "伊芙"), "agency", "四平运营中心", 60)
    with pytest.raises(Refused, match=r"licence\.taken"):
        licence(other, registrar)
    with pytest.raises(Refused, match=r"licence\.taken"):
        actions.add_auctioneer(
            agency=other, name="周敏", certificate="2200012345", valid_to=clock.today(), by=registrar
        )
    assert not other.licences.exists()
    assert not other.auctioneers.exists()
