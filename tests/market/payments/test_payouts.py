"""A payout is entered once, with the bank's number, to the account its payee has now."""

import pytest
from django.http import Http404

from market.kernel.errors import Conflict
from market.parties.models import Party, User
from market.payments import actions, queries
from market.payments.models import Payout
from tests import people
from tests.market.payments import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def payout(anne_co: Party, agency: Party, finance_sun: User) -> Payout:
    """Anne's deposit on its way back."""
    stage.deposit("B-ANNE", anne_co, agency, finance_sun)
    return actions.release_deposit("B-ANNE", payee=anne_co, agency=agency, actor="system:x")


def test_it_remembers_where_the_money_went(payout: Payout, anne_co: Party, finance_sun: User) -> None:
    sent = stage.send(payout, finance_sun, bank_reference="out 0001", account_seen=queries.payee_account(payout))
    assert sent.sent_to == f"{anne_co.bank_name} {anne_co.bank_account}"
    assert (sent.bank_reference, sent.sent_by) == ("OUT0001", finance_sun)


def test_it_is_not_sent_twice_under_two_numbers(payout: Payout, finance_sun: User) -> None:
    stage.send(payout, finance_sun, bank_reference="OUT0001")
    stage.refused("payout.sent", lambda: stage.send(payout, finance_sun, bank_reference="OUT0002"))


def test_a_number_or_a_day_that_cannot_be_is_refused(payout: Payout, finance_sun: User) -> None:
    stage.refused("payment.number", lambda: stage.send(payout, finance_sun, bank_reference="?"))
    stage.refused("payment.date_ahead", lambda: stage.send(payout, finance_sun, on=people.days_from_today(1)))


def test_a_payee_without_an_account_gets_nothing_until_it_names_one(
    payout: Payout, anne_co: Party, finance_sun: User
) -> None:
    Party.objects.filter(pk=anne_co.pk).update(bank_account="")
    stage.refused("payout.no_account", lambda: stage.send(payout, finance_sun))


def test_an_account_changed_behind_the_senders_back_is_shown_first(
    payout: Payout, anne_co: Party, finance_sun: User
) -> None:
    seen = queries.payee_account(payout)
    Party.objects.filter(pk=anne_co.pk).update(bank_account="6222000011112222")
    caught = stage.refused("payout.account_changed", lambda: stage.send(payout, finance_sun, account_seen=seen))
    assert isinstance(caught, Conflict)


def test_only_the_agencys_money_people_send_it(payout: Payout, anne: User, mallory: User, agent_chen: User) -> None:
    for stranger in (anne, mallory):
        before = stage.snapshot()
        with pytest.raises(Http404):
            stage.send(payout, stranger)
        assert stage.snapshot() == before
    stage.refused("role.missing", lambda: stage.send(payout, agent_chen))
