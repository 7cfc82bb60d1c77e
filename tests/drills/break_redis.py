"""Redis killed, emptied or frozen while all bid: answers come as before, and every room heals. Control: rooms that
believe Redis alone do not heal.
"""

import asyncio
import contextlib
import json
import signal
import time
from typing import Any

from channels.db import database_sync_to_async

from auctions.models import Lot
from tests.drills.bidders import BROKEN, Asked, Seat, diary, fire, watching
from tests.drills.invariants import demand_none, violations
from tests.drills.stage import Stage, figures, spread

TIMES = {False: 6, True: 50}
BIDDING = 2.0  # seconds of bidding under each fault
HEAL = 10.0  # seconds until every watcher must show what the database holds
LATER = 1.0  # seconds that a broken Redis may add to the slowest answer


class Watcher:
    """Somebody who only looks: the newest seq its socket showed, across reconnections."""

    def __init__(self, port: int, lot: str) -> None:
        self.port, self.lot, self.seq = port, lot, -1

    async def look(self) -> None:
        """For ever; heartbeats do not count, for they show no price."""
        while True:
            with contextlib.suppress(*BROKEN):
                async with await watching(self.port, self.lot) as socket:
                    async for text in socket:
                        said = json.loads(text)
                        if said["type"] == "state":
                            self.seq = said["seq"]
            await asyncio.sleep(0.2)


async def _healed(watchers: list[Watcher], within: float) -> float:
    """Seconds until every watcher shows the database's seq; infinity when that takes too long."""
    begun = time.monotonic()
    while time.monotonic() - begun < within:
        true = dict(await database_sync_to_async(lambda: list(Lot.objects.values_list("code", "seq")))())
        if all(watcher.seq == true[watcher.lot] for watcher in watchers):
            return time.monotonic() - begun
        await asyncio.sleep(0.1)
    return float("inf")


async def _broken(stage: Stage, fault: str, seats: list[Seat], ports: list[int]) -> None:
    """One fault with bidding before, under and after it; Redis is back when this returns."""
    redis = stage.redis
    async with fire(seats, ports, stage.rng):
        await asyncio.sleep(BIDDING / 2)
        if fault == "flush":
            await asyncio.to_thread(redis.say, b"FLUSHALL\r\n")
        else:
            redis.signal(signal.SIGKILL if fault == "kill" else signal.SIGSTOP)
        await asyncio.sleep(BIDDING)
        if fault == "partition":
            redis.signal(signal.SIGCONT)
        if fault == "kill":
            await asyncio.to_thread(redis.start)


async def _play(stage: Stage, seats: list[Seat], ports: list[int], times: int) -> list[float]:
    """One fault after another; seconds each took to heal."""
    watchers = [Watcher(port, lot) for port in ports for lot in sorted({seat.lot for seat in seats})]
    looking = [asyncio.create_task(watcher.look()) for watcher in watchers]
    healed = []
    try:
        for number in range(times):
            await _broken(stage, ("kill", "flush", "partition")[number % 3], seats, ports)
            healed.append(await _healed(watchers, HEAL))
    finally:
        for task in looking:
            task.cancel()
        await asyncio.gather(*looking, return_exceptions=True)
    return healed


async def _calm(stage: Stage, seats: list[Seat], ports: list[int]) -> None:
    """As long a bidding with nothing broken: what this machine takes for an answer anyway."""
    async with fire(seats, ports, stage.rng):
        await asyncio.sleep(BIDDING * 3)


def _waits(asked: list[Asked]) -> list[float]:
    """Seconds from the first sending to the answer, in the order of sending."""
    answered = sorted((one for one in asked if one.answer is not None), key=lambda one: one.sent_at)
    return [one.answered_at - one.sent_at for one in answered]


def _under(stage: Stage, name: str, weak: str, times: int) -> tuple[list[Any], list[float], list[float], list[float]]:
    """Seats, seconds to heal, seconds an answer took before and under the faults."""
    stage.fresh(name)
    ports, seats = stage.web(2, weak), stage.seats(lots=4, each=3)
    asyncio.run(_calm(stage, seats, ports))
    before = _waits(diary(seats))
    healed = asyncio.run(_play(stage, seats, ports, times))
    return seats, healed, before, _waits(diary(seats))[len(before) :]


def run(stage: Stage) -> str:
    """The drill, then its control on a database of its own; the line of figures."""
    seats, healed, before, under = _under(stage, "break_redis", "", TIMES[stage.full])
    demand_none(violations(diary(seats)))
    assert max(healed) < HEAL, f"a room did not heal: {healed}"
    late = max(under) - max(before)
    assert late <= LATER, f"answers {late:.1f} s later than without a fault: {spread(before)}, {spread(under)}"
    _, deaf, _, _ = _under(stage, "break_redis_deaf", "deaf", 1)
    assert max(deaf) > HEAL, "the control healed, so the drill proves nothing"
    return figures(
        faults=len(healed),
        bids=len(under),
        answers_before=spread(before),
        answers_under=spread(under),
        healed_within=f"{max(healed):.1f} s",
        control_healed="never",
    )
