"""A receipt for every payment received and sent: numbered without gaps, made once, read by those concerned."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from market.parties.models import Party, User
from market.payments import actions
from market.payments.invoices import handlers, queries
from market.payments.invoices.actions import give_receipt
from market.payments.invoices.models import Receipt
from market.payments.models import Charge, Payout
from market.trail.models import Fact
from tests.market.payments import stage

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


@pytest.fixture
def charge(anne_co: Party, agency: Party, finance_sun: User) -> Charge:
    """A deposit of ¥100,000 that arrived."""
    return stage.deposit("B-ANNE", anne_co, agency, finance_sun)


def test_a_receipt_says_who_paid_whom_how_much_for_what(charge: Charge, agency: Party) -> None:
    said = queries.receipt_data("2026-000001", charge)
    assert said["payer"][0] == charge.payer.name
    assert said["payee"][0] == agency.name
    assert said["purpose"] == "竞买保证金 Bid deposit"
    assert said["about"] == "L-TEST B-ANNE"
    assert (said["amount"], said["capital"]) == ("¥100,000.00", "壹拾万元整")
    assert said["bank_reference"] == f"IN{charge.code}"


def test_what_comes_in_and_goes_out_is_receipted_once_when_the_facts_arrive(
    charge: Charge, anne_co: Party, agency: Party, finance_sun: User
) -> None:
    payout = actions.release_deposit("B-ANNE", payee=anne_co, agency=agency, actor="system:x")
    stage.send(stage.approved(payout), finance_sun)
    handlers.on_charge_confirmed(Fact.objects.get(name="charge.confirmed"))
    handlers.on_payout_sent(Fact.objects.get(name="payout.sent"))
    year = charge.received_on.year if charge.received_on else 0
    assert [row.number for row in Receipt.objects.all()] == [f"{year}-000001", f"{year}-000002"]
    first = Receipt.objects.get(charge=charge)
    assert first.version.file.open().read(4) == b"%PDF"
    assert give_receipt(Charge.objects.get(pk=charge.pk)) == first
    assert (
        give_receipt(Payout.objects.get(pk=payout.pk)).version.sha256
        == Receipt.objects.get(payout=payout).version.sha256
    )
    assert Receipt.objects.count() == 2


def test_only_payer_and_agency_take_the_receipt_home(
    charge: Charge, anne: User, finance_sun: User, mallory: User, bob: User, client_of: ClientOf
) -> None:
    address = reverse("document", args=[give_receipt(charge).version.document.code])
    assert [client_of(user).get(address).status_code for user in (anne, finance_sun, mallory, bob)] == [
        200,
        200,
        404,
        404,
    ]


def test_no_receipt_for_money_that_has_not_moved(anne_co: Party, agency: Party) -> None:
    with pytest.raises(AssertionError):
        give_receipt(stage.ask_deposit("B-ANNE", anne_co, agency))
    assert not Receipt.objects.exists()
