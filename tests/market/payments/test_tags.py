"""Money on other rooms' pages: what waits, the two columns of a deal, the agency's queue."""

from fractions import Fraction
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from market.kernel import clock
from market.kernel.money import Money
from market.parties.models import Party, User
from market.payments import actions, handlers
from market.payments.models import Charge, Payout
from market.payments.settlements import queries as settlements
from market.rights import actions as rights
from tests.market.payments import stage
from tests.market.payments.stage import yuan

pytestmark = pytest.mark.django_db


def shown(tag: str, user: User, **context: Any) -> str:
    """What the tag shows to `user`."""
    request = RequestFactory().get("/")
    request.user = user
    page = Template("{% load payments_tags %}{% " + tag + " %}")
    return page.render(Context({"request": request, **context}))


@pytest.fixture
def deal(jida: Party, anne_co: Party, carol_co: Party, agency: Party, finance_sun: User) -> Any:
    """A signed deal at ¥1,180,000, a deposit of ¥100,000 set off, the rest asked for."""
    stage.deposit("B-ANNE", anne_co, agency, finance_sun)
    deal = stage.deal(jida, anne_co, agency, co_owners={carol_co: Fraction(1, 3)})
    rights.give_consent(deal.right, kind="co_owner", of_party=carol_co, document=None, by=finance_sun)
    actions.apply_deposit("B-ANNE", actor="system:x")
    deal = stage.walk(deal, "signed")
    handlers.on_deal_signed(stage.fact("deal.signed", deal))
    return deal


def test_what_waits_for_the_payer_is_a_row_with_its_date(deal: Any, anne: User, anne_co: Party, bob_co: Party) -> None:
    row = shown("charges_waiting party", anne, party=anne_co)
    assert "<li>" in row
    assert Charge.objects.get(purpose="price").reference in row
    assert shown("charges_waiting party", anne, party=bob_co).strip() == ""
    assert shown("charges_waiting party", anne, party=None).strip() == ""


def test_the_two_columns_add_up_to_the_cent(deal: Any, finance_sun: User) -> None:
    sides = settlements.sides(deal)
    assert sides.remaining == yuan(1_139_000) == Charge.objects.get(purpose="price").amount
    assert sides.proceeds == yuan(1_144_600)
    shares = [amount for kind, _, amount in sides.gets if kind == "share"]
    assert shares == [Money(381_533_33, "CNY"), Money(763_066_67, "CNY")]
    stage.confirm(Charge.objects.get(purpose="price"), finance_sun)
    deal.refresh_from_db()
    assert settlements.sides(deal).remaining == yuan(0)


@pytest.mark.parametrize("state", ["title_passed", "settled", "closed"])
def test_the_columns_stay_as_they_were_when_the_money_moves_on(state: str, deal: Any, finance_sun: User) -> None:
    before = settlements.sides(deal)
    stage.confirm(Charge.objects.get(purpose="price"), finance_sun)
    deal = stage.walk(deal, state)
    after = settlements.sides(deal)
    assert (after.gets, after.proceeds, after.remaining) == (before.gets, before.proceeds, yuan(0))


def test_the_buyer_does_not_see_what_the_seller_pays_the_agency(
    deal: Any, anne: User, li_wei: User, finance_sun: User, regulator: User
) -> None:
    own = shown("deal_settlement deal", anne, deal=deal)
    assert "¥1,239,000" not in own
    assert "¥1,139,000.00" in own
    assert "35,400" not in own
    for reader in (li_wei, finance_sun, regulator):
        both = shown("deal_settlement deal", reader, deal=deal)
        assert "−¥35,400.00" in both
        assert "¥1,144,600.00" in both
        assert "壹佰壹拾肆万肆仟陆佰元整" in both


def test_the_deals_payments_link_for_who_pays_and_who_collects(
    deal: Any, anne: User, li_wei: User, finance_sun: User
) -> None:
    code = Charge.objects.get(purpose="price").code
    assert f"/payments/{code}/" in shown("deal_charges deal", anne, deal=deal)
    assert f"/desk/payments/{code}/" in shown("deal_charges deal", finance_sun, deal=deal)
    seller = shown("deal_charges deal", li_wei, deal=deal)
    assert code not in seller
    assert "¥1,139,000.00" in seller
    assert "¥100,000.00" in seller


def test_the_agencys_queue_counts_and_shows_the_first(deal: Any, anne: User, agency: Party, finance_sun: User) -> None:
    with translation.override("en"):
        queue = shown("payments_queue agency", finance_sun, agency=agency)
    assert "Nothing to do; payments still to come in: 1." in queue
    charge = Charge.objects.get(purpose="price")
    actions.report(charge=charge, bank_reference="TX0001", proof=None, by=anne)
    with translation.override("en"):
        queue = shown("payments_queue agency", finance_sun, agency=agency)
    assert "Payments to confirm: 1" in queue
    assert f"/desk/payments/{charge.code}/" in queue
    assert shown("payments_queue agency", finance_sun, agency=None).strip() == ""
    assert "should have gone back" not in queue
    refund = {"purpose": "refund", "ref": "refund:late", "subject": "bidder:B-1", "account": "deposit:B-1"}
    Payout.objects.create(**refund, payee=charge.payer, agency=agency, amount_minor=1, due_at=clock.now())
    with translation.override("en"):
        assert "should have gone back" in shown("payments_queue agency", finance_sun, agency=agency)


def test_a_charge_is_shown_to_its_payer_only(deal: Any, anne: User, bob: User) -> None:
    mine = shown("charge_of 'bidder:B-ANNE'", anne)
    assert "¥100,000" in mine
    assert "/payments/C-" in mine
    assert shown("charge_of 'bidder:B-ANNE'", bob).strip() == ""
    assert shown("charge_of 'bidder:B-NONE'", anne).strip() == ""
