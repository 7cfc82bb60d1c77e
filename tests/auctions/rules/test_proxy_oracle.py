"""Every short sequence of maxima against an oracle that recomputes the lot from all of them, and random ones with all kinds."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auctions.rules.lot import Bid, LotState, Open, decide
from tests.auctions.rules.script import START, at, close, exact, lot, play, proxy, replays
from tests.effort import WHOLE

USERS = (1, 2, 3)
# Around the start, the half step, the change of the increment at 2000, and a tie at the top.
LADDERS = [(1000, 1050, 1100, 1150), (1000, 1850, 1900, 2450), (1100, 2000, 2500, 3000), (999, 1001, 5000, 5001)]


def step(price: int) -> int:
    return 100 if price < 2000 else 500


def oracle(taken: list[tuple[int, int]]) -> tuple[int | None, int | None, int | None]:
    """(leader, its maximum, price) of the accepted maxima in order: the highest leads, the first to reach it on a tie.

    The price is what the last change of anybody but the leader made it: a step above the best other maximum.
    """
    leader = top = price = None
    for last in range(1, len(taken) + 1):
        most: dict[int, tuple[int, int]] = {}
        for place, (user, amount) in enumerate(taken[:last]):
            if user not in most or amount > most[user][0]:
                most[user] = (amount, place)
        was = leader
        leader = min(most, key=lambda user: (-most[user][0], most[user][1]))
        top = most[leader][0]
        if taken[last - 1][0] != was:
            second = max((amount for user, (amount, _) in most.items() if user != leader), default=None)
            price = START if second is None else min(top, second + step(second))
    return leader, top, price


def acceptable(taken: list[tuple[int, int]], user: int, amount: int) -> bool:
    leader, top, price = oracle(taken)
    least = START if price is None else price + step(price)
    return amount >= least and not (user == leader and top is not None and amount <= top)


def sequences(ladder: tuple[int, ...], longest: int) -> Iterator[tuple[LotState, list[tuple[int, int]]]]:
    """Every state that a sequence of at most `longest` bids reaches, with the bids that were accepted on the way.

    A refused bid leaves the state as it was, which is asserted at each state for every bid, so a sequence with refusals
    in it reaches what the same sequence without them reaches: only accepted bids need be followed.
    """
    first = decide(lot(), [Open()], at(0)).state
    waiting: list[tuple[LotState, list[tuple[int, int]]]] = [(first, [])]
    while waiting:
        state, taken = waiting.pop()
        yield state, taken
        if len(taken) == longest:
            continue
        for user in USERS:
            for amount in ladder:
                decision = decide(state, [proxy(user, amount)], at(len(taken)))
                (answer,) = decision.answers
                assert answer.accepted == acceptable(taken, user, amount), (taken, user, amount)
                if answer.accepted:
                    waiting.append((decision.state, [*taken, (user, amount)]))
                else:
                    assert (decision.state, decision.events) == (state, [])


@pytest.mark.proof
@pytest.mark.parametrize("ladder", LADDERS)
def test_all_sequences_of_six_maxima_end_as_the_oracle_says(ladder: tuple[int, ...]) -> None:
    """Of four maxima, where not everything is tried."""
    seen = 0
    for state, taken in sequences(ladder, 6 if WHOLE else 4):
        assert (state.leader, state.most, state.price) == oracle(taken), taken
        seen += 1
    assert seen > 20


@st.composite
def bids(draw: st.DrawFn) -> list[tuple[float, Bid]]:
    moments = sorted(draw(st.lists(st.integers(3000, 3900), max_size=14)))
    kind = st.sampled_from([exact, proxy])
    return [(at, draw(kind)(draw(st.sampled_from(USERS)), draw(st.integers(18, 120)) * 50)) for at in moments]


@given(bids(), st.booleans(), st.booleans(), st.integers(1000, 6000), st.booleans())
def test_exact_bids_and_maxima_together_keep_the_log_sound(
    script: list[tuple[float, Bid]], reserved: bool, told: bool, reserve: int, raises: bool
) -> None:
    start = lot(has_reserve=reserved, show_reserve_met=told, leader_may_raise=raises)
    played = play(start, [*script, (9000, close())], reserve=reserve if reserved else None)
    replays(played)
    amounts = [amount for _, amount, _ in played.shown]
    assert amounts == sorted(amounts)
    own = dict.fromkeys(USERS, 0)
    for (_, bid), answer in zip(script, played.answers, strict=False):
        if answer.accepted and bid.paddle:
            own[bid.paddle] = max(own[bid.paddle], bid.amount.minor)
    if played.state.leader is not None:
        assert own[played.state.leader] == max(own.values())
        assert played.state.price is not None
        assert played.state.price <= own[played.state.leader]
    assert (played.state.phase == "sold") == (
        played.state.leader is not None and (not reserved or own[played.state.leader] >= reserve)
    )
