"""Random lots against an oracle that knows nothing of events: a plain loop over bids; and the log against its forgers."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auctions.rules.lot import Bid, Close, LotState, Open, Terms, decide
from auctions.rules.replay import Broken, log_of, replay, verify
from market.kernel.money import Money

OPENS = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
START = 1000


def step(price: int) -> int:
    return 100 if price < 2000 else 500


@st.composite
def scripts(draw: st.DrawFn) -> tuple[Terms, list[tuple[datetime, int, int]], bool]:
    """Terms, bids as (moment, paddle, amount) in order of time, and whether the reserve would be met."""
    window = draw(st.sampled_from([0, 60, 300]))
    hard = draw(st.sampled_from([None, 0, 100, 600]))
    terms = Terms(
        lot="L-TEST",
        currency="CNY",
        start=START,
        increments=((0, 100), (2000, 500)),
        opens_at=OPENS,
        hard_ends_at=None if hard is None else OPENS + timedelta(seconds=600 + hard),
        has_reserve=draw(st.booleans()),
        show_reserve_met=draw(st.booleans()),
        ruleset="test/1",
        extension_window_s=window,
        one_bidder_suffices=draw(st.booleans()),
        leader_may_raise=draw(st.booleans()),
    )
    moments = sorted(draw(st.lists(st.integers(0, 1500), max_size=25)))
    bids = [(OPENS + timedelta(seconds=at), draw(st.integers(1, 3)), draw(st.integers(9, 60)) * 50) for at in moments]
    return terms, bids, draw(st.booleans())


def oracle(
    terms: Terms, bids: list[tuple[datetime, int, int]], met: bool
) -> tuple[str, int | None, int | None, datetime]:
    """The outcome told by a loop: (phase, price, leader, end)."""
    end, price, leader, seen = OPENS + timedelta(seconds=600), None, None, set()
    for at, paddle, amount in bids:
        if at >= end or (paddle == leader and not terms.leader_may_raise):
            continue
        base = START if price is None else price + step(price)
        unit = step(START if price is None else price)
        if amount < base or (amount - base) % unit:
            continue
        late = end - at < timedelta(seconds=terms.extension_window_s)
        if late and paddle != leader:
            wanted = at + timedelta(seconds=terms.extension_window_s)
            end = max(end, wanted if terms.hard_ends_at is None else min(wanted, terms.hard_ends_at))
        price, leader = amount, paddle
        seen.add(paddle)
    sold = price is not None and (met or not terms.has_reserve) and (terms.one_bidder_suffices or len(seen) > 1)
    return "sold" if sold else "passed_in", price, leader, end


def played(terms: Terms, bids: list[tuple[datetime, int, int]], met: bool) -> tuple[LotState, list[Any]]:
    state = LotState(terms=terms, phase="noticed", ends_at=OPENS + timedelta(seconds=600))
    decision = decide(state, [Open()], OPENS)
    events, state, paddles = list(decision.events), decision.state, set()
    for at, paddle, amount in bids:
        decision = decide(state, [Bid(paddle, Money(amount, "CNY"))], at)
        assert decision.state.ends_at >= state.ends_at
        assert (decision.state.price or 0) >= (state.price or 0)
        events, state = events + decision.events, decision.state
        if decision.answers[0].accepted:
            paddles.add(paddle)
    decision = decide(state, [Close(met or not terms.has_reserve, len(paddles))], state.ends_at)
    return decision.state, events + decision.events


@given(scripts())
def test_every_script_ends_as_the_oracle_says(script: tuple[Terms, list[tuple[datetime, int, int]], bool]) -> None:
    state, events = played(*script)
    assert (state.phase, state.price, state.leader, state.ends_at) == oracle(*script)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


@given(scripts())
def test_every_log_replays_to_the_state_it_came_from(
    script: tuple[Terms, list[tuple[datetime, int, int]], bool],
) -> None:
    state, events = played(*script)
    assert replay("L-TEST", [event.record() for event in events]) == state


def a_log() -> dict[str, Any]:
    terms = Terms("L-TEST", "CNY", START, ((0, 100),), OPENS, None, True, True, "test/1", 300, True, False)
    bids = [(OPENS, 1, 1000), (OPENS + timedelta(seconds=400), 2, 1100), (OPENS + timedelta(seconds=500), 1, 1500)]
    state, events = played(terms, bids, True)
    return log_of("L-TEST", state.head, events)


def forged(log: dict[str, Any], event: int, **changes: Any) -> dict[str, Any]:
    log = copy.deepcopy(log)
    log["events"][event - 1].update(changes)
    return log


def test_an_honest_log_verifies() -> None:
    assert verify(a_log()).phase == "sold"


@pytest.mark.parametrize(
    ("forge", "seq"),
    [
        (lambda log: forged(log, 2, payload={"paddle": 3, "amount": {"amount": "10.00", "currency": "CNY"}}), 2),
        (lambda log: forged(log, 3, payload={"paddle": 2, "amount": {"amount": "12.00", "currency": "CNY"}}), 3),
        (lambda log: forged(log, 3, at="2026-12-02T02:06:39.000000Z"), 3),
        (lambda log: forged(log, 3, at="2026-12-02T02:06:40Z"), 3),
        (lambda log: forged(log, 4, payload={"ends_at": "2026-12-02T09:00:00.000000Z", "count": 1}), 4),
        (lambda log: forged(log, 5, hash="0" * 64), 5),
        (lambda log: forged(log, 5, seq=6), 5),
        (lambda log: {**log, "events": log["events"][:2] + log["events"][3:]}, 4),
        (lambda log: {**log, "events": log["events"][1:]}, 2),
        (lambda log: {**log, "events": log["events"][:-1]}, 8),
        (lambda log: {**log, "events": log["events"][:-2]}, 6),
        (lambda log: {**log, "events": []}, 0),
        (lambda log: {**log, "head": "0" * 64}, 8),
        (lambda log: {**log, "lot": "L-OTHER"}, 1),
        (lambda log: forged(log, 2, payload={"paddle": 1, "amount": 10.0}), 2),
        (lambda log: forged(log, 1, payload={}), 1),
        (lambda log: {**log, "events": [None]}, 1),
        (lambda log: [], 0),
    ],
)
def test_a_forged_log_is_found_at_the_forged_event(forge: Any, seq: int) -> None:
    with pytest.raises(Broken) as broken:
        verify(forge(a_log()))
    assert broken.value.seq == seq
