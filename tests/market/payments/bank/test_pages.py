"""The reconciliation desk: a file goes in, what it could not match waits, a person decides, a file goes out to the bank."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.bank.models import BankAccount, Decision, Layout, Line
from market.payments.models import Charge
from tests.market.payments import stage as money
from tests.market.payments.bank import stage
from tests.market.payments.bank.stage import Moved, paid

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]
TABLE = """Kontoauszug
Tag,Ein,Aus,Text,Wer
2026-11-24,"100,000.00",,{reference},长春光电科技有限公司
2026-11-24,,15.50,手续费,
"""


@pytest.fixture
def charge(agency: Party, anne_co: Party) -> Charge:
    return money.ask_deposit("B-ANNE", anne_co, agency)


@pytest.fixture
def sun(client_of: ClientOf, finance_sun: User) -> Client:
    """The finance officer's browser."""
    return client_of(finance_sun)


@pytest.fixture
def account(agency: Party, finance_sun: User) -> BankAccount:
    return stage.account(agency, finance_sun)


def uploaded(client: Client, content: bytes, name: str = "s.xml", **other: object):
    return client.post("/desk/bank/files/", {"file": SimpleUploadedFile(name, content), "account": ""} | other)


def line_of(agency: Party, by: User, *entries: Moved) -> Line:
    return stage.statement(agency, by, *entries).statements.get().lines.get()


def test_the_first_account_is_the_agency_s_own_and_a_wrong_one_is_explained(sun, agency):
    page = sun.get("/desk/bank/").content.decode()
    assert agency.bank_account in page
    wrong = {"bank": "x", "number": "not a number!", "currency": "CNY", "bic": "ABC"}
    answer = sun.post("/desk/bank/accounts/", wrong)
    assert answer.status_code == 422
    assert answer.content.decode().count('aria-invalid="true"') == 2
    given = {"bank": agency.bank_name, "number": "0701 0120 0000 066", "currency": "CNY", "bic": ""}
    assert sun.post("/desk/bank/accounts/", given).status_code == 302
    assert BankAccount.objects.get().number == agency.bank_account


def test_a_statement_is_taken_in_and_shows_what_became_of_each_line(sun, account, charge, agency):
    content = stage.camt(agency.bank_account, [paid(charge), Moved(-1550, "手续费")])
    answer = uploaded(sun, content)
    page = sun.get(answer.url).content.decode()
    assert charge.reference in page
    assert "No payout named" in page
    assert "Agree to the cent" in sun.get("/desk/bank/").content.decode()
    assert uploaded(sun, content).url == answer.url


def test_a_broken_statement_names_its_row_and_keeps_the_form(sun, account, agency):
    content = stage.camt(agency.bank_account, [Moved(5)]).replace(b"0.05<", b"0.06<", 1)
    answer = uploaded(sun, content)
    assert answer.status_code == 422
    assert "S1 Ntry 1" in answer.content.decode()
    assert not Line.objects.exists()


def test_a_table_in_a_new_layout_is_explained_once(sun, account, charge):
    table = TABLE.format(reference=charge.reference).encode()
    assert uploaded(sun, table, "a.csv").status_code == 422
    url = uploaded(sun, table, "a.csv", account=account.pk).url
    assert "Kontoauszug" in sun.get(url).content.decode()
    chosen = {"column_booked_on": "Tag", "column_credit": "Ein", "column_text": "Text", "column_name": "Wer"}
    chosen |= {"days": "ymd", "point": "."}
    assert sun.post(url, chosen).status_code == 422
    assert not Layout.objects.exists()
    assert sun.post(url, chosen | {"column_debit": "Aus"}).status_code == 302
    assert stage.lines() == [("100000.00", ""), ("-15.50", "no_payout")]
    again = uploaded(sun, table.replace(b"15.50", b"15.00"), "b.csv", account=account.pk)
    assert "New lines of this file" in sun.get(again.url).content.decode()


def test_a_line_in_suspense_is_decided_on_its_page(sun, account, charge, agency, finance_sun):
    first = line_of(agency, finance_sun, paid(charge, 40_000_00, number="TX0001"))
    second = line_of(agency, finance_sun, paid(charge, 60_000_00, number="TX0002"))
    page = sun.get(f"/desk/bank/lines/{first.code}/").content.decode()
    assert charge.code in page
    assert second.code in page
    sent = {"charge": charge.code, "note": ""}
    wrong = sun.post(f"/desk/bank/lines/{first.code}/attach/", sent)
    assert wrong.status_code == 422
    assert "60,000.00 is missing" in wrong.content.decode()
    assert sun.post(f"/desk/bank/lines/{first.code}/attach/", sent | {"also": [second.code]}).status_code == 302
    charge.refresh_from_db()
    assert charge.state == "confirmed"
    assert "decided by" in sun.get(f"/desk/bank/lines/{first.code}/").content.decode()
    assert "Pays the charge" in sun.get("/desk/bank/lines/?state=decided").content.decode()


@pytest.mark.parametrize(
    ("verb", "entry", "status"),
    [
        ("refund", Moved(100, "x", name="长春光电科技有限公司"), 302),
        ("refund", Moved(100, "x", name="某公司"), 422),
        ("book", Moved(-100, "手续费"), 302),
        ("surplus", Moved(100, "x"), 404),
        ("offset", Moved(100, "x"), 404),
        ("payout", Moved(-100, "x"), 404),
        ("forget", Moved(-100, "x"), 404),
    ],
)
def test_every_decision_has_its_button(verb, entry, status, sun, account, agency, anne_co, finance_sun):
    line = line_of(agency, finance_sun, entry)
    answer = sun.post(f"/desk/bank/lines/{line.code}/{verb}/", {"note": "as agreed"})
    assert answer.status_code == status
    assert Decision.objects.count() == (status == 302)


def test_a_charge_is_looked_for_by_its_reference(sun, account, charge, agency, finance_sun):
    line = line_of(agency, finance_sun, Moved(7, "x"))
    assert charge.code in sun.get(f"/desk/bank/lines/{line.code}/?q={charge.reference}").content.decode()
    assert "No charge of ours" in sun.get(f"/desk/bank/lines/{line.code}/?q=LC22222222").content.decode()


def test_a_payment_file_is_released_fetched_and_withdrawn(
    sun, account, agency, anne_co, finance_sun, client_of, agent_chen
):
    money.deposit("B-BACK", anne_co, agency, finance_sun)
    payout = money.approved(payments.release_deposit("B-BACK", payee=anne_co, agency=agency, actor="system:x"))
    assert payout.code in sun.get("/desk/bank/payments/").content.decode()
    assert sun.post("/desk/bank/payments/", {"account": account.pk}).status_code == 422
    assert sun.post("/desk/bank/payments/", {"account": "", "payout": [payout.code]}).status_code == 422
    url = sun.post("/desk/bank/payments/", {"account": account.pk, "payout": [payout.code]}).url
    first = sun.get(f"{url}file.xml")
    assert payout.code.encode() in first.content
    assert sun.get(f"{url}file.xml").content == first.content
    assert client_of(agent_chen).get(f"{url}file.xml").status_code == 422
    Party.objects.filter(pk=anne_co.pk).update(bank_account="99")
    assert sun.get(f"{url}file.xml").status_code == 422
    assert sun.post(url, {"note": ""}).status_code == 422
    assert sun.post(url, {"note": "account changed"}).status_code == 302
    assert "Withdrawn" in sun.get("/desk/bank/payments/?state=files").content.decode()


def test_a_stranger_learns_nothing(client_of, mallory, anne, account, charge, agency, finance_sun):
    line = line_of(agency, finance_sun, paid(charge, 1))
    file = line.statement.file
    urls = ["", "lines/", f"lines/{line.code}/", f"files/{file.code}/", "payments/", "payments/BP-XXXXXXXXXX/"]
    for user in (mallory, anne):
        assert {client_of(user).get(f"/desk/bank/{url}").status_code for url in urls} == {404}
    assert {client_of(None).get(f"/desk/bank/{url}").status_code for url in urls} == {302}
    assert client_of(mallory).post(f"/desk/bank/lines/{line.code}/refund/", {"note": "x"}).status_code == 404


def test_the_pages_ask_as_often_for_many_lines_as_for_one(sun, account, charge, agency, finance_sun):
    def asked(url: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert sun.get(url).status_code == 200
        return len(queries)

    stage.statement(agency, finance_sun, Moved(1, "a"))
    few = [asked("/desk/bank/"), asked("/desk/bank/lines/")]
    stage.statement(agency, finance_sun, *(Moved(n + 1, f"b{n}") for n in range(30)))
    assert [asked("/desk/bank/"), asked("/desk/bank/lines/")] == few
    assert max(few) < 30
