"""Lean bidders outside the server: each keeps what it was told, and asks with the same key until the answer is definite."""

import asyncio
import contextlib
import json
import random
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

ORIGIN = "http://127.0.0.1:8000"  # the site's own, whichever port a drill's process listens on
BETWEEN = 0.22  # seconds between two bids of one bidder: five a second are allowed
TIME_OUT = 15.0  # seconds until an answer is taken to be lost
PATIENCE = 60.0  # seconds until a bid counts as left in doubt, once the drill is over
NOT_YET = frozenset({"bid.too_fast", "bid.busy"})  # refusals that are not kept: ask again

BROKEN = (OSError, WebSocketException, TimeoutError, asyncio.IncompleteReadError, ValueError)


@dataclass(slots=True)
class Asked:
    """One bid as its bidder remembers it. `answer` is definite or None; moments are this machine's clock, in seconds."""

    key: str
    lot: str
    bidder: int
    minor: int
    sent_at: float
    answer: dict[str, Any] | None = None
    answered_at: float = 0.0
    times: int = 0

    @property
    def acknowledged(self) -> bool:
        """Whether the market said that the bid is recorded."""
        return self.answer is not None and self.answer["type"] == "ack"

    @property
    def said(self) -> tuple[Any, ...]:
        """What the answer comes to: whether it counts, its number, the refusal's code."""
        answer = self.answer or {}
        return answer.get("type"), answer.get("seq"), answer.get("code")


@dataclass
class Seat:
    """Who bids on what: the registration, the session, and where the lot stood when last heard of (minor units)."""

    lot: str
    bidder: int
    session: str
    minimum: int
    step: int
    diary: list[Asked] = field(default_factory=list)

    def heard(self, message: dict[str, Any]) -> None:
        """Learn the minimum from a state or a refusal."""
        said = message.get("minimum") or message.get("facts", {}).get("minimum")
        if said:
            self.minimum = max(self.minimum, round(float(said["amount"]) * 100))

    def next_bid(self, rng: random.Random) -> Asked:
        """A new bid, one to three steps up, written down before it is sent."""
        asked = Asked(str(uuid4()), self.lot, self.bidder, self.minimum + rng.randrange(3) * self.step, time.time())
        self.diary.append(asked)
        return asked


def frame(asked: Asked) -> str:
    """The bid as both JSON doors take it."""
    amount = {"amount": f"{asked.minor // 100}.{asked.minor % 100:02}", "currency": "CNY"}
    return json.dumps({"type": "bid", "key": asked.key, "amount": amount, "seen_seq": 0})


class Line(ABC):
    """A bidder's connection to one web process after another; subclasses know how to ask once."""

    def __init__(self, seat: Seat, ports: Sequence[int], rng: random.Random) -> None:
        self.seat, self.ports, self.rng = seat, ports, rng

    @abstractmethod
    async def once(self, asked: Asked) -> dict[str, Any]:
        """Send and wait for the answer; one of BROKEN when the line broke first."""

    @abstractmethod
    async def dial(self) -> None:
        """Open the line, if it is not open."""

    @abstractmethod
    async def hang_up(self) -> None:
        """Close at once, without any handshake: the other side may be dead. The next question opens a new line."""

    async def ask(self, asked: Asked) -> None:
        """Ask until the answer is definite."""
        while asked.answer is None:
            asked.times += 1
            try:
                said = await asyncio.wait_for(self.once(asked), TIME_OUT)
            except BROKEN:
                with contextlib.suppress(*BROKEN):
                    await self.hang_up()
                await asyncio.sleep(self.rng.uniform(0.02, 0.2))
                continue
            if said["type"] in ("ack", "reject") and said.get("code") not in NOT_YET:
                asked.answer, asked.answered_at = said, time.time()
                self.seat.heard(said)
            else:
                await asyncio.sleep(self.rng.uniform(0.2, 0.5))


class Socket(Line):
    """Bids by websocket."""

    line: ClientConnection | None = None

    async def once(self, asked: Asked) -> dict[str, Any]:
        """Reads past states and heartbeats to the answer that carries the key."""
        await self.dial()
        assert self.line is not None
        await self.line.send(frame(asked))
        while True:
            said: dict[str, Any] = json.loads(await self.line.recv())
            if said.get("key") == asked.key:
                return said
            self.seat.heard(said)

    async def dial(self) -> None:
        """To any of the processes."""
        if self.line is None:
            self.line = await watching(self.rng.choice(self.ports), self.seat.lot, self.seat.session)

    async def hang_up(self) -> None:
        """Cut the connection under the socket."""
        line, self.line = self.line, None
        if line is not None:
            line.transport.abort()


class Post(Line):
    """Bids by HTTP POST over one kept connection, without any HTTP library in the way."""

    line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def once(self, asked: Asked) -> dict[str, Any]:
        """What is not JSON (a server's error page) is no answer: ValueError."""
        await self.dial()
        assert self.line is not None
        reader, writer = self.line
        body, token = frame(asked).encode(), "a" * 32
        head = (
            f"POST /lots/{asked.lot}/bid/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nX-CSRFToken: {token}\r\n"
            f"Cookie: sessionid={self.seat.session}; csrftoken={token}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answered = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(answered.partition("content-length:")[2].partition("\r\n")[0])
        said: dict[str, Any] = json.loads(await reader.readexactly(length))
        return said

    async def dial(self) -> None:
        """To any of the processes."""
        if self.line is None:
            self.line = await asyncio.open_connection("127.0.0.1", self.rng.choice(self.ports))

    async def hang_up(self) -> None:
        """Cut the connection."""
        line, self.line = self.line, None
        if line is not None:
            line[1].transport.abort()


async def watching(port: int, lot: str, session: str = "") -> ClientConnection:
    """An open socket on a lot."""
    headers = {"Cookie": f"sessionid={session}"} if session else {}
    address = f"ws://127.0.0.1:{port}/ws/v1/lots/{lot}/"
    return await connect(
        address, origin=ORIGIN, additional_headers=headers, compression=None, ping_interval=None, proxy=None
    )


async def bidding(line: Line, stop: asyncio.Event) -> None:
    """Bid at a bidder's pace until `stop`, then see the last bid through."""
    seat = line.seat
    while not stop.is_set():
        asked, begun = seat.next_bid(line.rng), time.monotonic()
        seeing = asyncio.create_task(line.ask(asked))
        while not seeing.done() and not stop.is_set():
            await asyncio.wait({seeing}, timeout=0.25)
        if not seeing.done():
            await asyncio.wait({seeing}, timeout=PATIENCE)
        if not seeing.done():
            seeing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await seeing
        await asyncio.sleep(max(0.0, BETWEEN - (time.monotonic() - begun)))
    await line.hang_up()


@contextlib.asynccontextmanager
async def fire(
    seats: Sequence[Seat], ports: Sequence[int], rng: random.Random, kinds: Sequence[type[Line]] = (Socket, Post)
) -> Any:
    """Everybody bids while the block runs; leaving it sees every open bid through."""
    stop = asyncio.Event()
    lines = [kinds[n % len(kinds)](seat, ports, random.Random(rng.random())) for n, seat in enumerate(seats)]
    async with asyncio.TaskGroup() as group:
        for line in lines:
            group.create_task(bidding(line, stop))
        try:
            yield
        finally:
            stop.set()


async def told_again(seats: Sequence[Seat], ports: Sequence[int], rng: random.Random) -> list[tuple[Asked, Asked]]:
    """Ask once more for every bid that had to be asked for again; those whose key now gets another answer, or none."""

    async def of(seat: Seat) -> list[tuple[Asked, Asked]]:
        line, pairs = Post(seat, ports, rng), []
        for asked in [one for one in seat.diary if one.times > 1 and one.answer]:
            again = replace(asked, answer=None, times=0)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(line.ask(again), PATIENCE)
            pairs.append((asked, again))
        await line.hang_up()
        return [(asked, again) for asked, again in pairs if asked.said != again.said]

    return [pair for pairs in await asyncio.gather(*map(of, seats)) for pair in pairs]


def diary(seats: Sequence[Seat]) -> list[Asked]:
    """Everything that everybody asked."""
    return [asked for seat in seats for asked in seat.diary]


def acknowledged(seats: Sequence[Seat]) -> int:
    """How many bids were acknowledged so far."""
    return sum(asked.acknowledged for seat in seats for asked in seat.diary)
