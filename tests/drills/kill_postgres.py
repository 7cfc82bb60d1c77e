"""kill -9 of the whole PostgreSQL tree while everybody bids: no acknowledged bid is lost, and none stays in doubt.

Control: asynchronous commit.
"""

import asyncio
from typing import Any

from deploy import throwaway
from tests.drills.bidders import acknowledged, diary, fire, told_again
from tests.drills.invariants import Violation, demand_none, differing, violations
from tests.drills.stage import Stage, figures

# Answers before the log is written: what a crash of the server takes with it is then in memory only.
LOSSY = f"{throwaway.DURABLE} -c synchronous_commit=off -c wal_writer_delay=10s -c wal_writer_flush_after=1GB"
KILLS, ENOUGH = {False: 6, True: 200}, {False: 0, True: 20_000}  # quick, full
AGAIN = 10  # acknowledgements after a kill until the next may come
SAY = 10  # kills until the next line of how far it is


async def _under_fire(stage: Stage, seats: list[Any], kills: int, settings: str, enough: int) -> list[float]:
    """Kill at random moments until there were so many kills and acknowledgements; seconds each restart took."""
    back: list[float] = []
    ports, share = stage.web(2), enough / kills
    async with fire(seats, ports, stage.rng):
        while len(back) < kills:
            wanted = max(acknowledged(seats) + AGAIN, share * (len(back) + 1))
            while acknowledged(seats) < wanted:
                await asyncio.sleep(0.02)
            await asyncio.sleep(stage.rng.uniform(0, 0.5))
            stage.cluster.kill()
            back.append(await asyncio.to_thread(stage.cluster.start, settings))
            if len(back) % SAY == 0:
                stage.says("kill_postgres", kills=len(back), acknowledged=acknowledged(seats), restart=back[-1])
    return back


def run(stage: Stage) -> str:
    """The drill, then its control on a database of its own; the line of figures."""
    stage.fresh("kill_postgres")
    seats = stage.crowd()
    back = asyncio.run(_under_fire(stage, seats, KILLS[stage.full], throwaway.DURABLE, ENOUGH[stage.full]))
    again = asyncio.run(told_again(seats, [web.port for web in stage.webs], stage.rng))
    demand_none(violations(diary(seats)) + differing(again))
    asked = diary(seats)
    lost, careless = _control(stage)
    assert lost, "the control lost nothing, so the drill proves nothing"
    return figures(
        kills=len(back),
        acknowledged=acknowledged(seats),
        lost=0,
        asked_again=sum(one.times > 1 for one in asked),
        in_doubt=0,
        restart=f"{sorted(back)[len(back) // 2]:.1f} s, {max(back):.1f} s at most",
        control_lost=f"{lost} of {careless}",
    )


def _control(stage: Stage) -> tuple[int, int]:
    """The same under a server that answers before its log is written: how many acknowledged bids it lost, of how many."""
    stage.fresh("kill_postgres_control")
    stage.cluster.stop()
    stage.cluster.start(LOSSY)
    try:
        seats = stage.crowd()
        asyncio.run(_under_fire(stage, seats, 2, LOSSY, 0))
        wrong: list[Violation] = violations(diary(seats))
    finally:
        stage.cluster.kill()
        stage.cluster.start()
    return sum(one.code == "answer.lost" for one in wrong), acknowledged(seats)
