"""After a timed period the holders of a priority right are asked: the engine opens the window, and closes after it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from auctions import engine, live
from auctions.models import Bidder, Lot
from auctions.rules.chain import stamp
from auctions.rules.replay import verify
from market.deals.models import Deal
from market.kernel import clock
from market.parties.models import Party
from market.trail.models import Fact
from tests.auctions import factory
from tests.auctions.factory import bid, yuan

pytestmark = pytest.mark.django_db


@pytest.fixture
def timed(jida: Party, agency: Party) -> Lot:
    """In its timed period for another half hour, then five minutes to match."""
    of_sale = factory.sale(agency, priority_match=True, priority_window_s=300)
    params = {"free_until": stamp(clock.now() - timedelta(minutes=1)), "cycle_s": 180}
    return factory.lot(jida, agency, of_sale=of_sale, format=Lot.Format.FREE_THEN_TIMED, params=params)


@pytest.fixture
def holder(timed: Lot, bob_co: Party) -> Bidder:
    """Bob, a co-owner, with the first rank; it has not bid."""
    made = factory.bidder(timed, bob_co, 2417)
    Bidder.objects.filter(pk=made.pk).update(priority=1)
    return made


def after(lot: Lot, passed: timedelta, act: Callable[[], Any] = lambda: None) -> Lot:
    """The lot once the worker came by `passed` after its end, and then `act` was done."""
    with clock.shifted_to(lot.ends_at + passed):
        engine.close_due()
        act()
    lot = Lot.objects.select_related("sale", "leader").get(pk=lot.pk)
    assert verify(live.log(lot)) == live.state_of(lot)
    return lot


SECOND = timedelta(seconds=1)


def test_a_holder_who_never_bid_takes_the_lot_at_its_price(timed: Lot, anne_co: Party, holder: Bidder) -> None:
    anne = factory.bidder(timed, anne_co, 8036)
    bid(anne, 1_000_000)
    answers: list[engine.Answer] = []
    asked = after(timed, SECOND, lambda: answers.extend([bid(anne, 1_020_000), bid(holder, 1_000_000)]))
    assert [answer.code for answer in answers] == ["bid.not_ranked", ""]
    assert (asked.state, asked.leader, asked.price) == (Lot.State.LIVE, holder, yuan(1_000_000))
    told = Fact.objects.get(name="lot.to_match")
    assert (told.data["price"], told.data["ends_at"]) == (yuan(1_000_000).wire(), stamp(asked.ends_at))
    assert holder.party.ref in told.audience
    assert not Deal.objects.exists()
    assert after(asked, SECOND).state == Lot.State.SOLD
    assert Deal.objects.get().buyer == holder.party


def test_if_no_holder_matches_the_highest_bidder_has_it(timed: Lot, anne_co: Party, holder: Bidder) -> None:
    bid(factory.bidder(timed, anne_co, 8036), 1_000_000)
    sold = after(after(timed, SECOND), SECOND)
    assert (sold.state, sold.leader and sold.leader.party) == (Lot.State.SOLD, anne_co)


def test_nobody_waits_where_nobody_could_match(timed: Lot, anne_co: Party, holder: Bidder) -> None:
    bid(factory.bidder(timed, anne_co, 8036), 1_000_000)
    bid(holder, 1_020_000)
    assert after(timed, SECOND).state == Lot.State.SOLD, "the one holder leads already"
