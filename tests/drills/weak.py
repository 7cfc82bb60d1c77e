"""What would have to be wrong with the market for a drill to find something: the negative controls, and the failpoints.

Only forked processes become weak.
"""

import asyncio
import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import psycopg
import redis
import time_machine
from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from auctions import engine, hub, live, relay
from auctions.engine import Answer, Offer
from auctions.rules.receipts import Place
from market.kernel import clock

EARLY_BY = 0.3  # seconds between the answer and the deed of a process that acknowledges too early


@contextlib.contextmanager
def dying(at: int) -> Iterator[None]:
    """Kill this process at its failpoint number `at`. Failpoints are found, not listed, so that none can be forgotten:
    the moment before each statement, before each COMMIT, and after it.
    """
    numbers = count()

    def point() -> None:
        if next(numbers) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(execute: Callable[..., Any], *given: Any) -> Any:
        point()
        return execute(*given)

    commit = BaseDatabaseWrapper._commit

    def committing(self: Any) -> Any:
        point()
        done = commit(self)
        point()
        return done

    BaseDatabaseWrapper._commit = committing
    with connection.execute_wrapper(statement):
        yield


def become(weakness: str) -> None:
    """Make this process weak in the named way; the empty name leaves it as it is."""
    if weakness:
        WEAKNESSES[weakness]()


def piecemeal() -> None:
    """Commit every statement by itself, as code without transactions does."""
    execute = psycopg.Cursor.execute

    def at_once(self: Any, query: Any, *given: Any, **more: Any) -> Any:
        done = execute(self, query, *given, **more)
        if not self.connection.autocommit and self.description is None:
            self.connection.commit()
        return done

    psycopg.Cursor.execute = at_once


def early() -> None:
    """Acknowledge every bid that is let in at once and decide it a moment later, as a server with a queue in memory would."""
    bid, submit = engine.bid, engine.submit
    deeds: set[Any] = set()

    def acknowledged(offer: Offer) -> Answer:
        return Answer(offer.key, offer.amount, clock.now(), 0, "", {}, Place("", 0, "", 0, ""))

    def asked(offer: Offer) -> Answer:
        def later() -> None:
            time.sleep(EARLY_BY)
            try:
                bid(offer)
            finally:
                connection.close()

        threading.Thread(target=later, daemon=True).start()
        return acknowledged(offer)

    async def submitted(offer: Offer) -> Answer:
        async def later() -> None:
            await asyncio.sleep(EARLY_BY)
            await submit(offer)

        deeds.add(asyncio.create_task(later()))
        return acknowledged(offer)

    engine.bid, engine.submit = asked, submitted


def leaning() -> None:
    """Lean on Redis: rooms believe it alone, since the poll finds nothing, and a bid waits until it took the news."""
    assert live.heads([]) == {}
    live.heads = lambda lot_ids: {}
    client = redis.from_url(settings.REDIS_URL, socket_timeout=5)

    def put(lot_id: int, seq: int) -> None:
        with contextlib.suppress(redis.RedisError):
            client.publish(relay.CHANNEL, relay.said({lot_id: seq}))

    hub.publisher.put = put


def talkative() -> None:
    """Log all there is to log, with every statement's parameters, as somebody does who looks for a fault."""
    for name in ("", "django"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    BaseDatabaseWrapper.queries_logged = property(lambda self: True)


def swaying(first: int = 30, second: int = -30) -> None:
    """The process's own clock jumps: at SIGUSR1 half a minute ahead, at SIGUSR2 as much behind, seconds off the true time."""
    ahead = [time_machine.travel(datetime.now(UTC), tick=True)]

    def jump(number: int, _: Any) -> None:
        ahead.pop().stop()
        seconds = first if number == signal.SIGUSR1 else second
        ahead.append(time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds), tick=True))
        ahead[0].start()

    ahead[0].start()
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, jump)


def own_clock() -> None:
    """Jumps as well, but an hour ahead each time, and believes itself instead of the database."""
    swaying(3600, 3600)
    clock.database_now = clock.now


WEAKNESSES: dict[str, Callable[[], None]] = {
    "early": early,
    "piecemeal": piecemeal,
    "leaning": leaning,
    "talkative": talkative,
    "swaying": swaying,
    "own_clock": own_clock,
}
