"""An agency's books by the month: they balance, a statement runs to the closing balance, and no other agency is in them."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from openpyxl import load_workbook

from market.kernel import clock
from market.kernel.calendar import Month
from market.ledger import closings
from market.parties.models import Party, User
from market.payments import actions, bookkeeping
from market.payments.bookkeeping import month_of
from tests import people
from tests.market.payments import stage
from tests.market.payments.stage import yuan

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


@pytest.fixture
def settled(jida: Party, anne_co: Party, bob_co: Party, agency: Party, finance_sun: User) -> None:
    """Anne's deposit applied and her deal settled; Bob's deposit is still here."""
    stage.deposit("B-WON", anne_co, agency, finance_sun, amount=yuan(105))
    stage.deposit("B-BOB", bob_co, agency, finance_sun, amount=yuan(40))
    deal = stage.deal(jida, anne_co, agency, price=yuan(100))
    actions.apply_deposit("B-WON", actor="system:x")
    settlement = actions.prepare_settlement(stage.walk(deal, "title_passed"), actor="system:x")
    actions.post_settlement(settlement=settlement, by=finance_sun)


def this_month() -> Month:
    return Month.of("", clock.today())


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("2026-10", date(2026, 10, 1)),
        ("2026-13", date(2026, 11, 1)),
        ("x", date(2026, 11, 1)),
        ("2027-01", date(2026, 11, 1)),
    ],
)
def test_a_month_is_read_strictly_and_none_is_to_come(typed: str, first: date) -> None:
    assert month_of(typed, date(2026, 11, 27)).first == first


def test_the_books_of_a_month_balance(settled: None, agency: Party, jida: Party) -> None:
    books = bookkeeping.books_of(agency, this_month())
    closing = {row.code.split(":")[0]: row.closing for row in books.rows if row.closing.minor}
    assert closing == {"bank": yuan(145), "deposit": yuan(40), "payable": yuan(97), "commission": yuan(8)}
    assert [debits == credits for debits, credits in books.totals] == [True]
    before = bookkeeping.books_of(agency, this_month().before)
    assert before.rows == []


def test_what_was_there_before_the_month_is_the_opening_balance(settled: None, agency: Party) -> None:
    with clock.shifted_to(clock.now() + timedelta(days=40)):
        books = bookkeeping.books_of(agency, this_month())
    assert all(row.opening == row.closing and not row.debits.minor for row in books.rows)
    assert {row.code.split(":")[0] for row in books.rows} == {"bank", "deposit", "payable", "commission"}


def test_a_statement_runs_to_the_closing_balance(settled: None, agency: Party) -> None:
    found = bookkeeping.statement(agency, f"bank:{agency.code}", this_month())
    assert found is not None
    account, lines = found
    assert [change for _, change, _ in lines] == [yuan(105), yuan(40)]
    assert lines[-1][2] == account.closing == yuan(145)


def test_another_agency_has_books_of_its_own(settled: None, agency: Party, anne_co: Party, client_of: ClientOf) -> None:
    owner = people.person("han_mei", "韩梅")
    other = people.party(owner, Party.Kind.AGENCY, "四平知识产权交易所", 31)
    assert bookkeeping.books_of(other, this_month()).rows == []
    client = client_of(owner)
    assert client.get(f"/desk/books/bank:{agency.code}/").status_code == 404
    assert client.get("/desk/books/deposit:B-BOB/").status_code == 404
    assert client.get("/desk/books/").status_code == 200
    assert client_of(people.owner_of(anne_co)).get("/desk/books/").status_code == 404


def test_the_accountant_reads_and_takes_the_journal_home(settled: None, finance_sun: User, client_of: ClientOf) -> None:
    client = client_of(finance_sun)
    page = client.get("/desk/books/").content.decode()
    assert "¥145.00" in page
    assert client.get("/desk/books/deposit:B-BOB/").content.decode().count("¥40.00") >= 3
    said = client.get("/desk/books/journal.csv").content.decode("utf-8-sig")
    heading, *rows = csv.reader(io.StringIO(said))
    assert heading[5] == "金额 Amount"
    assert [row[5] for row in rows if row[2].startswith("bank:")] == ["105.00", "40.00"]
    book = load_workbook(io.BytesIO(client.get("/desk/books/journal.xlsx").content))
    cells = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert [str(row[1]) for row in cells] == [row[1] for row in rows]
    assert sum(row[5] for row in cells if str(row[2]).startswith("bank:")) == 145
    assert client.get("/desk/books/journal.exe").status_code == 404
    said = client.get("/desk/books/trial-balance.csv").content.decode("utf-8-sig")
    _, *accounts, total = csv.reader(io.StringIO(said))
    assert total[4] == total[5] != "0.00"
    assert [row[6] for row in accounts if row[0] == "deposit:B-BOB"] == ["40.00"]


def test_a_closed_month_says_so(finance_sun: User, client_of: ClientOf) -> None:
    last = this_month().before
    closings.close(last, by=finance_sun.ref)
    shown = [
        client_of(finance_sun).get(f"/desk/books/?month={month}").content.decode() for month in (last, this_month())
    ]
    assert ["This month is closed" in page for page in shown] == [True, False]
