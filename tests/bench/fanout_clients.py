"""The clients of bench_fanout in a process of their own: thousands of websockets on one epoll, no library between.

Commands come as JSON lines on stdin, answers go out on stdout. A client knows as much of RFC 6455 as it needs: unfragmented
text frames from the server, its own frames masked with zeros. Sources are spread over 127.0.0.x, as one address has neither
the ports nor, at the market, the right to so many connections.
"""

import contextlib
import json
import os
import random
import resource
import select
import socket
import sys
import time
from collections import Counter
from typing import Any

PER_SOURCE = 500
AT_ONCE = 100  # handshakes under way
FILES = 20_000
NO_PORT = 24  # IP_BIND_ADDRESS_NO_PORT: choose the port when connecting, so that all may be used for each pair


class Line:
    """One websocket."""

    __slots__ = ("bidder", "frames", "heard", "kinds", "number", "rest", "seq", "socket", "up")

    def __init__(self, number: int, bidder: "Bidder | None" = None) -> None:
        self.number = number
        self.bidder = bidder
        self.fresh()

    def fresh(self) -> None:
        """As before the handshake."""
        self.rest, self.up, self.seq = b"", False, -1
        self.kinds: Counter[bytes] = Counter()
        self.heard: list[tuple[float, int]] = []


class Bidder:
    """Bids the least the last state allows, or a little more, about every `pause` seconds."""

    def __init__(self, paddle: int, cookie: str, pause: float) -> None:
        self.paddle, self.cookie, self.pause = paddle, cookie, pause
        self.least = self.step = 0
        self.leads = False
        self.sent_at: float | None = None
        self.next_at = 0.0
        self.answers: list[tuple[float, float, str]] = []

    def heard(self, message: dict[str, Any], now: float) -> None:
        """Take the price from states, and what became of the bid from answers."""
        if message["type"] == "state":
            self.least, self.step = (int(message[key]["amount"].replace(".", "")) for key in ("minimum", "step"))
            self.leads = message["leader"] == self.paddle
        elif message["type"] in ("ack", "reject", "error") and self.sent_at is not None:
            self.answers.append((self.sent_at, now - self.sent_at, message.get("code", "ack")))
            self.sent_at = None

    def due(self, now: float) -> bytes | None:
        """The frame to send now, if any."""
        if self.sent_at is not None or now < self.next_at or not self.least:
            return None
        self.next_at = now + self.pause * random.uniform(0.5, 1.5)
        if self.leads:
            return None
        self.sent_at = now
        minor = self.least + self.step * random.choice((0, 0, 1, 2))
        key = f"{random.getrandbits(32):08x}-0000-4000-8000-{random.getrandbits(48):012x}"
        amount = {"amount": f"{minor // 100}.{minor % 100:02d}", "currency": "CNY"}
        return masked(json.dumps({"type": "bid", "key": key, "amount": amount, "seen_seq": 0}).encode())


def masked(payload: bytes) -> bytes:
    """A text frame as clients send it; a mask of zeros leaves the payload as it is."""
    size = len(payload)
    head = bytes((0x81, 0x80 | size)) if size < 126 else bytes((0x81, 0xFE, size >> 8, size & 255))
    return head + b"\0\0\0\0" + payload


class Crowd:
    """All sockets of this process."""

    def __init__(self) -> None:
        self.epoll = select.epoll()
        self.epoll.register(0, select.EPOLLIN)
        self.lines: dict[int, Line] = {}
        self.bidders: list[Line] = []
        self.wanted: list[tuple[float, Line]] = []  # to connect from a moment on, latest first
        self.opening = 0
        self.closed = 0
        self.recording = False
        self.expected: int | None = None
        self.missing = 0
        self.last = 0.0
        self.address, self.path = ("127.0.0.1", 0), "/"

    # ---- the wire

    def connect(self, line: Line) -> None:
        """Begin one handshake."""
        line.fresh()
        line.socket = socket.socket()
        line.socket.setblocking(False)
        line.socket.setsockopt(socket.SOL_IP, NO_PORT, 1)
        line.socket.bind((f"127.0.{2 + os.getpid() % 200}.{1 + line.number // PER_SOURCE}", 0))
        line.socket.connect_ex(self.address)
        self.lines[line.socket.fileno()] = line
        self.epoll.register(line.socket.fileno(), select.EPOLLOUT)
        self.opening += 1

    def shake(self, fd: int, line: Line) -> None:
        """Connected: ask for the websocket."""
        self.epoll.modify(fd, select.EPOLLIN)
        host = f"127.0.0.1:{self.address[1]}"
        cookie = f"Cookie: {line.bidder.cookie}\r\n" if line.bidder else ""
        line.socket.send(
            f"GET {self.path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n{cookie}Upgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )

    def drop(self, fd: int, line: Line) -> None:
        """Forget a socket that was closed."""
        self.epoll.unregister(fd)
        line.socket.close()
        del self.lines[fd]
        self.opening -= not line.up
        self.closed += 1

    def read(self, fd: int, line: Line, now: float) -> None:
        """Everything that came, frame by frame."""
        try:
            data = line.rest + os.read(fd, 262_144)
        except BlockingIOError:
            return
        except OSError:
            data = line.rest
        if len(data) == len(line.rest):
            self.drop(fd, line)
            return
        at = 0
        if not line.up:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                line.rest = data
                return
            if not data.startswith(b"HTTP/1.1 101"):
                raise RuntimeError(data[:200])
            line.up, at = True, end + 4
            self.opening -= 1
        size = len(data)
        while at + 2 <= size:
            length, begin = data[at + 1], at + 2
            if length == 126:
                length, begin = int.from_bytes(data[begin : begin + 2], "big"), begin + 2
            elif length == 127:
                length, begin = int.from_bytes(data[begin : begin + 8], "big"), begin + 8
            if begin + length > size:
                break
            if data[at] == 0x81:
                self.frame(line, data[begin : begin + length], now)
            elif data[at] == 0x89:
                line.socket.send(bytes((0x8A, 0x80 | length)) + b"\0\0\0\0" + data[begin : begin + length])
            at = begin + length
        line.rest = data[at:]

    def frame(self, line: Line, payload: bytes, now: float) -> None:
        """One message: count it, take its seq, and see whether it is what is waited for."""
        kind = payload[9 : payload.find(b'"', 9)]
        line.kinds[kind] += 1
        if line.bidder is not None:
            line.bidder.heard(json.loads(payload), now)
        if kind != b"state":
            return
        found = payload.find(b'"seq":') + 6
        seq = int(payload[found : payload.find(b",", found)])
        if self.expected is not None and line.seq < self.expected <= seq:
            self.missing -= 1
            self.last = time.monotonic()
        if self.recording and seq > line.seq:
            line.heard.append((now, seq))
        line.seq = max(seq, line.seq)

    # ---- the day

    def run(self) -> None:
        """Until stdin ends: what is asked, what is due, what came."""
        while True:
            self.pump(0.02 if self.bidders or self.wanted else 0.2)

    def pump(self, timeout: float) -> None:
        """One round of the loop."""
        now = time.monotonic()
        while self.wanted and self.wanted[-1][0] <= now and self.opening < AT_ONCE:
            self.connect(self.wanted.pop()[1])
        for line in self.bidders:
            if line.up and line.bidder and (frame := line.bidder.due(now)):
                with contextlib.suppress(OSError):
                    line.socket.send(frame)
        for fd, event in self.epoll.poll(timeout, 1024):
            if fd == 0:
                command = sys.stdin.readline()
                if not command:
                    os._exit(0)
                print(json.dumps(self.do(**json.loads(command))), flush=True)
                return  # it has run rounds of its own: the rest of these events is old
            if line := self.lines.get(fd):
                if event & select.EPOLLOUT:
                    self.shake(fd, line)
                else:
                    self.read(fd, line, time.monotonic())

    def until(self, there: Any, seconds: float) -> bool:
        """Run the loop until `there()`, at most so long; whether it came to be."""
        deadline = time.monotonic() + seconds
        while not there() and time.monotonic() < deadline:
            self.pump(0.01)
        return bool(there())

    def do(self, do: str, **given: Any) -> Any:
        """Carry out one command; its answer."""
        return getattr(self, f"do_{do}")(**given)

    def do_open(self, port: int, path: str, up_to: int, state: bool) -> Any:
        """Open sockets until there are `up_to`, each with its first state where the server sends one."""
        self.address, self.path = ("127.0.0.1", port), path
        begun = time.monotonic()
        fresh = [Line(number) for number in range(len(self.lines), up_to)]
        self.wanted = [(0.0, line) for line in fresh]
        ready = self.until(lambda: all(line.up and (line.seq >= 0 or not state) for line in fresh), 120)
        return {"open": len(self.lines), "ready": ready, "seconds": time.monotonic() - begun, "closed": self.closed}

    def do_bidders(self, port: int, path: str, who: list[tuple[int, str]], pause: float) -> Any:
        """Open one socket for each bidder, all at once; they bid from then on. Wait until each had an answer."""
        self.address, self.path = ("127.0.0.1", port), path
        self.bidders = [Line(number, Bidder(*one, pause)) for number, one in enumerate(who)]
        self.wanted = [(0.0, line) for line in self.bidders]
        begun = time.monotonic()
        known = self.until(lambda: all(line.bidder and line.bidder.answers for line in self.bidders), 60)
        return {"ready": known, "seconds": time.monotonic() - begun}

    def do_stop(self, since: float) -> Any:
        """No more bids; how the answers came to those sent from `since` on: (seconds, "ack" or the code)."""
        lines, self.bidders = self.bidders, []
        answers = (answer for line in lines if line.bidder for answer in line.bidder.answers)
        return [(took, code) for sent_at, took, code in answers if sent_at >= since]

    def do_expect(self, seq: int) -> Any:
        """Watch for the first state at `seq` or later on every socket."""
        self.expected, self.missing, self.last = seq, sum(line.seq < seq for line in self.lines.values()), 0.0
        return self.missing

    def do_got(self, seconds: float) -> Any:
        """Wait for what is expected: when the last had it, and how many never did."""
        self.until(lambda: self.missing == 0, seconds)
        return {"last": self.last, "missing": self.missing, "closed": self.closed}

    def do_record(self, on: bool) -> Any:
        """Note from now on when each socket hears of which seq."""
        self.recording = on
        return on

    def do_ages(self, told: dict[str, float]) -> Any:
        """How old the oldest news in each frame was when it came, in ms, and whether every socket got to the end."""
        moments = {int(seq): at for seq, at in told.items()}
        ages: list[float] = []
        for line in self.lines.values():
            before: int | None = None
            for at, seq in line.heard:
                if before is not None and before + 1 in moments:
                    ages.append((at - moments[before + 1]) * 1000)
                before = seq
        ages.sort()
        behind = sum(line.seq < max(moments) for line in self.lines.values())
        return {
            "frames": len(ages),
            "p50": ages[len(ages) // 2],
            "p99": ages[len(ages) * 99 // 100],
            "max": ages[-1],
            "behind": behind,
        }

    def do_storm(self, spread: float) -> Any:
        """Every socket breaks and returns at a moment of its own within `spread` seconds."""
        returning = list(self.lines.items())
        for fd, line in returning:
            line.up = True
            self.drop(fd, line)
        begun = time.monotonic()
        self.wanted = sorted(((begun + random.uniform(0, spread), line) for _, line in returning), key=lambda w: -w[0])
        lines = [line for _, line in returning]
        ready = self.until(lambda: not self.wanted and all(line.up and line.seq >= 0 for line in lines), 120)
        seconds = time.monotonic() - begun
        self.until(lambda: False, 3)
        frames = [line.kinds.total() - line.kinds[b"heartbeat"] for line in lines]
        beats = sum(line.kinds[b"heartbeat"] for line in lines)
        return {
            "ready": ready,
            "seconds": seconds,
            "most": max(frames),
            "mean": sum(frames) / len(frames),
            "heartbeats": beats,
        }


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, max(FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
    Crowd().run()
