"""Comparables that nobody types: the rows of a file, each fault by its row, and this market's published results."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from market.deals.models import Deal
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.listings.models import Listing
from market.parties.models import User
from market.rights.importers.cells import read_grid
from tests import assets, people
from tests.market.deals import stage
from tests.market.listings import shelf
from tests.valuation.test_workbench import ClientOf, about
from valuation.forms import MOST_TYPED
from valuation.guidance import tables
from valuation.guidance.queries import hammered_like
from valuation.methods import plain
from valuation.methods.asked import plain_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_rows")]
SALES = """成交价 price,收益 driver,城市,成交日 sold_on,编号 id,调整 adjustment
"1,200,000",300000,长春,2025-03-01,"A，1",5%
¥900000,100000,吉林,2026-01-15,B,
800000 CNY,200000
"""


@pytest.fixture(scope="module")
def listing(kept_rows: None) -> Listing:
    """吉林大学's patent, on the market."""
    return shelf.offer(assets.right(people.jilin_university()))


def lines(text: str, method: str = "market_multiple") -> str:
    return tables.lines(method, "comps.csv", read_grid("comps.csv", text.encode()).rows, "CNY")


def test_the_rows_of_a_table_are_what_one_would_type() -> None:
    typed = lines(SALES)
    assert typed == "1200000, 300000, A 1, 5%, 2025-03-01\n¥900000, 100000, B, , 2026-01-15\n800000 CNY, 200000"
    given = plain_of(tables.asked_of("market_multiple"), typed)
    found = plain.value("market_multiple", {"comparables": given, "statistic": "median"}, "CNY")
    assert [str(one) for one in found.given["price"]] == ["1200000", "900000", "800000"]


def test_what_parts_columns_never_moves_a_figure_into_the_next() -> None:
    assert lines('price,driver,id\n"1，200",300,甲；乙') == "1200, 300, 甲 乙"
    with pytest.raises(Refused, match=r"valuation\.table_row"):
        lines('price,driver\n"1;200",300')


def test_the_longest_table_fits_the_field() -> None:
    row = "123456789.00 CNY,123456789.00 CNY,L-ABCDEFGHJK,12.5%,2026-01-15\n"
    typed = lines("price,driver,id,adjustment,sold_on\n" + row * tables.MOST_ROWS)
    assert typed.count("\n") == tables.MOST_ROWS - 1
    assert len(typed) <= MOST_TYPED


def test_counts_are_read_however_they_are_parted() -> None:
    assert lines('price,assets\n300,"all=30, in_force=12"', tables.COUNTED) == "300, all=30  in_force=12"


@pytest.mark.parametrize(
    ("text", "code", "fact"),
    [
        ("price,id\n1,2", "import.missing_column", ("columns", "driver")),
        ("price,driver", "valuation.table_empty", ("name", "comps.csv")),
        ("price,driver\n1,2\n,3", "valuation.table_row", ("row", 3)),
        ("price,driver\n1,2\n1,much", "valuation.table_row", ("row", 3)),
        ("price,driver,sold_on\n1,2,soon", "valuation.table_row", ("row", 2)),
        ("price,driver\n" + "1,2\n" * 201, "valuation.table_long", ("most", 200)),
    ],
)
def test_a_table_that_cannot_be_taken_says_where(text: str, code: str, fact: tuple[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        lines(text)
    assert caught.value.code == code
    assert str(fact[1]) in str(caught.value.facts[fact[0]])


def test_what_one_hammer_sold_is_one_sale_and_what_was_negotiated_stays_secret(listing: Listing) -> None:
    buyer, agency = people.bob_co(), people.changchun_agency()

    def sold(seller: Any, price: int, **more: Any) -> Deal:
        draft = assets.patent_draft(next(numbers))
        deal = stage.formed(seller, buyer, agency, draft=draft, price=Money(price * 100, "CNY"), **more)
        Deal.objects.filter(pk=deal.pk).update(state=Deal.State.SETTLED)
        return deal

    numbers = iter(range(10, 20))
    other = people.anne_co()
    sold(other, 100, origin="lot:L-ONE")
    sold(other, 250, origin="lot:L-TWO#B-1")
    sold(other, 350, origin="lot:L-TWO#B-2")
    sold(other, 999, origin="offer:O-SECRET")
    stage.formed(other, buyer, agency, draft=assets.patent_draft(19), origin="lot:L-UNPAID")
    found = hammered_like(listing, "CNY")
    assert [(one.name, one.price.figure, one.assets) for one in found] == [
        ("L-TWO", 600, {"all": 2}),
        ("L-ONE", 100, {"all": 1}),
    ]
    assert hammered_like(listing, "USD") == []


def fill(client: Client, listing: Listing, method: str, **said: Any) -> Any:
    return client.post(f"/valuations/of/{listing.code}/?method={method}", {**about(), "statistic": "median", **said})


def test_the_page_types_them_in_and_keeps_what_else_was_typed(
    listing: Listing, li_wei: User, client_of: ClientOf
) -> None:
    client = client_of(li_wei)
    file = SimpleUploadedFile("comps.csv", SALES.encode(), "text/csv")
    page = fill(client, listing, "market_multiple", fill="file", table=file, subject_revenue="123456").content.decode()
    assert "1200000, 300000, A 1, 5%, 2025-03-01" in page
    assert 'value="123456"' in page
    assert 'value="comps.csv"' in page
    for said in ({"fill": "file"}, {"fill": "market"}):
        answer = fill(client, listing, "market_multiple", **said)
        assert answer.status_code == 200
    none = fill(client, listing, tables.COUNTED, fill="market", currency="USD").content.decode()
    assert "No right of this kind was sold here" in none


@pytest.mark.parametrize("method", tables.COMPARED)
def test_the_template_has_a_column_for_each_part_of_a_line(method: str, li_wei: User, client_of: ClientOf) -> None:
    answer = client_of(li_wei).get(f"/valuations/comparables/{method}/xlsx/")
    (row,) = load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    assert [cell.split()[-1] for cell in row] == [one.name for one in tables.asked_of(method).columns]
    assert client_of(li_wei).get("/valuations/comparables/capm/xlsx/").status_code == 404
