"""The editor of a deal's terms: both sides read what it means, propose, and adopt what they read; strangers learn nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from market.deals.models import Deal
from market.deals.terms import actions, queries
from market.parties.models import Party, User
from tests.market.deals.licences import agree, confirm, draft, licensed
from tests.market.deals.stage import formed
from tests.market.deals.terms.test_form import sent
from tests.people import owner_of

ClientOf = Callable[[User | None], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def deal(jida: Party, anne_co: Party, agency: Party) -> Deal:
    """Anne's company licenses jida's patent; no terms are agreed yet."""
    return licensed(jida, anne_co, agency)


def editor(deal: Deal) -> str:
    return reverse("deal-terms", args=[deal.code])


def typed(deal: Deal, press: str, over: int = 0, **changed: Any) -> Any:
    """The form of the first draft as a browser sends it, with one of its buttons."""
    data = sent(draft(deal), **changed)
    data[press], data["over"] = "1", str(over)
    return data


def test_a_version_is_previewed_proposed_and_adopted(deal: Deal, li_wei: User, anne: User, client_of: ClientOf) -> None:
    hers, his = client_of(anne), client_of(li_wei)
    shown = hers.post(editor(deal), typed(deal, "preview", exclusivity="exclusive")).content.decode()
    assert "Exclusive: only you may use it, the licensor itself may not." in shown
    assert not deal.terms.exists()
    answer = hers.post(editor(deal), typed(deal, "propose", exclusivity="exclusive"))
    assert (answer.status_code, answer["Location"]) == (302, editor(deal))
    page = his.get(editor(deal)).content.decode()
    version = deal.terms.get()
    assert "Agree to version 1" in page
    assert "Agree to version" not in hers.get(editor(deal)).content.decode()
    assert his.post(editor(deal), {"adopt": version.sha256}).status_code == 302
    assert queries.agreed_terms(deal) == version


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    deal: Deal, anne: User, client_of: ClientOf
) -> None:
    answer = client_of(anne).post(editor(deal), typed(deal, "propose", territory="Mars", breach="另行约定。"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "MARS is none" in page
    assert 'value="Mars"' in page
    assert "另行约定。" in page
    wrong = typed(deal, "propose", **{"sum-0-amount": "5"})
    answer = client_of(anne).post(editor(deal), wrong)
    assert (answer.status_code, "The deal was concluded at" in answer.content.decode()) == (422, True)
    assert not deal.terms.exists()


def test_a_newer_version_is_a_conflict_and_the_diff_is_shown(
    deal: Deal, li_wei: User, anne: User, client_of: ClientOf
) -> None:
    actions.propose(deal=deal, role="seller", document=draft(deal), over=0, by=li_wei)
    stale = typed(deal, "propose", sublicence="free")
    assert client_of(anne).post(editor(deal), stale).status_code == 409
    assert client_of(anne).post(editor(deal), typed(deal, "propose", 1, sublicence="free")).status_code == 302
    page = client_of(li_wei).get(editor(deal)).content.decode()
    assert "<del>No sublicences.</del>" in page
    assert "<ins>Sublicences are allowed.</ins>" in page
    assert "sublicence</th><td>none</td><td>free</td>" in page


def test_void_terms_are_named_and_cannot_be_adopted(deal: Deal, li_wei: User, anne: User, client_of: ClientOf) -> None:
    void = draft(deal, clauses=[{"text": "被许可人不得对许可专利的有效性提出异议。"}])
    made = actions.propose(deal=deal, role="seller", document=void, over=0, by=li_wei)
    page = client_of(anne).get(editor(deal)).content.decode()
    assert "The right may not be challenged: void." in page
    assert "Agree to version" not in page
    answer = client_of(anne).post(editor(deal), {"adopt": made.sha256})
    assert (answer.status_code, "clauses the law makes void" in answer.content.decode()) == (422, True)


def test_the_preview_door_answers_with_a_part_of_a_page(deal: Deal, anne: User, client_of: ClientOf) -> None:
    door = reverse("deal-terms-preview", args=[deal.code])
    said = client_of(anne).post(door, typed(deal, "preview", sublicence="free")).content.decode()
    assert "Sublicences are allowed." in said
    assert "<html" not in said
    assert "#id_territory" in client_of(anne).post(door, typed(deal, "preview", territory="")).content.decode()


def test_the_agency_reads_and_strangers_get_nothing(
    deal: Deal, jida: Party, anne_co: Party, agency: Party, zhou_min: User, mallory: User, client_of: ClientOf
) -> None:
    page = client_of(zhou_min).get(editor(deal)).content.decode()
    assert "Propose these terms" not in page
    assert client_of(zhou_min).post(editor(deal), typed(deal, "propose")).status_code == 200
    assert not deal.terms.exists()
    assert client_of(mallory).get(editor(deal)).status_code == 404
    assert client_of(mallory).post(reverse("deal-terms-preview", args=[deal.code])).status_code == 404


def test_an_assignment_has_no_terms_page(jida: Party, bob_co: Party, agency: Party, client_of: ClientOf) -> None:
    other = formed(jida, bob_co, agency)
    assert client_of(owner_of(bob_co)).get(editor(other)).status_code == 404


def test_the_room_leads_to_the_terms_and_the_page_asks_little(
    deal: Deal, anne: User, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    room = client_of(anne).get(reverse("deal", args=[deal.code])).content.decode()
    assert editor(deal) in room
    assert "Licensee" in room
    confirm(deal)
    room = client_of(anne).get(reverse("deal", args=[deal.code])).content.decode()
    assert f'<a class="btn btn-main" href="{editor(deal)}">Open the terms</a>' in room
    agree(deal)
    with CaptureQueriesContext(connection) as few:
        client_of(anne).get(editor(deal))
    agree(deal, sublicence="free")
    with CaptureQueriesContext(connection) as more:
        client_of(anne).get(editor(deal))
    assert len(more) <= len(few) + 1
    assert len(more) < 30
