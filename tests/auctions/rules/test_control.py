"""What any lot can be told: pauses, outages, withdrawal, annulment, words; in every format, and refused with nothing changed."""

from datetime import timedelta
from typing import Any

import pytest

from auctions.rules.lot import (
    FORMATS,
    Annul,
    Command,
    ExtendForOutage,
    HandOver,
    Notice,
    Open,
    Resume,
    Suspend,
    Warn,
    Withdraw,
    decide,
)
from auctions.rules.replay import replay
from tests.auctions.rules.script import at, close, exact, lot, play, replays

PARAMS: dict[str, dict[str, Any]] = {
    "free_then_timed": {"free_until": "2026-12-02T02:30:00.000000Z", "cycle_s": 180},
    "dutch": {"step": 100, "every_s": 60, "floor": 200},
    "hybrid": {"step": 100, "every_s": 60, "floor": 200, "sealed_s": 600, "best_s": 300},
    "uniform": {"supply": 3},
}
OURS = ("english", "free_then_timed", "auctioneer", "sealed_first", "sealed_second", "dutch", "hybrid", "uniform")


def test_every_format_is_tried_here() -> None:
    assert set(OURS) <= FORMATS.keys()


@pytest.mark.parametrize("name", OURS)
def test_every_format_can_be_held_resumed_extended_and_annulled(name: str) -> None:
    told: list[tuple[float, Command]] = [
        (100, Notice("Viewing by appointment until noon.")),
        (200, Suspend("The database does not answer.")),
        (300, HandOver("operator 2")),
        (500, Resume(at(3900))),
        (600, ExtendForOutage(45, at(4000))),
        (700, Annul("Collusion (拍卖法 37).")),
    ]
    played = play(lot(format=name, params=PARAMS.get(name, {}), hard_ends_at=at(9000)), told)
    assert played.codes == [""] * 6
    assert played.kinds == ["opened", "notice", "held", "handover", "resumed", "extended_for_outage", "annulled"]
    assert played.state.phase == "annulled"
    assert (played.state.ends_at, played.state.hard_ends_at) == (at(4000), at(9400))
    assert played.state.paused == timedelta(seconds=300)
    assert played.events[5].payload["gap_s"] == 45
    replays(played)


@pytest.mark.parametrize("name", OURS)
def test_a_lot_nobody_bid_for_passes_in_whatever_its_format(name: str) -> None:
    played = play(lot(format=name, params=PARAMS.get(name, {})), [(3599, close()), (3600, close())])
    if name == "auctioneer":
        assert (played.kinds[-1], played.state.phase) == ("held", "suspended")
    else:
        assert played.codes == ["close.not_due", ""]
        assert (played.events[-1].kind, played.events[-1].payload) == ("passed_in", {"reason": "no_bids"})
    replays(played)


def test_a_held_lot_takes_no_bid_and_does_not_close() -> None:
    played = play(lot(), [(1, exact(1, 1000)), (2, Suspend("x")), (3, exact(2, 1100)), (9000, close())])
    assert played.codes == ["", "", "bid.suspended", "close.not_due"]


def test_after_a_pause_bids_count_until_the_new_end_and_extend_up_to_the_moved_hard_end() -> None:
    start = lot(hard_ends_at=at(3660))
    told = [(10, exact(1, 1000)), (3500, Suspend("x")), (5000, Resume(at(5600))), (5590, exact(2, 1100))]
    played = play(start, told)
    assert played.state.ends_at == at(5660)
    assert play(start, [*told, (5660, exact(1, 1200))]).codes[-1] == "bid.lot_closed"


@pytest.mark.parametrize(
    ("before", "command", "second", "code"),
    [
        ([], Suspend(" "), 5, "lot.words"),
        ([], Suspend("x" * 501), 5, "lot.words"),
        ([], Resume(at(9000)), 5, "lot.not_held"),
        ([(1, Suspend("x"))], Suspend("x"), 5, "lot.not_bidding"),
        ([(1, Suspend("x"))], Resume(at(3599)), 5, "lot.ends_early"),
        ([(1, Suspend("x"))], Resume(at(4000)), 4000, "lot.ends_early"),
        ([(1, Suspend("x"))], ExtendForOutage(9, at(4000)), 5, "lot.not_bidding"),
        ([], ExtendForOutage(9, at(3600)), 5, "lot.ends_early"),
        ([], Withdraw("x"), 5, "lot.started"),
        ([], Annul(""), 5, "lot.words"),
        ([(3600, close())], Annul("x"), 3601, "lot.not_annullable"),
        ([(3600, close())], Notice("x"), 3601, "lot.not_bidding"),
        ([], Notice(""), 5, "lot.words"),
        ([], Warn(1), 5, "lot.command"),
    ],
)
def test_what_does_not_fit_is_refused(before: list[Any], command: Command, second: float, code: str) -> None:
    assert play(lot(), [*before, (second, command)]).codes[-1] == code


def test_a_sold_lot_can_be_annulled() -> None:
    played = play(lot(), [(1, exact(1, 1000)), (3600, close()), (9999, Annul("x"))])
    assert played.state.phase == "annulled"
    replays(played)


def test_a_lot_is_withdrawn_before_it_opens_only() -> None:
    waiting = lot()
    gone = decide(waiting, [Withdraw("The consignor died.")], at(-1))
    assert ([event.kind for event in gone.events], gone.state.phase) == (["withdrawn"], "withdrawn")
    assert replay("L-TEST", [event.record() for event in gone.events]) == gone.state
    assert decide(waiting, [Withdraw("x")], at(0)).answers[0].code == "lot.started"
    assert decide(waiting, [Withdraw("")], at(-1)).answers[0].code == "lot.words"


def test_a_lot_opened_too_late_is_resumed_with_its_whole_time_counted_as_a_pause() -> None:
    late = decide(lot(), [Open()], at(4000)).state
    resumed = decide(late, [Resume(at(9000))], at(5000)).state
    assert (late.phase, resumed.phase, resumed.paused) == ("suspended", "live", timedelta(seconds=5000))
