"""View consistency: whatever the line loses, doubles or reorders, a reader who follows the protocol ends in the truth.

The room, its sockets and the heartbeat are the real ones; the database is a list and the line is in hypothesis' hand.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auctions import hub
from auctions.sockets import Message, Socket

QUIET = 1.0  # seconds after which, once the line is sound again, every reader must be right
LOST, SENT, DOUBLED, HELD = "lost sent doubled held".split()


class Reader:
    """Follows the document: keeps the newest state, asks when a heartbeat knows of a later one."""

    def __init__(self, fates: list[str]) -> None:
        self.fates = iter(fates)
        self.held: list[Message] = []
        self.state: dict[str, Any] = {"seq": -1}
        self.behind = False

    async def line(self, message: Message) -> None:
        """What becomes of one message on its way."""
        fate = next(self.fates, SENT)
        if fate == HELD:
            self.held.append(message)
        elif fate != LOST:
            self.hear(message)
        if fate == DOUBLED:
            self.hear(message)
        if fate == SENT:
            while self.held:  # overtaken by this one
                self.hear(self.held.pop())

    def hear(self, message: Message) -> None:
        """As room.js does."""
        said = json.loads(message["text"])
        if said["type"] == "heartbeat":
            self.behind = self.behind or said["seq"] > self.state["seq"]
        elif said["seq"] >= self.state["seq"]:
            self.state, self.behind = said, False


@pytest.fixture
def lot(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The states of lot 7 as the database had them, the latest last; reading takes a moment, as it does."""
    states: list[dict[str, Any]] = []

    async def read(act: Callable[..., Any], *given: Any) -> Any:
        state = states[-1]
        await asyncio.sleep(0.001)
        return {7: (state["seq"], state["phase"]) if act is hub.live.heads else state}

    monkeypatch.setattr(hub, "read", read)
    monkeypatch.setattr(hub, "FRAME_EVERY", 0.002)
    monkeypatch.setattr(hub, "BEAT_EVERY", 0.02)
    monkeypatch.setattr(hub, "POLL_EVERY", 0.02)
    monkeypatch.setattr(hub.settings, "REDIS_URL", "")
    return states


def state(seq: int) -> dict[str, Any]:
    """The state after so many events."""
    return {"type": "state", "seq": seq, "phase": "live" if seq % 9 else "extended", "price": 100 * seq}


@pytest.mark.parametrize("turns", range(8))
def test_the_last_reader_leaves_whatever_happens_that_moment(lot: list[dict[str, Any]], turns: int) -> None:
    async def day() -> None:
        lot[:] = [state(0)]
        room, socket = hub.Hub(), Socket(Reader([]).line)
        await room.join(7, socket)
        lot.append(state(1))
        room.wake(7, 1)
        for _ in range(turns):
            await asyncio.sleep(0)
        async with asyncio.timeout(QUIET * 10):
            await room.leave(7, socket)

    asyncio.run(day())


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(st.tuples(st.integers(1, 3), st.booleans(), st.booleans()), min_size=1, max_size=15),
    fates=st.lists(st.lists(st.sampled_from([LOST, SENT, DOUBLED, HELD]), max_size=30), min_size=1, max_size=3),
)
def test_a_stale_reader_is_right_again_within_a_second(
    lot: list[dict[str, Any]], steps: list[tuple[int, bool, bool]], fates: list[list[str]]
) -> None:
    async def day() -> None:
        lot[:] = [state(0)]
        room, readers = hub.Hub(), [Reader(each) for each in fates]
        sockets = [Socket(reader.line) for reader in readers]
        for socket in sockets:
            socket.show(await room.join(7, socket))
        for events, told, pause in steps:
            lot.append(state(lot[-1]["seq"] + events))
            if told:  # else the wake-up was lost as well
                room.wake(7, lot[-1]["seq"])
            if pause:
                await asyncio.sleep(0.004)
        async with asyncio.timeout(QUIET * 10):  # of a busy machine's seconds; an idle one needs a hundredth
            while any(reader.state != lot[-1] for reader in readers):
                await asyncio.sleep(0.005)
                for reader, socket in zip(readers, sockets, strict=True):
                    if reader.behind:
                        socket.show(await room.rooms[7].newest(reader.state["seq"]))
        for socket in sockets:
            await room.leave(7, socket)

    asyncio.run(day())


@pytest.mark.parametrize("poll", [0.02, 3600])
def test_what_one_reader_asks_for_is_not_kept_from_the_others(
    lot: list[dict[str, Any]], poll: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "POLL_EVERY", poll)

    async def day() -> None:
        lot[:] = [state(0)]
        room, readers = hub.Hub(), [Reader([]), Reader([])]
        sockets = [Socket(reader.line) for reader in readers]
        for socket in sockets:
            socket.show(await room.join(7, socket))
        lot.append(state(1))
        await asyncio.sleep(0.004)
        sockets[0].show(await room.rooms[7].newest(1))  # who has the answer to his bid knows of it before all others
        async with asyncio.timeout(QUIET * 10):
            while readers[1].state["seq"] != 1:
                await asyncio.sleep(0.002)
        for socket in sockets:
            await room.leave(7, socket)

    asyncio.run(day())


def test_an_announcement_of_what_is_not_there_deafens_nobody(
    lot: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "POLL_EVERY", 3600)

    async def day() -> None:
        lot[:] = [state(0)]
        room, reader = hub.Hub(), Reader([])
        socket = Socket(reader.line)
        socket.show(await room.join(7, socket))
        room.wake(7, 1_000_000)  # somebody else's, on the same Redis
        await asyncio.sleep(0.01)
        lot.append(state(1))
        room.wake(7, 1)
        async with asyncio.timeout(QUIET * 10):
            while reader.state["seq"] != 1:
                await asyncio.sleep(0.002)
        await room.leave(7, socket)

    asyncio.run(day())
