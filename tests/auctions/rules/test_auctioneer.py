"""The lot led by an auctioneer: warnings, the hammer that loses to a later bid, the lot stopped, the time run out."""

from typing import Any

import pytest

from auctions.rules.lot import Command, Hammer, LotState, PassIn, Resume, Suspend, Warn
from tests.auctions.rules.script import at, close, cny, exact, lot, play, proxy, replays, wire

A, B = 2417, 8036
Script = list[tuple[float, Command]]


def led(**terms: Any) -> LotState:
    return lot(format="auctioneer", **terms)


WARNED: Script = [(1, exact(A, 1000)), (2, Warn(1)), (3, Warn(2))]


def test_two_warnings_and_the_hammer_sell() -> None:
    played = play(led(), [*WARNED, (4, Hammer(4)), (4, exact(B, 1100)), (5, close())])
    assert played.codes == ["", "", "", "", "bid.lot_closed", ""]
    assert played.kinds == ["opened", "bid", "warning", "warning", "hammer", "closed", "sold"]
    assert played.events[4].payload == {"paddle": A, "price": wire(1000)}
    assert (played.state.phase, played.state.price) == ("sold", 1000)
    replays(played)


def test_a_bid_that_came_first_wins_over_the_hammer() -> None:
    played = play(led(), [*WARNED, (4, exact(B, 1100)), (4, Hammer(4))])
    assert (played.answers[-1].code, played.answers[-1].facts) == (
        "hammer.price_moved",
        {"price": wire(1100), "seq": 5},
    )
    assert played.state.leader == B
    again = play(led(), [*WARNED, (4, exact(B, 1100)), (5, Hammer(5)), (6, Warn(1)), (7, Warn(2)), (8, Hammer(5))])
    assert again.codes[-4:] == ["hammer.warnings", "", "", ""]
    replays(again)


def test_a_bid_of_the_room_is_marked_and_a_maximum_answers_it() -> None:
    floor = exact(B, 1500, kind="floor")
    played = play(led(), [(1, proxy(A, 1800)), (2, floor), (3, Warn(1)), (4, Warn(2)), (5, Hammer(4)), (6, close())])
    assert played.events[2].payload == {"paddle": B, "amount": wire(1500), "floor": True}
    assert played.state.public["bid_seq"] == 4
    assert (played.state.phase, played.state.leader, played.state.price) == ("sold", A, 1600)
    replays(played)


def test_a_maximum_raised_unseen_does_not_take_the_warnings_back() -> None:
    played = play(led(), [(1, proxy(A, 1800)), (2, Warn(1)), (3, Warn(2)), (4, proxy(A, 2500)), (5, Hammer(4))])
    assert played.codes[-1] == ""


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ([(1, Hammer(1))], "hammer.no_bid"),
        ([(1, exact(A, 1000)), (2, Hammer(2))], "hammer.warnings"),
        ([(1, Warn(2))], "warn.order"),
        ([(1, Warn(1)), (2, Warn(1))], "warn.order"),
        ([(1, Warn(1)), (2, Warn(2)), (3, Warn(3))], "warn.order"),
        ([*WARNED, (4, Suspend("x")), (5, Hammer(4))], "lot.not_bidding"),
        ([*WARNED, (4, Hammer(4)), (4, Suspend("x"))], "lot.not_bidding"),
        ([*WARNED, (4, Hammer(4)), (4, Hammer(4))], "lot.not_bidding"),
        ([(1, exact(A, 1000)), (2, PassIn())], "pass_in.reserve_met"),
        ([(3600, Warn(1))], "lot.not_bidding"),
    ],
)
def test_the_console_is_told_why_not(script: Script, code: str) -> None:
    assert play(led(), script).codes[-1] == code


def test_below_the_reserve_the_lot_is_stopped_not_sold() -> None:
    secret = led(has_reserve=True, show_reserve_met=False)
    played = play(secret, [*WARNED, (4, Hammer(4)), (5, PassIn()), (6, close(met=False))], reserve=1500)
    assert played.codes[3:] == ["hammer.below_reserve", "", ""]
    assert played.events[-1].payload == {"reason": "below_reserve"}
    replays(played)
    met = play(secret, [*WARNED, (4, PassIn())], reserve=1000)
    assert met.codes[-1] == "pass_in.reserve_met"


def test_a_lot_without_a_bid_is_stopped() -> None:
    played = play(led(), [(1, PassIn()), (2, close())])
    assert played.kinds == ["opened", "stopped", "closed", "passed_in"]
    replays(played)


def test_time_alone_sells_nothing_and_the_auctioneer_may_go_on() -> None:
    out = [(1, exact(A, 1000)), (3600, close())]
    held = play(led(), out)
    assert (held.kinds[-1], held.state.phase) == ("held", "suspended")
    replays(held)
    on = play(
        led(), [*out, (3700, Resume(at(4500))), (3710, Warn(1)), (3711, Warn(2)), (3712, Hammer(4)), (3713, close())]
    )
    assert on.state.phase == "sold"
    assert on.state.price == cny(1000).minor
    replays(on)
