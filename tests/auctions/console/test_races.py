"""The console against the room on PostgreSQL's real locks: whatever comes first counts, and nothing half."""

from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest

from auctions import engine, live
from auctions.engine import batch, hosting
from auctions.models import Bid, Bidder, Event, Lot
from auctions.rules import lot as rules
from auctions.rules.replay import verify
from market.deals.models import Deal
from market.kernel import clock
from market.kernel.errors import Conflict, Refused
from market.parties.models import Party, User
from market.trail.models import Fact
from tests.auctions import factory
from tests.auctions.engine import test_races as races
from tests.auctions.factory import bid, yuan
from tests.stage import race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

TURNS = range(6)


@pytest.fixture
def lot(jida: Party, agency: Party, zhou_min: User) -> Lot:
    """A lot that zhou_min hosts."""
    made = factory.lot(jida, agency, format=Lot.Format.AUCTIONEER)
    hosting.take(sale=made.sale, by=zhou_min)
    return made


@pytest.fixture
def warned(lot: Lot, anne_bids: Bidder, bob_bids: Bidder, zhou_min: User) -> Lot:
    """Anne leads at ¥1,000,000 and both warnings are given."""
    bid(anne_bids, 1_000_000)
    for count in (1, 2):
        engine.command(lot.pk, rules.Warn(count), by=zhou_min)
    return whole(lot)


def whole(lot: Lot) -> Lot:
    """The lot again, after proving that its log has no gap, replays to its row and holds exactly the accepted bids."""
    lot = Lot.objects.select_related("sale", "leader").get(pk=lot.pk)
    assert verify(live.log(lot)) == live.state_of(lot)
    kept = set(Bid.objects.filter(lot=lot, seq__isnull=False).values_list("seq", flat=True))
    assert kept == set(Event.objects.filter(lot=lot, kind="bid").values_list("seq", flat=True))
    return lot


def said(lot: Lot, what: hosting.Said, by: User) -> str:
    """What became of a command: empty, or the code it was refused with."""
    try:
        return engine.command(lot.pk, what, by=by).code
    except Refused as refused:
        return refused.code


@contextmanager
def lock_off() -> Any:
    """Nobody locks, and who has read the row waits for the other before it writes, a command like a bid."""
    with races.lock_off(), patch.object(hosting, "state_of", batch.state_of):
        yield


@pytest.mark.parametrize("turn", TURNS)
def test_the_hammer_loses_to_a_bid_that_came_first_and_wins_over_one_that_came_later(
    warned: Lot, bob_bids: Bidder, zhou_min: User, turn: int
) -> None:
    acts = [lambda: said(warned, rules.Hammer(warned.seq), zhou_min), lambda: bid(bob_bids, 1_020_000).code]
    hammer, late = race(2, lambda number: acts[number]())
    after = whole(warned)
    if hammer == "":
        assert late == "bid.lot_closed"
        assert (after.state, after.price) == (Lot.State.SOLD, yuan(1_000_000))
        assert Deal.objects.get().price == yuan(1_000_000)
    else:
        assert (hammer, late) == ("hammer.price_moved", "")
        assert (after.state, after.price, after.leader) == (Lot.State.LIVE, yuan(1_020_000), bob_bids)
        assert not Deal.objects.exists()


def test_without_the_lock_hammer_and_bid_are_both_decided_and_the_swap_refuses_one(
    warned: Lot, bob_bids: Bidder, zhou_min: User
) -> None:
    """The control: both see the same state, so the locks decide nothing, and only one of the two is written."""
    outcomes: list[Any] = []

    def hammer() -> Any:
        return engine.command(warned.pk, rules.Hammer(warned.seq), by=zhou_min)

    with lock_off():
        outcomes = race(2, lambda number: (hammer, lambda: bid(bob_bids, 1_020_000))[number]())
    assert sum(isinstance(one, Conflict) for one in outcomes) == 1, outcomes
    kinds = [event.kind for event in whole(warned).events.order_by("seq")]
    assert ("hammer" in kinds) != (kinds.count("bid") == 2), "either, never both"


@pytest.mark.parametrize("turn", TURNS)
def test_of_two_hammers_one_sells(warned: Lot, zhou_min: User, turn: int) -> None:
    codes = race(4, lambda _: said(warned, rules.Hammer(warned.seq), zhou_min))
    assert sorted(codes) == ["", *["lot.not_bidding"] * 3]
    after = whole(warned)
    assert [event.kind for event in after.events.order_by("seq")][-3:] == ["hammer", "closed", "sold"]
    assert (after.state, Deal.objects.count()) == (Lot.State.SOLD, 1)


@pytest.mark.parametrize("turn", TURNS)
def test_a_bid_counts_before_the_hold_or_not_at_all(lot: Lot, anne_bids: Bidder, zhou_min: User, turn: int) -> None:
    acts = [lambda: said(lot, rules.Suspend("话筒故障"), zhou_min), lambda: bid(anne_bids, 1_000_000).code]
    hold, late = race(2, lambda number: acts[number]())
    kinds = [event.kind for event in whole(lot).events.order_by("seq")]
    assert hold == ""
    assert kinds == (["opened", "bid", "held"] if late == "" else ["opened", "held"])
    assert late in {"", "bid.suspended"}


@pytest.mark.parametrize("turn", TURNS)
def test_a_warning_that_a_bid_overtakes_begins_anew(warned: Lot, bob_bids: Bidder, zhou_min: User, turn: int) -> None:
    bid(bob_bids, 1_020_000)
    engine.command(warned.pk, rules.Warn(1), by=zhou_min)
    anne = Bidder.objects.get(lot=warned, paddle=8036)
    acts = [lambda: said(warned, rules.Warn(2), zhou_min), lambda: bid(anne, 1_040_000).code]
    second, later = race(2, lambda number: acts[number]())
    after = whole(warned)
    assert later == ""
    assert after.public["warnings"] == 0, "a bid came after every warning there was"
    assert second in {"", "warn.order"}
    assert said(warned, rules.Hammer(after.seq), zhou_min) == "hammer.warnings"


@pytest.mark.parametrize("turn", TURNS)
def test_a_bid_called_in_the_room_and_one_from_outside_at_one_price_are_two_bids_and_one_leads(
    lot: Lot, anne_bids: Bidder, bob_bids: Bidder, turn: int
) -> None:
    def floor() -> str:
        given = {"lot_id": lot.pk, "bidder_id": bob_bids.pk, "key": uuid4(), "received_at": clock.now()}
        return engine.bid(engine.Offer(amount=yuan(1_000_000), kind="floor", **given)).code

    codes = race(2, lambda number: (floor, lambda: bid(anne_bids, 1_000_000).code)[number]())
    assert sorted(codes) == ["", "bid.too_low"]
    assert whole(lot).leader == (bob_bids if codes[0] == "" else anne_bids)


@pytest.mark.parametrize("turn", TURNS)
def test_who_handed_over_commands_nothing_after_it(lot: Lot, zhou_min: User, agent_chen: User, turn: int) -> None:
    def command() -> list[str]:
        codes = [said(lot, rules.Notice("一"), zhou_min)]
        while codes[-1] == "" and len(codes) < 200:
            codes.append(said(lot, rules.Notice("还在"), zhou_min))
        return codes

    codes, alias = race(2, lambda number: (command, lambda: hosting.take(sale=lot.sale, by=agent_chen))[number]())
    assert (codes[-1], alias) == ("console.taken_over", "#2")
    kinds = [event.kind for event in whole(lot).events.order_by("seq")]
    assert kinds == ["opened", *["notice"] * (len(codes) - 1), "handover"]
    taken = Fact.objects.get(name="sale.hosted", actor=agent_chen.ref)
    assert not Fact.objects.filter(name="lot.hosted", actor=zhou_min.ref, pk__gt=taken.pk).exists()


@pytest.mark.parametrize("turn", TURNS)
def test_two_who_take_over_at_once_follow_one_another(lot: Lot, agent_chen: User, finance_sun: User, turn: int) -> None:
    aliases = race(2, lambda number: hosting.take(sale=lot.sale, by=(agent_chen, finance_sun)[number]))
    assert sorted(aliases) == ["#2", "#3"]
    told = [event.payload["operator"] for event in whole(lot).events.filter(kind="handover").order_by("seq")]
    assert told == ["#2", "#3"]


@pytest.mark.parametrize("turn", TURNS)
def test_a_lot_that_ends_while_it_is_taken_over_keeps_nobody_from_taking_over(
    warned: Lot, zhou_min: User, agent_chen: User, turn: int
) -> None:
    acts = [
        lambda: said(warned, rules.Hammer(warned.seq), zhou_min),
        lambda: hosting.take(sale=warned.sale, by=agent_chen),
    ]
    hammer, alias = race(2, lambda number: acts[number]())
    assert alias == "#2"
    assert hammer in {"", "console.taken_over"}
    assert whole(warned).state == (Lot.State.SOLD if hammer == "" else Lot.State.LIVE)
