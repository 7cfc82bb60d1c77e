"""A lot is passed in: its consignor agrees to a private round, a bidder offers, and the reserve stays where it was."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from auctions import engine
from market.kernel import clock
from market.kernel.errors import Refused
from market.listings.models import Listing
from market.listings.offers import ending, rounds
from market.listings.offers.models import PrivateRound
from market.parties.models import Party, User
from market.trail.models import Fact
from tests.auctions import factory
from tests.auctions.factory import bid, yuan
from tests.market.listings.offers.table import answer, offered

pytestmark = pytest.mark.django_db


def test_who_bid_for_a_lot_below_its_reserve_may_offer_if_the_consignor_agrees(
    jida: Party,
    agency: Party,
    anne_co: Party,
    bob_co: Party,
    carol_co: Party,
    li_wei: User,
    deliver: Callable[[], None],
) -> None:
    sale = factory.sale(agency, extension_window_s=0)
    lot = factory.lot(jida, agency, of_sale=sale, reserve=yuan(1_522_233))
    bid(factory.bidder(lot, anne_co, 8036), 1_000_000)
    factory.bidder(lot, bob_co, 2417)
    with clock.shifted_to(lot.ends_at + timedelta(milliseconds=1)):
        assert engine.close_due() == 1
        deliver()
        found = PrivateRound.objects.get()
        assert (found.origin, found.state) == (lot.ref, "proposed")
        assert set(found.invited.all()) == {anne_co, bob_co}
        listing = Listing.objects.select_related("seller", "right", "agency").get(pk=lot.listing_id)
        with pytest.raises(Refused, match=r"offer\.by_auction"):
            offered(listing, anne_co)  # not before the consignor has agreed
        rounds.agree(found, by=li_wei)
        rounds.agree(found, by=li_wei)
        assert Fact.objects.get(name="round.opened").audience == sorted([anne_co.ref, bob_co.ref])
        with pytest.raises(Refused, match=r"offer\.by_auction"):
            offered(listing, carol_co)
        low, high = offered(listing, bob_co, 900_000), offered(listing, anne_co, 1_400_000)
        assert low.state == high.state == "open"  # far below the reserve, and nothing says so
        assert answer("accept", high, jida).state == "accepted"
    told = [str(fact.data) for fact in Fact.objects.exclude(name__startswith="right.")]
    assert not [one for one in told if "1522233" in one]


def test_a_round_ends_with_its_time_and_a_refused_one_never_begins(
    jida: Party, agency: Party, anne_co: Party, li_wei: User, deliver: Callable[[], None]
) -> None:
    lot = factory.lot(jida, agency, of_sale=factory.sale(agency, extension_window_s=0))
    factory.bidder(lot, anne_co, 8036)
    closed = lot.ends_at + timedelta(milliseconds=1)
    with clock.shifted_to(closed):
        engine.close_due()
        deliver()
        found = PrivateRound.objects.select_related("listing__seller").get()
        rounds.agree(found, by=li_wei)
        open_until = PrivateRound.objects.get().ends_at
        assert open_until is not None
        listing = Listing.objects.select_related("seller", "right", "agency").get(pk=lot.listing_id)
        with clock.shifted_to(open_until - timedelta(hours=1)):
            late = offered(listing, anne_co)
            assert late.expires_at == open_until
    with clock.shifted_to(open_until):
        assert (rounds.end_due(), rounds.end_due(), ending.expire_due()) == (1, 0, 1)
        with pytest.raises(Refused, match=r"offer\.by_auction"):
            offered(listing, anne_co, 2_000_000)
        with pytest.raises(Refused, match=r"state\.illegal"):
            rounds.refuse(found, by=li_wei)
