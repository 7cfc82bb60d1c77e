"""Invoices of an agency's fees: owed when earned, taxed as the agency says, recorded once, reversed by a row of their own."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import MAX_MINOR, Money
from market.kernel.words import sentence
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.invoices import actions, queries, rules
from market.payments.invoices.handlers import on_settlement_posted
from market.payments.invoices.models import Invoice, Taxation
from market.payments.models import Settlement
from market.trail import journal
from tests import people
from tests.market.payments import stage
from tests.market.payments.stage import yuan

ClientOf = Callable[[User | None], Client]
ON = date(2026, 11, 20)
DIGITAL = "26222000000012345678"
CODE = "3040802050000000000"


@given(st.integers(1, MAX_MINOR), st.integers(0, 9999))
def test_net_and_tax_add_up_and_net_is_the_nearest_cent(minor: int, rate_bp: int) -> None:
    gross = Money(minor, "CNY")
    net, tax = rules.net_and_tax(gross, rate_bp)
    assert net + tax == gross
    assert tax.minor >= 0
    assert 2 * abs(net.minor * (10_000 + rate_bp) - minor * 10_000) <= 10_000 + rate_bp


@pytest.mark.parametrize(
    ("gross", "rate_bp", "net", "tax"),
    [(106_00, 600, 100_00, 6_00), (59_000_00, 600, 55_660_38, 3_339_62), (1, 1300, 1, 0), (3_00, 0, 3_00, 0)],
)
def test_a_gross_amount_falls_into_net_and_tax(gross: int, rate_bp: int, net: int, tax: int) -> None:
    assert rules.net_and_tax(Money(gross, "CNY"), rate_bp) == (Money(net, "CNY"), Money(tax, "CNY"))


@pytest.mark.parametrize(
    ("typed", "code", "read"),
    [
        (DIGITAL, "", (DIGITAL, "")),
        (" ２６22 2000 0000 1234 5678 ", "", (DIGITAL, "")),
        ("12345678", "022002100211", ("12345678", "022002100211")),
        ("12345678", "2200211130", ("12345678", "2200211130")),
        ("12345678", "", "invoice.number_code"),
        ("12345678", "12345678901", "invoice.number_code"),
        (DIGITAL, "2200211130", "invoice.number"),
        (DIGITAL[:-1], "", "invoice.number"),
        ("25222000000012345678", "", "invoice.number_year"),
        ("٢٦222000000012345678", "", "invoice.number"),
        ("", "", "invoice.number"),
    ],
)
def test_an_invoice_number_has_one_of_two_shapes(typed: str, code: str, read: tuple[str, str] | str) -> None:
    if isinstance(read, tuple):
        assert rules.numbered(typed, code, ON) == read
        return
    with pytest.raises(Refused) as refused:
        rules.numbered(typed, code, ON)
    assert refused.value.code == read
    assert sentence(refused.value)


@pytest.mark.parametrize(("typed", "read"), [("6", 600), ("６%", 600), ("1.5", 150), ("0.25%", 25), ("99.99", 9999)])
def test_a_rate_is_typed_in_percent(typed: str, read: int) -> None:
    assert rules.rate_bp(typed) == read


@pytest.mark.parametrize("typed", ["", "0", "0.00", "-6", "100", "6.125", "six", "1e1", "NaN"])
def test_no_rate_is_guessed(typed: str) -> None:
    with pytest.raises(Refused, match=r"invoice\.rate"):
        rules.rate_bp(typed)


@pytest.fixture(scope="module")
def kept(kept_rows: None) -> Settlement:
    """A settled deal at ¥100 with a premium of ¥5 and a commission of ¥3, both taxed at 6 % from long ago."""
    jida, anne_co, agency = people.jilin_university(), people.anne_co(), people.changchun_agency()
    sun = User.objects.get(username="finance_sun")
    stage.deposit("B-WON", anne_co, agency, sun, amount=yuan(105))
    deal = stage.deal(jida, anne_co, agency, price=yuan(100))
    payments.apply_deposit("B-WON", actor="system:x")
    settlement = payments.prepare_settlement(stage.walk(deal, "title_passed"), actor="system:x")
    payments.post_settlement(settlement=settlement, by=sun)
    while journal.deliver_due():
        pass
    for service in ("premium", "commission"):
        tax(agency, sun, service=service)
    return settlement


def tax(agency: Party, by: User, **other: Any) -> Taxation:
    said: dict[str, Any] = {"service": "premium", "item": "*经纪代理服务*佣金", "tax_code": CODE, "treatment": "taxed"}
    return actions.tax_service(agency=agency, by=by, **said | {"rate": "6", "valid_from": date(2026, 1, 1)} | other)


def number(tail: int = 0) -> str:
    """A digital number of this year."""
    return f"{clock.today().year % 100}22200000001234{tail:04}"


def record(invoice: Invoice, by: User, **other: Any) -> Invoice:
    said = {"number": number(), "number_code": "", "on": clock.today()} | other
    return actions.record_issued(invoice=invoice, by=by, **said)


@pytest.fixture
def premium(kept: Settlement, db: None) -> Invoice:
    """The invoice over the buyer's premium."""
    return queries.invoices().get(service="premium")


@pytest.mark.django_db
def test_a_posted_settlement_owes_each_side_one_invoice(kept: Settlement, deliver: Callable[[], None]) -> None:
    said = {(row.service, row.buyer_id, row.gross) for row in Invoice.objects.all()}
    assert said == {("premium", kept.deal.buyer_id, yuan(5)), ("commission", kept.deal.seller_id, yuan(3))}
    on_settlement_posted(stage.fact("settlement.posted", kept.deal))
    assert Invoice.objects.count() == 2


@pytest.mark.django_db
def test_what_was_issued_stands_whatever_changes_afterwards(premium: Invoice, finance_sun: User, anne: User) -> None:
    actions.keep_bearer(party=premium.buyer, by=anne, sort="special", name="安妮光电", tax_id=premium.buyer.uscc or "")
    issued = record(premium, finance_sun)
    assert (issued.state, issued.net, issued.tax) == ("issued", Money(472, "CNY"), Money(28, "CNY"))
    assert record(premium, finance_sun) == issued, "the same number again is the same invoice"
    actions.keep_bearer(party=premium.buyer, by=anne, sort="ordinary", name="别的名字", tax_id="")
    tax(premium.agency, finance_sun, rate="9")
    entry = queries.entry_of(queries.invoices().get(pk=premium.pk))
    assert (entry.bears["name"], entry.bears["sort"], entry.rate, entry.tax) == (
        "安妮光电",
        "special",
        "6%",
        issued.tax,
    )
    with pytest.raises(Refused, match=r"invoice\.issued"):
        record(premium, finance_sun, number=number(1))


@pytest.mark.django_db
def test_a_number_counts_once_for_an_issuer(premium: Invoice, finance_sun: User) -> None:
    record(premium, finance_sun)
    other = queries.invoices().get(service="commission")
    with pytest.raises(Refused, match=r"invoice\.number_taken"):
        record(other, finance_sun)
    assert Invoice.objects.get(pk=other.pk).state == "due"
    with pytest.raises(Refused, match=r"payment\.date_ahead"):
        record(other, finance_sun, on=clock.today() + timedelta(days=1))


@pytest.mark.django_db
def test_no_invoice_before_the_agency_said_how_the_service_is_taxed(
    agency: Party, anne_co: Party, finance_sun: User
) -> None:
    fee = actions.charge_fee(key="k", agency=agency, buyer=anne_co, gross=yuan(200), note="鉴定费", by=finance_sun)
    again = actions.charge_fee(key="k", agency=agency, buyer=anne_co, gross=yuan(200), note="鉴定费", by=finance_sun)
    assert again == fee
    tax(agency, finance_sun, service="other", valid_from=clock.today() + timedelta(days=1))
    with pytest.raises(Refused, match=r"invoice\.untaxed"):
        record(fee, finance_sun)
    tax(agency, finance_sun, service="other", treatment="exempt", rate="", valid_from=clock.today())
    assert record(fee, finance_sun).tax == yuan(0)


@pytest.mark.django_db
def test_a_red_letter_invoice_is_a_row_that_undoes_the_first(premium: Invoice, finance_sun: User) -> None:
    issued = record(premium, finance_sun)
    said = {"number": number(7), "number_code": "", "on": clock.today(), "note": "抬头有误", "by": finance_sun}
    red = actions.reverse(invoice=issued, **said)
    assert actions.reverse(invoice=issued, **said) == red
    first = Invoice.objects.get(pk=issued.pk)
    assert (first.state, first.number, red.reverses) == ("reversed", issued.number, first)
    for name in ("gross", "net", "tax"):
        assert getattr(first, name) + getattr(red, name) == yuan(0)
    with pytest.raises(Refused, match=r"invoice\.not_issued"):
        actions.reverse(invoice=red, **said | {"number": number(8)})
    anew = actions.invoice_anew(invoice=first, by=finance_sun)
    assert actions.invoice_anew(invoice=first, by=finance_sun) == anew
    assert (anew.state, anew.gross) == ("due", first.gross)
    with pytest.raises(Refused, match=r"invoice\.not_reversed"):
        actions.invoice_anew(invoice=anew, by=finance_sun)


@pytest.mark.django_db
def test_a_bearer_is_checked_like_a_credit_code(anne: User, anne_co: Party, mallory: User) -> None:
    kept = {"party": anne_co, "by": anne, "name": "安妮"}
    for code, said in {
        "invoice.tax_id_missing": {"sort": "special", "tax_id": " "},
        "uscc.format": {"sort": "special", "tax_id": "91220"},
        "uscc.check_digit": {
            "sort": "ordinary",
            "tax_id": f"{(anne_co.uscc or '')[:-1]}{'1' if (anne_co.uscc or '')[-1] != '1' else '2'}",
        },
    }.items():
        with pytest.raises(Refused, match=code):
            actions.keep_bearer(**kept, **said)
    assert queries.bearer_of(anne_co)["name"] == anne_co.name


@pytest.mark.django_db
def test_the_agency_works_through_its_list(
    premium: Invoice, finance_sun: User, anne: User, client_of: ClientOf
) -> None:
    desk = client_of(finance_sun)
    rows = list(csv.reader(io.StringIO(desk.get("/desk/invoices/due.csv").content.decode("utf-8-sig"))))
    assert [row[12:16] for row in rows[1:]] == [["4.72", "6%", "0.28", "5.00"], ["2.83", "6%", "0.17", "3.00"]]
    assert desk.get("/desk/invoices/due.xlsx").content[:2] == b"PK"
    assert "¥4.72" in desk.get(reverse("desk-invoices")).content.decode()
    address = reverse("desk-invoice", args=[premium.code])
    wrong = desk.post(address, {"number": "123", "on": clock.today()})
    assert wrong.status_code == 422
    assert "is no invoice number" in wrong.content.decode()
    assert desk.post(address, {"number": number(), "on": clock.today()}).status_code == 302
    page = client_of(anne).get(reverse("my-invoices")).content.decode()
    assert number() in page
    assert client_of(anne).get(reverse("invoice-statement", args=[premium.code])).content[:4] == b"%PDF"
    red = desk.post(
        reverse("desk-invoice-reverse", args=[premium.code]), {"number": number(2), "on": clock.today(), "note": "误"}
    )
    assert red.status_code == 302
    assert "−¥5" in desk.get(red["Location"]).content.decode()
    assert desk.post(reverse("desk-invoice-anew", args=[premium.code])).status_code == 302


@pytest.mark.django_db
def test_the_forms_of_agency_and_party(kept: Settlement, finance_sun: User, anne: User, client_of: ClientOf) -> None:
    desk, party = client_of(finance_sun), client_of(anne)
    taxed = {"service": "other", "item": "*鉴证咨询服务*咨询费", "tax_code": CODE, "treatment": "taxed", "rate": "6"}
    assert desk.post(reverse("desk-taxes"), taxed | {"valid_from": "2026-01-01"}).status_code == 302
    assert desk.post(reverse("desk-taxes"), taxed | {"valid_from": "2026-01-01", "rate": "0"}).status_code == 422
    fee = {"key": "5b7f1c44-5d0b-4f7e-8f3e-3b2b6c1f0a11", "buyer": kept.deal.buyer.code, "gross": "106", "note": "咨询"}
    made = [desk.post(reverse("desk-fee"), fee)["Location"] for _ in range(2)]
    assert made[0] == made[1]
    assert "¥100.00" in desk.get(made[0]).content.decode()
    bearer = {"sort": "special", "name": "安妮光电", "tax_id": kept.deal.buyer.uscc, "account": "6222 0000 1111"}
    assert party.post(reverse("invoice-bearer"), bearer).status_code == 302
    assert "622200001111" in party.get(reverse("my-invoices")).content.decode()


@pytest.mark.django_db
def test_invoices_are_nobody_elses_business(
    premium: Invoice, mallory: User, li_wei: User, agent_chen: User, client_of: ClientOf
) -> None:
    for user in (mallory, li_wei):
        assert client_of(user).get(reverse("invoice-statement", args=[premium.code])).status_code == 404
        assert client_of(user).get(reverse("desk-invoice", args=[premium.code])).status_code == 404
        assert client_of(user).get(reverse("desk-invoices")).status_code == 404
    agent = client_of(agent_chen)
    assert "Record the invoice" not in agent.get(reverse("desk-invoice", args=[premium.code])).content.decode()
    said = {"number": number(), "on": clock.today()}
    assert agent.post(reverse("desk-invoice", args=[premium.code]), said).status_code == 422
    assert Invoice.objects.get(pk=premium.pk).state == "due"


@pytest.mark.django_db
def test_a_long_work_list_asks_as_much_as_a_short_one(
    kept: Settlement, finance_sun: User, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    for place in range(30):
        sides = {"agency": kept.deal.agency, "buyer": kept.deal.buyer}
        key = {"ref": f"x:{place}", **sides, "service": "premium", "subject": ""}
        actions.owe_invoice(**key, gross=yuan(1), actor="system:x")
    client = client_of(finance_sun)
    with django_assert_max_num_queries(14):
        assert client.get(reverse("desk-invoices")).content.decode().count("<tr>") == 33
