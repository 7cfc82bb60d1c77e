"""An accepted offer and another deal about the right in the same moment, on PostgreSQL."""

from typing import Any

import pytest

from market.deals.models import Deal
from market.deals.negotiation import handlers
from market.listings.models import Listing
from market.trail.models import Fact
from tests import people
from tests.assets import patent_draft
from tests.market.deals.stage import formed
from tests.market.listings.offers.table import answer, listed, offered
from tests.stage import behind

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("kept", "ended", "listing_is"), [(True, "void", "withdrawn"), (False, "accepted", "dealt")])
def test_an_acceptance_opens_its_deal_or_is_void(kept: bool, ended: str, listing_is: str) -> None:
    """The control is the other deal that comes to nothing: the acceptance waited for it, and then opens its own."""
    seller, agency = people.jilin_university(), people.changchun_agency()
    listing = listed(seller, agency)
    negotiation = offered(listing, people.anne_co())
    answer("accept", negotiation, seller)
    other = formed(seller, people.bob_co(), agency, draft=patent_draft(7))
    accepted = Fact.objects.get(name="offer.accepted")

    def take() -> Any:
        Deal.objects.filter(pk=other.pk).update(right=listing.right)

    behind(take, lambda: handlers.on_offer_accepted(accepted), kept=kept)
    negotiation.refresh_from_db()
    assert (negotiation.state, Listing.objects.get(pk=listing.pk).state) == (ended, listing_is)
    assert Deal.objects.filter(right=listing.right).count() == 1
    assert Deal.objects.exclude(pk=other.pk).exists() is not kept
    assert Fact.objects.filter(name="offer.void").exists() is kept
