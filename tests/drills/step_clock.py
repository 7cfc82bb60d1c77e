"""Clocks that step 30 seconds: the processes' under the last seconds of lots, and the database's under bidding.

No lot closes before its end and the order stays. Control: a worker that believes its own clock, which is an hour ahead,
closes lots that have half an hour to go.
"""

import asyncio
import os
import signal
import time
from datetime import timedelta

from channels.db import database_sync_to_async
from django.db import connection

from auctions.models import Lot
from tests.drills import clocks
from tests.drills.bidders import Seat, acknowledged, diary, fire
from tests.drills.invariants import demand_none, violations
from tests.drills.stage import Stage, figures

STEPS = {False: 6, True: 60}  # of the database's clock
ENDS_IN = 1800.0  # seconds from the making of the lots to their end: longer than any machine takes to get ready
LEFT = 6.0  # seconds of bidding that are left once everybody is ready, since the database's clock is put forward
PATIENCE = 60.0  # seconds until a lot must be closed
OVER = "SELECT code FROM auctions_lot WHERE state IN ('sold', 'passed_in') AND clock_timestamp() < ends_at"


def _closed_early() -> list[str]:
    """Lots that are over although their end has not come, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(OVER)
        return [code for (code,) in cursor.fetchall()]


async def _swaying(stage: Stage, seats: list[Seat], pids: list[int], left: float) -> set[str]:
    """Bid to the end, `left` seconds off, while every process's own clock jumps ahead and back; the lots closed early."""
    early: set[str] = set()
    async with fire(seats, [web.port for web in stage.webs], stage.rng):
        await asyncio.to_thread(clocks.move, stage, ENDS_IN - left)
        last = time.monotonic() + PATIENCE
        while time.monotonic() < last and await database_sync_to_async(_open)():
            for pid in pids:
                os.kill(pid, stage.rng.choice([signal.SIGUSR1, signal.SIGUSR2]))
            await asyncio.sleep(0.2)
            early.update(await database_sync_to_async(_closed_early)())
    return early


def _open() -> bool:
    return Lot.objects.filter(state__in=Lot.BIDDING).exists()


def _processes(stage: Stage, name: str, weak: str, left: float) -> tuple[list[Seat], set[str]]:
    """The first half on a database of its own: seats, and the lots closed early."""
    stage.fresh(name)
    clocks.fake(stage)
    stage.web(2, "swaying")
    seats = stage.seats(2, 2, ends_in=timedelta(seconds=ENDS_IN), rules={"extension_window_s": 0})
    worker = stage.nursery.fork(role="worker", database=stage.database, weak=weak)  # which opens and closes lots too
    early = asyncio.run(_swaying(stage, seats, [worker.pid, *(web.child.pid for web in stage.webs)], left))
    worker.kill()
    return seats, early


async def _stepping(stage: Stage, seats: list[Seat], steps: int) -> None:
    """Bid while the database's clock is moved by half a minute, to and fro."""
    async with fire(seats, [web.port for web in stage.webs], stage.rng):
        for _ in range(steps):
            before = acknowledged(seats)
            await asyncio.to_thread(clocks.move, stage, stage.rng.choice([-30, 0, 30]))
            while acknowledged(seats) < before + 5:
                await asyncio.sleep(0.05)


def run(stage: Stage) -> str:
    """Both halves, then the control; the line of figures."""
    seats, early = _processes(stage, "step_clock", "swaying", LEFT)
    assert not early, f"closed before their end: {sorted(early)}"
    assert not _open(), "a lot was not closed"
    demand_none(violations(diary(seats)))
    stage.fresh("step_clock_database")
    clocks.fake(stage)
    stage.web(2)
    more = stage.seats(4, 2)
    worker = stage.nursery.fork(role="worker", database=stage.database)
    asyncio.run(_stepping(stage, more, STEPS[stage.full]))
    worker.kill()
    demand_none(violations(diary(more)))
    assert Lot.objects.filter(state__in=Lot.BIDDING).count() == 4, "a lot with hours to go was closed"
    _, wrong = _processes(stage, "step_clock_control", "own_clock", ENDS_IN)
    assert wrong, "the control closed nothing early, so the drill proves nothing"
    return figures(
        bids=acknowledged(seats) + acknowledged(more),
        closed_early=0,
        database_steps=STEPS[stage.full],
        control_closed_early=len(wrong),
    )
