"""The market's own application for the bids bench, with the limits on one bidder lifted: a few clients play a whole town.

Only a server process loads this file. What is measured is the engine behind the limits, which are tested elsewhere. Below
/echo/ nothing is behind the socket: what the server and its clients can do at most.
"""

from typing import Any

from deploy.asgi import application as market  # sets Django up, so it comes first

# isort: split
from auctions import consumers, guests
from auctions.engine import bids

__all__ = ["application"]

ANSWERS = {"ping": '{"type":"pong"}', "bid": '{"type":"ack","seq":0}'}


async def application(scope: Any, receive: Any, send: Any) -> None:
    """The market, and beside it the echo."""
    await (echo if scope["path"].startswith("/echo/") else market)(scope, receive, send)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Take every bid without looking at it."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": '{"type":"hello"}'})
    while (frame := await receive())["type"] == "websocket.receive":
        kind = frame["text"].partition('"type":"')[2].partition('"')[0]
        await send({"type": "websocket.send", "text": ANSWERS[kind]})


bids.BIDS_A_SECOND = 1_000_000
consumers.FRAMES_A_SECOND = 1_000_000
guests.PER_USER = guests.PER_ADDRESS = 20_000
