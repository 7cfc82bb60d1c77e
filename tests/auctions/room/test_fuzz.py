"""Frames nobody would send, against a live consumer: each is answered or closes the socket with a code we document.

Control: a decoder that trusts what it reads stumbles over the same frames, and is found out.
"""

import contextlib
import json
import logging
import os
import random
import time
from collections.abc import Callable
from uuid import UUID

import pytest
from jsonschema import ValidationError

from auctions import consumers, protocol
from auctions.engine import bids
from auctions.models import Bidder, Lot
from market.kernel.money import Money
from market.parties.models import User
from tests.auctions.room.conftest import Browser, Opener
from tests.effort import WHOLE

pytestmark = pytest.mark.django_db(transaction=True)

A_SOCKET = 250  # frames until the next socket
MARKS = '{}[]":,\\ue09tfn-+. \t\n\0\x7f\ud800\ufeff\u202e٣１落'


def bidding(dice: random.Random) -> str:
    """A frame that is right, or nearly so."""
    key = str(UUID(int=dice.getrandbits(128) if dice.random() < 0.9 else 0))
    amount = f"{dice.choice((1_000_000, 1_000_000 + 20_000 * dice.randrange(99), dice.randrange(10**16)))}.00"
    frame = {
        "type": "bid",
        "key": key,
        "amount": {"amount": amount, "currency": dice.choice(("CNY", "CNY", "JPY", "ZZZ"))},
    }
    if dice.random() < 0.5:
        frame["kind"] = dice.choice((*protocol.KINDS, "floor", "", None, 7))
        frame["units"] = dice.choice((1, 1, 2, 10**6, 0, -1, 10**12, "2", True))
    return json.dumps({**frame, "seen_seq": dice.randrange(-5, 10**19)})


def small(dice: random.Random) -> str:
    """A ping or a resume."""
    return json.dumps(
        dice.choice(
            ({"type": "ping", "t0": dice.getrandbits(62)}, {"type": "resume", "last_seq": dice.randrange(-9, 9)})
        )
    )


def nested(dice: random.Random) -> str:
    """Deep or wide."""
    return dice.choice(("[", '{"a":', '{"a":[')) * dice.randrange(1, 4_000)


def noise(dice: random.Random) -> str:
    """Any characters."""
    return "".join(
        dice.choice(MARKS) if dice.random() < 0.7 else chr(dice.randrange(0x110000)) for _ in range(dice.randrange(200))
    )


def number(dice: random.Random) -> str:
    """A number where one may stand, of any kind."""
    figure = dice.choice(("NaN", "-Infinity", "1e999", "9" * dice.randrange(1, 5_000), "-0", "0.1", "1E2", "--1"))
    return '{"type":"ping","t0":' + figure + "}"


MAKERS: list[Callable[[random.Random], str]] = [bidding, small, small, nested, noise, number]


def frame(dice: random.Random) -> str:
    """One frame: made, and in half of all cases damaged."""
    text = dice.choice(MAKERS)(dice)
    for _ in range(dice.choice((0, 0, 1, 3))):
        at = dice.randrange(len(text) + 1)
        text = (
            text[:at]
            + dice.choice(("", dice.choice(MARKS), text[: dice.randrange(40)]))
            + text[at + dice.randrange(3) :]
        )
    return text


@pytest.mark.proof
async def test_no_frame_kills_a_consumer(
    watch: Opener,
    lot: Lot,
    anne: User,
    anne_bids: Bidder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    seed = int(os.environ.get("SEED", time.time_ns() % 2**32))
    print(f"SEED={seed}")  # noqa: T201  (what one needs to see it fail again)
    patient(monkeypatch)
    caplog.set_level(logging.ERROR)
    await send(watch, lot, anne, 100_000 if WHOLE else 1_000, random.Random(seed))
    assert stumbles(caplog) == []
    assert set(protocol.CLOSES).isdisjoint({1011, 1006})


async def test_a_trusting_decoder_is_found_out(
    watch: Opener,
    lot: Lot,
    anne: User,
    anne_bids: Bidder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    patient(monkeypatch)
    caplog.set_level(logging.ERROR)
    monkeypatch.setattr(protocol, "decode", trusting)
    with contextlib.suppress(ValidationError):  # what it answers may be nothing that the document knows
        await send(watch, lot, anne, A_SOCKET, random.Random(1))
    assert "a frame could not be served" in stumbles(caplog)


def stumbles(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the market logged as errors of its own."""
    return [record.getMessage() for record in caplog.records if record.name.startswith("auctions")]


def trusting(raw: str) -> object:
    """What a textbook consumer does with a frame."""
    said = json.loads(raw)
    if said["type"] == "ping":
        return protocol.PingFrame(said["t0"])
    if said["type"] == "resume":
        return protocol.ResumeFrame(said["last_seq"])
    return protocol.BidFrame(UUID(said["key"]), Money.from_wire(said["amount"]), said["seen_seq"])


def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the consumer hear nonsense for as long as it comes."""
    for limit in ("NONSENSE_A_MINUTE", "FRAMES_A_SECOND"):
        monkeypatch.setattr(consumers, limit, 10**6)


async def send(watch: Opener, lot: Lot, anne: User, count: int, dice: random.Random) -> None:
    """So many frames, over one socket after another; each must live to its end."""
    for batch in range(0, count, A_SOCKET):
        bids._paces.clear()
        browser = await watch(lot, anne)
        for number_ in range(A_SOCKET):
            await browser.send_input({"type": "websocket.receive", "text": frame(dice)})
            if number_ % 50 == 49:
                await alive(browser, batch + number_)
        await browser.send_input({"type": "websocket.receive", "bytes": dice.randbytes(20)})
        assert await browser.closed(timeout=30) == 1003
        await browser.disconnect()


async def alive(browser: Browser, mark: int) -> None:
    """The consumer answers this ping, after everything before it; every answer on the way is one the document knows."""
    await browser.say(type="ping", t0=10**17 + mark)
    while (await browser.hear("pong", timeout=60))["t0"] != 10**17 + mark:
        pass
