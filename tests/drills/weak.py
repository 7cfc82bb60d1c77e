"""What would have to be wrong with the market for a drill to find something: the negative controls, and the failpoints.

Only forked processes load this file into their lives.
"""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import psycopg
import time_machine
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from auctions import live
from market.kernel import clock

EARLY_BY = 0.3  # seconds between the answer and the deed of a process that acknowledges too early

Asgi = Callable[[Any, Any, Any], Any]


def early(application: Asgi) -> Asgi:
    """Acknowledge every bid at once and hand it on a moment later, as a server with a queue in memory would."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await application(scope, receive, send)
            return
        body = b""
        while (part := await receive())["type"] == "http.request":
            body += part["body"]
            if not part.get("more_body"):
                break
        frame = json.loads(body)
        ack = json.dumps({"type": "ack", "key": frame["key"], "seq": None, "amount": frame["amount"]}).encode()
        length = str(len(ack)).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        await send({"type": "http.response.body", "body": ack})
        await asyncio.sleep(EARLY_BY)

        once = [{"type": "http.request", "body": body}]

        async def again() -> Any:
            return once.pop() if once else await asyncio.Future()

        async def nobody(_: Any) -> None:
            return

        await application(scope, again, nobody)

    return answer


DOORS: dict[str, Callable[[Asgi], Asgi]] = {"early": early}


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
    if weakness in WEAKNESSES:
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


def deaf() -> None:
    """Rooms believe Redis alone: the poll that compares them with the database finds nothing."""
    assert live.heads([]) == {}
    live.heads = lambda lot_ids: {}


def swaying() -> None:
    """The process's own clock jumps: SIGUSR1 half a minute ahead, SIGUSR2 as much behind."""
    ahead = [time_machine.travel(datetime.now(UTC), tick=True)]

    def jump(number: int, _: Any) -> None:
        ahead.pop().stop()
        seconds = 30 if number == signal.SIGUSR1 else -30
        ahead.append(time_machine.travel(datetime.now(UTC) + timedelta(seconds=seconds), tick=True))
        ahead[0].start()

    ahead[0].start()
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, jump)


def own_clock() -> None:
    """Jumps as well, and believes itself instead of the database."""
    swaying()
    clock.database_now = clock.now


WEAKNESSES: dict[str, Callable[[], None]] = {
    "piecemeal": piecemeal,
    "deaf": deaf,
    "swaying": swaying,
    "own_clock": own_clock,
}
