"""Standing maxima in the ascending auction, as tables: who is shown at what, who leads, when the end moves."""

from typing import Any

import pytest

from auctions.rules.lot import Bid
from tests.auctions.rules.script import START, at, close, exact, lot, play, proxy, replays, wire

A, B, C = 2417, 8036, 5521


@pytest.mark.parametrize(
    ("bids", "shown", "price", "leader"),
    [
        ([proxy(A, 1850)], [(A, 1000, False)], 1000, A),
        ([exact(A, 1300)], [(A, 1300, False)], 1300, A),
        # a higher maximum: the loser's is exhausted first, then one step above it, at most the winner's own
        ([proxy(A, 1850), proxy(B, 2500)], [(A, 1000, False), (A, 1850, True), (B, 1950, False)], 1950, B),
        ([proxy(A, 1850), proxy(B, 1900)], [(A, 1000, False), (A, 1850, True), (B, 1900, False)], 1900, B),
        # a lower one: shown at its most, answered by one step, at most the leader's own
        ([proxy(A, 1850), proxy(B, 1500)], [(A, 1000, False), (B, 1500, False), (A, 1600, True)], 1600, A),
        ([proxy(A, 1850), proxy(B, 1800)], [(A, 1000, False), (B, 1800, False), (A, 1850, True)], 1850, A),
        # equal maxima: the earlier keeps the lead at the full amount
        ([proxy(A, 1850), proxy(B, 1850)], [(A, 1000, False), (B, 1850, False), (A, 1850, True)], 1850, A),
        # exact bids are shown as typed: below, at and above the standing maximum
        ([proxy(A, 1800), exact(B, 1500)], [(A, 1000, False), (B, 1500, False), (A, 1600, True)], 1600, A),
        ([proxy(A, 1800), exact(B, 1800)], [(A, 1000, False), (B, 1800, False), (A, 1800, True)], 1800, A),
        ([proxy(A, 1800), exact(B, 2700)], [(A, 1000, False), (B, 2700, False)], 2700, B),
        # a maximum against an exact bid needs one step
        ([exact(A, 1300), proxy(B, 2500)], [(A, 1300, False), (B, 1400, False)], 1400, B),
        # the increment of the loser's amount holds
        ([proxy(A, 9000), proxy(B, 2100)], [(A, 1000, False), (B, 2100, False), (A, 2600, True)], 2600, A),
        # a bidder who was beaten comes back
        (
            [proxy(A, 1500), proxy(B, 1800), proxy(A, 1900)],
            [(A, 1000, False), (A, 1500, True), (B, 1600, False), (B, 1800, True), (A, 1900, False)],
            1900,
            A,
        ),
    ],
)
def test_who_is_shown_at_what(bids: list[Bid], shown: list[Any], price: int, leader: int) -> None:
    played = play(lot(), [(second, bid) for second, bid in enumerate(bids)])
    assert played.shown == shown
    assert (played.state.price, played.state.leader) == (price, leader)
    assert played.codes == [""] * len(bids)
    assert played.state.bids == len(shown)
    replays(played)


def test_the_answer_carries_the_number_of_the_bidders_own_row() -> None:
    played = play(lot(), [(0, proxy(A, 1850)), (1, proxy(B, 2500)), (2, exact(C, 2450))])
    own = {event.seq: event.payload for event in played.events}
    assert [own[answer.seq]["paddle"] for answer in played.answers] == [A, B, C]
    assert ["auto" in own[answer.seq] for answer in played.answers] == [False, False, False]


@pytest.mark.parametrize(
    ("bids", "code", "facts"),
    [
        ([proxy(A, START - 1)], "bid.too_low", {"minimum": wire(START), "seq": 1}),
        ([exact(A, 1300), proxy(B, 1399)], "bid.too_low", {"minimum": wire(1400), "seq": 2}),
        ([proxy(A, 1850), proxy(A, 1850)], "bid.max_lower", {"maximum": wire(1850)}),
        ([proxy(A, 1850), proxy(A, 1700)], "bid.max_lower", {"maximum": wire(1850)}),
        ([proxy(A, 1850), exact(A, 1900)], "bid.self", {"price": wire(1000)}),
        ([proxy(A, 1850), exact(B, 1450)], "bid.off_grid", {"below": wire(1400), "above": wire(1500)}),
        ([Bid(A, exact(A, 1300).amount, kind="sealed")], "bid.kind", {"kinds": ["exact", "proxy"]}),
        ([Bid(A, exact(A, 1300).amount, kind="floor")], "bid.kind", {"kinds": ["exact", "proxy"]}),
    ],
)
def test_what_is_refused_changes_nothing(bids: list[Bid], code: str, facts: Any) -> None:
    played = play(lot(), enumerate(bids))
    assert (played.answers[-1].code, played.answers[-1].facts) == (code, facts)


def test_a_leader_raises_its_maximum_unseen() -> None:
    before = play(lot(), [(3590, proxy(A, 1500))])
    after = play(lot(), [(3590, proxy(A, 1500)), (3595, proxy(A, 3000))])
    assert after.public == before.public
    assert after.state.ends_at == before.state.ends_at
    assert after.answers[-1].accepted
    assert after.answers[-1].seq is None
    beaten = play(lot(), [(3590, proxy(A, 1500)), (3595, proxy(A, 3000)), (3596, proxy(B, 2400))])
    assert (beaten.state.leader, beaten.state.price) == (A, 2900)
    replays(beaten)


def test_the_end_moves_when_the_leader_or_the_price_changes() -> None:
    late = [(3590, proxy(A, 5000)), (3595, proxy(B, 1500)), (3596, exact(B, 1500)), (3597, proxy(A, 6000))]
    played = play(lot(), late)
    assert played.codes == ["", "", "bid.too_low", ""]
    assert played.state.ends_at == at(3595 + 120)
    assert played.state.extensions == 2
    own = [(3590, proxy(A, 1500)), (3595, proxy(A, 2500))]  # lifts the price to the reserve, and moves no end
    lifted = play(lot(has_reserve=True), own, reserve=1700)
    assert (lifted.state.price, lifted.state.ends_at) == (1700, at(3590 + 120))


@pytest.mark.parametrize(
    ("bids", "shown", "told"),
    [
        ([proxy(A, 1699)], [(A, 1000, False)], 0),
        ([proxy(A, 1700)], [(A, 1700, False)], 1),
        ([exact(A, 1700)], [(A, 1700, False)], 1),
        ([proxy(A, 1500), proxy(B, 2500)], [(A, 1000, False), (A, 1500, True), (B, 1700, False)], 1),
        ([proxy(A, 1500), proxy(A, 2500)], [(A, 1000, False), (A, 1700, False)], 1),
        ([proxy(A, 2500), proxy(B, 1900)], [(A, 1700, False), (B, 1900, False), (A, 2000, True)], 1),
    ],
)
def test_a_maximum_that_reaches_the_reserve_lifts_the_price_to_it(bids: list[Bid], shown: Any, told: int) -> None:
    played = play(lot(has_reserve=True), enumerate(bids), reserve=1700)
    assert played.shown == shown
    assert played.kinds.count("reserve_met") == told
    replays(played)
    met = play(lot(has_reserve=True), [*enumerate(bids), (9000, close(met=False))], reserve=1700)
    assert met.state.phase == ("sold" if told else "passed_in")
    replays(met)


def test_a_reserve_nobody_is_told_of_lifts_the_price_only_at_the_end() -> None:
    quiet = lot(has_reserve=True, show_reserve_met=False)
    bids = [(0, proxy(A, 2500)), (1, exact(B, 1200))]
    played = play(quiet, bids, reserve=1700)
    assert played.public == play(quiet, bids, reserve=9999).public
    sold = play(quiet, [*bids, (9000, close(met=False))], reserve=1700)
    assert sold.kinds[-3:] == ["bid", "closed", "sold"]
    assert (sold.shown[-1], sold.state.price) == ((A, 1700, True), 1700)
    replays(sold)
    unsold = play(quiet, [*bids, (9000, close(met=False))], reserve=2501)
    assert (unsold.state.phase, unsold.state.price) == ("passed_in", 1300)
    replays(unsold)


def test_exact_bids_alone_are_logged_as_they_always_were() -> None:
    played = play(lot(), [(0, exact(A, 1000)), (1, exact(B, 1100)), (9000, close())])
    assert [event.payload for event in played.events[1:3]] == [
        {"paddle": A, "amount": wire(1000)},
        {"paddle": B, "amount": wire(1100)},
    ]
    assert not {"format", "params", "priority_match"} & played.events[0].payload.keys()
    # the last link of this log as the engine wrote it before it knew of maxima
    assert played.state.head == "f16ff2aa140a74481545292a3d30936f0ba1376308e802c734d7fe59feca5369"
