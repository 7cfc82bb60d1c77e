"""Processes that help with a run: each does what one worker would, on a connection of its own."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context

from django.db import connection, connections

from market.royalties.runs.actions import run


def cores() -> int:
    """How many workers have a core each; one where the database lets only one write (SQLite)."""
    return len(os.sched_getaffinity(0)) if connection.features.has_select_for_update_skip_locked else 1


@contextmanager
def helped_by(count: int) -> Iterator[None]:
    """So many processes go through all licences while the block runs, which ends when they have; one that is killed leaves
    its chunk to the others, or to the next run. Not inside a transaction, nor beside other threads."""
    connections.close_all()  # a forked process must not speak on a connection of ours
    for one in connections.all():
        if getattr(one, "pool", None):
            one.close_pool()  # type: ignore[attr-defined]
    gc.freeze()  # what is there already is no garbage, in none of them
    helpers = [get_context("fork").Process(target=_help) for _ in range(count)]
    for helper in helpers:
        helper.start()
    try:
        yield
    finally:
        for helper in helpers:
            helper.join()


def _help() -> None:
    run()
    connections.close_all()
