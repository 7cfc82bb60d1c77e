"""The priority right (优先购买权): ranked holders take the lead at the same price (法释〔2016〕18号 19, 21)."""

import pytest

from auctions.rules.lot import Bid
from tests.auctions.rules.script import at, close, exact, lot, play, proxy, replays, wire

A, B, H, K, L = 1, 2, 7, 8, 9  # H has rank 1, K and L rank 2


def h(amount: int) -> Bid:
    return exact(H, amount, priority=1)


def k(amount: int) -> Bid:
    return exact(K, amount, priority=2)


def other(amount: int) -> Bid:
    return exact(L, amount, priority=2)


@pytest.mark.parametrize("format", ["english", "free_then_timed"])
@pytest.mark.parametrize(
    ("bids", "codes", "leader", "price"),
    [
        ([exact(A, 1000), h(1000)], ["", ""], H, 1000),
        ([exact(A, 1000), exact(B, 1000)], ["", "bid.too_low"], A, 1000),
        ([exact(A, 1000), k(1000), h(1000)], ["", "", ""], H, 1000),  # the better rank
        ([exact(A, 1000), h(1000), k(1000)], ["", "", "bid.too_low"], H, 1000),
        ([exact(A, 1000), k(1000), other(1000)], ["", "", "bid.too_low"], K, 1000),  # equal rank: by time
        ([exact(A, 1000), h(1000), exact(B, 1100)], ["", "", ""], B, 1100),  # a higher offer wins
        ([exact(A, 1000), h(1000), exact(B, 1100), h(1100)], ["", "", "", ""], H, 1100),
        ([h(1000), k(1000)], ["", "bid.too_low"], H, 1000),
        ([k(1000), h(1000)], ["", ""], H, 1000),
        ([exact(A, 1000), h(1050)], ["", "bid.off_grid"], A, 1000),
        ([exact(A, 1000), h(1100)], ["", ""], H, 1100),
        # against maxima: the match counts at the amount the other would still pay
        ([proxy(A, 1500), h(1000)], ["", ""], A, 1100),
        ([proxy(A, 1500), h(1500)], ["", ""], H, 1500),
        ([exact(A, 1000), proxy(H, 1500, priority=1)], ["", ""], H, 1000),
        ([proxy(A, 1500), proxy(H, 1500, priority=1)], ["", ""], H, 1500),
        ([exact(A, 1000), proxy(H, 1500, priority=1), exact(B, 1200)], ["", "", ""], H, 1200),
        ([exact(A, 1000), proxy(H, 1500, priority=1), k(1200)], ["", "", ""], H, 1200),
    ],
)
def test_who_leads(format: str, bids: list[Bid], codes: list[str], leader: int, price: int) -> None:
    params = {"free_until": "2026-12-02T02:30:00.000000Z", "cycle_s": 180} if format == "free_then_timed" else {}
    start = lot(priority_match=True, format=format, params=params)
    played = play(start, enumerate(bids))
    assert played.codes == codes
    assert (played.state.leader, played.state.price) == (leader, price)
    replays(played)


def test_a_match_extends_like_any_change_of_the_lead_and_is_marked() -> None:
    played = play(lot(priority_match=True), [(10, exact(A, 1000)), (3590, h(1000)), (9000, close())])
    assert played.events[2].payload == {"paddle": H, "amount": wire(1000), "priority": 1}
    assert played.state.ends_at == at(3590 + 120)
    assert played.events[-1].payload == {"paddle": H, "price": wire(1000)}
    replays(played)


def test_where_the_rules_do_not_let_holders_match_a_rank_is_worth_nothing() -> None:
    played = play(lot(), [(1, exact(A, 1000)), (2, h(1000)), (3, h(1100))])
    assert played.codes == ["", "bid.too_low", ""]
    assert "priority" not in played.events[-1].payload
