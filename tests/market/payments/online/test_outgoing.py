"""What was paid online goes back there, and a payee with an account at Stripe is paid there: approved and released by two."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from deploy.standin.provider import Provider
from market.kernel import clock
from market.ledger import books
from market.ledger import queries as ledger
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments import handlers, queries
from market.payments.actions.payouts import pay_out
from market.payments.models import Charge, Checkout, Connected, Outgoing, Payout
from market.payments.online import actions
from market.payments.online.actions import errands
from market.trail.models import Fact
from tests.market.payments import stage as money
from tests.market.payments.online import stage

pytestmark = pytest.mark.django_db
Told = Callable[..., Any]


@pytest.fixture
def page(stripe: Provider, told: Told, anne_co: Party, agency: Party, anne: User) -> Checkout:
    """Anne's deposit, paid by card."""
    return stage.deposit_paid(stripe, told, anne_co, agency, anne)


@pytest.fixture
def refund(page: Checkout, anne_co: Party, agency: Party) -> Payout:
    """Anne's deposit on its way back, approved by the agency's owner."""
    return money.approved(payments.release_deposit("B-ANNE", payee=anne_co, agency=agency, actor="system:x"))


def released(payout: Payout, by: User) -> Outgoing:
    """The payout released, and Stripe asked once."""
    actions.release_payout(payout=payout, by=by)
    errands.run_due()
    return Outgoing.objects.get(payout=payout)


def test_a_deposit_goes_back_where_it_came_from(
    stripe: Provider, page: Checkout, refund: Payout, finance_sun: User, agency: Party
) -> None:
    assert queries.payee_account(refund) == f"Stripe {page.intent}"
    assert released(refund, finance_sun).state == "succeeded"
    refund.refresh_from_db()
    made = next(stripe.all("refund"))
    assert (made["amount"], made["payment_intent"]) == (money.DEPOSIT.minor, page.intent)
    assert (refund.state, refund.bank_reference, refund.sent_by) == ("sent", made["id"], finance_sun)
    assert set(money.standing()) == {f"stripe:{agency.code}", f"fees:{agency.code}"}  # the fee alone is left, twice
    assert ledger.differences(ledger.trial_balance()) == []


def test_two_people_let_it_go(page: Checkout, anne_co: Party, agency: Party, zhou_min: User, finance_sun: User) -> None:
    payout = payments.release_deposit("B-ANNE", payee=anne_co, agency=agency, actor="system:x")
    money.refused("payout.unapproved", lambda: actions.release_payout(payout=payout, by=finance_sun))
    money.approved(payout, zhou_min)
    money.refused("payout.second_person", lambda: actions.release_payout(payout=payout, by=zhou_min))
    money.refused("payout.goes_online", lambda: money.send(payout, finance_sun))
    once = actions.release_payout(payout=payout, by=finance_sun)
    before = money.snapshot()
    assert actions.release_payout(payout=once, by=finance_sun).state == "released"
    assert money.snapshot() == before
    money.refused("payout.sent", lambda: money.approved(payout, zhou_min))


def test_a_wallet_is_refunded_as_long_as_it_takes_it(
    stripe: Provider, told: Told, anne_co: Party, agency: Party, anne: User, finance_sun: User
) -> None:
    page = stage.deposit_paid(stripe, told, anne_co, agency, anne, method="wechat_pay")
    payout = payments.release_deposit("B-ANNE", payee=anne_co, agency=agency, actor="system:x")
    with clock.shifted_to(clock.now() + timedelta(days=181)):
        assert queries.payee_account(payout).endswith(anne_co.bank_account)
    assert queries.payee_account(payout) == f"Stripe {page.intent}"
    money.approved(payout)
    outgoing = released(payout, finance_sun)
    assert (outgoing.state, Payout.objects.get().state) == ("pending", "sent")
    stripe.settle_refund(outgoing.number)
    told()
    assert Outgoing.objects.get().state == "succeeded"


def test_a_refund_the_bank_sends_back_is_owed_again_and_goes_by_bank(
    stripe: Provider, told: Told, refund: Payout, finance_sun: User, anne_co: Party
) -> None:
    outgoing = released(refund, finance_sun)
    stripe.fail_refund(outgoing.number)
    told()
    refund.refresh_from_db()
    assert refund.state == "back"
    again = Payout.objects.get(ref=f"{refund.ref}:bank")
    assert (again.state, again.amount, queries.payee_account(again).endswith(anne_co.bank_account)) == (
        "due",
        money.DEPOSIT,
        True,
    )
    assert money.standing()["deposit:B-ANNE"] == money.DEPOSIT
    money.send(money.approved(again), finance_sun)
    assert "deposit:B-ANNE" not in money.standing()
    told(*stripe.all("event"))  # everything once more
    assert "deposit:B-ANNE" not in money.standing()
    assert ledger.differences(ledger.trial_balance()) == []


def test_what_stripe_declines_waits_for_a_bank_transfer(
    stripe: Provider, page: Checkout, refund: Payout, finance_sun: User, agency: Party
) -> None:
    stripe.refund({"payment_intent": page.intent})  # somebody did it by hand
    outgoing = released(refund, finance_sun)
    refund.refresh_from_db()
    assert (outgoing.state, refund.state, refund.approval_sha256) == ("declined", "due", "")
    assert money.standing()["deposit:B-ANNE"] == money.DEPOSIT
    assert Fact.objects.get(name="payout.declined").audience == [agency.ref]
    assert queries.payee_account(refund) == f"{refund.payee.bank_name} {refund.payee.bank_account}"


def test_what_came_too_much_goes_back_too(
    stripe: Provider, told: Told, anne_co: Party, anne: User, agency: Party, finance_sun: User
) -> None:
    page = stage.opened(money.ask_deposit("B-ANNE", anne_co, agency), anne)
    stripe.pay(page.session, amount=money.DEPOSIT.minor + 5)
    told()
    payout = money.approved(Payout.objects.get(purpose="return"))
    assert released(payout, finance_sun).state == "succeeded"
    assert next(stripe.all("refund"))["amount"] == money.DEPOSIT.minor + 5
    assert f"payable:{anne_co.code}" not in money.standing()


def test_only_the_agencys_money_people_release_it(
    refund: Payout, anne: User, agent_chen: User, finance_sun: User, client_of: Callable[[User], Client]
) -> None:
    url = f"/desk/payouts/{refund.code}/release/"
    assert client_of(anne).post(url).status_code == 404
    money.refused("role.missing", lambda: actions.release_payout(payout=refund, by=agent_chen))
    here = client_of(finance_sun)
    assert url in here.get(f"/desk/payouts/{refund.code}/").content.decode()
    assert here.post(url).status_code == 302
    assert Payout.objects.get().state == "sent"


@pytest.fixture
def connected(stripe: Provider, told: Told, jida: Party, li_wei: User) -> Connected:
    """吉林大学's account at Stripe, which can be paid."""
    account = actions.connect(party=jida, country="HK", by=li_wei)
    errands.run_due()
    account.refresh_from_db()
    stripe.onboard(account.number)
    told()
    account.refresh_from_db()
    return account


def test_a_holder_with_an_account_is_paid_there_as_far_as_the_money_lies_there(
    stripe: Provider, page: Checkout, connected: Connected, jida: Party, agency: Party, finance_sun: User
) -> None:
    assert connected.ready
    books.void("bidder:B-ANNE:bond")
    books.transfer(money.yuan(70_000), debit="deposit:B-ANNE", credit=f"payable:{jida.code}", ref="x", memo="x")
    due = clock.now()
    payout, more = (
        pay_out("proceeds", f"x:{n}", "x:1", jida, agency, f"payable:{jida.code}", money.yuan(sum_), due)
        for n, sum_ in enumerate((60_000, 98_000))
    )
    assert queries.payee_account(more).endswith(jida.bank_account)  # more than there is
    assert queries.payee_account(payout) == f"Stripe {connected.number}"
    outgoing = released(money.approved(payout), finance_sun)
    made = next(stripe.all("transfer"))
    assert (made["destination"], made["amount"], outgoing.state) == (connected.number, 60_000_00, "succeeded")
    assert money.standing()[f"payable:{jida.code}"] == money.yuan(10_000)


def test_the_owner_opens_an_account_and_comes_back(
    stripe: Provider, li_wei: User, jida: Party, client_of: Callable[[User], Client]
) -> None:
    here = client_of(li_wei)
    assert here.get("/me/payments/account/").status_code == 200
    answer = here.post("/me/payments/account/", {"country": "SG"})
    number = Connected.objects.get().number
    assert (answer.status_code, answer["Location"]) == (303, f"{stripe.address}/onboard/{number}")
    stripe.onboard(number)
    assert number in here.get("/me/payments/account/").content.decode()
    assert Connected.objects.get().ready


def test_a_price_goes_back_to_who_paid_it_online_and_to_nobody_else(
    stripe: Provider, told: Told, anne_co: Party, bob_co: Party, anne: User, agency: Party, jida: Party
) -> None:
    deal = money.walk(money.deal(jida, anne_co, agency, price=money.yuan(1000)), "signed")
    handlers.on_deal_signed(money.fact("deal.signed", deal))
    price = Charge.objects.get(purpose="price")
    page = stage.opened(price, anne)
    stripe.pay(page.session)
    told()
    page.refresh_from_db()
    due = clock.now()
    back, other = (
        pay_out("return", f"unwound:{party.code}", deal.ref, party, agency, price.account, price.amount, due)
        for party in (anne_co, bob_co)
    )
    assert queries.payee_account(back) == f"Stripe {page.intent}"
    assert queries.payee_account(other).endswith(bob_co.bank_account)
