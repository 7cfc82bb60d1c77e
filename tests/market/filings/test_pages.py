"""The filings desk in a browser: who gets in, what may be entered, what a refusal keeps, what the deal room shows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from market.deals.models import Deal
from market.filings import actions
from market.filings.models import Filing, FilingEntry
from market.kernel import clock
from market.parties.models import Party, User
from tests import assets, people
from tests.market.filings.stage import NOTICE, NUMBER, prepared, submitted

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


@pytest.fixture(scope="module")
def carried(kept_rows: None) -> Filing:
    """That filing, as often as it is asked for."""
    return prepared(people.jilin_university(), people.anne_co(), people.changchun_agency())


@pytest.fixture
def filing(carried: Filing, db: None) -> Filing:
    """The filing of jida's patent that Anne's company bought."""
    return Filing.objects.get(pk=carried.pk)


@pytest.fixture
def desk(client_of: ClientOf, agent_chen: User) -> Client:
    """The agency's agent in a browser."""
    return client_of(agent_chen)


def url(filing: Filing) -> str:
    return f"/desk/filings/{filing.code}/"


def form(step: str, **values: Any) -> dict[str, Any]:
    """A filled-in form of the page."""
    return {"step": step, **{f"{step}-{name}": value for name, value in values.items()}}


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile("certificate.pdf", b"%PDF-1.7 recorded", content_type="application/pdf")


def test_the_agency_carries_a_filing_to_the_title(desk: Client, filing: Filing) -> None:
    today = clock.today().isoformat()
    page = desk.get(url(filing)).content.decode()
    assert page.count("btn-main") == 1
    assert page.count("<h1") == 1
    answer = desk.post(url(filing), form("submit", number=NUMBER, on=today))
    assert (answer.status_code, answer["Location"]) == (302, url(filing))
    page = desk.get(url(filing)).content.decode()
    assert (page.count("btn-main"), NUMBER in page, "Registered on" in page) == (1, True, True)
    asked = {"number": "ZQ-1", "on": today, "file": paper(), "compared": "on"}
    assert desk.post(url(filing), form("accept", **asked)).status_code == 302
    assert Deal.objects.get().state == Deal.State.TITLE_PASSED
    page = desk.get(url(filing)).content.decode()
    assert "btn-main" not in page
    assert "certificate.pdf" in page


def test_a_refused_form_keeps_what_was_typed_and_changes_nothing(desk: Client, filing: Filing) -> None:
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    answer = desk.post(url(filing), form("submit", number=NUMBER, on=tomorrow))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'value="{NUMBER}"' in page
    assert f"{tomorrow} lies in the future" in page
    assert not FilingEntry.objects.exists()


def test_a_recordal_needs_its_paper_and_a_second_look(desk: Client, filing: Filing) -> None:
    submitted(filing, clock.today())
    today = clock.today().isoformat()
    answer = desk.post(url(filing), form("accept", number="ZQ-1", on=today))
    assert {*answer.context["doors"][0]["form"].errors} == {"file", "compared"}
    fake = SimpleUploadedFile("certificate.pdf", b"MZ\x90\x00")
    answer = desk.post(url(filing), form("accept", number="ZQ-1", on=today, file=fake, compared="on"))
    assert {*answer.context["doors"][0]["form"].errors} == {"file"}
    assert "Choose “certificate.pdf” again" not in answer.content.decode()
    answer = desk.post(url(filing), form("accept", number="ZQ-1", on=today, file=paper()))
    assert {*answer.context["doors"][0]["form"].errors} == {"compared"}
    assert "Choose “certificate.pdf” again" in answer.content.decode()
    assert Deal.objects.get().state == Deal.State.FILED


def test_a_page_that_is_out_of_date_is_a_conflict(desk: Client, filing: Filing, zhou_min: User) -> None:
    actions.refuse(submitted(filing, clock.today()), note="专利已质押", by=zhou_min)
    asked = {"note": "缺章", "due_on": clock.today().isoformat()}
    answer = desk.post(url(filing), form("correct", **asked))
    assert answer.status_code == 409
    assert FilingEntry.objects.count() == 2


def test_a_correction_keeps_its_number_unless_told_another(desk: Client, filing: Filing, zhou_min: User) -> None:
    due = clock.today() + timedelta(days=60)
    actions.request_correction(
        submitted(filing, clock.today()), note="名称不一致", due_on=due, document=NOTICE, by=zhou_min
    )
    assert f"still {NUMBER}" in desk.get(url(filing)).content.decode()
    asked = {"number": "", "on": clock.today().isoformat(), "note": "已补正"}
    assert desk.post(url(filing), form("resubmit", **asked)).status_code == 302
    assert Filing.objects.get().office_number == NUMBER


@pytest.mark.parametrize("who", ["li_wei", "anne", "mallory", "regulator"])
def test_the_desk_does_not_exist_for_others(
    who: str, request: pytest.FixtureRequest, client_of: ClientOf, filing: Filing
) -> None:
    stranger = client_of(request.getfixturevalue(who))
    assert stranger.get(url(filing)).status_code == 404
    assert stranger.post(url(filing), form("submit", number="1", on="2026-01-01")).status_code == 404
    assert stranger.get("/desk/filings/").status_code == 404
    assert not FilingEntry.objects.exists()


def test_another_agency_does_not_see_it(client_of: ClientOf, filing: Filing) -> None:
    other = people.party(people.person("wu", "吴强"), Party.Kind.AGENCY, "吉林市另一机构", 31)
    stranger = client_of(people.owner_of(other))
    assert stranger.get(url(filing)).status_code == 404
    assert filing.code not in stranger.get("/desk/filings/").content.decode()


def test_a_finance_officer_looks_and_enters_nothing(client_of: ClientOf, finance_sun: User, filing: Filing) -> None:
    looker = client_of(finance_sun)
    page = looker.get(url(filing)).content.decode()
    assert "btn-main" not in page
    answer = looker.post(url(filing), form("submit", number=NUMBER, on=clock.today().isoformat()))
    assert answer.status_code == 422
    assert not FilingEntry.objects.exists()


def test_who_is_not_signed_in_signs_in_first(client: Client, filing: Filing) -> None:
    assert client.get(url(filing))["Location"].startswith("/accounts/login/")


def test_seller_and_buyer_see_the_office_s_papers_in_the_deal_room(
    client_of: ClientOf, li_wei: User, anne: User, filing: Filing, zhou_min: User
) -> None:
    due = clock.today() + timedelta(days=60)
    actions.request_correction(
        submitted(filing, clock.today()), note="名称不一致", due_on=due, document=NOTICE, by=zhou_min
    )
    for person in (li_wei, anne):
        page = client_of(person).get(f"/deals/{filing.deal.code}/").content.decode()
        assert "名称不一致" in page
        assert NOTICE.name in page
        assert url(filing) not in page
    assert url(filing) in client_of(zhou_min).get(f"/deals/{filing.deal.code}/").content.decode()


def test_the_queue_puts_what_is_due_first(
    desk: Client, filing: Filing, jida: Party, bob_co: Party, agency: Party, django_assert_max_num_queries: Any
) -> None:
    waits = submitted(filing, clock.today())
    due = prepared(jida, bob_co, agency, draft=assets.patent_draft(2))
    with django_assert_max_num_queries(12):
        page = desk.get("/desk/filings/").content.decode()
    assert page.index(due.code) < page.index(waits.code)
    assert due.code in desk.get("/desk/").content.decode()
    assert waits.code not in desk.get("/desk/filings/?view=recorded").content.decode()
