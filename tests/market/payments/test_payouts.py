"""A payout is approved by one person and entered by another, once, to the account its payee had when it was approved."""

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404

from market.kernel import clock
from market.kernel.errors import Conflict
from market.parties.models import Party, User
from market.payments import actions, queries
from market.payments.models import Payout
from market.trail.models import Fact
from tests import people
from tests.market.payments import stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def payout(anne_co: Party, agency: Party, finance_sun: User) -> Payout:
    """Anne's deposit on its way back."""
    stage.deposit("B-ANNE", anne_co, agency, finance_sun)
    return stage.approved(actions.release_deposit("B-ANNE", payee=anne_co, agency=agency, actor="system:x"))


@pytest.fixture
def waiting(anne_co: Party, agency: Party, finance_sun: User) -> Payout:
    """Anne's deposit before anybody approved its way back."""
    stage.deposit("B-ANNE", anne_co, agency, finance_sun)
    return actions.release_deposit("B-ANNE", payee=anne_co, agency=agency, actor="system:x")


def test_it_remembers_where_the_money_went(payout: Payout, anne_co: Party, zhou_min: User, finance_sun: User) -> None:
    sent = stage.send(payout, finance_sun, bank_reference="out 0001")
    assert sent.sent_to == f"{anne_co.bank_name} {anne_co.bank_account}"
    assert (sent.bank_reference, sent.approved_by, sent.sent_by) == ("OUT0001", zhou_min, finance_sun)


def test_nobody_sends_what_nobody_else_approved(waiting: Payout, zhou_min: User, finance_sun: User) -> None:
    stage.refused("payout.unapproved", lambda: stage.send(waiting, finance_sun))
    approved = stage.approved(waiting, finance_sun)
    assert (approved.state, approved.approved_by) == ("approved", finance_sun)
    stage.refused("payout.second_person", lambda: stage.send(approved, finance_sun))
    with pytest.raises(IntegrityError, match="payout_sent_by_a_second_person"), transaction.atomic():
        Payout.objects.update(state="sent", sent_by=finance_sun, bank_reference="X-1234", sent_on=clock.today())
    assert stage.send(approved, zhou_min).state == "sent"


def test_the_same_approval_again_changes_nothing(payout: Payout, finance_sun: User) -> None:
    before = stage.snapshot()
    stage.approved(payout, finance_sun)
    assert stage.snapshot() == before
    fact = Fact.objects.get(name="payout.approved")
    assert fact.audience == [payout.agency.ref]
    assert fact.data["approval"] == payout.approval_sha256


def test_an_approval_falls_when_the_account_changes_and_is_given_anew(
    payout: Payout, anne_co: Party, zhou_min: User, finance_sun: User
) -> None:
    Party.objects.filter(pk=anne_co.pk).update(bank_account="6222000011112222")
    stage.refused("payout.approval_void", lambda: stage.send(payout, finance_sun))
    payout = Payout.objects.get()
    assert stage.approved(payout, finance_sun).approved_by == finance_sun
    stage.refused("payout.second_person", lambda: stage.send(payout, finance_sun))
    assert stage.send(payout, zhou_min).sent_to.endswith("6222000011112222")


def test_who_is_sent_is_not_approved_again(payout: Payout, finance_sun: User) -> None:
    stage.send(payout, finance_sun)
    stage.refused("payout.sent", lambda: stage.approved(payout, finance_sun))


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


def test_an_account_changed_behind_the_approvers_back_is_shown_first(
    waiting: Payout, anne_co: Party, finance_sun: User
) -> None:
    seen = queries.payee_account(waiting)
    Party.objects.filter(pk=anne_co.pk).update(bank_account="6222000011112222")
    caught = stage.refused(
        "payout.account_changed",
        lambda: actions.approve_payout(payout=waiting, account_seen=seen, by=finance_sun),
    )
    assert isinstance(caught, Conflict)


def test_only_the_agencys_money_people_send_it(payout: Payout, anne: User, mallory: User, agent_chen: User) -> None:
    for stranger in (anne, mallory):
        before = stage.snapshot()
        with pytest.raises(Http404):
            stage.send(payout, stranger)
        with pytest.raises(Http404):
            stage.approved(payout, stranger)
        assert stage.snapshot() == before
    stage.refused("role.missing", lambda: stage.send(payout, agent_chen))
    stage.refused("role.missing", lambda: stage.approved(payout, agent_chen))
