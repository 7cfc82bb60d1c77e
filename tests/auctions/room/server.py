"""A real uvicorn with the market behind it in this process, and a raw websocket client that may send any bytes."""

import asyncio
import contextlib
import os
import socket
import struct
import threading
import time
from collections.abc import Iterator

import uvicorn
from django.conf import settings

from deploy.asgi import application


@contextlib.contextmanager
def serving() -> Iterator[int]:
    """uvicorn as `serve` and the units run it, on a free port, in a thread with a loop of its own."""
    config = uvicorn.Config(
        application,
        host="127.0.0.1",
        port=0,
        lifespan="off",
        log_level="critical",
        ws_max_size=16 * 1024,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


class Line:
    """One TCP connection to the room of a lot. `opened` is the status of the handshake, None when there was no answer."""

    def __init__(self, port: int, code: str, *extra: bytes, path: str = "", patience: float = 5) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), patience)
        self.rest = b""
        headers = [
            f"GET {path or f'/ws/v1/lots/{code}/'} HTTP/1.1".encode(),
            b"Host: 127.0.0.1",
            b"Origin: " + settings.SITE_URL.encode(),
            b"Upgrade: websocket",
            b"Connection: Upgrade",
            b"Sec-WebSocket-Version: 13",
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            *extra,
        ]
        self.socket.sendall(b"\r\n".join(headers) + b"\r\n\r\n")
        self.answer = b""
        while b"\r\n\r\n" not in self.answer and (data := self._receive()):
            self.answer += data
        self.answer, _, self.rest = self.answer.partition(b"\r\n\r\n")
        self.opened = int(self.answer.split()[1]) if self.answer else None

    def frame(self, opcode: int, payload: bytes = b"", *, fin: int = 0x80, mask: bytes = b"\1\2\3\4") -> None:
        """Send one frame, of any kind and right or wrong."""
        size = len(payload)
        length = bytes((0x80 | size,)) if size < 126 else bytes((0x80 | 126,)) + struct.pack("!H", size)
        body = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        self.raw(bytes((fin | opcode,)) + length + mask + body)

    def raw(self, data: bytes) -> None:
        """Send any bytes."""
        with contextlib.suppress(OSError):
            self.socket.sendall(data)

    def frames(self) -> Iterator[tuple[int, bytes]]:
        """The frames that come, as (opcode, payload), until the line is closed."""
        while True:
            while len(self.rest) < 2 or len(self.rest) < self._size():
                data = self._receive()
                if not data:
                    return
                self.rest += data
            size, head = self._size(), 4 if self.rest[1] == 126 else 2
            opcode, payload, self.rest = self.rest[0] & 15, self.rest[head:size], self.rest[size:]
            yield opcode, payload

    def closed(self) -> int | None:
        """The code of the close frame; None when the line is cut without one."""
        for opcode, payload in self.frames():
            if opcode == 8:
                return int.from_bytes(payload[:2], "big")
        return None

    def hear(self, what: bytes) -> bytes:
        """The next text that contains `what`."""
        return next(payload for opcode, payload in self.frames() if opcode == 1 and what in payload)

    def _receive(self) -> bytes:
        try:
            return self.socket.recv(65_536)
        except (ConnectionError, TimeoutError):
            return b""

    def _size(self) -> int:
        """How long the first frame is, head and all; the market sends none above 64 KiB."""
        length = self.rest[1] & 127
        return 2 + length if length < 126 else 4 + int.from_bytes(self.rest[2:4].ljust(2, b"\xff"), "big")


def rss_kb() -> int:
    """What this process holds."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
