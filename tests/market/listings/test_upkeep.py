"""The calendar of one's own rights, as a page and as a file."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from market.kernel import clock
from market.listings.models import Listing
from market.parties.models import Party, User
from market.rights import actions as rights
from market.rights.models import Event, Right
from tests import assets, people

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]
PAGE, FILE = "/rights/calendar/", "/rights/calendar.ics"


@pytest.fixture
def entry(jida: Party, agency: Party) -> Listing:
    """A published patent of jida: filed on 2019-02-08, its eighth year paid for."""
    listing = assets.published(jida, agency)
    pay(listing.right, date(2027, 2, 8))
    return listing


def pay(right: Right, day: date) -> None:
    rights.amend(right, expires_on=None, annuity_paid_to=day, source="年费收据", actor="system:test")


def test_the_page_tells_what_is_due_when_how_much_and_until_when(
    entry: Listing, li_wei: User, mallory: User, client_of: ClientOf
) -> None:
    page = client_of(li_wei).get(PAGE, {"months": "24"}).content.decode()
    for said in ("Annual fee, year 9", "2027-02-09", "2027-08-09", "¥2,000", entry.right.number, entry.code):
        assert said in page, said
    assert "Annual fee, year 11" not in page
    assert "were not compared" in page
    assert entry.right.number not in client_of(mallory).get(PAGE).content.decode()
    assert client_of(None).get(PAGE).status_code == 302


def test_a_late_fee_stands_first_with_its_surcharge(entry: Listing, li_wei: User, client_of: ClientOf) -> None:
    filed = people.days_from_today(-(365 * 7 + 2) - 100)
    Right.objects.update(filed_on=filed)
    pay(entry.right, people.days_from_today(-200))
    page = client_of(li_wei).get(PAGE).content.decode()
    assert "surcharge as of today" in page
    assert page.index("Annual fee, year 8") < page.index("Annual fee, year 9")


def test_the_file_names_each_thing_for_ever(entry: Listing, li_wei: User, client_of: ClientOf) -> None:
    answer = client_of(li_wei).get(FILE)
    assert answer["Content-Type"].startswith("text/calendar")
    text = answer.content.decode().replace("\r\n ", "")
    assert f"UID:{entry.right.code}-annuity-9@luochui" in text
    assert "DTSTART;VALUE=DATE:20270209" in text
    assert f"/assets/{entry.code}/" in text


def test_the_page_costs_the_same_however_many_rights(
    entry: Listing, jida: Party, li_wei: User, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    for serial in range(2, 7):
        assets.right(jida, draft=assets.patent_draft(serial))
    reader = client_of(li_wei)
    with django_assert_max_num_queries(14):
        reader.get(PAGE)


def test_the_agency_enters_the_days_the_office_shows(entry: Listing, agent_chen: User, client_of: ClientOf) -> None:
    desk, page = client_of(agent_chen), f"/desk/reviews/{entry.code}/register/"
    days = {"days-expires_on": "2040-01-01", "days-annuity_paid_to": "2028-02-08", "days-source": "登记簿副本"}
    assert desk.post(page, {"act": "days", **days}).status_code == 302
    assert desk.post(page, {"act": "days", **days}).status_code == 302  # says nothing new
    right = Right.objects.get()
    assert (right.expires_on, right.patent.annuity_paid_to) == (date(2040, 1, 1), date(2028, 2, 8))
    change = Event.objects.filter(kind="change").last()
    assert change is not None
    assert (change.data, change.on) == (
        {"expires_on": "2040-01-01", "annuity_paid_to": "2028-02-08"},
        clock.today(),
    )
    assert Event.objects.filter(kind="change").count() == 2  # the fixture's and this one
