"""An accepted offer opens one deal, at its price, on the consignment's fees, in the days that were agreed."""

from collections.abc import Callable

import pytest
from django.test import Client

from market.deals.models import Deal
from market.deals.negotiation import documents, handlers
from market.deals.queries import bargain_of
from market.deals.readiness import terms_of
from market.deals.rules.papers import confirmation_terms
from market.kernel.errors import Refused
from market.listings import actions as listings
from market.listings.fees.rules import flat
from market.listings.models import Listing
from market.notices.models import Notice
from market.parties.models import Party, User
from market.trail import journal
from market.trail.models import Delivery, Fact
from tests.assets import patent_draft
from tests.market.deals.stage import formed
from tests.market.listings.offers.table import answer, listed, offered, yuan

pytestmark = pytest.mark.django_db


def test_the_accepted_offer_becomes_one_deal_with_what_was_agreed(jida: Party, anne_co: Party, agency: Party) -> None:
    listing = listed(jida, agency)
    terms = documents.assignment(sign_days=5, pay_days=20, conditions="附三日技术培训")
    negotiation = offered(listing, anne_co, 1_200_000, terms=terms)
    answer("accept", negotiation, jida)
    accepted = Fact.objects.get(name="offer.accepted")
    assert accepted.deliveries.filter(handler__endswith="negotiation.handlers.on_offer_accepted").exists()
    handlers.on_offer_accepted(accepted)
    deal = Deal.objects.get()
    negotiation.refresh_from_db()
    assert negotiation.standing is not None
    assert (deal.origin, deal.price, deal.buyer) == (negotiation.standing.ref, yuan(1_200_000), anne_co)
    assert (deal.seller_fees, deal.buyer_fees) == (flat(300), flat(500))
    assert deal.agreed_days == {"confirmed": 5, "signed": 20}
    assert Listing.objects.get().state == "dealt"
    said = str(confirmation_terms(bargain_of(deal)))
    assert "协商成交" in said
    assert "附三日技术培训" in said
    assert "20个工作日" in said
    assert "竞买" not in said
    assert "应价" not in said
    assert terms_of(deal).agreed
    assert terms_of(deal).ties == ()
    handlers.on_offer_accepted(accepted)  # told once more
    assert Deal.objects.count() == 1


def test_where_another_deal_has_the_right_both_sides_are_told_that_none_opens(
    jida: Party,
    anne_co: Party,
    bob_co: Party,
    agency: Party,
    zhou_min: User,
    client_of: Callable[[User | None], Client],
) -> None:
    """The fact does not wait for ever: the acceptance ends, with the listing, and whoever is concerned hears of it."""
    listing = listed(jida, agency)
    negotiation = offered(listing, anne_co, 1_200_000)
    answer("accept", negotiation, jida)
    with pytest.raises(Refused, match=r"listing\.under_offer"):
        listings.withdraw(listing, by=jida.memberships.all()[0].user)
    first = formed(jida, bob_co, agency, draft=patent_draft(7))
    Deal.objects.filter(pk=first.pk).update(right=listing.right)  # concluded elsewhere in the meantime
    for _ in range(3):
        journal.deliver_due(limit=1000)
    negotiation.refresh_from_db()
    listing.refresh_from_db()
    assert (negotiation.state, listing.state) == ("void", "withdrawn")
    assert list(Deal.objects.all()) == [first]
    accepted, void = Fact.objects.get(name="offer.accepted"), Fact.objects.get(name="offer.void")
    assert {one.state for one in accepted.deliveries.all()} == {Delivery.State.DONE}
    assert void.audience == sorted([anne_co.ref, jida.ref, agency.ref])
    assert Notice.objects.filter(fact=void, user=zhou_min).exists()
    handlers.on_offer_accepted(accepted)  # told once more
    assert Fact.objects.filter(name="offer.void").count() == 1
    buyer = anne_co.memberships.all()[0].user
    page = client_of(buyer).get(f"/offers/{negotiation.code}/").content.decode()
    assert "another deal about the right was under way" in page
    assert "No deal" in page
    gone = client_of(buyer).get(f"/assets/{listing.code}/")
    assert "Another deal about the right is under way" in gone.content.decode()


def test_a_hammer_still_speaks_of_bids(jida: Party, anne_co: Party, agency: Party) -> None:
    said = str(confirmation_terms(bargain_of(formed(jida, anne_co, agency))))
    assert "应价不得撤回" in said
    assert "协商" not in said
