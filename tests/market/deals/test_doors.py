"""The deal room, the list and the signing page: who may enter, what they are told to do, and what a signature takes."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from market.deals import actions, queries
from market.deals.models import Deal, Paper, Signature
from market.parties.models import Membership, Party, User
from market.rights.models import Right
from tests import assets, people
from tests.market.deals.stage import SYSTEM, confirmed, formed, signed_by

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


@pytest.fixture
def deal(jida: Party, anne_co: Party, agency: Party) -> Deal:
    """Anne's company won jida's patent; nothing is drafted yet."""
    return formed(jida, anne_co, agency)


@pytest.fixture
def paper(deal: Deal) -> Paper:
    """Its confirmation, ready to be signed."""
    return actions.draft_confirmation(deal, actor=SYSTEM)


def room(deal: Deal) -> str:
    return reverse("deal", args=[deal.code])


def page(paper: Paper) -> str:
    return reverse("deal-sign", args=[paper.deal.code, paper.kind])


def filled(paper: Paper, **other: str) -> dict[str, str]:
    """The signing form as an honest signer sends it."""
    return {"sha256": paper.version.sha256, "consent": "on", "password": people.PASSWORD} | other


@pytest.mark.parametrize("who", ["li_wei", "anne", "zhou_min", "finance_sun", "regulator"])
def test_the_three_parties_and_the_regulator_enter(
    who: str, deal: Deal, paper: Paper, client_of: ClientOf, regulator: User
) -> None:
    client = client_of(User.objects.get(username=who))
    for url in (room(deal), page(paper)):
        answer = client.get(url)
        assert answer.status_code == 200
        assert deal.right.number in answer.content.decode() or "D-" in answer.content.decode()


def test_strangers_learn_nothing_not_even_that_it_exists(
    deal: Deal, paper: Paper, mallory: User, client_of: ClientOf
) -> None:
    client = client_of(mallory)
    for url in (room(deal), page(paper), reverse("deal-draft", args=[deal.code]), room(deal).replace("D-", "D-X")):
        assert client.get(url).status_code == 404
    assert client.post(page(paper), filled(paper)).status_code == 404
    assert not Signature.objects.exists()
    assert deal.code not in client.get(reverse("deals")).content.decode()


def test_nobody_enters_without_signing_in(deal: Deal, client_of: ClientOf) -> None:
    answer = client_of(None).get(room(deal))
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, reverse("account_login"))


def test_whoever_is_waited_for_gets_one_button_and_everybody_else_a_name(
    deal: Deal, paper: Paper, anne: User, anne_co: Party, li_wei: User, client_of: ClientOf
) -> None:
    hers, his = (client_of(user).get(room(deal)).content.decode() for user in (anne, li_wei))
    assert hers.count("btn-main") == 1
    assert f'<a class="btn btn-main" href="{page(paper)}">Read and sign</a>' in hers
    assert "btn-main" not in his
    assert f"Waiting for {anne_co.name}, " in his


def test_a_member_of_another_side_than_the_one_acted_for_still_enters(
    deal: Deal, anne: User, bob_co: Party, client_of: ClientOf
) -> None:
    people.join(anne, bob_co, Membership.Role.VIEWER)
    assert client_of(anne).get(room(deal)).status_code == 200


def test_the_buyer_signs_with_consent_and_password(paper: Paper, anne: User, client_of: ClientOf) -> None:
    client = client_of(anne)
    shown = client.get(page(paper)).content.decode()
    assert paper.version.sha256 in shown
    for clause in paper.terms["clauses"]:
        for han, english in clause["paragraphs"]:
            assert escape(han) in shown
            assert escape(english) in shown
    answer = client.post(page(paper), filled(paper))
    assert (answer.status_code, answer["Location"]) == (302, room(paper.deal))
    signature = Signature.objects.get()
    assert (signature.role, signature.user, signature.sha256) == ("buyer", anne, paper.version.sha256)
    assert "articles 13 and 14" in signature.statement
    assert "Sign the confirmation" not in client.get(page(paper)).content.decode()


@pytest.mark.parametrize(
    ("field", "typed", "status", "said"),
    [
        ("password", "password-4321", 422, "This is not your password"),
        ("password", "", 422, "This field is required"),
        ("consent", "", 422, "Tick the sentence"),
        ("sha256", "0" * 64, 409, "not the one you read"),
    ],
)
def test_a_signature_without_its_proofs_is_none(
    field: str, typed: str, status: int, said: str, paper: Paper, anne: User, client_of: ClientOf
) -> None:
    answer = client_of(anne).post(page(paper), filled(paper, **{field: typed}))
    assert answer.status_code == status
    assert said in answer.content.decode()
    assert people.PASSWORD not in answer.content.decode()
    assert not Signature.objects.exists()
    assert queries.by_ref(paper.deal.ref).state == "formed"


def test_guessing_the_password_is_stopped(paper: Paper, anne: User, client_of: ClientOf) -> None:
    client = client_of(anne)
    for _ in range(12):
        answer = client.post(page(paper), filled(paper, password="password-4321"))
        assert answer.status_code == 422
    answer = client.post(page(paper), filled(paper))
    assert answer.status_code == 422
    assert not Signature.objects.exists()


@pytest.mark.parametrize("who", ["li_wei", "finance_sun", "regulator"])
def test_who_only_reads_a_paper_is_shown_no_form_and_signs_nothing(
    who: str, paper: Paper, regulator: User, client_of: ClientOf
) -> None:
    client = client_of(User.objects.get(username=who))
    client.post(page(paper), filled(paper))
    assert not Signature.objects.exists()
    assert "btn-main" not in client.get(page(paper)).content.decode()
    assert "btn-main" not in client.get(room(paper.deal)).content.decode()


def test_the_regulator_reads_and_gets_no_button(deal: Deal, paper: Paper, regulator: User, client_of: ClientOf) -> None:
    client = client_of(regulator)
    assert "btn-main" not in client.get(room(deal)).content.decode()
    assert deal.code in client.get(reverse("deals")).content.decode()


def test_the_agency_completes_what_the_register_lacks(
    jida: Party, anne_co: Party, agency: Party, agent_chen: User, anne: User, client_of: ClientOf
) -> None:
    deal = formed(jida, anne_co, agency)
    Right.objects.filter(pk=deal.right_id).update(filed_on=None)
    deal = signed_by(actions.draft_confirmation(deal, actor=SYSTEM), buyer=anne_co, agency=agency)
    actions.note_incomplete(queries.by_ref(deal.ref), actor=SYSTEM)
    url, client = reverse("deal-draft", args=[deal.code]), client_of(agent_chen)
    assert url in client.get(room(deal)).content.decode()
    assert client_of(anne).get(url).status_code == 404
    assert client.post(url, {"filed_on": ""}).status_code == 422
    assert queries.paper_of(deal, "contract") is None
    assert client.post(url, {"filed_on": "2019-02-08"}).status_code == 302
    assert queries.paper_of(deal, "contract") is not None


def test_the_list_goes_page_by_page_with_as_many_questions(
    jida: Party, anne_co: Party, agency: Party, anne: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(anne)
    made = [confirmed(jida, anne_co, agency, draft=assets.patent_draft(serial)) for serial in (1, 2, 3)]
    monkeypatch.setattr("market.deals.views.PAGE", 2)
    with CaptureQueriesContext(connection) as asked:
        first = client.get(reverse("deals")).content.decode()
    assert [room(deal) in first for deal in made] == [False, True, True]
    second = client.get(f"{reverse('deals')}?view=open&after={made[1].code}").content.decode()
    assert [room(deal) in second for deal in made] == [True, False, False]
    assert len(asked) < 20
    assert room(made[0]) not in client.get(f"{reverse('deals')}?view=ended").content.decode()
    assert client.get(f"{reverse('deals')}?view=nonsense&after=D-UNKNOWN").status_code == 200


def test_the_deal_room_asks_no_more_the_longer_its_story(
    jida: Party, anne_co: Party, agency: Party, anne: User, client_of: ClientOf
) -> None:
    deal, client = formed(jida, anne_co, agency), client_of(anne)
    paper = actions.draft_confirmation(deal, actor=SYSTEM)
    with CaptureQueriesContext(connection) as before:
        client.get(room(deal))
    deal = signed_by(paper, buyer=anne_co, agency=agency)
    signed_by(actions.draft_contract(deal, actor=SYSTEM), seller=jida, buyer=anne_co)
    with CaptureQueriesContext(connection) as after:
        client.get(room(deal))
    assert len(after) <= len(before) + 2
    assert len(after) < 40


def test_a_new_party_is_told_when_deals_appear(mallory: User, client_of: ClientOf) -> None:
    assert "the deal appears here" in client_of(mallory).get(reverse("deals")).content.decode()
