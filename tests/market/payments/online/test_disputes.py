"""A payer's bank takes a payment back: client money is untouched, and what its payer is to get waits."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from deploy.standin.provider import Provider
from market.ledger import queries as ledger
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.models import Checkout, Dispute, Payout
from market.payments.online import actions
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
    """Anne's deposit on its way back, approved before the dispute."""
    return money.approved(payments.release_deposit("B-ANNE", payee=anne_co, agency=agency, actor="system:x"))


def test_while_it_is_open_its_payer_is_paid_nothing(
    stripe: Provider, told: Told, page: Checkout, refund: Payout, finance_sun: User, agency: Party
) -> None:
    before = money.standing()
    number = stripe.dispute(page.intent)["id"]
    told()
    assert money.standing()["deposit:B-ANNE"] == before["deposit:B-ANNE"]
    assert money.standing()[f"disputed:{agency.code}"] == money.DEPOSIT
    money.refused("payout.disputed", lambda: actions.release_payout(payout=refund, by=finance_sun))
    stripe.decide(number, "won")
    told()
    assert money.standing() == before
    assert actions.release_payout(payout=refund, by=finance_sun).state == "released"
    assert [fact.name for fact in Fact.objects.filter(name__startswith="dispute.")] == ["dispute.opened", "dispute.won"]
    assert ledger.differences(ledger.trial_balance()) == []


def test_a_lost_one_is_a_claim_until_it_is_made_good(
    stripe: Provider,
    told: Told,
    page: Checkout,
    refund: Payout,
    finance_sun: User,
    anne_co: Party,
    agent_chen: User,
    client_of: Callable[[User], Client],
) -> None:
    dispute = stripe.dispute(page.intent)["id"]
    told()
    row = Dispute.objects.get()
    money.refused("dispute.open", lambda: actions.release_dispute(dispute=row, remark="paid", by=finance_sun))
    stripe.decide(dispute, "lost")
    told()
    assert money.standing()[f"claim:{anne_co.code}"] == money.DEPOSIT
    money.refused("payout.disputed", lambda: actions.release_payout(payout=refund, by=finance_sun))
    money.refused("dispute.remark_missing", lambda: actions.release_dispute(dispute=row, remark=" ", by=finance_sun))
    money.refused("role.missing", lambda: actions.release_dispute(dispute=row, remark="paid", by=agent_chen))
    here, url = client_of(finance_sun), f"/desk/disputes/{row.code}/"
    assert row.number in here.get(url).content.decode()
    assert here.post(url, {"remark": "paid again by bank on 2026-11-27"}).status_code == 302
    assert "paid again by bank" in here.get(url).content.decode()
    assert actions.release_payout(payout=refund, by=finance_sun).state == "released"


def test_a_question_of_the_bank_moves_no_money(
    stripe: Provider, told: Told, page: Checkout, refund: Payout, finance_sun: User, client: Client
) -> None:
    before = money.standing()
    dispute = stripe.dispute(page.intent)
    dispute |= {"status": "warning_needs_response", "balance_transactions": []}
    told()
    assert (Dispute.objects.get().state, money.standing()) == ("inquiry", before)
    money.refused("payout.disputed", lambda: actions.release_payout(payout=refund, by=finance_sun))
    stripe.decide(dispute["id"], "warning_closed")
    told()
    assert (Dispute.objects.get().state, money.standing()) == ("closed", before)
    assert actions.release_payout(payout=refund, by=finance_sun).state == "released"


def test_the_desk_lists_its_own_disputes(
    stripe: Provider, told: Told, page: Checkout, anne: User, zhou_min: User, client_of: Callable[[User], Client]
) -> None:
    stripe.dispute(page.intent)
    told()
    assert page.charge.reference in client_of(zhou_min).get("/desk/disputes/").content.decode()
    assert client_of(anne).get("/desk/disputes/").status_code == 404
    assert client_of(anne).get(f"/desk/disputes/{Dispute.objects.get().code}/").status_code == 404
