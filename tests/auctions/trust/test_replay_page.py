"""The replay: what stood after each event, and a curve that says the same."""

from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from auctions import engine
from auctions.models import Bidder, Lot
from auctions.rules import curve
from market.kernel import clock
from market.kernel.money import Money
from tests.auctions import factory
from tests.auctions.trust.logs import log

BIDS = [(1, 12, 1_000_000), (5, 30, 1_060_000), (29, 12, 1_100_000)]


def test_each_step_says_what_stood() -> None:
    found = curve.steps(log(BIDS)["events"])
    assert [(step.kind, step.leader, step.price and step.price.plain(), step.extensions) for step in found] == [
        ("opened", None, None, 0),
        ("bid", 12, "1000000.00", 0),
        ("bid", 30, "1060000.00", 0),
        ("reserve_met", 30, "1060000.00", 0),
        ("bid", 12, "1100000.00", 0),
        ("extended", 12, "1100000.00", 1),
        ("closed", 12, "1100000.00", 1),
        ("sold", 12, "1100000.00", 1),
    ]
    assert found[5].ends_at != found[4].ends_at


def test_the_line_rises_with_the_price_and_stops_where_the_reader_stands() -> None:
    found = curve.steps(log(BIDS)["events"])
    whole = curve.plot(found, upto=8, by="time")
    part = curve.plot(found, upto=3, by="time")
    assert whole is not None
    assert part is not None
    heights = [y for _x, y in whole.dots]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] == curve.HEIGHT - curve.BOTTOM
    assert whole.reached == whole.line
    assert whole.line.startswith(part.reached)
    assert part.reached != whole.line
    assert len(whole.extensions) == 1
    assert [level.plain() for _y, level in whole.levels] == ["1000000.00", "1050000.00", "1100000.00"]


def test_a_lot_without_a_bid_has_no_curve() -> None:
    assert curve.plot(curve.steps(log([])["events"]), upto=1, by="time") is None


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=300), st.sampled_from(["time", "event"]))
def test_every_price_fits_the_board(prices: list[int], by: str) -> None:
    start = clock.now()
    steps = [
        curve.Step(n, "bid", start + timedelta(seconds=n % 7), 1, None, Money(price, "CNY"), 1, None, 0, "")
        for n, price in enumerate(prices, 1)
    ]
    plot = curve.plot(steps, upto=len(steps), by=by)
    assert plot is not None
    assert len(plot.levels) <= curve.LINES + 1
    for x, y in [*plot.dots, *((curve.LEFT, y) for y, _level in plot.levels)]:
        assert curve.LEFT <= x <= curve.WIDTH - curve.RIGHT
        assert curve.TOP <= y <= curve.HEIGHT - curve.BOTTOM


@pytest.mark.django_db(transaction=True)
def test_the_page_goes_step_by_step_without_a_script(
    lot: Lot, anne_bids: Bidder, bob_bids: Bidder, client: Client
) -> None:
    factory.bid(anne_bids, 1_000_000)
    factory.bid(bob_bids, 1_020_000)
    with clock.shifted_to(lot.ends_at + timedelta(seconds=1)):
        engine.close_due()
    client.cookies["django_language"] = "en"
    address = f"/lots/{lot.code}/replay/"
    assert address in client.get(f"/lots/{lot.code}/").content.decode()
    page = client.get(address, {"step": "2"}).content.decode()
    assert "Event 2 of 5" in page
    assert "?step=1&amp;by=time" in page
    assert "?step=3&amp;by=time" in page
    assert "<svg" in page
    for step in ("0", "99", "x", "-1", ""):
        assert client.get(address, {"step": step}).status_code == 200
    assert "Event 5 of 5" in client.get(address, {"by": "event"}).content.decode()
    assert "安妮" not in page  # a paddle, never a name


@pytest.mark.django_db(transaction=True)
def test_a_lot_that_has_not_opened_has_nothing_to_replay(lot: Lot, client: Client) -> None:
    waiting = factory.lot(lot.listing.seller, lot.sale.agency, opened=False)
    assert client.get(f"/lots/{waiting.code}/replay/").status_code == 200
