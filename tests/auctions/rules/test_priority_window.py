"""The window after a timed period: the price stands, and ranked holders may take the lot at it (优先购买权行权期)."""

from typing import Any

import pytest

from auctions.rules.lot import Bid, Close, Command, ExtendForOutage, LotState, Resume, Suspend
from tests.auctions.rules.script import at, close, exact, lot, play, proxy, replays, wire

A, B, H, K, L = 1, 2, 7, 8, 9  # H has rank 1, K and L rank 2
FREE, CYCLE, WINDOW = 1800, 180, 300
END = FREE + CYCLE
ASKED = Close(reserve_met=True, bidders=0, matchable=True)
Script = list[tuple[float, Command]]


def timed(**terms: Any) -> LotState:
    params = {"free_until": "2026-12-02T02:30:00.000000Z", "cycle_s": CYCLE}
    kept = {"priority_match": True, "priority_window_s": WINDOW, **terms}
    return lot(lasts=END, format="free_then_timed", params=params, **kept)


def h(amount: int) -> Bid:
    return exact(H, amount, priority=1)


def k(amount: int) -> Bid:
    return exact(K, amount, priority=2)


def other(amount: int) -> Bid:
    return exact(L, amount, priority=2)


def test_the_window_opens_once_and_the_highest_bidder_has_the_lot_if_nobody_matches() -> None:
    played = play(timed(), [(1, exact(A, 1000)), (END, ASKED), (END + WINDOW - 1, ASKED), (END + WINDOW, ASKED)])
    assert played.codes == ["", "", "close.not_due", ""]
    assert played.kinds == ["opened", "bid", "stage", "closed", "sold"]
    assert played.events[2].payload == {"stage": "priority", "ends_at": "2026-12-02T02:38:00.000000Z"}
    assert played.events[-1].payload == {"paddle": A, "price": wire(1000)}
    replays(played)


@pytest.mark.parametrize(
    ("bids", "codes", "leader"),
    [
        ([h(1000)], [""], H),
        ([k(1000), h(1000)], ["", ""], H),  # the better rank, whenever it comes
        ([h(1000), k(1000)], ["", "bid.not_ranked"], H),
        ([k(1000), other(1000)], ["", "bid.not_ranked"], K),  # equal rank: by time
        ([exact(B, 1000)], ["bid.not_ranked"], A),
        ([exact(B, 1100)], ["bid.not_ranked"], A),  # nobody else bids any more, at no price
        ([exact(A, 1100)], ["bid.not_ranked"], A),
        ([h(1100), h(900)], ["bid.match_only", "bid.match_only"], A),
        ([proxy(H, 1000, priority=1)], ["bid.kind"], A),
        ([exact(H, 1000, priority=1, bar="bid.deposit_missing")], ["bid.deposit_missing"], A),
    ],
)
def test_who_has_the_lot_after_the_window(bids: list[Bid], codes: list[str], leader: int) -> None:
    matches: Script = [(END + 1 + second, bid) for second, bid in enumerate(bids)]
    played = play(timed(), [(1, exact(A, 1000)), (END, ASKED), *matches, (END + WINDOW, close())])
    assert played.codes[2:-1] == codes
    assert played.events[-1].payload == {"paddle": leader, "price": wire(1000)}
    assert played.state.ends_at == at(END + WINDOW), "a match moves no end"
    replays(played)


def test_before_the_window_a_rank_is_worth_nothing() -> None:
    bids: Script = [(1, exact(A, 1000)), (2, h(1000)), (3, proxy(H, 1500, priority=1)), (4, proxy(A, 1500))]
    played = play(timed(), bids)
    assert played.codes == ["", "bid.too_low", "", ""]
    assert (played.state.leader, played.state.price) == (H, 1500), "of equal maxima the earlier"
    replays(played)
    tied = play(timed(), [(1, proxy(A, 1500)), (2, proxy(H, 1500, priority=1))])
    assert tied.state.leader == A
    replays(tied)


@pytest.mark.parametrize(
    ("terms", "bids", "asked", "reason"),
    [
        ({}, [exact(A, 1000)], close(), None),  # nobody could match
        ({"priority_window_s": 0}, [exact(A, 1000)], ASKED, None),
        ({}, [], ASKED, "no_bids"),
        ({"has_reserve": True}, [exact(A, 1000)], Close(reserve_met=False, bidders=0, matchable=True), "below_reserve"),
        ({"one_bidder_suffices": False}, [exact(A, 1000)], ASKED, "one_bidder"),
    ],
)
def test_no_window_where_there_is_nothing_to_match(
    terms: dict[str, Any], bids: list[Bid], asked: Close, reason: str | None
) -> None:
    played = play(timed(**terms), [*enumerate(bids, 1), (END, asked)])
    assert "stage" not in played.kinds
    assert played.state.phase == ("sold" if reason is None else "passed_in")
    assert played.events[-1].payload.get("reason") == reason
    replays(played)


def test_the_price_that_is_matched_is_the_one_the_reserve_made_and_no_maximum_fights_on() -> None:
    secretly = timed(has_reserve=True, show_reserve_met=False)
    bids: Script = [(1, proxy(A, 3000)), (2, exact(B, 1100)), (END, ASKED), (END + 1, h(1200)), (END + 2, h(2000))]
    played = play(secretly, bids, reserve=2000)
    assert played.codes == ["", "", "", "bid.match_only", ""]
    assert played.kinds[-3:] == ["bid", "stage", "bid"]
    assert (played.state.leader, played.state.price, played.state.most) == (H, 2000, 2000)
    replays(played)


def test_a_pause_and_an_outage_give_the_window_its_time_back() -> None:
    start: Script = [(1, exact(A, 1000)), (END, ASKED)]
    held: Script = [*start, (END + 100, Suspend("x")), (END + 900, Resume(at(END + WINDOW + 800)))]
    played = play(timed(), [*held, (END + WINDOW + 700, h(1000)), (END + WINDOW + 800, ASKED)])
    assert played.codes[-2:] == ["", ""]
    assert played.events[-1].payload["paddle"] == H
    replays(played)
    out = play(
        timed(), [*start, (END + WINDOW, ExtendForOutage(20, at(END + 2 * WINDOW))), (END + WINDOW + 9, h(1000))]
    )
    assert out.state.leader == H
    replays(out)
