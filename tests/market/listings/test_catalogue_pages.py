"""A long catalogue goes page by page, forth and back, and its newest stand on the home page."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from market.kernel import clock
from market.listings import queries, rules, search
from market.listings.models import Entry, Listing
from market.listings.rules import Wanted
from tests import people
from tests.market.listings import shelf
from tests.market.listings.test_catalogue import titles

pytestmark = pytest.mark.django_db
MANY = 60


@pytest.fixture
def reader(client_of) -> Client:
    """Somebody who is not signed in and reads English."""
    client: Client = client_of(None)
    return client


@pytest.fixture(scope="module")
def many(kept_rows: None) -> list[int]:
    """Sixty listings, five at the same moment and price each, every third without a price; their keys, newest first."""
    jida = people.jilin_university()
    keys = sorted(shelf.texts(jida, people.owner_of(jida), [f"电池 {number}" for number in range(MANY)]))
    rows = list(Entry.objects.order_by("pk"))
    start = clock.now()
    for place, row in enumerate(rows):
        row.published_at = start - timedelta(hours=place // 5)
        price = place // 5 * 100 if place % 3 else None
        row.lowest_minor = search.MAX_MINOR if price is None else price
        row.highest_minor = price or 0
    Entry.objects.bulk_update(rows, ["published_at", "lowest_minor", "highest_minor"])
    return [row.pk for row in sorted(rows, key=lambda row: (row.published_at, row.pk), reverse=True)] if keys else []


@pytest.mark.parametrize("sort", rules.SORTS)
@pytest.mark.parametrize("words", ["", "电池"])
def test_pages_follow_each_other_without_gap_or_repeat_and_back(many: list[int], sort: str, words: str) -> None:
    name = queries.ORDERS[sort]
    whole = list(Entry.objects.order_by(name, "-pk").values_list("pk", flat=True))
    wanted, forth, pages = Wanted(sort=sort, q=words), [], []
    while True:
        found = queries.catalogue(wanted)
        pages.append([listing.pk for listing in found.listings])
        forth += pages[-1]
        if not found.after:
            break
        wanted = wanted.at(after=found.after)
    assert forth == whole
    assert [len(page) for page in pages] == [24, 24, 12]
    for page in reversed(pages[:-1]):
        found = queries.catalogue(wanted.at(before=found.before))
        assert [listing.pk for listing in found.listings] == page
    assert not found.before


def test_the_newest_come_first_and_a_page_is_an_address(many: list[int], reader: Client) -> None:
    page = reader.get("/assets/").content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    second = reader.get(following[1].replace("&amp;", "&")).content.decode()
    assert not set(titles(page)) & set(titles(second))
    assert 'rel="prev"' in second


def test_the_home_page_shows_the_eight_newest(many: list[int], reader: Client) -> None:
    newest = {Listing.objects.get(pk=key).right.title for key in many[:8]}
    assert newest == {title for title in titles(reader.get("/").content.decode()) if title.startswith("电池")}
