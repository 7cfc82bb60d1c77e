"""The rulebook is asked at the hammer and before the price is paid: what bars a deal holds it until it is cured."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from market.deals import actions, queries, readiness
from market.deals.models import Deal
from market.kernel import clock
from market.listings.fees.rules import flat
from market.listings.models import Mandate
from market.parties.models import Membership, Party, User
from market.payments import actions as payments
from market.payments.models import Charge
from market.rights import actions as rights
from market.rights.models import Encumbrance, Right
from market.trail.models import Fact
from tests.market.deals.stage import SYSTEM, confirmed, formed, refused, signed_by
from tests.people import join

pytestmark = pytest.mark.django_db
Deliver = Callable[[], None]


def seize(deal: Deal, by: User, number: str = "(2026)吉01执保9号") -> Encumbrance:
    seized = {"kind": "preservation", "in_favour_of": "长春市中级人民法院", "since": clock.today(), "number": number}
    return rights.add_encumbrance(deal.right, by=by, **seized)


def bars(deal: Deal) -> list[str]:
    """The codes of what bars it, of its rows as they are now."""
    return [bar.code for bar in readiness.bars_of(queries.by_ref(deal.ref))]


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


def test_what_was_agreed_is_asked_of_the_rulebook_too(
    jida: Party, anne_co: Party, agency: Party, zhou_min: User, anne: User
) -> None:
    """R05, R10 and R34, each from the deal's own rows."""
    deal = formed(jida, anne_co, agency, on_record={"mode": "auction"}, seller_fees=flat(600))
    assert bars(deal) == ["commission_cap"], "no mandate says six percent"
    Mandate.objects.create(listing=deal.listing, agency=agency, signed_by=zhou_min, seller_fees=flat(600))
    assert bars(deal) == ["commission_cap"], "nobody has accepted it"
    Mandate.objects.update(accepted_by=zhou_min, accepted_at=clock.now())
    assert bars(deal) == []
    join(anne, agency, Membership.Role.AGENT)
    assert bars(deal) == ["related_buyer"]
    Deal.objects.update(facts_on_record={})
    assert bars(deal) == [], "they bargained with each other and nobody was kept out"


def test_an_incomplete_contract_is_a_bar_until_the_agency_completes_it(
    jida: Party, anne_co: Party, agency: Party, deliver: Deliver
) -> None:
    deal = confirmed(jida, anne_co, agency)
    Right.objects.update(filed_on=None)
    deliver()
    assert bars(deal) == ["field_missing"]
    actions.heed_rulebook(deal, actor=actions.DRAFTER)
    assert queries.is_held(deal)
    actions.draft_contract(deal, actor=SYSTEM, supplied={"filed_on": "2019-02-08"})
    assert (bars(deal), queries.is_held(deal)) == ([], False)
    Right.objects.update(title="")
    assert bars(deal) == [], "the contract is drafted and says what the register said then"
