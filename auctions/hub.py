"""One hub a process: what happened to a lot reaches everybody who watches it, once read, once encoded.

The database is the truth and everything here is best effort. A wake-up ("look at lot 7, it is at 41") comes from this
process after its commit, from Redis after another's, or from the poll that heals whatever was lost; the hub then reads the
newest state and writes the same text to every socket, at most ten times a second a lot. A socket that cannot keep up gets
the newest state only, and is closed when even that does not go out.
"""

import asyncio
import contextlib
import logging
import queue
import random
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from channels.db import database_sync_to_async
from django.conf import settings

from auctions import live, protocol
from auctions.rules.chain import stamp
from market.kernel import clock

logger = logging.getLogger(__name__)

FRAME_EVERY = 0.1  # seconds between two states of one lot
BEAT_EVERY = 2.0  # seconds between heartbeats
POLL_EVERY = 1.0  # seconds until a lost wake-up is healed
STUCK_AFTER = 10.0  # seconds a socket may take for one message
BACKLOG = 32  # private messages that may wait for one socket
TOO_SLOW = 1013
CHANNEL = "lot:"

Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class Socket:
    """The outgoing side of one websocket: private messages in order, of the public states only the newest."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._private: deque[str] = deque()
        self._newest: str | None = None
        self._closing: int | None = None
        self._since: float | None = None  # when the message now going out was handed over
        self._ready = asyncio.Event()
        self._task = asyncio.create_task(self._write())

    def tell(self, text: str) -> None:
        """Queue a private message; a socket with too many waiting is closed."""
        self._private.append(text)
        if len(self._private) > BACKLOG:
            self.close(TOO_SLOW)
        self._ready.set()

    def show(self, text: str) -> None:
        """Put the newest public state in the place of one that has not gone out."""
        self._newest = text
        self._ready.set()

    def beat(self, text: str) -> None:
        """A heartbeat, unless something better already waits; a socket that has been stuck too long is given up."""
        if self._since is not None and time.monotonic() - self._since > STUCK_AFTER:
            self.close(TOO_SLOW)
        elif self._newest is None and not self._private:
            self.show(text)

    def close(self, code: int) -> None:
        """Close after what is queued, or instead of it when the socket is too slow; the first code stands."""
        self._closing = self._closing or code
        if self._closing == TOO_SLOW:
            self._private.clear()
            self._newest = None
        self._ready.set()

    async def end(self) -> None:
        """The socket is gone: stop writing."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _write(self) -> None:
        with contextlib.suppress(Exception):  # the connection is gone; the server tells the consumer in its own way
            while self._closing is None:
                await self._ready.wait()
                self._ready.clear()
                while self._private or self._newest is not None:
                    if self._private:
                        text = self._private.popleft()
                    else:
                        text, self._newest = self._newest or "", None
                    self._since = time.monotonic()
                    await self._send({"type": "websocket.send", "text": text})
                    self._since = None
            await self._send({"type": "websocket.close", "code": self._closing})


class Room:
    """The watchers of one lot in this process, and the newest state as they get it."""

    def __init__(self, lot_id: int) -> None:
        self.lot_id = lot_id
        self.sockets: set[Socket] = set()
        self.text = ""
        self.seen: tuple[int, str] = (-1, "")
        self.announced = 0
        self._wake = asyncio.Event()
        self._fresh = asyncio.Lock()
        self.task = asyncio.create_task(self._run())

    def wake(self, seq: int) -> None:
        """Something happened up to `seq`; look soon."""
        self.announced = max(self.announced, seq)
        if seq > self.seen[0]:
            self._wake.set()

    def stale(self) -> None:
        """Look again, whatever was announced."""
        self._wake.set()

    async def newest(self) -> str:
        """The state as text, read at most once for all who ask at the same time."""
        async with self._fresh:
            if not self.text or self.announced > self.seen[0]:
                await self.read()
            return self.text

    async def read(self) -> None:
        """Read the state; an older one than we have is dropped."""
        state = await database_sync_to_async(live.public_state, thread_sensitive=False)(self.lot_id)
        if state["seq"] >= self.seen[0]:
            self.seen = (state["seq"], state["phase"])
            self.text = protocol.encode(state)

    async def _run(self) -> None:
        """Send the newest state when woken, a heartbeat when not, until the last watcher leaves."""
        beat_at = time.monotonic() + BEAT_EVERY
        while True:
            try:
                await asyncio.wait_for(self._wake.wait(), max(0.0, beat_at - time.monotonic()))
            except TimeoutError:
                beat_at = time.monotonic() + BEAT_EVERY
                beat = protocol.encode(protocol.heartbeat(seq=max(0, self.seen[0]), server_time=stamp(clock.now())))
                for socket in tuple(self.sockets):
                    socket.beat(beat)
                continue
            self._wake.clear()
            try:
                async with self._fresh:
                    await self.read()
            except Exception:  # the room outlives any failure of a read: the poll wakes it again
                logger.exception("lot %s could not be read", self.lot_id)
                await asyncio.sleep(POLL_EVERY)
                continue
            for number, socket in enumerate(tuple(self.sockets)):
                socket.show(self.text)
                if number % 500 == 499:
                    await asyncio.sleep(0)  # answers to bidders pass between slices of the broadcast
            await asyncio.sleep(FRAME_EVERY)


class Hub:
    """The rooms of one process (of one event loop), the poll and the ear on Redis."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.rooms: dict[int, Room] = {}
        self._pubsub: Any = None
        self._tasks: list[asyncio.Task[None]] = []

    async def join(self, lot_id: int, socket: Socket) -> str:
        """Subscribe first, then return the state, so that nothing falls between the two."""
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._poll())]
            if settings.REDIS_URL:
                self._tasks.append(asyncio.create_task(self._listen()))
        room = self.rooms.get(lot_id)
        if room is None:
            room = self.rooms[lot_id] = Room(lot_id)
            await self._subscribe(lot_id)
        room.sockets.add(socket)
        return await room.newest()

    async def current(self, lot_id: int) -> tuple[int, str]:
        """The seq and text of the newest state of a lot that is watched here."""
        room = self.rooms[lot_id]
        text = await room.newest()
        return room.seen[0], text

    async def leave(self, lot_id: int, socket: Socket) -> None:
        """Forget the socket, the room with its last watcher, and everything with the last room."""
        room = self.rooms.get(lot_id)
        if room is None:
            return
        room.sockets.discard(socket)
        if room.sockets:
            return
        del self.rooms[lot_id]
        await _stop(room.task)
        if self._pubsub is not None:
            with contextlib.suppress(redis.RedisError, OSError):
                await self._pubsub.unsubscribe(f"{CHANNEL}{lot_id}")
        if not self.rooms:
            tasks, self._tasks = self._tasks, []
            await _stop(*tasks)

    def wake(self, lot_id: int, seq: int) -> None:
        """Look at the lot if anybody watches it. Only from this hub's own loop."""
        room = self.rooms.get(lot_id)
        if room is not None:
            room.wake(seq)

    async def _poll(self) -> None:
        """Compare what watchers have with what is true, once a second, in one query."""
        while True:
            await asyncio.sleep(POLL_EVERY)
            try:
                heads = await database_sync_to_async(live.heads, thread_sensitive=False)(tuple(self.rooms))
            except Exception:  # so does the poll: the database will be back
                logger.exception("watched lots could not be read")
                continue
            for lot_id, head in heads.items():
                room = self.rooms.get(lot_id)
                if room is not None and head != room.seen:
                    room.stale()

    async def _subscribe(self, lot_id: int) -> None:
        """Ask Redis for one more lot; when that fails the listener asks for all of them after reconnecting."""
        if self._pubsub is not None:
            with contextlib.suppress(redis.RedisError, OSError):
                await self._pubsub.subscribe(f"{CHANNEL}{lot_id}")

    async def _listen(self) -> None:
        """Hear other processes through Redis; without it the poll does, only slower. Reconnects with growing pauses."""
        pause = 0.1
        while True:
            client = redis.asyncio.from_url(
                settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=2, health_check_interval=15
            )
            try:
                async with client, client.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(CHANNEL, *(f"{CHANNEL}{lot_id}" for lot_id in self.rooms))
                    self._pubsub, pause = pubsub, 0.1
                    for room in self.rooms.values():
                        room.stale()
                    while True:
                        message = await pubsub.get_message(timeout=1.0)
                        if message is not None:
                            self._hear(message)
            except (redis.RedisError, OSError):
                logger.warning("Redis is silent; watchers are served by polling", exc_info=pause == 0.1)
            finally:
                self._pubsub = None
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311  (spreads reconnections, guards nothing)
            pause = min(pause * 2, 5.0)

    def _hear(self, message: Mapping[str, Any]) -> None:
        lot_id, seq = message["channel"].decode().removeprefix(CHANNEL), message["data"].decode()
        if lot_id.isdigit() and seq.isdigit():
            self.wake(int(lot_id), int(seq))


async def _stop(*tasks: "asyncio.Task[None]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


def here() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


def announce(lot_id: int, seq: int) -> None:
    """Tell this process's watchers and, through Redis, everybody else's that a lot is at `seq`. From any thread, after
    the commit; never waits and never fails: what gets lost is healed by the polls."""
    for hub in tuple(_hubs.values()):
        with contextlib.suppress(RuntimeError):  # that loop is closed
            hub.loop.call_soon_threadsafe(hub.wake, lot_id, seq)
    if settings.REDIS_URL:
        _publisher.put(lot_id, seq)


class _Publisher:
    """A thread of its own that speaks to Redis, so that a slow or dead Redis never delays a bid."""

    def __init__(self) -> None:
        self._queue: queue.Queue[tuple[int, int]] = queue.Queue(maxsize=1000)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def put(self, lot_id: int, seq: int) -> None:
        """Queue one announcement; when too many wait it is dropped."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
                self._thread.start()
        with contextlib.suppress(queue.Full):
            self._queue.put_nowait((lot_id, seq))

    def _run(self) -> None:
        client = redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5)
        while True:
            lot_id, seq = self._queue.get()
            try:
                client.publish(f"{CHANNEL}{lot_id}", seq)
            except (redis.RedisError, OSError):  # the polls heal what is lost; what waited is old by now
                time.sleep(0.5)
                with contextlib.suppress(queue.Empty):
                    while True:
                        self._queue.get_nowait()
                        self._queue.task_done()
            finally:
                self._queue.task_done()


_publisher = _Publisher()
