"""Two worlds that differ in one secret write the same public log, byte for byte, until the rules disclose it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from auctions.rules.lot import Bid, Command, ExtendForOutage, Hammer, LotState, PassIn, Resume, Suspend, Unseal, Warn
from tests.auctions.rules.script import at, close, cny, lot, play, replays
from tests.auctions.rules.test_control import OURS, PARAMS

PADDLES = (1, 2, 3, 4)
HOLDER = 1
KINDS = ("exact", "proxy", "floor", "sealed", "accept", "best", "units")
Script = list[tuple[float, Command]]


@st.composite
def contests(draw: st.DrawFn) -> Script:
    """Exact bids and maxima of three paddles, close together in time and amount."""
    moments = sorted(draw(st.lists(st.integers(3400, 3900), min_size=1, max_size=12)))
    kinds = st.sampled_from(["exact", "proxy"])
    amounts = st.integers(20, 90).map(lambda fifties: cny(fifties * 50))
    return [(second, Bid(draw(st.sampled_from(PADDLES[1:])), draw(amounts), kind=draw(kinds))) for second in moments]


def reach(script: Script) -> int:
    """An amount that no bid of the script reaches, nor one step of the answer to it."""
    return max(command.amount.minor for _, command in script if isinstance(command, Bid)) + 1000


@given(contests(), st.integers(1, 10**9), st.integers(1, 10**9))
def test_two_maxima_that_nobody_reaches_look_the_same(script: Script, a: int, b: int) -> None:
    beyond = reach(script)
    first = [
        play(lot(), [(3300, Bid(HOLDER, cny(beyond + more), kind="proxy")), *script, (9000, close())])
        for more in (a, b)
    ]
    assert first[0].public == first[1].public
    assert first[0].answers == first[1].answers
    assert first[0].state.public == first[1].state.public


@given(contests(), st.integers(1, 10**9), st.integers(1, 10**9), st.booleans())
def test_two_reserves_that_no_maximum_reaches_look_the_same(script: Script, a: int, b: int, told: bool) -> None:
    start, beyond = lot(has_reserve=True, show_reserve_met=told), reach(script)
    worlds = [play(start, [*script, (9000, close(met=False))], reserve=beyond + more) for more in (a, b)]
    assert worlds[0].public == worlds[1].public
    assert worlds[0].answers == worlds[1].answers


@given(contests(), st.integers(1, 6000), st.integers(1, 6000))
def test_a_reserve_nobody_is_told_of_shows_nothing_before_the_closing(script: Script, a: int, b: int) -> None:
    quiet = lot(has_reserve=True, show_reserve_met=False)
    worlds = [play(quiet, script, reserve=reserve) for reserve in (a, b)]
    assert worlds[0].public == worlds[1].public
    assert worlds[0].answers == worlds[1].answers


@given(
    st.sampled_from(["sealed_first", "sealed_second", "uniform"]),
    st.lists(st.tuples(st.sampled_from(PADDLES), st.integers(1000, 9000), st.integers(1000, 9000)), max_size=6),
    st.tuples(st.integers(1, 9000), st.integers(1, 9000)),
)
def test_sealed_amounts_show_nothing_before_the_opening(
    format: str, bids: list[tuple[int, int, int]], reserves: tuple[int, int]
) -> None:
    kind = "units" if format == "uniform" else "sealed"
    start = lot(format=format, params=PARAMS.get(format, {}), has_reserve=True)
    worlds = [
        play(
            start,
            [(second, Bid(bid[0], cny(bid[1 + world]), kind=kind)) for second, bid in enumerate(bids)],
            reserve=reserves[world],
        )
        for world in (0, 1)
    ]
    assert worlds[0].public == worlds[1].public
    assert worlds[0].answers == worlds[1].answers
    assert worlds[0].state.public == worlds[1].state.public


def commands(kinds: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """Anything that may be told to a lot, in and out of place."""
    bids = st.builds(
        Bid,
        st.sampled_from(PADDLES),
        st.integers(2, 90).map(lambda fifties: cny(fifties * 50)),
        kind=st.sampled_from(kinds),
        units=st.integers(1, 3),
        priority=st.sampled_from([None, None, 1, 2]),
    )
    rest = [
        Warn(1),
        Warn(2),
        Hammer(99),
        PassIn(),
        Suspend("x"),
        Resume(at(4200)),
        ExtendForOutage(7, at(4300)),
        close(),
        close(met=False),
        Unseal(()),
    ]
    return st.one_of(bids, bids, bids, st.sampled_from(rest))


LIKELY = {"dutch": ("accept",), "uniform": ("units",), "hybrid": ("accept", "sealed", "sealed", "best")}


@st.composite
def anything(draw: st.DrawFn) -> tuple[LotState, int | None, Script]:
    format = draw(st.sampled_from(OURS))
    reserve = draw(st.none() | st.integers(200, 5000))
    start = lot(
        format=format,
        params=PARAMS.get(format, {}),
        has_reserve=reserve is not None,
        show_reserve_met=draw(st.booleans()),
        one_bidder_suffices=draw(st.booleans()),
        leader_may_raise=draw(st.booleans()),
        priority_match=draw(st.booleans()),
        hard_ends_at=draw(st.none() | st.just(at(3700))),
    )
    usual = ("sealed",) if format.startswith("sealed") else ("exact", "proxy", "floor")
    kinds = draw(st.sampled_from([LIKELY.get(format, usual), LIKELY.get(format, usual), KINDS]))
    moments = sorted(draw(st.lists(st.integers(0, 5000), max_size=14)))
    return start, reserve, [(second, draw(commands(kinds))) for second in moments]


@given(anything())
def test_whatever_is_told_to_a_lot_its_log_explains_it(told: tuple[LotState, int | None, Script]) -> None:
    start, reserve, script = told
    met = [
        (second, close(met=True) if command == close(met=False) and reserve is None else command)
        for second, command in script
    ]
    played = play(start, met, reserve=reserve)
    assert [event.seq for event in played.events] == list(range(1, len(played.events) + 1))
    assert played.state.seq == len(played.events)
    replays(played)
