"""kill -9 of the whole PostgreSQL tree while everybody bids: no acknowledged bid is lost. Control: asynchronous commit."""

import asyncio
from typing import Any

from deploy import throwaway
from tests.drills.bidders import acknowledged, diary, fire
from tests.drills.invariants import Violation, demand_none, violations
from tests.drills.stage import Stage, figures

# Answers before the log is written: what a crash of the server takes with it is then in memory only.
LOSSY = f"{throwaway.DURABLE} -c synchronous_commit=off -c wal_writer_delay=10s -c wal_writer_flush_after=1GB"
KILLS, ENOUGH = {False: 6, True: 200}, {False: 0, True: 20_000}  # quick, full
AGAIN = 10  # acknowledgements after a kill until the next may come


async def _under_fire(stage: Stage, seats: list[Any], kills: int, settings: str, enough: int) -> list[float]:
    """Kill at random moments until there were so many kills and acknowledgements; seconds each restart took."""
    back: list[float] = []
    async with fire(seats, stage.web(2), stage.rng):
        while len(back) < kills or acknowledged(seats) < enough:
            before = acknowledged(seats)
            while acknowledged(seats) < before + AGAIN:
                await asyncio.sleep(0.02)
            await asyncio.sleep(stage.rng.uniform(0, 0.5))
            if len(back) < kills:
                stage.cluster.kill()
                back.append(await asyncio.to_thread(stage.cluster.start, settings))
    return back


def _drill(stage: Stage, kills: int, settings: str, enough: int) -> tuple[list[Any], list[float], list[Violation]]:
    seats = stage.crowd()
    back = asyncio.run(_under_fire(stage, seats, kills, settings, enough))
    return seats, back, violations(diary(seats))


def run(stage: Stage) -> str:
    """The drill, then its control on a database of its own; the line of figures."""
    stage.fresh("kill_postgres")
    seats, back, found = _drill(stage, KILLS[stage.full], throwaway.DURABLE, ENOUGH[stage.full])
    demand_none(found)
    asked = diary(seats)
    stage.fresh("kill_postgres_control")
    stage.cluster.stop()
    stage.cluster.start(LOSSY)
    try:
        careless, _, wrong = _drill(stage, 2, LOSSY, 0)
    finally:
        stage.cluster.kill()
        stage.cluster.start()
    lost = sum(one.code == "answer.lost" for one in wrong)
    assert lost, "the control lost nothing, so the drill proves nothing"
    return figures(
        kills=len(back),
        acknowledged=acknowledged(seats),
        lost=0,
        asked_again=sum(one.times > 1 for one in asked),
        in_doubt=sum(one.answer is None for one in asked),
        restart=f"{max(back):.1f} s at most",
        control_lost=f"{lost} of {len(diary(careless))}",
    )
