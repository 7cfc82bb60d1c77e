"""An accepted offer opens one deal, at its price, on the consignment's fees, in the days that were agreed."""

import pytest

from market.deals.models import Deal
from market.deals.negotiation import documents, handlers
from market.deals.queries import bargain_of
from market.deals.readiness import terms_of
from market.deals.rules.papers import confirmation_terms
from market.listings.fees.rules import flat
from market.listings.models import Listing
from market.parties.models import Party
from market.trail.models import Fact
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


def test_a_hammer_still_speaks_of_bids(jida: Party, anne_co: Party, agency: Party) -> None:
    said = str(confirmation_terms(bargain_of(formed(jida, anne_co, agency))))
    assert "应价不得撤回" in said
    assert "协商" not in said
