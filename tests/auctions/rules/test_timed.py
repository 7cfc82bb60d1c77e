"""Free period, then timed rounds: when a bid moves the end, and when a round without one closes."""

import pytest

from auctions.rules.lot import Bid, LotState, Resume, Suspend
from tests.auctions.rules.script import at, close, exact, lot, play, proxy, replays

FREE, CYCLE = 1800, 180


def timed(hard: float | None = None) -> LotState:
    params = {"free_until": "2026-12-02T02:30:00.000000Z", "cycle_s": CYCLE}
    hard_ends_at = None if hard is None else at(hard)
    return lot(lasts=FREE + CYCLE, format="free_then_timed", params=params, hard_ends_at=hard_ends_at)


@pytest.mark.parametrize(
    ("bids", "ends"),
    [
        ([], FREE + CYCLE),
        ([(10, exact(1, 1000))], FREE + CYCLE),
        ([(FREE - 0.000001, exact(1, 1000))], FREE + CYCLE),
        ([(FREE, exact(1, 1000))], FREE + CYCLE),
        ([(FREE + 1, exact(1, 1000))], FREE + 1 + CYCLE),
        ([(FREE + 1, exact(1, 1000)), (FREE + 9, exact(2, 1100))], FREE + 9 + CYCLE),
        ([(FREE + 1, exact(1, 1000)), (FREE + 9, exact(2, 1000))], FREE + 1 + CYCLE),  # refused
        ([(FREE + 1, proxy(1, 5000)), (FREE + 9, proxy(1, 6000))], FREE + 1 + CYCLE),  # its own
        ([(FREE + 1, proxy(1, 5000)), (FREE + 9, exact(2, 1500))], FREE + 9 + CYCLE),
    ],
)
def test_each_bid_of_the_timed_period_starts_a_new_round(bids: list[tuple[float, Bid]], ends: float) -> None:
    played = play(timed(), bids)
    assert played.state.ends_at == at(ends)
    closed = play(timed(), [*bids, (ends - 0.000001, close()), (ends, close())])
    assert closed.codes[-2:] == ["close.not_due", ""]
    replays(closed)


def test_no_round_runs_past_the_hard_end() -> None:
    played = play(timed(hard=FREE + CYCLE + 20), [(FREE + 100, exact(1, 1000))])
    assert played.state.ends_at == at(FREE + CYCLE + 20)


def test_a_pause_in_the_free_period_makes_it_longer() -> None:
    pause = [(100, Suspend("x")), (400, Resume(at(FREE + CYCLE + 300)))]
    played = play(timed(), [*pause, (FREE + 200, exact(1, 1000))])
    assert played.state.ends_at == at(FREE + CYCLE + 300)
    later = play(timed(), [*pause, (FREE + 301, exact(1, 1000))])
    assert later.state.ends_at == at(FREE + 301 + CYCLE)
    replays(later)
