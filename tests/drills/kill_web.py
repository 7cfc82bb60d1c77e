"""kill -9 of web processes while everybody bids: who was acknowledged is stored, and no bid stays in doubt.

Control: processes that acknowledge before they decide; they lose bids when they are killed, and none as long as they live.
"""

import asyncio
import time
from typing import Any

from tests.drills.bidders import acknowledged, diary, fire, told_again
from tests.drills.invariants import demand_none, differing, violations
from tests.drills.stage import Stage, figures
from tests.drills.weak import EARLY_BY

KILLS = {False: 5, True: 100}
AGAIN = 10  # acknowledgements after a kill until the next may come
SAY = 10  # kills until the next line of how far it is
CALM = 20  # acknowledgements of the control while nobody is killed
CARELESS = 3  # kills of the control


async def _some_more(seats: list[Any], more: int) -> None:
    """Until so many more bids are acknowledged."""
    before = acknowledged(seats)
    while acknowledged(seats) < before + more:
        await asyncio.sleep(0.02)


async def _under_fire(stage: Stage, seats: list[Any], kills: int) -> None:
    """Kill one of the processes after another at random moments; it comes back on its port at once."""
    async with fire(seats, [web.port for web in stage.webs], stage.rng):
        for number in range(1, kills + 1):
            await _some_more(seats, AGAIN)
            await asyncio.sleep(stage.rng.uniform(0, 0.3))
            web = stage.rng.choice(stage.webs)
            await asyncio.to_thread(web.kill)
            await asyncio.to_thread(web.start)
            if number % SAY == 0:
                stage.says("kill_web", kills=number, acknowledged=acknowledged(seats))


async def _calm(stage: Stage, seats: list[Any]) -> None:
    """Bid while nobody is killed."""
    async with fire(seats, [web.port for web in stage.webs], stage.rng):
        await _some_more(seats, CALM)


def run(stage: Stage) -> str:
    """The drill, then its control on a database of its own; the line of figures."""
    stage.fresh("kill_web")
    stage.web(2)
    seats, kills = stage.crowd(), KILLS[stage.full]
    asyncio.run(_under_fire(stage, seats, kills))
    again = asyncio.run(told_again(seats, [web.port for web in stage.webs], stage.rng))
    demand_none(violations(diary(seats)) + differing(again))
    asked = diary(seats)
    lost, careless = _control(stage)
    return figures(
        kills=kills,
        acknowledged=acknowledged(seats),
        lost=0,
        asked_again=sum(one.times > 1 for one in asked),
        in_doubt=0,
        control_lost=f"{lost} of {careless}, none while it lived",
    )


def _control(stage: Stage) -> tuple[int, int]:
    """How many bids it had acknowledged the control lost when it was killed, of how many."""
    stage.fresh("kill_web_control")
    stage.web(2, weak="early")
    seats = stage.crowd()
    asyncio.run(_calm(stage, seats))
    deadline = time.monotonic() + 30 * EARLY_BY
    while lost := _lost(seats):
        assert time.monotonic() < deadline, f"the control loses {lost} bids though nobody is killed"
        time.sleep(EARLY_BY)
    asyncio.run(_under_fire(stage, seats, CARELESS))
    time.sleep(EARLY_BY * 10)  # until what was only late is there, too
    lost = _lost(seats)
    assert lost, "the control lost nothing, so the drill proves nothing"
    return lost, acknowledged(seats)


def _lost(seats: list[Any]) -> int:
    return sum(one.code == "answer.lost" for one in violations(diary(seats)))
