"""The stand-alone verifier and every way to bid: maxima, priority rights, pauses, outages; and the programs beside it."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auctions import signing
from auctions.rules.chain import Json, unstamp
from auctions.rules.lot import (
    Annul,
    Bid,
    Command,
    ExtendForOutage,
    ExtendTogether,
    HandOver,
    LotState,
    Notice,
    Resume,
    Seal,
    Suspend,
    Unseal,
    Withdraw,
)
from auctions.rules.receipts import Place, receipt
from auctions.rules.replay import log_of
from auctions.views.verify import FAMILIES, PROGRAMS, VERIFIER
from tests.auctions.rules.script import Played, at, close, cny, exact, lot, play, proxy, replays
from tests.auctions.rules.test_control import OURS, PARAMS
from tests.auctions.rules.test_priority_window import ASKED, END, FREE, WINDOW, A, h, k, timed
from tests.auctions.trust.conftest import verdict
from tests.auctions.trust.logs import chained_again, held, lies
from tests.effort import some, tries

RANKS = {1: 1, 2: 1, 3: 2}
Script = list[tuple[float, Command]]


def published(played: Played) -> Json:
    """The log of what was played, as the site publishes it."""
    return log_of("L-TEST", played.state.head, played.events)


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """Exact bids and maxima of five paddles, some with a priority right, close together in time and amount."""
    moments = sorted(draw(st.lists(st.integers(3300, 4000), max_size=14)))
    script: Script = []
    for second in moments:
        paddle = draw(st.integers(1, 5))
        amount = cny(draw(st.integers(18, 90)) * 50)
        kind = draw(st.sampled_from(["exact", "exact", "proxy"]))
        script.append((second, Bid(paddle, amount, kind=kind, priority=RANKS.get(paddle))))
    return script


@settings(max_examples=tries(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    script=scripts(),
    reserve=st.none() | st.integers(1000, 5000),
    told=st.booleans(),
    matching=st.booleans(),
    raising=st.booleans(),
    hard=st.none() | st.integers(3600, 3900),
    ended=st.booleans(),
)
def test_it_accepts_whatever_lawful_bidding_writes(
    script: Script,
    reserve: int | None,
    told: bool,
    matching: bool,
    raising: bool,
    hard: int | None,
    ended: bool,
    tmp_path: Path,
) -> None:
    start = lot(
        has_reserve=reserve is not None,
        show_reserve_met=told,
        priority_match=matching,
        leader_may_raise=raising,
        hard_ends_at=None if hard is None else at(hard),
    )
    played = play(start, [*script, *([(9000.0, close())] if ended else [])], reserve=reserve)
    replays(played)
    said = verdict(tmp_path, published(played))
    assert said.startswith("verified"), f"{said}\n{played.shown}"


def test_it_follows_pauses_outages_words_and_an_annulment(tmp_path: Path) -> None:
    script: Script = [
        (10, proxy(1, 2000)),
        (20, Notice("请稍候")),
        (30, Suspend("断网")),
        (40, HandOver("B")),
        (900, Resume(at(4500))),
        (4400, Bid(2, cny(1500))),
        (4490, Bid(3, cny(2500))),
        (4620, ExtendForOutage(30, at(4800))),
        (4700, Bid(1, cny(3000))),
        (4900, close()),
        (5000, Annul("恶意串通")),
    ]
    played = play(lot(hard_ends_at=at(4000)), script)
    assert played.codes == [""] * len(script)
    replays(played)
    assert verdict(tmp_path, published(played)).startswith("verified")
    honest = published(played)
    for place, what in ((6, "ends_at"), (6, "hard_ends_at"), (12, "ends_at")):
        forged = chained_again(
            {
                **honest,
                "events": [
                    {**event, "payload": {**event["payload"], what: "2026-12-02T09:00:00.000000Z"}}
                    if n == place
                    else event
                    for n, event in enumerate(honest["events"], 1)
                ],
            }
        )
        assert forged["head"] == honest["head"] or verdict(tmp_path, forged).startswith("refused")


def test_a_maximum_nobody_gave_does_not_raise_a_price(tmp_path: Path) -> None:
    """An operator who lifts the price by a made-up row of the leader is caught, wherever the row stands."""
    honest = published(
        play(lot(), [(10, proxy(1, 3000)), (20, Bid(2, cny(1500))), (30, Bid(3, cny(4000))), (9000, close())])
    )
    assert verdict(tmp_path, honest).startswith("verified")
    for place in range(1, len(honest["events"])):
        for paddle in (1, 2, 3):
            row = {"paddle": paddle, "amount": cny(3500).wire(), "auto": True}
            made_up = {**honest["events"][place - 1], "kind": "bid", "payload": row}
            events = [*honest["events"][:place], made_up, *honest["events"][place:]]
            assert verdict(tmp_path, chained_again({**honest, "events": events})).startswith("refused"), (place, paddle)


BY_ROUNDS: dict[str, tuple[LotState, Script]] = {
    "rounds": (
        timed(),
        [(1, exact(1, 1000)), (FREE + 1, exact(2, 1100)), (FREE + 99, proxy(1, 1500)), (FREE + 279, close())],
    ),
    "a hard end": (timed(hard_ends_at=at(END + 20)), [(FREE + 100, exact(1, 1000)), (END + 20, close())]),
    "a pause": (
        timed(),
        [
            (100, Suspend("x")),
            (400, Resume(at(END + 300))),
            (FREE + 200, exact(1, 1000)),
            (FREE + 301, exact(2, 1100)),
            (FREE + 481, close()),
        ],
    ),
    "nobody matches": (timed(), [(1, exact(A, 1000)), (END, ASKED), (END + WINDOW, ASKED)]),
    "two match": (
        timed(),
        [(1, exact(A, 1000)), (END, ASKED), (END + 1, k(1000)), (END + 2, h(1000)), (END + 9999, close())],
    ),
    "a holder leads": (timed(), [(1, k(1000)), (2, exact(A, 1100)), (3, k(1200)), (END, ASKED), (END + 1, h(1200))]),
    "ranks while one bids": (
        timed(priority_window_s=0),
        [(1, exact(A, 1000)), (2, k(1000)), (3, h(1000)), (4, exact(A, 1100)), (END, close())],
    ),
    "with the group": (
        lot(),
        [(1, exact(1, 1000)), (3590, ExtendTogether("L-2", at(3700))), (3699, exact(2, 1100)), (3819, close())],
    ),
}


@pytest.mark.parametrize("name", BY_ROUNDS)
def test_of_rounds_groups_and_priority_rights_it_refuses_every_lie_that_the_rules_refuse(
    name: str, tmp_path: Path
) -> None:
    start, script = BY_ROUNDS[name]
    played = play(start, script)
    assert played.codes == [""] * len(script)
    honest, refused = published(played), 0
    assert verdict(tmp_path, honest).startswith("verified")
    for what, lie in lies(honest):
        if "reserve" in what:
            continue  # the replay guesses a reserve that would explain the log
        try:
            forged = chained_again(lie)
        except (ValueError, TypeError, AttributeError):
            continue  # not even a log
        fine = held(forged)
        refused += not fine
        said = verdict(tmp_path, forged)
        assert said.startswith("verified") == fine, f"{what}: replay says {fine}, verifier {said}"
    assert refused > len(honest["events"])


def decides(way: str) -> Path:
    """The program that decides lots of this way to bid again."""
    return PROGRAMS / f"{FAMILIES.get(way, VERIFIER)}.py"


def test_of_a_lot_that_another_program_decides_it_says_so(tmp_path: Path) -> None:
    for name in OURS:
        honest = published(play(lot(format=name, params=PARAMS.get(name, {})), [(9000, close())]))
        said = verdict(tmp_path, honest)
        assert "verified: L-TEST" in said
        assert said.startswith("Chain, signatures, receipts hold; for the rest see /verify/") == (name in FAMILIES), (
            said
        )
        assert verdict(tmp_path, honest, program=decides(name)).startswith("verified: L-TEST")
    assert "verified: L-TEST" in verdict(tmp_path, play_withdrawn())


def hidden(paddle: int, amount: int, kind: str = "sealed", **more: Any) -> Bid:
    return Bid(paddle, cny(amount), kind=kind, **more)


def units(paddle: int, each: int, many: int) -> Bid:
    return hidden(paddle, each, "units", units=many)


PAUSED: Script = [(90, Suspend("断网")), (200, Notice("请稍候")), (400, Resume(at(4000)))]
TENDER: Script = [(1, hidden(1, 1500)), *PAUSED, (500, hidden(2, 2000)), (501, hidden(3, 2000)), (9000, close())]
TAKEN: Script = [(100, hidden(1, 900, "accept"))]
STAGES = [*TAKEN, (110, hidden(2, 1200)), (111, hidden(3, 1300)), (700, close())]
AT_ONCE: dict[str, tuple[LotState, Script, int | None]] = {
    "first price": (lot(format="sealed_first"), TENDER, None),
    "first price under a reserve": (lot(format="sealed_first", has_reserve=True), TENDER, 2001),
    "second price": (lot(format="sealed_second", hard_ends_at=at(5000)), TENDER, None),
    "the reserve is the price": (lot(format="sealed_second", has_reserve=True), [TENDER[0], TENDER[-1]], 1300),
    "one is not enough": (lot(format="sealed_second", one_bidder_suffices=False), [TENDER[0], TENDER[-1]], None),
    "unreadable envelopes": (
        lot(format="sealed_first"),
        [(1, Seal(1, "aa")), (2, Seal(2, "bb")), (3, hidden(3, 1200)), (3600, Unseal(((1, 900), (2, None))))],
        None,
    ),
    "an outage and the group": (
        lot(format="sealed_first"),
        [
            (1, hidden(1, 1500)),
            (3590, ExtendTogether("L-2", at(3700))),
            (3710, ExtendForOutage(9, at(4000))),
            TENDER[-1],
        ],
        None,
    ),
    "three licences": (
        lot(format="uniform", params={"supply": 3}),
        [
            (1, units(1, 1200, 1)),
            (2, units(2, 1500, 2)),
            (3, units(1, 1200, 3)),
            (9000, close()),
            (9001, Annul("串通")),
        ],
        None,
    ),
    "licences under a reserve": (
        lot(format="uniform", params={"supply": 3}, has_reserve=True),
        [(1, units(1, 1200, 1)), (2, units(2, 1500, 1)), (9000, close())],
        1300,
    ),
    "a falling price": (
        lot(format="dutch", params=PARAMS["dutch"]),
        [*PAUSED, (470, hidden(1, 900, "accept")), TENDER[-1]],
        None,
    ),
    "nobody takes it": (lot(format="dutch", params=PARAMS["dutch"], has_reserve=True), [TENDER[-1]], 200),
    "taken alone": (lot(format="hybrid", params=PARAMS["hybrid"]), [*TAKEN, (9000, close())], None),
    "topped": (
        lot(format="hybrid", params=PARAMS["hybrid"]),
        [*STAGES, (800, hidden(1, 1400, "best")), (9000, close())],
        None,
    ),
    "not topped": (lot(format="hybrid", params=PARAMS["hybrid"], has_reserve=True), [*STAGES, (9000, close())], 200),
    "no lawful envelope": (
        lot(format="hybrid", params=PARAMS["hybrid"]),
        [*TAKEN, (110, Seal(2, "aa")), (800, Unseal(((2, 950),)))],
        None,
    ),
}


@pytest.mark.proof
@pytest.mark.parametrize("name", AT_ONCE)
def test_of_what_is_not_bid_on_upwards_no_lie_passes_that_the_rules_refuse(name: str, tmp_path: Path) -> None:
    start, script, reserve = AT_ONCE[name]
    played = play(start, script, reserve=reserve)
    assert played.codes == [""] * len(script)
    replays(played)
    honest, refused, program = published(played), 0, decides(start.terms.format)
    assert verdict(tmp_path, honest, program=program).startswith("verified")
    for what, lie in some(lies(honest)):
        try:
            forged = chained_again(lie)
        except (ValueError, TypeError, AttributeError):
            continue  # not even a log
        fine, said = held(forged), verdict(tmp_path, forged, program=program)
        refused += not fine
        assert fine or said.startswith("refused"), f"{what}: the rules refuse it, the program says {said}"
    assert refused > 2


@settings(max_examples=tries(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    way=st.sampled_from(["sealed_first", "sealed_second", "uniform", "dutch", "hybrid"]),
    moves=st.lists(
        st.tuples(st.integers(1, 4200), st.integers(1, 4), st.integers(2, 40), st.integers(1, 3)), max_size=8
    ),
    reserve=st.none() | st.integers(200, 2500),
    suffices=st.booleans(),
)
def test_they_accept_whatever_the_rules_write(
    way: str, moves: list[tuple[int, int, int, int]], reserve: int | None, suffices: bool, tmp_path: Path
) -> None:
    start = lot(format=way, params=PARAMS.get(way, {}), has_reserve=reserve is not None, one_bidder_suffices=suffices)
    kinds = {"uniform": ["units"], "dutch": ["accept"], "hybrid": ["accept", "sealed", "best"]}.get(way, ["sealed"])
    script: Script = []
    for second, paddle, amount, many in sorted(moves):
        script += [(second, hidden(paddle, amount * 50, kind, units=many)) for kind in kinds]
        script += [(second, close())] if amount % 5 == 0 else []
    played = play(start, [*script, (5000, close()), (6000, close())], reserve=reserve)
    replays(played)
    said = verdict(tmp_path, published(played), program=decides(way))
    assert said.startswith("verified"), f"{said}\n{[event.record() for event in played.events]}"


@pytest.mark.parametrize("one", ["sealed", "falling"])
def test_what_the_programs_do_alike_they_say_alike(one: str) -> None:
    """Each stands alone, so they repeat each other: word for word, or a correction would reach only one of them."""
    text, other = [(PROGRAMS / f"luochui_verify_{name}.py").read_text() for name in (one, "falling")]
    for shared in (
        "def _need",
        "def _canonical",
        "papers = ",
        "bodies = ",
        "    body, link = ",
        "    whole = ",
        "    def minor",
    ):
        begins = text.index(shared)
        assert text[begins : text.index("\n", begins)] in other


def play_withdrawn() -> Json:
    """A lot taken back before its opening: a log of one event."""
    from auctions.rules.lot import decide

    decision = decide(lot(), [Withdraw("委托人撤回")], at(-60))
    return log_of("L-TEST", decision.state.head, decision.events)


def test_the_receipt_of_a_maximum_fits_the_log_that_does_not_show_it(tmp_path: Path) -> None:
    honest = published(play(lot(), [(10, proxy(1, 3000)), (20, Bid(2, cny(1500))), (9000, close())]))
    bid, other = honest["events"][1], honest["events"][2]
    place = Place("L-TEST", 2, bid["hash"], 2, bid["hash"])
    paper = signing.sign(receipt(place, key=uuid4(), amount=cny(3000), at=unstamp(bid["at"])))
    assert verdict(tmp_path, honest, paper).startswith("verified")
    elsewhere = Place("L-TEST", 3, other["hash"], 3, other["hash"])
    exact = signing.sign(receipt(elsewhere, key=uuid4(), amount=cny(1600), at=unstamp(other["at"])))
    assert verdict(tmp_path, honest, exact).startswith("refused")  # an exact bid is shown as it was
