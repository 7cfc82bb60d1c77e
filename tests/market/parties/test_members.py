"""Members: invited, accepted, given roles, removed; an owner always stays."""

from collections.abc import Callable

import pytest
from django.http import Http404

from market.kernel.errors import Conflict, Refused
from market.parties import access, actions, queries
from market.parties.models import Invitation, Membership, Party, User
from market.trail.models import Fact
from tests import people

Deliver = Callable[[], None]


@pytest.fixture
def dora(db: None) -> User:
    """A colleague who is no member yet."""
    return people.person("dora", "朵拉")


def test_dora_is_asked_and_becomes_a_member_by_her_own_yes(anne_co: Party, anne: User, dora: User) -> None:
    asked = actions.invite_member(party=anne_co, user_email=" DORA@example.com", role="agent", by=anne)
    assert Fact.objects.get(name="member.invited").audience == [dora.ref]
    assert access.acting_party(dora) is None
    assert queries.related_ids(anne_co) == {anne_co.pk}
    membership = actions.accept_invitation(invitation=asked)
    assert (membership.role, access.acting_party(dora)) == ("agent", anne_co)
    assert not Invitation.objects.exists()


def test_asking_again_changes_the_role_and_asks_once(anne_co: Party, anne: User, dora: User) -> None:
    for role in ("agent", "viewer"):
        actions.invite_member(party=anne_co, user_email=dora.email, role=role, by=anne)
    assert Invitation.objects.get().role == "viewer"
    assert Fact.objects.filter(name="member.invited").count() == 1


def test_declining_leaves_nothing_but_the_fact(anne_co: Party, anne: User, dora: User) -> None:
    asked = actions.invite_member(party=anne_co, user_email=dora.email, role="agent", by=anne)
    actions.end_invitation(invitation=asked, by=dora)
    assert not Invitation.objects.exists()
    assert access.acting_party(dora) is None
    assert Fact.objects.get(name="invitation.ended").actor == dora.ref


def test_who_cannot_be_invited(anne_co: Party, anne: User, dora: User) -> None:
    with pytest.raises(Refused, match=r"member\.unknown"):
        actions.invite_member(party=anne_co, user_email="nobody@example.com", role="agent", by=anne)
    with pytest.raises(Refused, match=r"member\.already"):
        actions.invite_member(party=anne_co, user_email=anne.email, role="agent", by=anne)
    draft = actions.open_party(kind="person", name="朵拉", by=dora)
    with pytest.raises(Refused, match=r"party\.unverified"):
        actions.invite_member(party=draft, user_email=anne.email, role="agent", by=dora)
    assert not Invitation.objects.exists()
    assert not Fact.objects.filter(name="member.invited").exists()


def test_the_last_owner_stays(anne_co: Party, anne: User, dora: User) -> None:
    only = access.require(anne, anne_co)
    people.join(dora, anne_co, "agent")
    for act in (
        lambda: actions.remove_member(membership=only, by=anne),
        lambda: actions.change_role(membership=only, role="viewer", by=anne),
    ):
        with pytest.raises(Refused, match=r"member\.last_owner"):
            act()
    assert access.require(anne, anne_co, access.OWNING)


def test_with_a_second_owner_the_first_may_leave(anne_co: Party, anne: User, dora: User, deliver: Deliver) -> None:
    second = people.join(dora, anne_co, "agent")
    actions.change_role(membership=second, role="owner", by=anne)
    actions.remove_member(membership=access.require(anne, anne_co), by=anne)
    anne.refresh_from_db()
    assert anne.acting_for is None
    assert access.acting_party(anne) is None
    with pytest.raises(Refused, match=r"member\.last_owner"):
        actions.remove_member(membership=second, by=dora)
    told = Fact.objects.get(name="member.removed").audience
    assert told == sorted([anne_co.ref, anne.ref])


def test_a_member_removed_twice_is_gone(anne_co: Party, anne: User, dora: User) -> None:
    membership = people.join(dora, anne_co, "agent")
    actions.remove_member(membership=Membership.objects.get(pk=membership.pk), by=anne)
    with pytest.raises(Conflict, match=r"member\.gone"):
        actions.remove_member(membership=membership, by=anne)
    assert Fact.objects.filter(name="member.removed").count() == 1


def test_the_same_role_again_is_no_news(anne_co: Party, anne: User, dora: User) -> None:
    membership = people.join(dora, anne_co, "agent")
    actions.change_role(membership=membership, role="agent", by=anne)
    assert not Fact.objects.filter(name="member.role_changed").exists()


def test_roles_open_doors(agency: Party, finance_sun: User, agent_chen: User, mallory: User) -> None:
    assert access.require(finance_sun, agency, access.PAYING)
    with pytest.raises(Refused, match=r"role\.missing"):
        access.require(finance_sun, agency, access.ACTING)
    with pytest.raises(Refused, match=r"role\.missing"):
        access.require(agent_chen, agency, access.PAYING)
    with pytest.raises(Http404):
        access.require(mallory, agency, access.ANY)


def test_one_acts_for_a_party_one_belongs_to(anne: User, bob_co: Party, bob: User, anne_co: Party) -> None:
    with pytest.raises(Refused, match=r"member\.none"):
        actions.act_for(user=anne, party=bob_co)
    people.join(anne, bob_co, "viewer")
    assert access.acting_party(anne) == bob_co
    actions.act_for(user=anne, party=anne_co)
    assert access.acting_party(User.objects.get(pk=anne.pk)) == anne_co


def test_who_acts_for_nobody_is_told_so(dora: User) -> None:
    with pytest.raises(Refused, match=r"party\.none"):
        access.party_of(dora)
    actions.open_party(kind="person", name="朵拉", by=dora)
    with pytest.raises(Refused, match=r"party\.unverified"):
        access.verified_party_of(dora)
    with pytest.raises(Http404):
        access.agency_of(dora)
