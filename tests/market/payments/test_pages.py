"""The pages of money: who sees them, what they say, and what happens when a form is wrong."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from market.kernel import clock
from market.parties.models import Membership, Party, User
from market.payments import actions
from market.payments.models import Charge, Payout, Settlement
from tests import people
from tests.market.payments import stage
from tests.market.payments.stage import yuan

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def charge(anne_co: Party, agency: Party) -> Charge:
    """A deposit of ¥100,000 that Anne's company owes."""
    return stage.ask_deposit("B-ANNE", anne_co, agency)


@pytest.fixture
def payout(anne_co: Party, agency: Party, finance_sun: User) -> Payout:
    """Anne's deposit on its way back."""
    stage.deposit("B-BACK", anne_co, agency, finance_sun)
    return actions.release_deposit("B-BACK", payee=anne_co, agency=agency, actor="system:x")


@pytest.fixture
def settlement(jida: Party, anne_co: Party, agency: Party, finance_sun: User) -> Settlement:
    """A small deal whose title has passed, ready to be settled."""
    stage.deposit("B-WON", anne_co, agency, finance_sun, amount=yuan(105))
    deal = stage.deal(jida, anne_co, agency, price=yuan(100))
    actions.apply_deposit("B-WON", actor="system:x")
    return actions.prepare_settlement(stage.walk(deal, "title_passed"), actor="system:x")


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def test_the_payer_reads_where_how_much_and_under_which_reference(
    charge: Charge, anne: User, client_of: ClientOf
) -> None:
    page = client_of(anne).get(reverse("charge", args=[charge.code]))
    assert page.status_code == 200
    for said in ("¥100,000", "壹拾万元整", charge.reference, charge.agency.name, "070101200000066"):
        assert said in text(page)


@pytest.mark.parametrize("who", ["mallory", "finance_sun", "li_wei"])
def test_a_charge_is_nobody_elses_business(
    who: str, charge: Charge, client_of: ClientOf, jida: Party, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who)
    assert client_of(user).get(reverse("charge", args=[charge.code])).status_code == 404
    assert client_of(user).get(reverse("charge", args=["C-NONE"])).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "charge",
        "desk-payment",
        "desk-payout",
        "settlement",
        "my-payments",
        "desk-payments",
        "desk-payouts",
        "desk-settlements",
        "desk-deliveries",
    ],
)
def test_a_visitor_is_asked_to_sign_in(name: str, client_of: ClientOf) -> None:
    detail = name in ("charge", "desk-payment", "desk-payout", "settlement")
    page = client_of(None).get(reverse(name, args=["C-X"] if detail else []))
    assert page.status_code == 302
    assert page["Location"].startswith("/accounts/login/")


def test_the_payer_reports_the_transfer_with_its_receipt(
    charge: Charge, anne: User, finance_sun: User, client_of: ClientOf
) -> None:
    receipt = SimpleUploadedFile("回单.pdf", PDF, "application/pdf")
    page = client_of(anne).post(
        reverse("charge", args=[charge.code]), {"bank_reference": " tx 0001 ", "proof": receipt}, follow=True
    )
    assert page.redirect_chain[-1][1] == 302
    assert "TX0001" in text(page)
    assert "回单.pdf" in text(page)
    charge.refresh_from_db()
    assert charge.state == "reported"
    desk = client_of(finance_sun)
    assert "回单.pdf" in text(desk.get(reverse("desk-payment", args=[charge.code])))
    assert charge.proof is not None
    assert desk.get(reverse("document", args=[charge.proof.document.code])).status_code == 200


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"bank_reference": ""}, "This field is required"),
        ({"bank_reference": "<b>x</b>"}, "not a bank transaction number"),
        ({"bank_reference": "TX0001", "proof": SimpleUploadedFile("x.exe", b"MZ", "application/pdf")}, "x.exe"),
        ({"bank_reference": "TX0001", "proof": SimpleUploadedFile("x.pdf", b"", "application/pdf")}, "empty"),
    ],
)
def test_a_report_that_is_wrong_comes_back_as_typed(
    typed: dict[str, object], said: str, charge: Charge, anne: User, client_of: ClientOf
) -> None:
    before = stage.snapshot()
    page = client_of(anne).post(reverse("charge", args=[charge.code]), typed)
    assert page.status_code == 422
    assert said in text(page)
    assert "<b>x</b>" not in text(page)
    assert stage.snapshot() == before


def test_a_viewer_of_the_payer_sees_the_charge_but_no_form(charge: Charge, anne_co: Party, client_of: ClientOf) -> None:
    viewer = people.person("viewer", "看客")
    people.join(viewer, anne_co, Membership.Role.VIEWER)
    page = client_of(viewer).get(reverse("charge", args=[charge.code]))
    assert page.status_code == 200
    assert 'name="bank_reference"' not in text(page)


def test_my_payments_lists_what_i_pay_and_what_i_get(
    charge: Charge, payout: Payout, anne: User, bob: User, client_of: ClientOf
) -> None:
    mine = text(client_of(anne).get(reverse("my-payments")))
    assert charge.reference in mine
    assert "Deposit refund" in mine
    theirs = text(client_of(bob).get(reverse("my-payments")))
    assert charge.reference not in theirs
    assert "Nothing here" in theirs


@pytest.mark.parametrize("name", ["desk-payments", "desk-payouts", "desk-settlements", "desk-deliveries"])
def test_the_desk_is_the_agencys(name: str, anne: User, agent_chen: User, client_of: ClientOf) -> None:
    assert client_of(anne).get(reverse(name)).status_code == 404
    assert client_of(agent_chen).get(reverse(name)).status_code == 200


def test_another_agency_sees_none_of_it(
    charge: Charge, payout: Payout, settlement: Settlement, client_of: ClientOf
) -> None:
    owner = people.person("han_mei", "韩梅")
    people.party(owner, Party.Kind.AGENCY, "四平知识产权交易所", 31)
    client = client_of(owner)
    for name, code in (
        ("desk-payment", charge.code),
        ("desk-payout", payout.code),
        ("settlement", settlement.deal.code),
    ):
        assert client.get(reverse(name, args=[code])).status_code == 404
        assert client.post(reverse(name, args=[code])).status_code == 404
    assert charge.reference not in text(client.get(reverse("desk-payments")))
    assert "No charge of ours" in text(client.get(reverse("desk-payments"), {"q": charge.reference}))


def test_the_reference_on_the_statement_leads_to_the_charge(
    charge: Charge, agent_chen: User, client_of: ClientOf
) -> None:
    client = client_of(agent_chen)
    found = client.get(reverse("desk-payments"), {"q": f"{charge.reference[:4]} {charge.reference[4:]}".lower()})
    assert found["Location"] == reverse("desk-payment", args=[charge.code])
    wrong = charge.reference[:-1] + ("2" if charge.reference[-1] != "2" else "3")
    slip = client.get(reverse("desk-payments"), {"q": wrong})
    assert slip.status_code == 422
    assert "has a slip" in text(slip)
    assert wrong in text(slip)


def test_finance_confirms_what_arrived(charge: Charge, finance_sun: User, client_of: ClientOf) -> None:
    typed = {"received": "１００，０００", "bank_reference": "TX0001", "on": clock.today().isoformat()}
    page = client_of(finance_sun).post(reverse("desk-payment", args=[charge.code]), typed, follow=True)
    assert "received. The payer is told." in text(page)
    charge.refresh_from_db()
    assert (charge.state, charge.confirmed_by) == ("confirmed", finance_sun)
    again = client_of(finance_sun).post(reverse("desk-payment", args=[charge.code]), typed)
    assert again.status_code == 302, "the second press of a double click gets the same answer"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"received": "99,999.99"}, "¥0.01 is missing"),
        ({"received": "100000.01"}, "¥0.01 is too much"),
        ({"received": "1e5"}, "Write the amount in figures"),
        ({"on": "2999-01-01"}, "has not come yet"),
        ({"on": "2026-02-30"}, "Enter a valid date"),
        ({"bank_reference": "??"}, "not a bank transaction number"),
    ],
)
def test_what_cannot_be_confirmed_comes_back_with_the_reason(
    wrong: dict[str, str], said: str, charge: Charge, finance_sun: User, client_of: ClientOf
) -> None:
    before = stage.snapshot()
    typed = {"received": "100000", "bank_reference": "TX0001", "on": clock.today().isoformat()} | wrong
    page = client_of(finance_sun).post(reverse("desk-payment", args=[charge.code]), typed)
    assert page.status_code == 422
    assert said in text(page)
    for value in typed.values():
        assert value in text(page)
    assert stage.snapshot() == before


def test_an_agent_without_the_purse_sees_no_form_and_is_refused(
    charge: Charge, agent_chen: User, client_of: ClientOf
) -> None:
    client, address = client_of(agent_chen), reverse("desk-payment", args=[charge.code])
    assert 'name="received"' not in text(client.get(address))
    before = stage.snapshot()
    typed = {"received": "100000", "bank_reference": "TX0001", "on": clock.today().isoformat()}
    assert client.post(address, typed).status_code == 422
    assert stage.snapshot() == before


def test_a_transfer_that_is_not_there_goes_back_to_the_payer(
    charge: Charge, anne: User, finance_sun: User, client_of: ClientOf
) -> None:
    actions.report(charge=charge, bank_reference="TX0001", proof=None, by=anne)
    desk = client_of(finance_sun)
    address = reverse("desk-payment-not-found", args=[charge.code])
    assert desk.post(address, {"remark": ""}).status_code == 422
    assert desk.get(address).status_code == 405
    assert desk.post(address, {"remark": "No transfer <today>."}).status_code == 302
    page = text(client_of(anne).get(reverse("charge", args=[charge.code])))
    assert "No transfer &lt;today&gt;." in page


def test_one_approves_the_account_shown_and_another_enters_the_payout(
    payout: Payout, finance_sun: User, zhou_min: User, client_of: ClientOf
) -> None:
    client, address = client_of(finance_sun), reverse("desk-payout", args=[payout.code])
    approving = reverse("desk-payout-approve", args=[payout.code])
    page = text(client.get(address))
    assert "•••• 0011" in page
    Party.objects.filter(pk=payout.payee_id).update(bank_account="6222000011112222")
    changed = client.post(approving, {"account_seen": "招商银行长春分行 431900000000011"})
    assert changed.status_code == 409
    assert "changed their bank account" in text(changed)
    assert "•••• 2222" in text(changed)
    assert Payout.objects.get().state == "due"
    assert client.post(approving, {"account_seen": "招商银行长春分行 6222000011112222"}).status_code == 302
    assert Payout.objects.get().state == "approved"
    typed = {"bank_reference": "OUT0001", "on": clock.today().isoformat()}
    assert "You approved it" in text(client.get(address))
    mine = client.post(address, typed)
    assert mine.status_code == 422
    assert "You approved it" in text(mine)
    assert "OUT0001" not in Payout.objects.get().bank_reference
    assert client_of(zhou_min).post(address, typed).status_code == 302
    assert Payout.objects.get().state == "sent"


def test_finance_posts_a_settlement_whose_lines_add_up(
    settlement: Settlement, finance_sun: User, agent_chen: User, client_of: ClientOf
) -> None:
    address = reverse("settlement", args=[settlement.deal.code])
    page = text(client_of(finance_sun).get(address))
    for said in ("¥105.00", "¥97.00", "¥5.00", "¥3.00", "¥0.00", "Share out the escrow"):
        assert said in page
    refused = client_of(agent_chen).post(address)
    assert refused.status_code == 422
    assert Settlement.objects.get().state == "prepared"
    posted = client_of(finance_sun).post(address, follow=True)
    assert "Posted on" in text(posted)
    assert "settlement-" in text(posted)
    assert Payout.objects.filter(subject=settlement.deal.ref).count() == 2


@pytest.mark.parametrize("page", ["0", "-1", "abc", "999999999", "NaN", ""])
def test_a_page_number_that_is_none_breaks_nothing(page: str, finance_sun: User, client_of: ClientOf) -> None:
    for name in ("desk-payments", "desk-payouts", "desk-settlements", "my-payments"):
        assert client_of(finance_sun).get(reverse(name), {"page": page, "state": page}).status_code == 200


def test_long_lists_ask_the_database_as_much_as_short_ones(
    anne_co: Party,
    agency: Party,
    finance_sun: User,
    anne: User,
    client_of: ClientOf,
    django_assert_max_num_queries: object,
) -> None:
    for number in range(60):
        stage.ask_deposit(f"B-{number}", anne_co, agency)
    for user, name in ((finance_sun, "desk-payments"), (anne, "my-payments")):
        client = client_of(user)
        with django_assert_max_num_queries(19):  # type: ignore[operator]
            page = client.get(reverse(name))
        assert text(page).count("<tr>") == 51
        assert "Page 1 of 2" in text(page)
