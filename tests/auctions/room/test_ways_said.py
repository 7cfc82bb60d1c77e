"""What pages around the room say of the way a lot is bid for."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from auctions import live
from market.parties.models import Party, User
from tests.auctions import factory
from tests.auctions.factory import yuan

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]
DUTCH = {"format": "dutch", "params": {"step": 10_000_00, "every_s": 60, "floor": 100_000_00}}


def test_the_front_page_names_the_way_and_the_price_it_has_fallen_to(
    client_of: ClientOf, jida: Party, agency: Party
) -> None:
    factory.lot(jida, agency, **DUTCH)
    text = client_of(None).get("/").content.decode()
    assert re.search(r"Falling price.*Price now</dt><dd class=\"num\"><b>¥400,000<", text, re.DOTALL)
    assert "¥1,000,000" not in text


def test_whoever_registers_reads_how_the_lot_is_bid_for(
    client_of: ClientOf, jida: Party, agency: Party, anne: User, anne_co: Party
) -> None:
    sale = factory.sale(agency, opens_in=timedelta(days=2))
    falling, plain = (
        factory.lot(jida, agency, of_sale=sale, ends_in=timedelta(days=3), opened=False, **how) for how in (DUTCH, {})
    )
    moves = "A bid in the last 2 minutes moves the end"
    text, usual = (client_of(anne).get(f"/lots/{lot.code}/register/").content.decode() for lot in (falling, plain))
    assert "falls by ¥10,000 every 1 min, never below ¥100,000" in text
    assert moves not in text
    assert moves in usual
    assert "Way of bidding" not in usual


def test_of_sealed_bids_nothing_is_said_that_nobody_knows_yet(client_of: ClientOf, jida: Party, agency: Party) -> None:
    lot = factory.lot(jida, agency, reserve=yuan(1_500_000), format="sealed_first")
    assert live.state_message(lot)["reserve"] == "secret"
    room, sale = (
        client_of(None).get(f"/{path}/").content.decode() for path in (f"lots/{lot.code}", f"auctions/{lot.sale.code}")
    )
    assert "not met yet" not in room
    assert "You can watch every bid" not in room
    assert "the room does not show whether it is met" in sale
    assert "lapses when a higher bid comes" not in sale
    plain = factory.lot(jida, agency, reserve=yuan(1_500_000))
    assert "lapses when a higher bid comes" in client_of(None).get(f"/auctions/{plain.sale.code}/").content.decode()
