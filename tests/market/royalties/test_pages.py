"""The pages of licences: the licensee reports, the licensor answers, the statement explains itself; strangers see nothing."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import Client
from django.urls import reverse

from market.documents.uploads import Upload
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.invoices.handlers import on_royalty_paid
from market.payments.invoices.models import Invoice
from market.payments.invoices.queries import statement_data
from market.payments.models import Charge
from market.royalties import actions
from market.royalties.models import Licence, Statement
from market.royalties.queries import withheld_with
from market.royalties.runs.actions import run
from market.trail.models import Fact
from tests.market.deals.terms.papers import running, yuan
from tests.market.royalties import stage
from tests.market.royalties.stage import page, period, reported

NOW = datetime(2026, 2, 10, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_february() -> Any:
    with clock.shifted_to(NOW):
        yield


@pytest.fixture
def licence(jida: Party, anne_co: Party, agency: Party) -> Licence:
    tiers = ({"up_to": yuan("10000"), "rate": "0.05"}, {"rate": "0.04"})
    deductions = {"allowed": ["returns"], "cap": "0.1"}
    return stage.licence(jida, anne_co, agency, payments=[running(*tiers)], deductions=deductions)


def at(licence: Licence, number: int) -> str:
    return reverse("royalty-period", args=[licence.code, number])


def test_a_licensee_reports_and_reads_its_statement(
    licence: Licence,
    client_of: Callable[[User | None], Client],
    anne: User,
    li_wei: User,
    deliver: Callable[[], None],
) -> None:
    taker, owner = client_of(anne), client_of(li_wei)
    assert licence.code in page(taker, reverse("licences"))
    assert at(licence, 1) in page(taker, "/me/")
    assert "Report the sales" in page(taker, at(licence, 1))

    wrong = taker.post(at(licence, 1), {"0-gross": "many"})
    assert (wrong.status_code, period(licence, 1).state) == (422, "open")
    sent = taker.post(at(licence, 1), {"0-gross": "12,345.00", "0-units": "30", "0-returns": "345"})
    assert sent.status_code == 302
    assert period(licence, 1).reports.get().figures == {
        "": {"gross": yuan("12345.00"), "units": "30", "deductions": {"returns": yuan("345.00")}}
    }
    assert 'value="12345"' in page(taker, at(licence, 1))  # what was reported may be replaced

    assert "Approve the report" in page(owner, at(licence, 1))
    assert owner.post(reverse("royalty-approve", args=[licence.code, 1])).status_code == 302
    run()
    statement = Statement.objects.get()
    shown = page(taker, reverse("royalty-statement", args=[statement.code]))
    assert "(10,000.00 − 0.00) × 5%" in shown
    assert "(12,000.00 − 10,000.00) × 4%" in shown
    assert "¥580.00" in shown
    assert "Computed again: the same" in shown
    assert "You pay" not in page(owner, reverse("licence", args=[licence.code]))
    deliver()
    charge = Charge.objects.get(purpose="royalty")
    assert reverse("royalty-statement", args=[statement.code]) in page(taker, reverse("charge", args=[charge.code]))


def test_each_holder_owes_the_licensee_an_invoice_over_a_royalty_that_came_in(
    jida: Party,
    anne_co: Party,
    bob_co: Party,
    agency: Party,
    finance_sun: User,
    li_wei: User,
    anne: User,
    bob: User,
    mallory: User,
    client_of: Callable[[User | None], Client],
    deliver: Callable[[], None],
) -> None:
    licence = stage.licence(jida, anne_co, agency, shares={jida: Fraction(2, 3), bob_co: Fraction(1, 3)})
    reported(licence, 1, "2000.00")
    run()
    deliver()
    owner, taker = client_of(li_wei), client_of(anne)
    assert owner.get(reverse("desk-invoices")).status_code == 404  # nothing to issue yet
    charge = Charge.objects.get(purpose="royalty")
    payments.confirm(charge=charge, received=charge.amount, bank_reference="T-0001", on=clock.today(), by=finance_sun)
    deliver()
    for _twice in range(2):
        on_royalty_paid(Fact.objects.get(name="royalty.paid"))
    theirs = {row.agency: (row.buyer, row.gross.plain(), row.subject) for row in Invoice.objects.all()}
    subject = Statement.objects.get().ref
    assert theirs == {jida: (anne_co, "66.67", subject), bob_co: (anne_co, "33.33", subject)}

    assert "Issue 1 invoice" in page(owner, "/me/")
    one = Invoice.objects.get(agency=jida)
    door = reverse("desk-invoice", args=[one.code])
    assert door in page(owner, reverse("desk-invoices"))
    said = {
        "service": "royalty",
        "item": "*无形资产*专利使用费",
        "tax_code": "3040201000000000000",
        "valid_from": "2026-01-01",
    }
    assert owner.post(reverse("desk-taxes"), said | {"treatment": "taxed", "rate": "6"}).status_code == 302
    number = {"number": "26222000000000000009", "on": clock.today().isoformat()}
    assert owner.post(door, number).status_code == 302
    shown = page(taker, reverse("royalty-statement", args=[subject.partition(":")[2]]))
    assert ("¥66.67" in shown, number["number"] in shown, "¥33.33" in shown) == (True, True, True)
    assert "¥33.33" not in page(owner, reverse("royalty-statement", args=[subject.partition(":")[2]]))
    assert number["number"] in page(taker, reverse("my-invoices"))
    for user, path in ((bob, door), (anne, door), (mallory, reverse("desk-invoices")), (li_wei, reverse("desk-fee"))):
        assert client_of(user).get(path).status_code == 404, path


def test_a_tax_withheld_is_shown_to_the_payer_and_on_the_invoice(
    jida: Party,
    anne_co: Party,
    agency: Party,
    finance_sun: User,
    li_wei: User,
    anne: User,
    client_of: Callable[[User | None], Client],
    deliver: Callable[[], None],
) -> None:
    licence = stage.licence(jida, anne_co, agency, tax={"withholding": "0.1", "borne_by": "licensor"})
    reported(licence, 1, "2000.00")
    run()
    deliver()
    charge, statement = Charge.objects.get(purpose="royalty"), Statement.objects.get()
    taker, owner = client_of(anne), client_of(li_wei)
    for path in (reverse("charge", args=[charge.code]), reverse("royalty-statement", args=[statement.code])):
        shown = page(taker, path)
        assert [text in shown for text in ("¥100.00", "¥10.00", "¥90.00", "certificate")] == [True] * 4, path
    payments.confirm(charge=charge, received=charge.amount, bank_reference="T-0001", on=clock.today(), by=finance_sun)
    deliver()
    invoice = Invoice.objects.get()
    assert (invoice.gross.plain(), invoice.withheld.plain(), invoice.paid.plain()) == ("100.00", "10.00", "90.00")
    assert "certificate" in page(owner, reverse("desk-invoice", args=[invoice.code]))
    assert "已代扣税款 Tax withheld ¥10.00，实付 Paid ¥90.00" in statement_data(invoice)["remark"]
    actions.correct(period=period(licence, 1), figures=stage.sold("3000.00"), reason="补报", by=finance_sun)
    assert withheld_with(Statement.objects.get(number=2)).plain() == "5.00"


def test_the_licensee_hands_over_the_certificate_of_the_tax_it_withheld(
    jida: Party,
    anne_co: Party,
    agency: Party,
    li_wei: User,
    anne: User,
    mallory: User,
    client_of: Callable[[User | None], Client],
    deliver: Callable[[], None],
) -> None:
    licence = stage.licence(jida, anne_co, agency, tax={"withholding": "0.1", "borne_by": "licensor"})
    reported(licence, 1, "2000.00")
    reported(licence, 2, "0.00")
    run()
    taxed, untaxed = Statement.objects.order_by("period__number")
    door = reverse("royalty-statement", args=[taxed.code])
    taker, owner = client_of(anne), client_of(li_wei)
    assert "Hand over the certificate" in page(taker, door)
    assert "Hand over the certificate" not in page(owner, door)
    assert "The certificate is owed" in page(owner, door)
    paid = b"%PDF-1.7 paid"
    assert taker.post(door, {"file": SimpleUploadedFile("tax.exe", b"MZ")}).status_code == 422
    assert owner.post(door, {}).status_code == 404
    for _twice in range(2):
        sent = taker.post(door, {"file": SimpleUploadedFile("tax.pdf", paid, "application/pdf")})
        assert sent.status_code == 302, sent.context["form"].errors
    shown = page(owner, door)
    assert ("tax.pdf" in shown, "The certificate is owed" in shown) == (True, False)
    (told,) = Fact.objects.filter(name="royalty.certified")
    assert told.audience == [jida.ref]
    certificate = Upload("tax.pdf", paid)
    with pytest.raises(Refused, match=r"royalty\.untaxed") as refused:
        actions.certify(statement=untaxed, certificate=certificate, by=anne)
    assert untaxed.code in sentence(refused.value)
    with pytest.raises(Http404):
        actions.certify(statement=taxed, certificate=certificate, by=mallory)
    deliver()


def test_a_licensor_sends_a_report_back_with_the_reason(
    licence: Licence, client_of: Callable[[User | None], Client], anne: User, li_wei: User
) -> None:
    actions.report(period=period(licence, 1), figures=stage.sold("10"), by=anne)
    owner = client_of(li_wei)
    assert "Say what is wrong" in owner.post(at(licence, 1), {"remark": ""}).content.decode()
    assert owner.post(at(licence, 1), {"remark": "少报两张发票"}).status_code == 302
    assert "少报两张发票" in page(client_of(anne), at(licence, 1))


def test_the_agency_corrects_a_statement(
    licence: Licence, client_of: Callable[[User | None], Client], finance_sun: User
) -> None:
    reported(licence, 1, "1000")
    run()
    desk = client_of(finance_sun)
    assert desk.post(at(licence, 1), {"0-gross": "2000", "reason": ""}).status_code == 422
    assert desk.post(at(licence, 1), {"0-gross": "2000", "reason": "审计"}).status_code == 302
    assert [row.due.plain() for row in Statement.objects.all()] == ["50.00", "50.00"]
    assert "Correction" in page(desk, at(licence, 1))


def test_strangers_find_nothing(
    licence: Licence, client_of: Callable[[User | None], Client], mallory: User, zhou_min: User, anne: User
) -> None:
    reported(licence, 1, "1000")
    run()
    doors = [
        reverse("licence", args=[licence.code]),
        at(licence, 1),
        reverse("royalty-statement", args=[Statement.objects.get().code]),
    ]
    for door in doors:
        assert client_of(mallory).get(door).status_code == 404
        assert client_of(None).get(door).status_code == 302
        assert client_of(zhou_min).get(door).status_code == 200
    assert client_of(anne).get(at(licence, 99)).status_code == 404
    assert client_of(anne).post(reverse("royalty-approve", args=[licence.code, 1])).status_code == 404


@pytest.mark.parametrize("since", ["2025-01-01", "2019-01-01"])
def test_a_licence_page_asks_the_same_however_long_it_runs(
    jida: Party,
    anne_co: Party,
    agency: Party,
    anne: User,
    client_of: Callable[[User | None], Client],
    django_assert_max_num_queries: Any,
    since: str,
) -> None:
    long = stage.licence(jida, anne_co, agency, term={"start": since, "end": "2030-12-31"})
    reader = client_of(anne)
    with django_assert_max_num_queries(15):
        page(reader, reverse("licence", args=[long.code]))


def test_the_agency_enters_a_contract_once_its_terms_are_checked(
    licence: Licence, client_of: Callable[[User | None], Client], zhou_min: User, anne: User
) -> None:
    desk, door = client_of(zhou_min), reverse("licence-new")
    sides = {"licensor": licence.licensor.code, "licensee": licence.licensee.code, "right": licence.right.number}
    typed = {"number": "2026-7", **sides, "terms": json.dumps({**licence.terms, "audit": {"allowed": False}})}
    checked = desk.post(door, {**typed, "check": "1"}).content.decode()
    assert "nobody may inspect the books" in checked
    assert "You pay" not in checked.partition("For the licensee")[0]
    assert Licence.objects.count() == 1
    assert "terms.shape" not in desk.post(door, {**typed, "terms": "{}", "keep": "1"}).content.decode()
    assert desk.post(door, {**typed, "right": "ZL1", "keep": "1"}).status_code == 422
    void = {**licence.terms, "clauses": [{"text": "产品不得出口。"}]}
    assert "Void" in desk.post(door, {**typed, "terms": json.dumps(void), "keep": "1"}).content.decode()
    assert Licence.objects.count() == 1
    assert desk.post(door, {**typed, "keep": "1"}).status_code == 302
    assert desk.post(door, {**typed, "keep": "1"}).status_code == 302
    assert Licence.objects.count() == 2
    assert client_of(anne).get(door).status_code == 404
