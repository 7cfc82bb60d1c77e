"""kill -9 of web processes while everybody bids: who was acknowledged is stored. Control: a process that answers first."""

import asyncio
from collections.abc import Sequence
from typing import Any

from tests.drills.bidders import Line, Post, Socket, acknowledged, diary, fire
from tests.drills.invariants import demand_none, violations
from tests.drills.stage import Stage, figures

KILLS = {False: 5, True: 100}
AGAIN = 10  # acknowledgements after a kill until the next may come


async def _under_fire(stage: Stage, seats: list[Any], kills: int, kinds: Sequence[type[Line]]) -> None:
    """Kill one of the processes after another at random moments; it comes back on its port at once."""
    async with fire(seats, [web.port for web in stage.webs], stage.rng, kinds):
        for _ in range(kills):
            before = acknowledged(seats)
            while acknowledged(seats) < before + AGAIN:
                await asyncio.sleep(0.02)
            await asyncio.sleep(stage.rng.uniform(0, 0.3))
            web = stage.rng.choice(stage.webs)
            await asyncio.to_thread(web.kill)
            await asyncio.to_thread(web.start)


def run(stage: Stage) -> str:
    """The drill, then its control on a database of its own; the line of figures."""
    stage.fresh("kill_web")
    stage.web(2)
    seats, kills = stage.crowd(), KILLS[stage.full]
    asyncio.run(_under_fire(stage, seats, kills, (Socket, Post)))
    demand_none(violations(diary(seats)))
    stage.fresh("kill_web_control")
    stage.web(2, weak="early")
    careless = stage.crowd()
    asyncio.run(_under_fire(stage, careless, 2, (Post,)))
    lost = sum(one.code == "answer.lost" for one in violations(diary(careless)))
    assert lost, "the control lost nothing, so the drill proves nothing"
    asked = diary(seats)
    return figures(
        kills=kills,
        acknowledged=acknowledged(seats),
        lost=0,
        asked_again=sum(one.times > 1 for one in asked),
        in_doubt=sum(one.answer is None for one in asked),
        control_lost=f"{lost} of {len(diary(careless))}",
    )
