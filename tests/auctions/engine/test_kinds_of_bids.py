"""What the database lets stand: the bids and events of every kind as the rules decide them, and nothing beside them."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from auctions import live
from auctions.models import Bid, Bidder, Event, Lot
from auctions.rules import lot as rules
from auctions.rules.lot import decide
from auctions.rules.replay import verify
from market.kernel import clock
from market.parties.models import Party
from tests.auctions import factory
from tests.auctions.factory import yuan


@pytest.fixture
def tender(jida: Party, agency: Party) -> Lot:
    return factory.lot(jida, agency, format="sealed_first")


@pytest.fixture
def falling(jida: Party, agency: Party) -> Lot:
    params = {"step": 10_000_00, "every_s": 60, "floor": 100_000_00}
    return factory.lot(jida, agency, format="dutch", params=params)


def keep(bidder: Bidder, amount: int, kind: str, **row: Any) -> rules.Answer:
    """Decide the bid and write everything that follows from it, or nothing."""
    with transaction.atomic():
        lot = Lot.objects.select_related("sale", "leader").get(pk=bidder.lot_id)
        now = clock.database_now()
        bid = rules.Bid(bidder.paddle, yuan(amount), kind=kind, priority=bidder.priority)
        decision = decide(live.state_of(lot), [bid], now)
        after, answer = decision.state, decision.answers[0]
        leader = Bidder.objects.filter(lot=lot, paddle=after.leader).first() if after.leader else None
        columns = {"seq": after.seq, "head": after.head, "price_minor": after.price, "leader": leader}
        columns |= {"bids_count": after.bids, "public": after.public, "secret": after.secret, "ends_at": after.ends_at}
        Lot.objects.filter(pk=lot.pk).update(**columns)
        Event.objects.bulk_create(
            Event(lot=lot, seq=e.seq, kind=e.kind, payload=e.payload, at=e.at, prev=e.prev, hash=e.hash)
            for e in decision.events
        )
        kept = {"key": uuid4(), "currency": "CNY", "amount_minor": bid.amount.minor, "kind": kind, "code": answer.code}
        Bid.objects.create(
            **{**kept, "lot": lot, "bidder": bidder, "seq": answer.seq, "at": now, "received_at": now, **row}
        )
    return answer


def adds_up(lot: Lot) -> None:
    """The log verifies, and the row and the bids kept are what it says."""
    lot.refresh_from_db()
    live.check_rows(lot.code, verify(live.log(lot)))


def test_a_maximum_stands_beside_lower_bids_and_its_raise_needs_no_event(
    lot: Lot, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    first = keep(anne_bids, 2_000_000, "proxy")
    second = keep(bob_bids, 1_200_000, "exact")
    raised = keep(anne_bids, 3_000_000, "proxy")
    assert (first.seq, second.seq, raised.seq) == (2, 3, None)
    assert raised.accepted
    lot.refresh_from_db()
    assert (lot.price, lot.leader, lot.secret) == (yuan(1_220_000), anne_bids, {"max": 300_000_000})
    assert [event.payload.get("auto") for event in lot.events.filter(kind="bid")] == [None, None, True]
    adds_up(lot)


def test_a_holder_of_a_priority_right_may_repeat_the_price(
    jida: Party, agency: Party, anne_co: Party, bob_co: Party
) -> None:
    lot = factory.lot(jida, agency, of_sale=factory.sale(agency, priority_match=True))
    anne, bob = factory.bidder(lot, anne_co, 8036), factory.bidder(lot, bob_co, 2417)
    Bidder.objects.filter(pk=bob.pk).update(priority=1)
    bob.refresh_from_db()
    keep(anne, 1_000_000, "exact")
    assert keep(bob, 1_000_000, "exact").accepted
    lot.refresh_from_db()
    assert lot.leader == bob
    adds_up(lot)


def test_without_that_right_the_database_refuses_the_same_price_too(
    lot: Lot, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    keep(anne_bids, 1_000_000, "exact")
    before = list(Bid.objects.values())
    with pytest.raises(DatabaseError):
        keep(bob_bids, 1_020_000, "exact", amount_minor=100_000_000)
    assert list(Bid.objects.values()) == before


def test_an_accepted_bid_needs_an_event_or_a_maximum_nobody_saw(lot: Lot, anne_bids: Bidder) -> None:
    with pytest.raises(DatabaseError):
        keep(anne_bids, 1_000_000, "exact", seq=99)
    assert not Bid.objects.exists()


def test_a_sealed_bid_and_a_falling_price_below_the_start_are_kept(
    tender: Lot, falling: Lot, anne_co: Party, bob_co: Party
) -> None:
    assert keep(factory.bidder(tender, anne_co, 8036), 1_500_000, "sealed").accepted
    adds_up(tender)
    assert tender.secret == {"sealed": [[8036, 150_000_000]]}
    assert keep(factory.bidder(falling, bob_co, 2417), 700_000, "accept").accepted
    adds_up(falling)
    assert falling.price == yuan(400_000)  # an hour after the opening


@pytest.mark.parametrize("database", ["any", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_hybrids_later_bids_start_from_the_price_that_was_taken(
    database: str, jida: Party, agency: Party, anne_co: Party, bob_co: Party
) -> None:
    """Below the announced start, since the price fell; and not below what it fell to, whoever writes."""
    params = {"step": 10_000_00, "every_s": 60, "floor": 100_000_00, "sealed_s": 600, "best_s": 300}
    lot = factory.lot(jida, agency, format="hybrid", params=params)
    assert keep(factory.bidder(lot, anne_co, 8036), 700_000, "accept").accepted
    bob = factory.bidder(lot, bob_co, 2417)
    with pytest.raises(DatabaseError, match="cannot be accepted"):
        keep(bob, 500_000, "sealed", amount_minor=399_999_00)
    assert keep(bob, 500_000, "sealed").accepted
    adds_up(lot)
