"""The decision as tables: what each bid at each moment becomes."""

from datetime import UTC, datetime, timedelta

import pytest

from auctions.rules.lot import Bid, Close, LotState, Open, Terms, decide
from market.kernel.money import Money

OPENS = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
ENDS = OPENS + timedelta(hours=1)
HARD = ENDS + timedelta(hours=4)
W = 120


def terms(**changes: object) -> Terms:
    given = {
        "lot": "L-TEST",
        "currency": "CNY",
        "start": 1000,
        "increments": ((0, 100), (2000, 500)),
        "opens_at": OPENS,
        "hard_ends_at": HARD,
        "has_reserve": False,
        "show_reserve_met": False,
        "ruleset": "commercial/1",
        "extension_window_s": W,
        "one_bidder_suffices": True,
        "leader_may_raise": False,
    }
    return Terms(**{**given, **changes})  # type: ignore[arg-type]


def live(**changes: object) -> LotState:
    of_terms = {name: changes.pop(name) for name in tuple(changes) if name in Terms.__dataclass_fields__}
    return LotState(**{"terms": terms(**of_terms), "phase": "live", "ends_at": ENDS, **changes})  # type: ignore[arg-type]


def cny(minor: int) -> Money:
    return Money(minor, "CNY")


def wire(minor: int) -> dict[str, str]:
    return cny(minor).wire()


LED = {"price": 1500, "leader": 8036, "bids": 3, "seq": 4}


@pytest.mark.parametrize(
    ("state", "bid", "at", "code", "facts"),
    [
        (live(), Bid(1, cny(1000)), ENDS - timedelta(hours=1), "", {}),
        (live(), Bid(1, cny(1300)), OPENS, "", {}),
        (live(), Bid(1, cny(999)), OPENS, "bid.too_low", {"minimum": wire(1000), "seq": 0}),
        (live(), Bid(1, cny(1050)), OPENS, "bid.off_grid", {"below": wire(1000), "above": wire(1100)}),
        (live(**LED), Bid(2417, cny(1600)), OPENS, "", {}),
        (live(**LED), Bid(2417, cny(1500)), OPENS, "bid.too_low", {"minimum": wire(1600), "seq": 4}),
        (live(**LED), Bid(2417, cny(1599)), OPENS, "bid.too_low", {"minimum": wire(1600), "seq": 4}),
        (live(**LED), Bid(2417, cny(1601)), OPENS, "bid.off_grid", {"below": wire(1600), "above": wire(1700)}),
        (live(**LED), Bid(8036, cny(1600)), OPENS, "bid.self", {"price": wire(1500)}),
        (live(**LED, leader_may_raise=True), Bid(8036, cny(1600)), OPENS, "", {}),
        (live(price=2000, leader=1), Bid(2, cny(2400)), OPENS, "bid.too_low", {"minimum": wire(2500), "seq": 0}),
        (live(), Bid(1, Money(1000, "EUR")), OPENS, "bid.currency", {"currency": "CNY"}),
        (live(), Bid(None, cny(1000), bar="bid.not_registered"), OPENS, "bid.not_registered", {}),
        (live(), Bid(1, cny(1000)), ENDS - timedelta(microseconds=1), "", {}),
        (live(), Bid(1, cny(1000)), ENDS, "bid.lot_closed", {"ended_at": "2026-12-02T03:00:00.000000Z", "seq": 0}),
        (live(phase="sold"), Bid(1, cny(1000)), OPENS, "bid.lot_closed", None),
        (live(phase="withdrawn"), Bid(1, cny(1000)), OPENS, "bid.lot_closed", None),
        (live(phase="suspended"), Bid(1, cny(1000)), OPENS, "bid.suspended", {}),
        (live(phase="noticed"), Bid(1, cny(1000)), OPENS, "bid.not_open", {"opens_at": "2026-12-02T02:00:00.000000Z"}),
    ],
)
def test_each_bid_gets_the_answer_the_rules_give(
    state: LotState, bid: Bid, at: datetime, code: str, facts: dict[str, object] | None
) -> None:
    decision = decide(state, [bid], at)
    (answer,) = decision.answers
    assert answer.code == code
    if code:
        assert facts is None or answer.facts == facts
        assert decision.events == []
        assert decision.state == state
    else:
        assert answer.seq == state.seq + 1
        assert (decision.state.price, decision.state.leader) == (bid.amount.minor, bid.paddle)


@pytest.mark.parametrize(
    ("left", "hard", "paddle", "moved_to"),
    [
        (timedelta(seconds=W + 1), HARD, 1, None),
        (timedelta(seconds=W), HARD, 1, None),
        (timedelta(seconds=W - 1), HARD, 1, ENDS - timedelta(seconds=W - 1) + timedelta(seconds=W)),
        (timedelta(microseconds=1), HARD, 1, ENDS - timedelta(microseconds=1) + timedelta(seconds=W)),
        (timedelta(seconds=10), None, 1, ENDS + timedelta(seconds=W - 10)),
        (timedelta(seconds=10), ENDS + timedelta(seconds=5), 1, ENDS + timedelta(seconds=5)),
        (timedelta(seconds=10), ENDS, 1, None),
        (timedelta(seconds=10), HARD, 8036, None),  # the leader's own raise
    ],
)
def test_a_late_bid_moves_the_end_to_bid_time_plus_window(
    left: timedelta, hard: datetime | None, paddle: int, moved_to: datetime | None
) -> None:
    state = live(hard_ends_at=hard, leader_may_raise=True, price=1000, leader=8036, bids=1, seq=2)
    after = decide(state, [Bid(paddle, cny(1100))], ENDS - left).state
    assert after.ends_at == (moved_to or ENDS)
    assert after.extensions == (1 if moved_to else 0)
    assert after.phase == ("extended" if moved_to else "live")


def test_a_refused_bid_never_extends() -> None:
    decision = decide(live(**LED), [Bid(2417, cny(1500)), Bid(8036, cny(1600))], ENDS - timedelta(seconds=1))
    assert [answer.code for answer in decision.answers] == ["bid.too_low", "bid.self"]
    assert decision.state.ends_at == ENDS


def test_bids_of_one_batch_are_decided_in_order_against_each_other() -> None:
    bids = [Bid(1, cny(1000)), Bid(2, cny(1000)), Bid(2, cny(1100)), Bid(1, cny(1100))]
    decision = decide(live(), bids, OPENS)
    assert [answer.code for answer in decision.answers] == ["", "bid.too_low", "", "bid.too_low"]
    assert [(event.seq, event.payload["paddle"]) for event in decision.events] == [(1, 1), (2, 2)]
    assert decision.events[1].prev == decision.events[0].hash


@pytest.mark.parametrize(
    ("state", "close", "kinds", "reason"),
    [
        (live(), Close(True, 0), ["closed", "passed_in"], "no_bids"),
        (live(**LED), Close(True, 2), ["closed", "sold"], None),
        (live(**LED), Close(False, 2), ["closed", "passed_in"], "below_reserve"),
        (live(**LED), Close(True, 1), ["closed", "sold"], None),
        (live(**LED, one_bidder_suffices=False), Close(True, 1), ["closed", "passed_in"], "one_bidder"),
        (live(**LED, one_bidder_suffices=False), Close(True, 2), ["closed", "sold"], None),
    ],
)
def test_the_hammer_sells_or_passes_in(state: LotState, close: Close, kinds: list[str], reason: str | None) -> None:
    decision = decide(state, [close], ENDS)
    assert [event.kind for event in decision.events] == kinds
    assert decision.events[-1].payload.get("reason") == reason
    assert decision.state.phase == kinds[-1]


def test_nothing_closes_early_or_twice() -> None:
    assert decide(live(), [Close(True, 0)], ENDS - timedelta(microseconds=1)).events == []
    closed = decide(live(), [Close(True, 0)], ENDS).state
    assert decide(closed, [Close(True, 0)], ENDS + timedelta(days=1)).events == []


def test_a_lot_opens_on_time_and_is_held_when_its_whole_time_was_missed() -> None:
    waiting = live(phase="noticed")
    assert decide(waiting, [Open()], OPENS - timedelta(microseconds=1)).events == []
    opened = decide(waiting, [Open()], OPENS)
    assert ([event.kind for event in opened.events], opened.state.phase) == (["opened"], "live")
    late = decide(waiting, [Open()], ENDS)
    assert ([event.kind for event in late.events], late.state.phase) == (["opened", "held"], "suspended")


@pytest.mark.parametrize(
    ("told", "meets", "kinds"),
    [(True, True, ["bid", "reserve_met"]), (True, False, ["bid"]), (False, True, ["bid"])],
)
def test_the_public_hears_of_the_reserve_only_where_the_rules_say_so(told: bool, meets: bool, kinds: list[str]) -> None:
    state = live(has_reserve=True, show_reserve_met=told)
    decision = decide(state, [Bid(1, cny(1000), meets_reserve=meets)], OPENS)
    assert [event.kind for event in decision.events] == kinds
    again = decide(decision.state, [Bid(2, cny(1100), meets_reserve=meets)], OPENS)
    assert "reserve_met" not in [event.kind for event in again.events] or not meets or not told
