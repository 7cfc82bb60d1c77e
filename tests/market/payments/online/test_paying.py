"""A charge is paid at Stripe: once, exactly, and whatever is not owed goes back to who paid it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from deploy.standin.provider import Provider
from market.kernel import clock
from market.kernel.money import Money
from market.kernel.states import move
from market.ledger import queries as ledger
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments import handlers
from market.payments.models import Charge, Checkout, Payout
from market.payments.online import actions
from market.payments.online.actions import errands
from market.trail.models import Fact
from tests.market.payments import stage as money
from tests.market.payments.online import stage

pytestmark = pytest.mark.django_db
Told = Callable[..., Any]


@pytest.fixture
def charge(anne_co: Party, agency: Party) -> Charge:
    """Anne's bid deposit, to be paid."""
    return money.ask_deposit("B-ANNE", anne_co, agency)


def fee(amount: int) -> int:
    return amount * 29 // 1000


def test_the_payers_money_lies_at_stripe_for_the_charge(
    stripe: Provider, told: Told, charge: Charge, anne: User, agency: Party
) -> None:
    page = stage.opened(charge, anne)
    stripe.pay(page.session)
    told()
    charge.refresh_from_db()
    page.refresh_from_db()
    assert (charge.state, charge.bank_reference, charge.confirmed_by) == ("confirmed", page.intent, None)
    assert (page.state, page.outcome, page.method) == ("paid", "confirmed", "card")
    spent = fee(money.DEPOSIT.minor)
    assert {code: balance.minor for code, balance in money.standing().items()} == {
        "deposit:B-ANNE": money.DEPOSIT.minor,
        f"stripe:{agency.code}": money.DEPOSIT.minor - spent,
        f"fees:{agency.code}": spent,
    }
    assert ledger.differences(ledger.trial_balance()) == []
    assert Fact.objects.filter(name="charge.confirmed", subject=charge.ref).count() == 1


def test_a_yuan_charge_offers_the_wallets_and_a_foreign_one_does_not(
    stripe: Provider, charge: Charge, anne: User, agency: Party, anne_co: Party
) -> None:
    page = stage.opened(charge, anne)
    assert stripe.get("checkout.session", page.session)["payment_method_types"] == ["card", "alipay", "wechat_pay"]
    yen = money.ask_deposit("B-YEN", anne_co, agency, amount=Money(98_000, "JPY"))
    session = stripe.get("checkout.session", stage.opened(yen, anne).session)
    assert (session["amount_total"], session["currency"]) == (98_000, "jpy")  # no decimals, so no hundredfold
    assert session["payment_method_types"] == ["card"]


def test_the_same_wish_again_is_the_same_page(stripe: Provider, charge: Charge, anne: User) -> None:
    page = stage.opened(charge, anne)
    assert actions.start(charge=charge, by=anne) == page
    with clock.shifted_to(page.expires_at + timedelta(minutes=1)):
        later = actions.start(charge=charge, by=anne)
    assert (later.ref, Checkout.objects.get(pk=page.pk).state) == (f"{charge.ref}:online:2", "expired")


def test_a_wallet_may_say_later_whether_it_pays(stripe: Provider, told: Told, charge: Charge, anne: User) -> None:
    page = stage.opened(charge, anne)
    stripe.pay(page.session, "alipay", later=True)
    told()
    assert (Checkout.objects.get().state, Charge.objects.get().state) == ("processing", "due")
    stripe.settle(page.session, succeeds=True)
    told()
    assert (Checkout.objects.get().state, Charge.objects.get().state) == ("paid", "confirmed")


def test_a_payment_that_fails_leaves_the_charge_due(stripe: Provider, told: Told, charge: Charge, anne: User) -> None:
    page = stage.opened(charge, anne)
    stripe.decline(page.session)
    told()
    assert Checkout.objects.get().state == "open"
    stripe.pay(page.session, "alipay", later=True)
    stripe.settle(page.session, succeeds=False)
    told()
    assert (Checkout.objects.get().state, Charge.objects.get().state) == ("failed", "due")
    assert money.standing() == {}
    assert stage.opened(charge, anne).pk != page.pk


@pytest.mark.parametrize("gap", [-1, 1])
def test_another_sum_than_is_due_goes_back(
    stripe: Provider, told: Told, charge: Charge, anne: User, anne_co: Party, gap: int
) -> None:
    page = stage.opened(charge, anne)
    stripe.pay(page.session, amount=money.DEPOSIT.minor + gap)
    told()
    assert Charge.objects.get().state == "due"
    payout = Payout.objects.get()
    assert (payout.purpose, payout.payee, payout.amount.minor) == ("return", anne_co, money.DEPOSIT.minor + gap)
    assert money.standing()[f"payable:{anne_co.code}"].minor == money.DEPOSIT.minor + gap
    assert "deposit:B-ANNE" not in money.standing()
    assert Fact.objects.get(name="online.returned").audience == sorted([charge.payer.ref, charge.agency.ref])


def test_money_for_what_is_cancelled_goes_back(
    stripe: Provider, told: Told, charge: Charge, anne: User, anne_co: Party
) -> None:
    page = stage.opened(charge, anne)
    payments.cancel(charge=charge, actor="system:closer")
    stripe.pay(page.session)
    told()
    assert (Charge.objects.get().state, Payout.objects.get().amount) == ("cancelled", money.DEPOSIT)
    assert money.standing()[f"payable:{anne_co.code}"] == money.DEPOSIT


def test_money_for_what_was_paid_by_bank_goes_back(
    stripe: Provider, told: Told, charge: Charge, anne: User, finance_sun: User, anne_co: Party
) -> None:
    page = stage.opened(charge, anne)
    money.confirm(charge, finance_sun)
    stripe.pay(page.session)
    told()
    assert money.standing()["deposit:B-ANNE"] == money.DEPOSIT
    assert money.standing()[f"payable:{anne_co.code}"] == money.DEPOSIT


def test_a_price_pays_its_deal_and_a_deal_that_ended_sends_it_back(
    stripe: Provider, told: Told, jida: Party, anne_co: Party, anne: User, agency: Party
) -> None:
    deal = money.walk(money.deal(jida, anne_co, agency, price=money.yuan(1000)), "signed")
    handlers.on_deal_signed(money.fact("deal.signed", deal))
    price = Charge.objects.get(purpose="price")
    page = stage.opened(price, anne)
    move(deal, "defaulted")
    stripe.pay(page.session)
    told()
    assert (Charge.objects.get().state, Payout.objects.get().purpose) == ("due", "return")


def test_pages_nobody_should_pay_on_are_closed(stripe: Provider, charge: Charge, anne: User, finance_sun: User) -> None:
    page = stage.opened(charge, anne)
    money.confirm(charge, finance_sun)
    assert errands.run_due() == 1
    assert stripe.get("checkout.session", page.session)["status"] == "expired"
    assert Checkout.objects.get().state == "expired"
    assert errands.run_due() == 0


@pytest.mark.parametrize(
    ("amount", "code"),
    [(Money(1_000_000_00, "CNY"), "online.amount"), (Money(399, "CNY"), "online.amount")],
)
def test_a_sum_stripe_does_not_take_is_refused(
    stripe: Provider, anne_co: Party, anne: User, agency: Party, amount: Money, code: str
) -> None:
    charge = money.ask_deposit("B-ANNE", anne_co, agency, amount=amount)
    money.refused(code, lambda: actions.start(charge=charge, by=anne))


def test_without_keys_nothing_is_paid_online(settings: Any, charge: Charge, anne: User, client: Client) -> None:
    settings.STRIPE_KEY = ""
    money.refused("online.off", lambda: actions.start(charge=charge, by=anne))
    assert errands.run_due() == 0
    assert client.post(stage.HOOK).status_code == 404
    client.force_login(anne)
    assert b"/online/" not in client.get(f"/payments/{charge.code}/").content


def test_the_payer_goes_there_and_back(
    stripe: Provider, charge: Charge, anne: User, mallory: User, client_of: Callable[[User], Client]
) -> None:
    here, url = client_of(anne), f"/payments/{charge.code}/online/"
    assert url in here.get(f"/payments/{charge.code}/").content.decode()
    assert client_of(mallory).post(url).status_code == 404
    answer = here.post(url)
    assert answer.status_code == 303
    page = Checkout.objects.get()
    assert answer["Location"] == page.url
    stripe.pay(page.session)  # and no webhook comes
    back = here.get(url, follow=True)
    assert "What you paid" in back.content.decode()
    assert charge.agency.bank_account not in back.content.decode()
    assert Charge.objects.get().state == "confirmed"
