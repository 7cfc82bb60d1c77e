"""The falling price, and the hybrid that goes on with sealed bids and a last offer."""

from typing import Any

import pytest

from auctions.rules.dutch import falls_next, price_at
from auctions.rules.lot import Bid, Command, LotState, Resume, Seal, Suspend, Unseal
from auctions.rules.ways import shown_until
from tests.auctions.rules.script import at, close, cny, exact, lot, play, replays, wire

A, B, C = 2417, 8036, 5521
CLOCK = {"step": 100, "every_s": 60, "floor": 300}
Script = list[tuple[float, Command]]


def accept(paddle: int, seen: int) -> Bid:
    return Bid(paddle, cny(seen), kind="accept")


def dutch(**terms: Any) -> LotState:
    return lot(format="dutch", params=CLOCK, **terms)


@pytest.mark.parametrize(
    ("second", "price"),
    [(0, 1000), (59.999, 1000), (60, 900), (119, 900), (120, 800), (419, 400), (420, 300), (3000, 300)],
)
def test_the_price_is_a_function_of_time(second: float, price: int) -> None:
    played = play(dutch(), [(second, accept(A, price)), (second + 0.5, accept(B, 9999)), (second + 1, close())])
    assert played.codes == ["", "bid.lot_closed", ""]
    assert played.kinds == ["opened", "bid", "closed", "sold"]
    assert (played.state.leader, played.state.price) == (A, price)
    replays(played)


@pytest.mark.parametrize(("second", "falls"), [(0, 60), (59.999, 60), (60, 120), (419, 420), (420, None), (3000, None)])
def test_a_page_knows_until_when_its_price_holds(second: float, falls: float | None) -> None:
    state = play(dutch(), []).state
    assert falls_next(state, at(second)) == (None if falls is None else at(falls))
    assert shown_until(state, at(second)) == falls_next(state, at(second))


def test_a_price_that_is_held_or_taken_does_not_fall() -> None:
    held = play(dutch(), [(65, Suspend("x"))]).state
    assert falls_next(held, at(70)) is None
    assert shown_until(play(dutch(), [(65, accept(A, 900))]).state, at(66)) is None
    assert shown_until(play(lot(), [(1, exact(A, 1000))]).state, at(2)) is None


def test_who_saw_a_higher_price_pays_the_lower_and_who_saw_a_lower_one_is_told() -> None:
    played = play(dutch(), [(50, accept(A, 900)), (60, accept(B, 1000))])
    assert (played.answers[0].code, played.answers[0].facts) == ("bid.price_moved", {"price": wire(1000), "seq": 1})
    assert (played.state.leader, played.state.price) == (B, 900)


def test_two_at_the_same_price_the_first_has_it() -> None:
    played = play(dutch(one_bidder_suffices=False), [(60, accept(A, 900)), (60, accept(B, 900)), (61, close())])
    assert played.codes == ["", "bid.lot_closed", ""]
    assert (played.state.phase, played.state.leader) == ("sold", A)


def test_a_pause_stops_the_clock() -> None:
    held: Script = [(65, Suspend("x"))]
    assert price_at(play(dutch(), held).state, at(3000)) == 900
    resumed = play(dutch(), [*held, (365, Resume(at(4000))), (419, accept(A, 900))])
    assert resumed.codes[-1] == ""
    assert resumed.state.price == 900
    replays(resumed)


def test_an_ordinary_bid_is_no_acceptance() -> None:
    assert play(dutch(), [(1, exact(A, 1000))]).codes == ["bid.kind"]


TAKEN: Script = [(60, accept(A, 900))]


def hybrid(**terms: Any) -> LotState:
    return lot(format="hybrid", params={**CLOCK, "sealed_s": 600, "best_s": 300}, **terms)


def sealed(paddle: int, amount: int) -> Bid:
    return Bid(paddle, cny(amount), kind="sealed")


def best(paddle: int, amount: int) -> Bid:
    return Bid(paddle, cny(amount), kind="best")


@pytest.mark.parametrize(
    ("script", "leader", "price", "kinds"),
    [
        (TAKEN, A, 900, ["bid", "stage", "closed", "sold"]),
        (
            [*TAKEN, (70, sealed(B, 1200)), (71, sealed(C, 1200)), (660, close())],
            B,
            1200,
            ["bid", "stage", "sealed", "sealed", "unsealed", "stage", "closed", "sold"],
        ),
        (
            [*TAKEN, (70, sealed(B, 1200)), (660, close()), (700, best(A, 1300))],
            A,
            1300,
            ["bid", "stage", "sealed", "unsealed", "stage", "bid", "closed", "sold"],
        ),
        (
            [
                *TAKEN,
                (70, Seal(B, "b")),
                (71, Seal(C, "c")),
                (660, Unseal(((B, 1100), (C, 1250)))),
                (700, best(A, 1350)),
            ],
            A,
            1350,
            ["bid", "stage", "sealed", "sealed", "unsealed", "stage", "bid", "closed", "sold"],
        ),
        (
            [*TAKEN, (70, Seal(B, "b")), (660, Unseal(((B, 950),)))],
            A,
            900,
            ["bid", "stage", "sealed", "unsealed", "closed", "sold"],
        ),
    ],
)
def test_the_taker_may_top_the_best_envelope(script: Script, leader: int, price: int, kinds: list[str]) -> None:
    open_until = play(hybrid(), script).state
    played = play(hybrid(), [*script, (9000, close())]) if open_until.phase != "sold" else play(hybrid(), script)
    assert played.kinds == ["opened", *kinds]
    assert (played.state.phase, played.state.leader, played.state.price) == ("sold", leader, price)
    replays(played)


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ([(1, sealed(B, 1200))], "bid.kind"),
        ([*TAKEN, (61, accept(B, 900))], "bid.kind"),
        ([*TAKEN, (61, sealed(A, 1200))], "bid.taker_waits"),
        ([*TAKEN, (61, Seal(A, "a"))], "bid.taker_waits"),
        ([*TAKEN, (61, sealed(B, 999))], "bid.too_low"),
        ([*TAKEN, (660, sealed(B, 1000))], "bid.lot_closed"),
        ([*TAKEN, (61, Seal(B, "b")), (660, close())], "close.sealed"),
        ([*TAKEN, (61, sealed(B, 1200)), (660, close()), (661, best(B, 1300))], "bid.only_taker"),
        ([*TAKEN, (61, sealed(B, 1200)), (660, close()), (661, best(A, 1299))], "bid.too_low"),
        ([*TAKEN, (61, sealed(B, 1200)), (660, close()), (661, best(A, 1300)), (662, best(A, 1400))], "bid.lot_closed"),
        ([*TAKEN, (61, sealed(B, 1200)), (660, close()), (661, close())], "close.not_due"),
    ],
)
def test_each_stage_takes_its_own_bids_only(script: Script, code: str) -> None:
    assert play(hybrid(), script).codes[-1] == code
