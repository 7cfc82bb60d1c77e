"""Opening, editing, submitting and verifying a party."""

from typing import Any

import pytest

from market.kernel.errors import Conflict, Refused
from market.parties import access, actions, queries
from market.parties.models import Party, User
from market.trail.models import Fact
from tests import people


@pytest.fixture
def dora(db: None) -> User:
    """Somebody new on the market."""
    return people.person("dora", "朵拉")


def opened(dora: User, **other: Any) -> Party:
    """Dora's company, not submitted yet."""
    values = {"kind": "enterprise", "name": "朵拉科技有限公司", "uscc": people.credit_code(50)} | other
    return actions.open_party(by=dora, **values)


def names_of(party: Party) -> list[str]:
    """What has been recorded about the party, oldest first."""
    return list(Fact.objects.filter(subject=party.ref).order_by("pk").values_list("name", flat=True))


def test_dora_opens_her_company_owns_it_and_acts_for_it(dora: User) -> None:
    party = opened(dora, name="  朵拉　科技 ", uscc=f" {people.credit_code(50).lower()} ")
    assert (party.name, party.uscc, party.state) == ("朵拉 科技", people.credit_code(50), "draft")
    assert access.require(dora, party, access.OWNING)
    assert access.acting_party(dora) == party
    assert names_of(party) == ["party.opened"]


def test_opening_twice_is_opening_once(dora: User) -> None:
    assert opened(dora) == opened(dora)
    myself = actions.open_party(kind="person", name="朵拉", by=dora)
    assert actions.open_party(kind="person", name="朵拉", by=dora, uscc="ignored") == myself
    assert Party.objects.filter(state=Party.State.DRAFT).count() == 2


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"uscc": ""}, "party.uscc_missing"),
        ({"uscc": "123"}, "uscc.format"),
        ({"uscc": "91110000600037341M"}, "uscc.check_digit"),
        ({"kind": "regulator"}, "party.kind_reserved"),
    ],
)
def test_a_party_that_cannot_be_is_not_opened(dora: User, other: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        opened(dora, **other)
    assert refused.value.code == code
    assert not Party.objects.filter(state=Party.State.DRAFT).exists()
    assert not Fact.objects.exists()


def test_an_organisation_that_is_there_is_joined_not_opened_again(dora: User, anne_co: Party, anne: User) -> None:
    with pytest.raises(Refused, match=r"party\.uscc_taken"):
        opened(dora, uscc=anne_co.uscc)
    assert list(queries.parties_of(dora)) == []


def test_the_agency_is_told_and_verifies(dora: User, agency: Party, agent_chen: User) -> None:
    party = opened(dora)
    actions.submit_party(party=party, by=dora)
    assert Fact.objects.get(name="party.submitted", subject=party.ref).audience == [agency.ref]
    assert list(queries.waiting(agency)) == [party]
    actions.verify_party(party=party, by=agent_chen)
    party.refresh_from_db()
    assert (party.state, party.verified_by) == ("verified", agent_chen)
    assert party.verified_at is not None
    assert access.verified_party_of(dora) == party


def test_sent_back_it_can_be_mended_and_submitted_again(dora: User, agent_chen: User) -> None:
    party = opened(dora)
    actions.submit_party(party=party, by=dora)
    actions.reject_party(party=party, remark="执照已过期。", by=agent_chen)
    assert party.remark == "执照已过期。"
    actions.edit_party(party=party, edition=queries.edition(party), by=dora, name="朵拉新科技有限公司")
    party.refresh_from_db()
    actions.submit_party(party=party, by=dora)
    assert (party.name, party.state, party.remark) == ("朵拉新科技有限公司", "submitted", "")


def test_verification_has_its_order(dora: User, agent_chen: User) -> None:
    party = opened(dora)
    for act in (
        lambda: actions.verify_party(party=party, by=agent_chen),
        lambda: actions.reject_party(party=party, remark="x", by=agent_chen),
    ):
        with pytest.raises(Refused, match=r"state\.illegal"):
            act()
    actions.submit_party(party=party, by=dora)
    with pytest.raises(Refused, match=r"state\.illegal"):
        actions.submit_party(party=party, by=dora)
    assert names_of(party) == ["party.opened", "party.submitted"]


def test_two_verifiers_at_once_leave_one_verdict(dora: User, agent_chen: User, zhou_min: User) -> None:
    party = opened(dora)
    actions.submit_party(party=party, by=dora)
    stale = Party.objects.get(pk=party.pk)
    actions.verify_party(party=party, by=agent_chen)
    with pytest.raises(Conflict):
        actions.reject_party(party=stale, remark="不一致", by=zhou_min)
    assert "party.rejected" not in names_of(party)


def test_nobody_verifies_their_own(dora: User, registrar: User, agent_chen: User) -> None:
    mine = opened(registrar)
    actions.submit_party(party=mine, by=registrar)
    with pytest.raises(Refused, match=r"party\.own_verification"):
        actions.verify_party(party=mine, by=registrar)
    rival = opened(dora, kind="agency", uscc=people.credit_code(51))
    actions.submit_party(party=rival, by=dora)
    with pytest.raises(Refused, match=r"party\.staff_verifies"):
        actions.verify_party(party=rival, by=agent_chen)
    assert set(Party.objects.filter(state="submitted")) == {mine, rival}


def test_sending_back_needs_a_reason(dora: User, agent_chen: User) -> None:
    party = opened(dora)
    actions.submit_party(party=party, by=dora)
    with pytest.raises(Refused, match=r"party\.remark_missing"):
        actions.reject_party(party=party, remark="  ", by=agent_chen)
    assert Party.objects.get(pk=party.pk).state == "submitted"


def test_what_was_verified_stays_and_contact_may_change(anne_co: Party, anne: User) -> None:
    seen = queries.edition(anne_co)
    with pytest.raises(Refused, match=r"party\.identity_fixed"):
        actions.edit_party(party=anne_co, edition=seen, by=anne, name="别的公司", phone="0431-1")
    assert Party.objects.get(pk=anne_co.pk).phone == ""
    actions.edit_party(party=anne_co, edition=seen, by=anne, phone="0431-1", name=anne_co.name)
    assert Party.objects.get(pk=anne_co.pk).phone == "0431-1"


def test_a_new_bank_account_is_told_to_the_party_with_only_its_end(anne_co: Party, anne: User) -> None:
    actions.edit_party(party=anne_co, edition=queries.edition(anne_co), by=anne, bank_account="6222000011112222")
    fact = Fact.objects.get(name="party.bank_changed")
    assert fact.audience == [anne_co.ref]
    assert fact.data["account"] == "•••• 2222"
    assert "6222000011112222" not in str(list(Fact.objects.values()))


def test_two_owners_editing_at_once_do_not_overwrite_each_other(anne_co: Party, anne: User) -> None:
    seen = queries.edition(anne_co)
    actions.edit_party(party=anne_co, edition=seen, by=anne, phone="0431-1")
    with pytest.raises(Conflict, match=r"party\.changed"):
        actions.edit_party(party=anne_co, edition=seen, by=anne, phone="0431-2")
    assert Party.objects.get(pk=anne_co.pk).phone == "0431-1"


def test_saving_what_is_there_records_nothing(anne_co: Party, anne: User) -> None:
    facts = Fact.objects.count()
    actions.edit_party(party=anne_co, edition=queries.edition(anne_co), by=anne, name=anne_co.name)
    assert Fact.objects.count() == facts


def test_a_draft_cannot_take_anothers_code(dora: User, anne_co: Party) -> None:
    party = opened(dora)
    with pytest.raises(Refused, match=r"party\.uscc_taken"):
        actions.edit_party(party=party, edition=queries.edition(party), by=dora, uscc=anne_co.uscc)
    with pytest.raises(Refused, match=r"party\.kind_reserved"):
        actions.edit_party(party=party, edition=queries.edition(party), by=dora, kind="regulator")
    assert Party.objects.get(pk=party.pk).uscc == people.credit_code(50)


def test_a_draft_that_turns_out_to_be_a_person_loses_its_code(dora: User) -> None:
    party = opened(dora)
    actions.edit_party(party=party, edition=queries.edition(party), by=dora, kind="person")
    assert Party.objects.get(pk=party.pk).uscc is None
