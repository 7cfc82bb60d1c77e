"""The nightly comparison finds what webhooks missed, books it, and names what still differs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from deploy.standin.provider import Provider
from market.kernel import clock
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.models import Charge, Checkout, Comparison, Dispute, Outgoing, Payout
from market.payments.online import actions, reconcile
from market.payments.online.actions import errands
from market.trail.models import Fact
from tests.market.payments import stage as money
from tests.market.payments.online import stage

pytestmark = pytest.mark.django_db
Told = Callable[..., Any]


def compared() -> Comparison:
    return reconcile.compare(clock.now() - timedelta(days=8))


@pytest.fixture
def page(stripe: Provider, anne_co: Party, anne: User, agency: Party) -> Checkout:
    """A page on which Anne has paid her deposit, of which the market has not heard."""
    page = stage.opened(money.ask_deposit("B-ANNE", anne_co, agency), anne)
    stripe.pay(page.session)
    return page


def test_a_day_without_webhooks_is_made_up_for(
    stripe: Provider, page: Checkout, anne_co: Party, agency: Party, finance_sun: User
) -> None:
    """A payment, a refund that comes back and a dispute, and the market is told none of it."""
    assert compared().mended == [f"{stripe.get('payment_intent', _intent(stripe))['latest_charge']}: paid"]
    assert Charge.objects.get().state == "confirmed"
    payments.hold_deposit("B-ANNE", origin=money.ORIGIN, amount=money.DEPOSIT, actor="system:x")
    payout = money.approved(payments.release_deposit("B-ANNE", payee=anne_co, agency=agency, actor="system:x"))
    actions.release_payout(payout=payout, by=finance_sun)
    errands.run_due()
    stripe.fail_refund(Outgoing.objects.get().number)
    assert len(compared().mended) == 1
    assert Payout.objects.get(pk=payout.pk).state == "back"
    stripe.decide(stripe.dispute(_intent(stripe))["id"], "won")
    found = compared()
    assert (found.compared, found.differences) == (5, [])
    assert Dispute.objects.get().state == "won"
    again = compared()
    assert (again.mended, again.differences) == ([], [])


def _intent(stripe: Provider) -> str:
    return str(next(stripe.all("payment_intent"))["id"])


def test_a_page_that_closed_unheard_is_closed(stripe: Provider, anne_co: Party, anne: User, agency: Party) -> None:
    page = stage.opened(money.ask_deposit("B-ANNE", anne_co, agency), anne)
    stripe.expire_session(page.session)
    with clock.shifted_to(page.expires_at + timedelta(hours=1)):
        assert compared().mended == [f"{page.ref}: expired"]
    assert Checkout.objects.get().state == "expired"


def test_what_was_done_by_hand_at_stripe_is_named(
    stripe: Provider, page: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    stripe.refund({"payment_intent": _intent(stripe), "amount": "500"})
    stripe.pay_bank(300, "cny")
    with pytest.raises(SystemExit):
        call_command("compare_stripe")
    said = capsys.readouterr().out
    assert "unknown re_" in said
    assert "unknown po_" in said
    assert "balance CNY: 97100.00 CNY in the books, 97092.00 CNY there" in said
    assert said.endswith("3 differences\n")


def test_an_agencys_own_money_arrives_at_its_bank(stripe: Provider, page: Checkout, agency: Party) -> None:
    stripe.pay_bank(97_100_00, "cny", agency=agency.code)
    assert compared().differences == []
    assert money.standing()[f"bank:{agency.code}"] == money.yuan(97_100)
    assert f"stripe:{agency.code}" not in money.standing()


def test_a_figure_that_is_wrong_by_a_fen_is_found(stripe: Provider, page: Checkout) -> None:
    assert compared().differences == []
    next(stripe.all("balance_transaction"))["fee"] += 1
    assert [found["code"] for found in compared().differences] == ["amount"]
    told = Fact.objects.get(name="stripe.differed")
    assert (told.audience, told.data["count"]) == ([f"party:{page.charge.agency.code}"], 1)


def test_it_runs_once_a_night(stripe: Provider) -> None:
    night = clock.now().astimezone(clock.BEIJING).replace(hour=3, minute=5) + timedelta(days=1)
    with clock.shifted_to(night - timedelta(minutes=10)):
        assert Comparison.objects.count() == 0 or reconcile.run_due() is None
    with clock.shifted_to(night):
        assert reconcile.run_due() is not None
        assert reconcile.run_due() is None


def test_without_keys_there_is_nothing_to_compare(settings: Any) -> None:
    settings.STRIPE_KEY = ""
    assert reconcile.run_due() is None
    with pytest.raises(CommandError, match="STRIPE_KEY"):
        call_command("compare_stripe")
