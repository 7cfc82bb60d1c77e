"""Redis killed, emptied or frozen while all bid: answers come as before, and every room heals.

Control: rooms that believe Redis alone do not heal, and doors that wait for Redis answer late.
"""

import asyncio
import contextlib
import json
import signal
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from channels.db import database_sync_to_async

from auctions.models import Lot
from tests.drills.bidders import BROKEN, Asked, Seat, diary, fire, watching
from tests.drills.invariants import demand_none, violations
from tests.drills.stage import Stage, figures, spread

FAULTS = ("kill", "flush", "partition")
TIMES = {False: 3, True: 150}  # of all faults together: one or fifty of each
BEFORE, UNDER = 1.0, 2.0  # seconds of bidding before each fault and under it
HEAL = 10.0  # seconds until every watcher must show what the database holds
UNHEALED = 4.0  # seconds in which no room of the control may, several times what the drill's take
LATER = 0.5  # seconds that a fault may add to the median answer, a part of what a door that waits would add
SAY = 15  # faults until the next line of how far it is

Window = tuple[str, float, float]  # a fault, and between which moments it lasted


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


async def _broken(stage: Stage, fault: str, seats: list[Seat], ports: list[int]) -> Window:
    """One fault with bidding before, under and after it; Redis is back when this returns."""
    redis = stage.redis
    async with fire(seats, ports, stage.rng):
        await asyncio.sleep(BEFORE)
        since = time.time()
        if fault == "flush":
            await asyncio.to_thread(redis.say, b"FLUSHALL\r\n")
        else:
            redis.signal(signal.SIGKILL if fault == "kill" else signal.SIGSTOP)
        await asyncio.sleep(UNDER)
        until = time.time()
        if fault == "partition":
            redis.signal(signal.SIGCONT)
        if fault == "kill":
            await asyncio.to_thread(redis.start)
    return fault, since, until


async def _play(
    stage: Stage, seats: list[Seat], ports: list[int], faults: list[str], within: float
) -> tuple[list[Window], float]:
    """One fault after another: when each was, and the seconds the slowest took to heal (see `_healed`)."""
    watchers = [Watcher(port, lot) for port in ports for lot in sorted({seat.lot for seat in seats})]
    looking = [asyncio.create_task(watcher.look()) for watcher in watchers]
    windows, slowest = [], 0.0
    try:
        for number, fault in enumerate(faults, 1):
            windows.append(await _broken(stage, fault, seats, ports))
            slowest = max(slowest, await _healed(watchers, within))
            if number % SAY == 0:
                stage.says("break_redis", faults=number, bids=len(diary(seats)), healed_within=f"{slowest:.1f} s")
    finally:
        for task in looking:
            task.cancel()
        await asyncio.gather(*looking, return_exceptions=True)
    return windows, slowest


async def _awake(stage: Stage, seats: list[Seat], ports: list[int]) -> None:
    """Until everybody had an answer: a process takes seconds for its first ones."""
    async with fire(seats, ports, stage.rng):
        while not all(seat.diary and seat.diary[0].answer for seat in seats):
            await asyncio.sleep(0.1)


def _waits(asked: Iterable[Asked], windows: Sequence[tuple[float, float]]) -> list[float]:
    """Seconds from the first sending, in one of the windows, to the answer."""
    sent = (one for one in asked if any(since <= one.sent_at < until for since, until in windows))
    return [one.answered_at - one.sent_at for one in sent if one.answer is not None]


@dataclass
class Played:
    """What a run of faults came to: what was asked, the seconds of the slowest healing, and those of the answers to what
    was sent just before the faults and under each kind of fault.
    """

    asked: list[Asked]
    slowest: float
    before: list[float]
    under: dict[str, list[float]]

    def late(self) -> dict[str, float]:
        """Seconds by which the median answer under a fault came later than before, where that is too much."""
        late = {fault: median(waits) - median(self.before) for fault, waits in self.under.items()}
        return {fault: seconds for fault, seconds in late.items() if seconds > LATER}


def _under(stage: Stage, name: str, weak: str, faults: list[str], within: float) -> Played:
    """The faults on a database of their own."""
    stage.fresh(name)
    ports, seats = stage.web(2, weak), stage.seats(lots=4, each=3)
    asyncio.run(_awake(stage, seats, ports))
    windows, slowest = asyncio.run(_play(stage, seats, ports, faults, within))
    asked = diary(seats)
    before = _waits(asked, [(since - BEFORE, since) for _, since, _ in windows])
    under = {
        fault: _waits(asked, [(since, until) for kind, since, until in windows if kind == fault]) for fault in faults
    }
    return Played(asked, slowest, before, under)


def run(stage: Stage) -> str:
    """The drill, then its control on a database of its own; the line of figures."""
    times = TIMES[stage.full]
    played = _under(stage, "break_redis", "", [FAULTS[number % 3] for number in range(times)], HEAL)
    demand_none(violations(played.asked))
    assert played.slowest < HEAL, "a room did not heal"
    assert not played.late(), f"answers later than without a fault by {played.late()} s"
    control = _under(stage, "break_redis_control", "leaning", ["partition", "kill"], UNHEALED)
    assert control.slowest > UNHEALED > played.slowest, "the control healed, so the drill proves nothing"
    assert "partition" in control.late(), "the control answered as before, so the drill proves nothing"
    return figures(
        faults=times,
        bids=len(played.asked),
        answers_before=spread(played.before),
        **{f"under_{fault}": spread(waits) for fault, waits in played.under.items()},
        healed_within=f"{played.slowest:.1f} s",
        control="never healed",
        control_later=f"{control.late()['partition']:.1f} s",
    )
