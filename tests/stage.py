"""Threads that act at the same moment, each on a database connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections

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


def meet() -> None:
    """Inside a race: wait until every runner is here, or half a second when some never come."""
    if _barrier is not None and not _barrier.broken:
        try:
            _barrier.wait(0.5)
        except threading.BrokenBarrierError:
            return
