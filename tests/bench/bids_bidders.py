"""The crowd of the bids bench: bidders on websockets of their own making, as lean as they can be, in one process.

Reads {"sockets": [[port, path, cookie], ...], "at_once", "seconds"} as JSON on its standard input. Every socket is opened
first; then `at_once` bids are always under way, each on a socket nobody bids on, until the time is over. Amounts of a lot
rise from one counter. Prints counts, latencies in milliseconds and every acknowledged key with its seq.
"""

import asyncio
import json
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from typing import Any
from uuid import uuid4

WARM_UP = 1.0  # seconds of bidding before anything counts
ANSWERS = (b'{"type":"ack"', b'{"type":"reject"', b'{"type":"error"')


PING = b'\x81\x96\0\0\0\0{"type":"ping","t0":1}'


class Bidder(asyncio.Protocol):
    """One websocket, spoken by hand: text frames, masked with zeros, one bid under way."""

    def __init__(self, crowd: "Crowd", path: str, cookie: str) -> None:
        self.crowd, self.path, self.cookie = crowd, path, cookie
        self.lot = path.split("/")[-2]
        self.buffer = b""
        self.open = False
        self.sent_at = 0.0
        self.key = ""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        lines = (
            f"GET {self.path} HTTP/1.1",
            "Host: bench",
            "Origin: http://bench",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            f"Cookie: {self.cookie}",
        )
        transport.write("\r\n".join((*lines, "", "")).encode())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.open:
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                raise RuntimeError(head)
            self.open, self.buffer = True, rest
        while (end := self._frame_end()) is not None:
            frame, self.buffer = self.buffer[:end], self.buffer[end:]
            self._heard(frame)

    def _frame_end(self) -> int | None:
        """Where the first frame in the buffer ends, if it is all there."""
        if len(self.buffer) < 2:
            return None
        size, start = self.buffer[1] & 127, 2
        if size == 126:
            if len(self.buffer) < 4:
                return None
            size, start = int.from_bytes(self.buffer[2:4], "big"), 4
        elif size == 127:
            if len(self.buffer) < 10:
                return None
            size, start = int.from_bytes(self.buffer[2:10], "big"), 10
        return start + size if len(self.buffer) >= start + size else None

    def _heard(self, frame: bytes) -> None:
        code = frame[0] & 15
        if code == 8:
            self.crowd.closed(frame)
            return
        if code == 9:  # a ping, whose bytes go back: a server closes whoever says nothing for long
            self.transport.write(bytes((0x8A, 0x80 | len(frame) - 2)) + b"\0\0\0\0" + frame[2:])
            return
        text = frame[4:] if frame[1] & 127 == 126 else frame[2:] if frame[1] < 126 else frame[10:]
        if code == 1 and text.startswith(b'{"type":"hello"'):
            self.transport.write(PING)
        elif code == 1 and text.startswith(b'{"type":"pong"'):  # frames are served in turn: it is in, and known
            self.crowd.arrived()
        elif code == 1 and text.startswith(ANSWERS):
            self.crowd.answered(self, json.loads(text))

    def bid(self, yuan: int) -> None:
        """Offer so many yuan."""
        self.key = str(uuid4())
        amount = f'{{"amount":"{yuan}.00","currency":"CNY"}}'
        body = f'{{"type":"bid","key":"{self.key}","amount":{amount},"seen_seq":0}}'.encode()
        self.sent_at = time.perf_counter()
        self.transport.write(b"\x81\xfe" + len(body).to_bytes(2, "big") + b"\0\0\0\0" + body)

    def connection_lost(self, error: Exception | None) -> None:
        self.crowd.lost()


class Crowd:
    """All bidders of this process."""

    def __init__(self, at_once: int, first: int) -> None:
        self.at_once, self.first = at_once, first
        self.amounts: dict[str, int] = defaultdict(lambda: first)
        self.idle: list[Bidder] = []
        self.here = self.under_way = 0
        self.all_here, self.all_answered = asyncio.Event(), asyncio.Event()
        self.counting = self.going = False
        self.codes: Counter[str] = Counter()
        self.took: list[float] = []
        self.acknowledged: dict[str, dict[str, int]] = defaultdict(dict)

    def arrived(self) -> None:
        self.here += 1
        if self.here == self.expected:
            self.all_here.set()

    def closed(self, frame: bytes) -> None:
        if self.going:
            raise RuntimeError(f"a socket was closed with {int.from_bytes(frame[2:4], 'big')}")

    def lost(self) -> None:
        if self.going:
            raise RuntimeError("a connection was lost")

    def answered(self, by: Bidder, said: dict[str, Any]) -> None:
        """Note the answer, and let another bidder bid."""
        self.under_way -= 1
        code = said.get("code", "")
        if said["type"] == "ack":
            self.acknowledged[by.lot][by.key] = said["seq"]
        elif code == "bid.too_low":
            self.amounts[by.lot] = max(self.amounts[by.lot], int(float(said["facts"]["minimum"]["amount"])))
        if self.counting:
            self.codes[code or "accepted"] += 1
            self.took.append((time.perf_counter() - by.sent_at) * 1000)
        self.idle.append(by)
        if self.going:
            self._next()
        elif not self.under_way:
            self.all_answered.set()

    def _next(self) -> None:
        place = random.randrange(len(self.idle))
        self.idle[place], self.idle[-1] = self.idle[-1], self.idle[place]
        bidder = self.idle.pop()
        amount = self.amounts[bidder.lot]
        self.amounts[bidder.lot] = amount + 1
        self.under_way += 1
        bidder.bid(amount)

    async def run(self, sockets: list[list[Any]], seconds: float) -> dict[str, Any]:
        """Come in, bid, go."""
        self.expected = len(sockets)
        loop = asyncio.get_running_loop()
        for start in range(0, len(sockets), 50):
            for port, path, cookie in sockets[start : start + 50]:
                _, bidder = await loop.create_connection(lambda p=path, c=cookie: Bidder(self, p, c), "127.0.0.1", port)
                self.idle.append(bidder)
            while self.here < start:
                await asyncio.sleep(0.01)
        await asyncio.wait_for(self.all_here.wait(), 60)
        self.going = True
        for _ in range(self.at_once):
            self._next()
        await asyncio.sleep(WARM_UP)
        self.counting, begun = True, time.perf_counter()
        await asyncio.sleep(seconds)
        self.counting, took = False, time.perf_counter() - begun
        self.going = False
        await asyncio.wait_for(self.all_answered.wait(), 30)
        cuts = statistics.quantiles(self.took, n=100) if len(self.took) > 1 else [0.0] * 99
        return {
            "accepted": round(self.codes.pop("accepted", 0) / took),
            "refused": {code: round(count / took) for code, count in self.codes.items()},
            "p50": round(cuts[49], 2),
            "p99": round(cuts[98], 2),
            "amount": max(self.amounts.values(), default=self.first),
            "acknowledged": self.acknowledged,
        }


def main() -> None:
    """Read what to do, do it, print what came of it."""
    given = json.load(sys.stdin)
    crowd = Crowd(given["at_once"], given["first"])
    print(json.dumps(asyncio.run(crowd.run(given["sockets"], given["seconds"]))))


if __name__ == "__main__":
    main()
