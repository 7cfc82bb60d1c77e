"""Sealed bids: nothing of an amount is seen before the end, then all at once; readable here, or opened by others."""

from typing import Any

import pytest

from auctions.rules.lot import Bid, Command, LotState, Open, Seal, Unseal, decide
from tests.auctions.rules.script import at, close, cny, exact, lot, play, replays, wire

A, B, C = 2417, 8036, 5521
Script = list[tuple[float, Command]]


def sealed(paddle: int, amount: int, **more: Any) -> Bid:
    return Bid(paddle, cny(amount), kind="sealed", **more)


def tender(pricing: str = "first", **terms: Any) -> LotState:
    return lot(format=f"sealed_{pricing}", **terms)


@pytest.mark.parametrize(
    ("pricing", "reserve", "amounts", "winner", "price"),
    [
        ("first", None, [1500, 2000, 1800], B, 2000),
        ("first", None, [2000, 2000, 1800], A, 2000),
        ("first", 1900, [1500, 2000, 1800], B, 2000),
        ("second", None, [1500, 2000, 1800], B, 1800),
        ("second", None, [2000, 2000, 1800], A, 2000),
        ("second", None, [1500], A, 1000),
        ("second", 1300, [1500], A, 1300),
        ("second", 1900, [1500, 2000, 1800], B, 1900),
        ("second", 1300, [1500, 2000, 1800], B, 1800),
    ],
)
def test_who_wins_at_what_price(pricing: str, reserve: int | None, amounts: list[int], winner: int, price: int) -> None:
    bids: Script = list(enumerate(map(sealed, (A, B, C), amounts)))
    played = play(tender(pricing, has_reserve=reserve is not None), [*bids, (3600, close())], reserve=reserve)
    assert played.kinds == ["opened", *["sealed"] * len(amounts), "closed", "unsealed", "sold"]
    assert (played.state.phase, played.state.leader, played.state.price) == ("sold", winner, price)
    shown = [{"paddle": paddle, "amount": wire(amount)} for paddle, amount in zip((A, B, C), amounts, strict=False)]
    assert played.events[-2].payload == {"bids": shown}
    replays(played)


@pytest.mark.parametrize("pricing", ["first", "second"])
def test_below_the_reserve_nothing_is_sold_and_the_reserve_stays_secret(pricing: str) -> None:
    script: Script = [(1, sealed(A, 1500)), (2, sealed(B, 1700)), (3600, close())]
    worlds = [play(tender(pricing, has_reserve=True), script, reserve=reserve) for reserve in (1701, 9999)]
    assert worlds[0].events[-1].payload == {"reason": "below_reserve"}
    assert worlds[0].public == worlds[1].public
    assert (worlds[0].state.price, worlds[0].state.leader) == (None, None)
    replays(worlds[0])


def test_one_bidder_may_not_be_enough() -> None:
    played = play(tender(one_bidder_suffices=False), [(1, sealed(A, 1500)), (3600, close())])
    assert (played.events[-1].payload, played.state.price) == ({"reason": "one_bidder"}, None)
    replays(played)


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ([(1, sealed(A, 999))], "bid.too_low"),
        ([(1, sealed(A, 1500)), (2, sealed(A, 1600))], "bid.sealed_already"),
        ([(1, Seal(A, "00")), (2, sealed(A, 1600))], "bid.sealed_already"),
        ([(1, exact(A, 1500))], "bid.kind"),
        ([(1, sealed(A, 1500, bar="bid.deposit_missing"))], "bid.deposit_missing"),
        ([(1, Seal(A, "00", bar="bid.deposit_missing"))], "bid.deposit_missing"),
        ([(3600, sealed(A, 1500))], "bid.lot_closed"),
        ([(3599, Unseal(()))], "close.not_due"),
        ([(1, Seal(A, "00")), (3600, close())], "close.sealed"),
        ([(1, Seal(A, "00")), (3600, Unseal(()))], "unseal.mismatch"),
        ([(1, Seal(A, "00")), (3600, Unseal(((A, 1500), (B, 1600))))], "unseal.mismatch"),
    ],
)
def test_what_is_refused_changes_nothing(script: Script, code: str) -> None:
    assert play(tender(), script).codes[-1] == code


def test_a_reserve_nobody_brought_keeps_the_envelopes_closed() -> None:
    played = play(tender(has_reserve=True), [(1, sealed(A, 1500)), (3600, close())])
    assert played.codes[-1] == "close.reserve_unknown"


def test_envelopes_nobody_here_can_read_are_opened_after_the_end() -> None:
    sealing: Script = [(1, Seal(A, "a1")), (2, Seal(B, "b2")), (3, Seal(C, "c3"))]
    opening = Unseal(((A, 1500), (B, None), (C, 900)))
    played = play(tender("second"), [*sealing, (3600, opening)])
    assert played.events[1].payload == {"paddle": A, "commitment": "a1"}
    assert [bid["amount"] for bid in played.events[-2].payload["bids"]] == [wire(1500), None, wire(900)]
    assert (played.state.leader, played.state.price) == (A, 1000)
    replays(played)


def test_until_the_end_the_log_is_the_same_whatever_the_amounts() -> None:
    worlds = []
    for amounts in ([1500, 2000, 1800], [1000, 1000, 999_999]):
        script: Script = list(enumerate(map(sealed, (A, B, C), amounts)))
        worlds.append(play(tender(has_reserve=True), [*script, (3599, sealed(A, 5))], reserve=amounts[1]))
    assert worlds[0].public == worlds[1].public
    assert worlds[0].answers == worlds[1].answers
    replays(worlds[0])


def test_a_batch_is_decided_in_its_order() -> None:
    state = decide(tender(), [Open()], at(0)).state
    both = decide(state, [sealed(A, 1500), sealed(B, 1500), sealed(A, 1600)], at(1))
    assert [answer.code for answer in both.answers] == ["", "", "bid.sealed_already"]
    assert both.state.public["sealed"] == [A, B]
