"""The rulebook is asked at the hammer and before the price is paid: what bars a deal holds it until it is cured."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from market.deals import actions, queries
from market.deals.models import Deal
from market.kernel import clock
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.models import Charge
from market.rights import actions as rights
from market.rights.models import Encumbrance
from market.trail.models import Fact
from tests.market.deals.stage import formed, refused, signed_by

pytestmark = pytest.mark.django_db
Deliver = Callable[[], None]


def seize(deal: Deal, by: User, number: str = "(2026)吉01执保9号") -> Encumbrance:
    seized = {"kind": "preservation", "in_favour_of": "长春市中级人民法院", "since": clock.today(), "number": number}
    return rights.add_encumbrance(deal.right, by=by, **seized)


def facts(name: str) -> int:
    return Fact.objects.filter(name=name).count()


def test_a_hammer_the_register_bars_holds_the_deal_until_a_later_ask_passes(
    jida: Party, anne_co: Party, agency: Party, zhou_min: User, deliver: Deliver
) -> None:
    deal = formed(jida, anne_co, agency)
    burden = seize(deal, zhou_min)
    deliver()
    assert queries.is_held(deal)
    (told,) = Fact.objects.filter(name="deal.barred")
    assert (set(told.audience), told.data["articles"]) == ({jida.ref, agency.ref}, ["专利法实施细则 103-105"])
    actions.heed_rulebook(deal, actor=actions.DRAFTER)
    assert facts("deal.barred") == 1
    rights.release_encumbrance(burden, on=clock.today(), by=zhou_min)
    deliver()
    assert not queries.is_held(deal)
    assert facts("deal.unbarred") == 1
    seize(deal, zhou_min, "(2026)吉01执保10号")
    deliver()
    assert [hold.released_at is None for hold in deal.holds.all()] == [False, True]


def test_a_clean_hammer_holds_nothing(jida: Party, anne_co: Party, agency: Party, deliver: Deliver) -> None:
    deal = formed(jida, anne_co, agency)
    deliver()
    assert not deal.holds.exists()
    assert facts("deal.barred") == 0


def test_no_price_is_reported_while_the_register_bars_and_the_page_says_why(
    jida: Party,
    anne_co: Party,
    anne: User,
    agency: Party,
    zhou_min: User,
    deliver: Deliver,
    client_of: Callable[[User | None], Client],
) -> None:
    deal = formed(jida, anne_co, agency)
    deliver()
    signed_by(deal.papers.get(kind="confirmation"), buyer=anne_co, agency=agency)
    deliver()
    signed_by(deal.papers.get(kind="contract"), seller=jida, buyer=anne_co)
    deliver()
    charge, burden = Charge.objects.get(subject=deal.ref), seize(deal, zhou_min)
    said = {"charge": charge, "bank_reference": "T2026112700001", "proof": None, "by": anne}
    error = refused("right.blocked", lambda: payments.report(**said))
    assert [bar.code for bar in error.facts["blockers"]] == ["preservation"]
    door = reverse("charge", args=[charge.code])
    page = client_of(anne).get(door).content.decode()
    assert "Do not pay yet." in page
    assert "长春市中级人民法院" in page
    assert agency.bank_account not in page
    assert "长春市中级人民法院" in client_of(anne).get(reverse("deal", args=[deal.code])).content.decode()
    rights.release_encumbrance(burden, on=clock.today(), by=zhou_min)
    assert agency.bank_account in client_of(anne).get(door).content.decode()
    assert payments.report(**said).state == "reported"
    seize(deal, zhou_min, "(2026)吉01执保11号")
    assert payments.report(**said | {"bank_reference": "T2026112700002"}).state == "reported"
