"""Between the web processes: Redis carries "lot 7 is at 41, lot 9 at 12", best effort. Without it the polls find out, a
second later.

All lots go over one channel, many in one message: of many lots bid on at once, a channel each cost more than it kept away.
"""

import asyncio
import contextlib
import logging
import queue
import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import redis
import redis.asyncio
from django.conf import settings

logger = logging.getLogger(__name__)

CHANNEL = "lots"
SOON = 0.5  # seconds a publisher waits for Redis before it gives up

_SAID = re.compile(rb"(\d{1,18}):(\d{1,18})")


class Ear:
    """What one process hears from Redis: one connection, one subscription."""

    def __init__(self, hear: Callable[[int, int], None], back: Callable[[], None]):
        """`hear(lot, seq)` gets what is announced, `back()` that we may have missed some."""
        self._tell, self._back = hear, back
        self.pubsub: Any = None

    async def listen(self) -> None:
        """Listen for ever; reconnect with growing pauses. Reads end after a second (redis-py would end the connection
        after five idle ones) and the line is tried every fifteen, so that a silent one is noticed."""
        pause = 0.1
        while True:
            client = redis.asyncio.from_url(
                settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=2, health_check_interval=15
            )
            try:
                async with client, client.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    self.pubsub, pause = pubsub, 0.1
                    try:
                        self._back()
                        while True:
                            message = await pubsub.get_message(timeout=1.0)
                            if message is not None:
                                self._hear(message)
                    finally:
                        self.pubsub = None
            except Exception:  # a line that is gone, or says what nobody can read
                logger.warning("Redis is silent; watchers are served by polling", exc_info=pause == 0.1)
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311  (spreads reconnections, guards nothing)
            pause = min(pause * 2, 5.0)

    def _hear(self, message: Mapping[str, Any]) -> None:
        for lot_id, seq in _SAID.findall(message["data"]):
            self._tell(int(lot_id), int(seq))


class Publisher:
    """A thread of its own that speaks to Redis, so that a slow or dead Redis never delays a bid."""

    def __init__(self) -> None:
        self.waiting: queue.Queue[tuple[int, int]] = queue.Queue(maxsize=1000)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def put(self, lot_id: int, seq: int) -> None:
        """Queue one announcement; when too many wait it is dropped."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
                self._thread.start()
        with contextlib.suppress(queue.Full):
            self.waiting.put_nowait((lot_id, seq))

    def _run(self) -> None:
        client = redis.from_url(settings.REDIS_URL, socket_connect_timeout=SOON, socket_timeout=SOON)
        while True:
            newest, taken = self._take()
            try:
                client.publish(CHANNEL, said(newest))
            except (redis.RedisError, OSError):  # the polls heal what is lost; what waited is old by now
                time.sleep(SOON)
                taken += self._take()[1] if not self.waiting.empty() else 0
            finally:
                for _ in range(taken):
                    self.waiting.task_done()

    def _take(self) -> tuple[dict[int, int], int]:
        """All that waits, at least one: of each lot the newest seq, and how many there were."""
        newest: dict[int, int] = {}
        lot_id, seq = self.waiting.get()
        taken = 1
        while True:
            newest[lot_id] = max(seq, newest.get(lot_id, 0))
            try:
                lot_id, seq = self.waiting.get_nowait()
            except queue.Empty:
                return newest, taken
            taken += 1


def said(newest: Mapping[int, int]) -> str:
    """The message that tells of each lot its newest seq."""
    return " ".join(f"{lot_id}:{seq}" for lot_id, seq in newest.items())
