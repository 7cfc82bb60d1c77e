"""A deposit that arrived is held, then set off or given back within a day, exactly one of the two."""

from datetime import timedelta

import pytest

from market.kernel import clock
from market.ledger import books
from market.parties.models import Party, User
from market.payments import actions
from market.payments.models import Charge, Payout
from market.trail.models import Fact
from tests.market.payments import stage
from tests.market.payments.stage import yuan

pytestmark = pytest.mark.django_db


@pytest.fixture
def deposit(anne_co: Party, agency: Party, finance_sun: User) -> Charge:
    """Anne's deposit of ¥100,000, arrived and held."""
    return stage.deposit("B-ANNE", anne_co, agency, finance_sun)


def test_a_deposit_that_has_not_arrived_cannot_be_held(anne_co: Party, agency: Party) -> None:
    stage.ask_deposit("B-ANNE", anne_co, agency)
    stage.refused(
        "ledger.overdrawn",
        lambda: actions.hold_deposit("B-ANNE", origin=stage.ORIGIN, amount=stage.DEPOSIT, actor="system:x"),
    )


def test_it_is_held_once(deposit: Charge) -> None:
    actions.hold_deposit("B-ANNE", origin=stage.ORIGIN, amount=stage.DEPOSIT, actor="system:other")
    assert books.held(deposit.account) == stage.DEPOSIT
    assert books.available(deposit.account) == yuan(0)


def test_the_winners_goes_into_the_escrow_once(deposit: Charge, anne_co: Party, agency: Party) -> None:
    for _ in range(2):
        assert actions.apply_deposit("B-ANNE", actor="system:x") == stage.DEPOSIT
    assert stage.standing() == {f"bank:{agency.code}": stage.DEPOSIT, f"escrow:{stage.ORIGIN}": stage.DEPOSIT}
    stage.refused(
        "ledger.hold_ended",
        lambda: actions.release_deposit("B-ANNE", payee=anne_co, agency=agency, actor="system:x"),
    )


def test_the_losers_goes_back_within_a_day_once(
    deposit: Charge, anne_co: Party, agency: Party, finance_sun: User
) -> None:
    payout = actions.release_deposit("B-ANNE", payee=anne_co, agency=agency, actor="system:x")
    assert actions.release_deposit("B-ANNE", payee=anne_co, agency=agency, actor="system:x") == payout
    assert (payout.purpose, payout.payee, payout.amount, payout.state) == ("refund", anne_co, stage.DEPOSIT, "due")
    assert payout.due_at - clock.now() <= timedelta(hours=24)
    assert Fact.objects.get(name="deposit.released").audience == [anne_co.ref]
    stage.refused("ledger.hold_ended", lambda: actions.apply_deposit("B-ANNE", actor="system:x"))
    stage.approved(payout)
    for _ in range(2):
        assert stage.send(payout, finance_sun).state == "sent"
    assert stage.standing() == {}
    assert Fact.objects.filter(name="payout.sent").count() == 1
    assert Payout.objects.count() == 1
