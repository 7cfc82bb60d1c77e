"""Sockets of the room as a browser opens them: through the whole ASGI tree, with origin, cookie and language."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from auctions.engine import bids
from auctions.models import Lot
from deploy.asgi import application
from market.parties.models import User
from tests.auctions.room import contract

Message = dict[str, Any]


@pytest.fixture(autouse=True)
def _fresh_pace() -> None:
    """A bidder's pace is the process's, and the next test's bidder may have the same key."""
    bids._paces.clear()


class Browser(WebsocketCommunicator):
    """One socket; `hear` waits for the next message of a kind and passes over the others.

    Whatever passes in either direction is held against the AsyncAPI document.
    """

    # Channels' own communicator keeps threads from giving their connections back, which drains a pool in no time.
    async def send_input(self, message: Message) -> None:
        """One event of the server's side."""
        if message.get("text") is not None:
            contract.hold_received(message["text"])
        await ApplicationCommunicator.send_input(self, message)

    async def receive_output(self, timeout: float = 1) -> Message:
        """The next event of the application's side."""
        output: Message = await ApplicationCommunicator.receive_output(self, timeout)
        if output.get("text") is not None:
            contract.hold_sent(json.loads(output["text"]))
        return output

    async def say(self, **message: Any) -> None:
        """Send one frame."""
        await self.send_to(text_data=json.dumps(message))

    async def hear(self, kind: str, timeout: float = 3) -> Message:
        """The next message of that type; heartbeats and states may come between at any time."""
        async with asyncio.timeout(timeout):
            while True:
                message: Message = json.loads(await self.receive_from(timeout=timeout))
                if message["type"] == kind:
                    return message

    async def state(self, seq: int) -> Message:
        """The first state that tells of the event `seq`."""
        while True:
            message = await self.hear("state")
            if message["seq"] >= seq:
                return message

    async def bid(self, amount: int, key: str | None = None, **how: Any) -> Message:
        """Bid so many yuan (how: kind, units) and wait for the answer to that bid."""
        key = key or str(uuid4())
        wire = {"amount": f"{amount}.00", "currency": "CNY"}
        await self.say(type="bid", key=key, amount=wire, seen_seq=0, **how)
        return await self.answer(key)

    async def answer(self, key: str | None = None) -> Message:
        """The next private answer, to `key` if given."""
        async with asyncio.timeout(3):
            while True:
                message: Message = json.loads(await self.receive_from(timeout=3))
                if message["type"] in ("ack", "kept", "reject", "error") and key in (None, message["key"]):
                    return message

    async def closed(self, timeout: float = 3) -> int:
        """The code with which the server closes."""
        async with asyncio.timeout(timeout):
            while True:
                output = await self.receive_output(timeout)
                if output["type"] == "websocket.close":
                    return int(output.get("code", 1000))


Opener = Callable[..., Awaitable[Browser]]


@pytest.fixture
async def watch() -> AsyncIterator[Opener]:
    """watch(lot, user=None, language="en"): an open socket on the lot's room."""
    opened: list[Browser] = []

    async def open_socket(lot: Lot | str, user: User | None = None, language: str = "en", **headers: str) -> Browser:
        cookies = {"django_language": language}
        if user is not None:
            client = Client()
            await database_sync_to_async(client.force_login)(user)
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        sent = {"origin": settings.SITE_URL, "cookie": "; ".join(f"{k}={v}" for k, v in cookies.items()), **headers}
        code = lot if isinstance(lot, str) else lot.code
        raw = [(name.encode(), value.encode()) for name, value in sent.items()]
        browser = Browser(application, f"/ws/v1/lots/{code}/", headers=raw)
        connected, _ = await browser.connect(timeout=3)
        assert connected
        opened.append(browser)
        return browser

    yield open_socket
    for browser in opened:
        if not browser.future.done():
            await browser.disconnect()
