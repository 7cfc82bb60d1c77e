"""Several licences at one price: allotted from the highest offer down, at the lowest one served."""

from typing import Any

import pytest

from auctions.rules.lot import Bid, Command, LotState
from tests.auctions.rules.script import close, cny, exact, lot, play, replays, wire

A, B, C = 2417, 8036, 5521
Script = list[tuple[float, Command]]


def offer(paddle: int, units: int, each: int) -> Bid:
    return Bid(paddle, cny(each), kind="units", units=units)


def licences(**terms: Any) -> LotState:
    return lot(format="uniform", params={"supply": 3}, **terms)


@pytest.mark.parametrize(
    ("offers", "reserve", "price", "allotted"),
    [
        ([offer(A, 1, 1500)], None, 1500, [[A, 1]]),
        ([offer(A, 2, 1500), offer(B, 2, 1800)], None, 1500, [[B, 2], [A, 1]]),
        ([offer(A, 2, 1500), offer(B, 2, 1500)], None, 1500, [[A, 2], [B, 1]]),
        ([offer(A, 1, 2000), offer(B, 1, 1200), offer(A, 1, 1600)], None, 1200, [[A, 2], [B, 1]]),
        ([offer(A, 1, 2000), offer(B, 1, 1200), offer(C, 1, 1600)], 1500, 1600, [[A, 1], [C, 1]]),
    ],
)
def test_who_gets_how_many_at_what_price(offers: list[Bid], reserve: int | None, price: int, allotted: Any) -> None:
    played = play(licences(has_reserve=reserve is not None), [*enumerate(offers), (3600, close())], reserve=reserve)
    assert (played.state.phase, played.state.price, played.state.leader) == ("sold", price, None)
    assert played.state.public["allotments"] == allotted
    told = [{"paddle": paddle, "units": units} for paddle, units in allotted]
    assert played.events[-1].payload == {"price": wire(price), "allotments": told}
    replays(played)


def test_no_offer_reaches_the_reserve() -> None:
    worlds = [
        play(licences(has_reserve=True), [(1, offer(A, 1, 1500)), (3600, close())], reserve=reserve)
        for reserve in (1501, 9999)
    ]
    assert worlds[0].events[-1].payload == {"reason": "below_reserve"}
    assert worlds[0].public == worlds[1].public
    replays(worlds[0])


def test_until_the_end_nobody_sees_an_offer() -> None:
    worlds = [play(licences(), [(1, offer(A, units, each))]) for units, each in ((1, 1500), (3, 2000))]
    assert worlds[0].public == worlds[1].public
    replays(worlds[1])


@pytest.mark.parametrize(
    ("bid", "code"),
    [
        (offer(A, 0, 1500), "bid.units"),
        (offer(A, 4, 1500), "bid.units"),
        (offer(A, 1, 999), "bid.too_low"),
        (exact(A, 1500), "bid.kind"),
    ],
)
def test_what_cannot_be_served_is_refused(bid: Bid, code: str) -> None:
    assert play(licences(), [(1, bid)]).codes == [code]
