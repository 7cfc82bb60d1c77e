"""The room without a websocket: news by waiting and by stream, one's own answer by key, and the document of it all."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from django.test import AsyncClient, Client

from auctions import guests, hub, protocol
from auctions.models import Bidder, Lot
from auctions.views import feed
from market.parties.models import User
from tests.auctions.factory import bid, yuan
from tests.auctions.room import contract

pytestmark = pytest.mark.django_db(transaction=True)

in_thread = database_sync_to_async


async def news(lot: Lot, **asked: Any) -> dict[str, Any]:
    """One question for the state, its answer held against the document."""
    answer = await AsyncClient().get(f"/lots/{lot.code}/state/", asked)
    assert answer["Cache-Control"].startswith("max-age=0")
    message: dict[str, Any] = answer.json()
    contract.hold_sent(message)
    return message


async def test_who_knows_nothing_gets_the_state_at_once(lot: Lot) -> None:
    assert (await news(lot, wait=20))["type"] == "state"
    assert (await news(lot, since=0, phase="live", wait=20))["seq"] == 1


async def test_who_knows_the_latest_waits_for_news(lot: Lot, anne_bids: Bidder) -> None:
    asked = asyncio.create_task(news(lot, since=1, phase="live", wait=20))
    while not hub.here().rooms:
        await asyncio.sleep(0.01)
    await in_thread(bid)(anne_bids, 1_000_000)
    answer = await asked
    assert (answer["seq"], answer["leader"]) == (2, 8036)
    assert not hub.here().rooms
    assert not guests.here().total


async def test_no_news_in_time_is_a_heartbeat(lot: Lot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "WAIT", 0.1)
    answer = await news(lot, since=1, phase="live", wait=20)
    assert (answer["type"], answer["seq"]) == ("heartbeat", 1)


@pytest.mark.parametrize("wait", ["", "-1", "1e9", "nan", "９", "99999"])
async def test_a_wait_that_is_no_number_is_no_wait(lot: Lot, wait: str) -> None:
    async with asyncio.timeout(5):
        assert (await news(lot, since=1, phase="live", wait=wait))["type"] == "heartbeat"


async def test_when_all_places_are_taken_the_answer_comes_at_once(lot: Lot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "IN_ALL", 0)
    async with asyncio.timeout(5):
        assert (await news(lot, since=1, phase="live", wait=20))["type"] == "heartbeat"
    full = await AsyncClient().get(f"/lots/{lot.code}/stream/")
    assert (full.status_code, full["Retry-After"]) == (503, "10")


async def test_a_stream_tells_every_state_and_ends_by_itself(
    lot: Lot, anne_bids: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "STREAM", 6.0)
    answer = await AsyncClient().get(f"/lots/{lot.code}/stream/")
    assert answer["Content-Type"] == "text/event-stream"
    heard, asked = [], False
    async for chunk in answer.streaming_content:  # type: ignore[attr-defined]
        text = chunk.decode()
        assert text.endswith("\n\n")
        if not text.startswith("data: "):
            continue
        message = json.loads(text.removeprefix("data: "))
        contract.hold_sent(message)
        heard.append((message["type"], message["seq"]))
        if not asked:
            asked = True
            await in_thread(bid)(anne_bids, 1_000_000)
    assert heard[0] == ("state", 1)
    assert ("state", 2) in heard
    assert ("heartbeat", 2) in heard
    assert (hub.here().rooms, guests.here().total, guests.here().waiting) == ({}, 0, 0)


async def test_a_draft_is_not_there(lot: Lot) -> None:
    await Lot.objects.filter(pk=lot.pk).aupdate(state=Lot.State.DRAFT)
    for rest in ("state/", "stream/", f"bids/{uuid4()}/"):
        assert (await AsyncClient().get(f"/lots/{lot.code}/{rest}")).status_code == 404


def test_the_bidder_asks_what_became_of_a_bid_and_nobody_else(
    lot: Lot, anne: User, bob: User, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    taken, refused = uuid4(), uuid4()
    bid(anne_bids, 1_000_000, key=taken)
    bid(bob_bids, 1_000_000, key=refused)
    annes, bobs, nobody = Client(), Client(), Client()
    annes.force_login(anne)
    bobs.force_login(bob)
    ack = annes.get(f"/lots/{lot.code}/bids/{taken}/").json()
    contract.hold_sent(ack)
    assert ack.items() >= {"type": "ack", "key": str(taken), "seq": 2, "amount": yuan(1_000_000).wire()}.items()
    assert ack["receipt"]["body"]["key"] == str(taken)
    no = bobs.get(f"/lots/{lot.code}/bids/{refused}/").json()
    contract.hold_sent(no)
    assert (no["type"], no["code"], no["facts"]["minimum"]) == ("reject", "bid.too_low", yuan(1_020_000).wire())
    for other, key in ((bobs, taken), (annes, refused), (nobody, taken), (annes, uuid4())):
        assert other.get(f"/lots/{lot.code}/bids/{key}/").status_code == 404


def test_the_document_is_served_and_whole(lot: Lot) -> None:
    served = Client().get("/api/v1/asyncapi.json").json()
    assert (served["asyncapi"], served["servers"]["market"]["host"]) == ("3.0.0", "testserver")
    for ref in _refs(served):
        found: Any = served
        for step in ref.removeprefix("#/").split("/"):
            found = found[step]
        assert found, ref
    for validator in (*contract.SENT.values(), *contract.RECEIVED.values()):
        validator.check_schema(validator.schema)
    assert {int(code) for code in served["channels"]["lot"]["x-close-codes"]} == set(protocol.CLOSES)


def _refs(value: Any) -> list[str]:
    """Every $ref in the document."""
    if isinstance(value, list):
        return [ref for item in value for ref in _refs(item)]
    if not isinstance(value, dict):
        return []
    own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
    return own + [ref for item in value.values() for ref in _refs(item)]
