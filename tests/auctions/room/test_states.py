"""What watchers of a lot are told: read for many lots as for one, and never newer than the lot's own row."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from auctions import live
from auctions.models import Bidder, Event, Lot
from market.parties.models import Party
from tests.auctions import factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def late(jida: Party, agency: Party, anne_co: Party, bob_co: Party) -> Lot:
    """A lot in its last minute, where every bid also extends, after 40 bids."""
    lot = factory.lot(jida, agency, ends_in=timedelta(seconds=60))
    pair = [factory.bidder(lot, anne_co, 8036), factory.bidder(lot, bob_co, 2417)]
    for turn in range(40):
        factory.bid(pair[turn % 2], 1_000_000 + 20_000 * turn)
    lot.refresh_from_db()
    return lot


def test_many_lots_cost_two_queries_and_say_what_each_says_alone(
    lot: Lot, anne_bids: Bidder, jida: Party, agency: Party, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    factory.bid(anne_bids, 1_000_000)
    lots = [lot, factory.lot(jida, agency), factory.lot(jida, agency)]
    with django_assert_num_queries(2):
        states = live.public_states([one.pk for one in lots])
    for one in lots:
        one.refresh_from_db()
    assert states == {one.pk: live.state_message(one) for one in lots}
    assert [len(states[one.pk]["last"]) for one in lots] == [1, 0, 0]


def test_who_tells_a_lot_again_reads_only_what_is_new(
    lot: Lot, anne_bids: Bidder, bob_bids: Bidder, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    latest, pair = live.Latest(), [anne_bids, bob_bids]
    for turn in range(40):
        factory.bid(pair[turn % 2], 1_000_000 + 20_000 * turn)
        if turn % 7 == 0:
            lot.refresh_from_db()
            assert live.public_states([lot.pk], latest) == {lot.pk: live.state_message(lot)}
    live.public_states([lot.pk], latest)
    with django_assert_num_queries(1):
        live.public_states([lot.pk], latest)


def test_what_was_decided_is_told_without_a_reading_as_it_would_be_read(
    lot: Lot, anne_bids: Bidder, bob_bids: Bidder, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    latest, pair = live.Latest(), [anne_bids, bob_bids]
    live.public_states([lot.pk], latest)
    for turn in range(40):
        factory.bid(pair[turn % 2], 1_000_000 + 20_000 * turn)
        lot.refresh_from_db()
        [event] = map(live.as_public, Event.objects.filter(lot=lot, seq=lot.seq))
        state = live.state_of(lot)
        with django_assert_num_queries(0):
            assert latest.add(lot.pk, [event])
            told = latest.message(lot.pk, state)
        assert told == live.state_message(lot)
    assert latest.message(lot.pk, replace(state, seq=state.seq + 1)) is None, "what led there is not known"


def test_what_does_not_follow_what_is_kept_is_left_to_a_reading(lot: Lot, late: Lot, anne_bids: Bidder) -> None:
    latest = live.Latest()
    factory.bid(anne_bids, 1_000_000)
    [first, second] = map(live.as_public, Event.objects.filter(lot=lot).order_by("seq"))
    assert not latest.add(lot.pk, [first]), "nobody watches it"
    live.public_states([lot.pk, late.pk], latest)
    assert not latest.add(lot.pk, [second]), "it is known already"
    assert not latest.add(lot.pk, [replace(second, seq=4)]), "the third is missing"
    assert latest.message(late.pk, live.state_of(late)) is None, "its last bids lie further back"


def test_the_lots_asked_for_longest_ago_are_forgotten(
    lot: Lot, anne_bids: Bidder, jida: Party, agency: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "KEPT", 1)
    latest, other = live.Latest(), factory.lot(jida, agency)
    for one in (lot, other, lot):
        live.public_states([one.pk], latest)
        assert [*latest._kept] == [one.pk]


def test_a_lot_that_cannot_be_told_does_not_silence_the_others(
    lot: Lot, jida: Party, agency: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, state_of = factory.lot(jida, agency), live.state_of

    def refuses(one: Lot) -> object:
        if one.pk == broken.pk:
            raise KeyError("rules")
        return state_of(one)

    monkeypatch.setattr(live, "state_of", refuses)
    assert set(live.public_states([lot.pk, broken.pk])) == {lot.pk}


def test_the_last_bids_are_there_however_much_else_happened(late: Lot) -> None:
    assert Event.objects.filter(lot=late, kind="bid", seq__gt=late.seq - live.LATEST).count() < live.LAST
    last = live.state_message(late)["last"]
    bids = Event.objects.filter(lot=late, kind="bid").order_by("-seq")[: live.LAST]
    assert [bid["seq"] for bid in last] == [event.seq for event in bids]


def test_a_bid_that_came_after_the_row_was_read_is_not_told_yet(lot: Lot, anne_bids: Bidder, late: Lot) -> None:
    read = Lot.objects.get(pk=lot.pk)
    factory.bid(anne_bids, 1_000_000)
    assert live.state_message(read)["last"] == []
    before = live.state_message(late)
    factory.bid(late.bidders.get(paddle=8036), 1_800_000)
    assert live.state_message(late) == before
