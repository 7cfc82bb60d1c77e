"""Readers narrow the catalogue by its address, page through it without a gap, and download the same list."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from market.kernel import clock
from market.listings import queries, search
from market.listings.models import Listing, Reserve
from market.listings.rules import Wanted
from market.parties.models import Party, User
from market.rights.models import Right
from tests import assets, people
from tests.market.listings import shelf

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


def titles(page: str) -> list[str]:
    """The titles of the cards of a page, in their order."""
    return re.findall(r'<h3><a href="[^"]+">([^<]*)</a></h3>', page)


def options(page: str) -> dict[str, str]:
    """The options of the filters with their counts."""
    return dict(re.findall(r'<span>([^<]+)</span><span class="small muted num">([^<]+)</span>', page))


def seen(client: Client, query: str = "") -> list[str]:
    """The titles at an address of the catalogue."""
    return titles(client.get(f"/assets/{query}").content.decode())


@pytest.fixture
def reader(client_of: ClientOf) -> Client:
    """Somebody who is not signed in and reads English."""
    return client_of(None)


@pytest.fixture(scope="module")
def shelf_of_four(kept_rows: None) -> dict[str, int]:
    """An invention in a sale, a utility model, a mark and a program, the oldest first, each its own price; their keys."""
    jida, anne_co = people.jilin_university(), people.anne_co()
    battery = assets.draft_right(jida, draft=assets.patent_draft(1, title_en=""))
    pack = assets.draft_right(jida, draft=assets.patent_draft(2, title="电池包", title_en="", industry="vehicles"))
    mark = assets.draft_right(anne_co, draft=assets.trademark_draft())
    program = assets.draft_right(anne_co, draft=assets.software_draft())
    Right.objects.filter(pk=pack.pk).update(expires_on=clock.today() + timedelta(days=400), region="辽宁省沈阳市")
    Right.objects.filter(pk=battery.pk).update(expires_on=clock.today() + timedelta(days=4000))
    offered = {
        "battery": shelf.offer(Right.objects.get(pk=battery.pk), state="in_sale", days_ago=4),
        "pack": shelf.offer(Right.objects.get(pk=pack.pk), days_ago=3, pricing="fixed", asking_minor=300),
        "mark": shelf.offer(mark, days_ago=2, pricing="fixed", asking_minor=100),
        "program": shelf.offer(program, days_ago=1, pricing="fixed", asking_minor=200, mode="licence"),
    }
    return {name: listing.pk for name, listing in offered.items()}


@pytest.fixture
def few(shelf_of_four: dict[str, int]) -> dict[str, Listing]:
    return {name: Listing.objects.get(pk=key) for name, key in shelf_of_four.items()}


BATTERY, PACK, MARK, PROGRAM = assets.TITLE, "电池包", "长白雪", "智能仓储管理系统"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [PROGRAM, MARK, PACK, BATTERY]),
        ("?kind=patent", [PACK, BATTERY]),
        ("?kind=patent&detail=invention", [BATTERY]),
        ("?kind=trademark&detail=9", [MARK]),
        ("?kind=copyright&detail=software", [PROGRAM]),
        ("?mode=licence", [PROGRAM]),
        ("?pricing=fixed", [PROGRAM, MARK, PACK]),
        ("?industry=vehicles", [PACK]),
        ("?region=辽宁省沈阳市", [PACK]),
        ("?auction=now", [BATTERY]),
        ("?life=short", [MARK, PACK]),
        ("?life=long", [PROGRAM, BATTERY]),
        ("?q=电池", [MARK, PACK, BATTERY]),
        ("?q=电池&kind=patent&life=short", [PACK]),
        ("?sort=cheapest", [MARK, PROGRAM, PACK, BATTERY]),
        ("?sort=dearest", [PACK, PROGRAM, MARK, BATTERY]),
    ],
)
def test_every_filter_is_in_the_address(few: dict[str, Listing], reader: Client, query: str, found: list[str]) -> None:
    day = clock.today() + timedelta(days=1000)
    Right.objects.filter(pk=few["mark"].right_id).update(expires_on=day)
    search.index(Listing.objects.get(pk=few["mark"].pk))
    patent = Right.objects.get(pk=few["pack"].right_id).patent
    patent.type = "utility"
    patent.save()
    search.index(Listing.objects.get(pk=few["pack"].pk))
    assert seen(reader, query) == found


@pytest.mark.parametrize("query", ["?kind=ship", "?kind=patent&detail=9", "?industry=x", "?life=ever", "?pricing=gift"])
def test_an_unknown_value_is_left_out_and_said_so(few: dict[str, Listing], reader: Client, query: str) -> None:
    answer = reader.get(f"/assets/{query}")
    assert answer.status_code == 200
    assert "It was left out." in answer.content.decode()
    assert len(titles(answer.content.decode())) == (2 if "kind=patent" in query else 4)


@pytest.mark.parametrize(
    "query",
    [
        *("?after=x", "?after=1~2~3", "?after=0001-01-01T00:00:00%2B23:00~1", "?before=9999-12-31T23:59:59-23:00~1"),
        *("?after=2026-01-01~1", "?sort=cheapest&after=12345678901234567890~1", "?sort=up", "?q=%00", "?q=%FF%FE"),
        *("?region=%00", "?region='%20OR%201=1--", "?q=" + "x" * 5000, "?kind=patent&kind=ship", "?utm_source=a"),
    ],
)
def test_no_address_breaks_the_page(few: dict[str, Listing], reader: Client, query: str) -> None:
    assert reader.get(f"/assets/{query}").status_code == 200
    assert reader.get(f"/assets.csv{query}").status_code == 200


def test_signs_alone_ask_for_nothing(few: dict[str, Listing], reader: Client) -> None:
    page = reader.get("/assets/?q=%25").content.decode()
    assert len(titles(page)) == 4
    assert "no letter, figure or character" in page


def test_an_option_tells_how_many_it_would_leave(few: dict[str, Listing], reader: Client) -> None:
    page = reader.get("/assets/?pricing=fixed").content.decode()
    told = options(page)
    assert (told["Trademark"], told["Copyright"], told["Patent"]) == ("1", "1", "1")
    assert (told["Fixed price"], told["By auction or online bidding"]) == ("3", "1")  # as if no price were asked for
    assert "In a sale now" not in told


def test_counts_are_bounded(few: dict[str, Listing], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "COUNTED", 3)
    found = queries.catalogue(Wanted())
    assert found.total == "3+"
    assert len(found.listings) == 4
    monkeypatch.setattr(queries, "SHOWN", 2)
    assert queries.catalogue(Wanted()).total == "2+"
    assert len(queries.catalogue(Wanted(q="电池")).listings) == 3


@pytest.mark.parametrize(
    ("query", "advice", "left"),
    [
        ("?q=石墨烯&kind=patent", "dropping “Search words: 石墨烯”", 2),
        ("?kind=trademark&industry=vehicles", "dropping “Kind of right: Trademark”", 1),
    ],
)
def test_an_empty_page_names_the_condition_to_drop(
    few: dict[str, Listing], reader: Client, query: str, advice: str, left: int
) -> None:
    page = reader.get(f"/assets/{query}").content.decode()
    assert not titles(page)
    assert advice in page
    address = re.search(r'<a class="btn" href="([^"]+)">Drop this condition', page)
    assert address
    assert len(titles(reader.get(address[1].replace("&amp;", "&")).content.decode())) == left


@pytest.mark.parametrize("state", sorted(set(Listing.State) - Listing.PUBLIC))
def test_what_is_not_public_is_in_no_list(few: dict[str, Listing], reader: Client, state: str) -> None:
    Listing.objects.filter(pk=few["pack"].pk).update(state=state)
    search.index(Listing.objects.get(pk=few["pack"].pk))
    assert PACK not in seen(reader)
    assert PACK not in reader.get("/assets.csv").content.decode()
    assert PACK not in reader.get("/").content.decode()


def asked(client: Client, address: str) -> int:
    """How many questions a page asks the database."""
    with CaptureQueriesContext(
        connection,
    ) as questions:
        assert client.get(address).status_code == 200
    return len(questions)


EVERYTHING = (
    "/assets/?q=电池&kind=patent&detail=invention&mode=assignment&pricing=auction"
    "&industry=energy&region=x&auction=now&life=long"
)


def test_no_page_asks_more_than_twenty_questions_at_any_size(
    few: dict[str, Listing], anne: User, client_of: ClientOf, reader: Client, jida: Party, li_wei: User
) -> None:
    signed_in = client_of(anne)
    before = [asked(client, address) for client in (reader, signed_in) for address in ("/assets/", EVERYTHING)]
    shelf.texts(jida, li_wei, [f"电池 {number}" for number in range(200)])
    after = [asked(client, address) for client in (reader, signed_in) for address in ("/assets/", EVERYTHING)]
    assert after == before
    assert max(after) <= 20
    assert asked(reader, "/assets.csv") <= 5


def test_no_list_is_counted_whole_or_skipped_into(few: dict[str, Listing], reader: Client) -> None:
    with CaptureQueriesContext(connection) as questions:
        reader.get("/assets/?q=电池")
    told = "\n".join(question["sql"].upper() for question in questions)
    assert "OFFSET" not in told
    assert all("LIMIT" in question["sql"].upper() for question in questions if "COUNT(" in question["sql"].upper())


def test_the_file_holds_the_same_list(few: dict[str, Listing], reader: Client) -> None:
    answer = reader.get("/assets.csv?kind=patent&sort=cheapest")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer["Content-Disposition"] == 'attachment; filename="assets.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    keys = [heading.partition(" ")[0] for heading in rows[0]]
    assert rows[0][:2] == ["code Listing", "kind Kind of right"]
    table = [dict(zip(keys, row, strict=True)) for row in rows[1:]]
    assert [row["title"] for row in table] == [PACK, BATTERY]
    assert (table[0]["asking"], table[0]["currency"], table[0]["type"]) == ("3.00", "CNY", "invention")
    assert table[1]["asking"] == ""


def test_no_cell_of_the_file_is_a_formula(few: dict[str, Listing], reader: Client) -> None:
    Right.objects.filter(pk=few["pack"].right_id).update(title="=cmd|' /C calc'!A0")
    assert "'=cmd" in reader.get("/assets.csv").content.decode()


def test_the_file_is_bounded(few: dict[str, Listing], reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "ROWS", 2)
    assert len(reader.get("/assets.csv").content.decode().splitlines()) == 3


def test_no_door_tells_a_reserve(few: dict[str, Listing], reader: Client) -> None:
    Reserve.objects.create(listing=few["battery"], amount_minor=98_765_400)
    told = [reader.get(address) for address in ("/assets/", "/assets.csv", f"/assets/{few['battery'].code}/", "/")]
    assert all("987" not in answer.content.decode() and "保留价" not in answer.content.decode() for answer in told)


def test_a_chip_takes_its_condition_away(few: dict[str, Listing], reader: Client) -> None:
    page = reader.get("/assets/?kind=patent&detail=invention&q=电池").content.decode()
    chips = re.findall(r'<li><a href="([^"]+)"><span class="vh">Remove', page)
    assert [parse_qs(urlsplit(chip.replace("&amp;", "&")).query) for chip in chips] == [
        {"kind": ["patent"], "detail": ["invention"]},
        {"q": ["电池"]},
        {"q": ["电池"], "kind": ["patent"]},
    ]
