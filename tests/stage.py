"""Threads that act at the same moment, each on a database connection of its own."""

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, connections, transaction

PATIENCE = 10.0  # seconds; a rendezvous that fails for this long is a bug, not a slow machine

_barrier: threading.Barrier | None = None


def race(runners: int, act: Callable[[int], Any]) -> list[Any]:
    """Call act(0) … act(runners - 1) at the same time; what each returned or raised, in that order."""
    global _barrier
    _barrier = threading.Barrier(runners)
    start = threading.Barrier(runners)
    results: list[Any] = [None] * runners

    def run(number: int) -> None:
        try:
            start.wait(PATIENCE)
            results[number] = act(number)
        except Exception as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _barrier = None
    return results


def meet(patience: float = 0.5) -> None:
    """Inside a race: wait until every runner is here, or half a second when some never come."""
    if _barrier is not None and not _barrier.broken:
        try:
            _barrier.wait(patience)
        except threading.BrokenBarrierError:
            return


def behind(first: Callable[[], Any], second: Callable[[], Any], *, kept: bool) -> Any:
    """What `second` returns when somebody has done `first` and not committed it yet; once `second` waits for that on a lock
    of PostgreSQL, it is committed, or undone where it is not to be `kept`. That `second` did wait is asserted."""
    done, waited = threading.Event(), list[bool]()

    def ahead() -> None:
        try:
            with transaction.atomic():
                first()
                done.set()
                waited.append(_somebody_waits_for_us())
                transaction.set_rollback(not kept)
        finally:
            done.set()
            connections.close_all()

    thread = threading.Thread(target=ahead)
    thread.start()
    done.wait(PATIENCE)
    try:
        return second()
    finally:
        thread.join()
        assert waited == [True], "nobody waited, so nothing was raced"


def _somebody_waits_for_us() -> bool:
    asked = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
    until = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(asked)
            if cursor.fetchone()[0]:
                return True
            time.sleep(0.005)
    return False
