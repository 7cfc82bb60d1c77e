"""The combining writer when its database goes away: those who wait are told, and the next bid is taken again."""

import asyncio
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import OperationalError

from auctions.engine import sql
from auctions.engine.offers import Answer
from auctions.engine.writer import Writer, submit
from auctions.models import Bidder, Lot
from market.kernel import clock
from market.kernel.money import Money

pytestmark = pytest.mark.django_db(transaction=True)


async def _bid(lot: Lot, bidder: Bidder) -> Answer:
    bid = submit(
        lot_id=lot.pk, bidder_id=bidder.pk, key=uuid4(), amount=lot.start, received_at=clock.now(), kind="exact"
    )
    return await asyncio.wait_for(bid, 20)


async def test_a_database_that_cannot_be_reached_is_told_to_who_waits_and_stops_nobody_else(
    lot: Lot, anne_bids: Bidder
) -> None:
    gone = OperationalError("the database is starting up")
    with patch("auctions.engine.writer._writer", Writer()):
        with patch.object(sql, "be_quick", side_effect=gone), pytest.raises(OperationalError):
            await _bid(lot, anne_bids)
        answer = await _bid(lot, anne_bids)
    assert answer.seq is not None
    assert answer.amount == Money(lot.start_minor, lot.currency)
