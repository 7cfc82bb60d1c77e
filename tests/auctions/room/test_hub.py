"""Slow sockets: the newest state only, then the door; and private words in their order."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from django.db import OperationalError

from auctions import hub, live, sockets


class Line:
    """A connection whose reader may stop reading."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.reading = asyncio.Event()
        self.reading.set()

    async def send(self, message: Mapping[str, Any]) -> None:
        """Takes one message while somebody reads."""
        await self.reading.wait()
        self.got.append(message.get("text", message.get("code")))


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_private_words_keep_their_order_and_states_do_not_pile_up() -> None:
    line = Line()
    socket = sockets.Socket(line.send)
    line.reading.clear()
    for number in range(50):
        socket.show(f"state {number}")
        await settled()
    socket.tell("ack 1")
    socket.tell("ack 2")
    line.reading.set()
    await settled()
    assert line.got == ["state 0", "ack 1", "ack 2", "state 49"]
    await socket.end()


async def test_who_does_not_read_the_answers_is_closed() -> None:
    line = Line()
    socket = sockets.Socket(line.send)
    line.reading.clear()
    for number in range(sockets.BACKLOG + 2):
        socket.tell(f"pong {number}")
        await settled()
    line.reading.set()
    await settled()
    assert line.got == ["pong 0", sockets.TOO_SLOW]
    await socket.end()


async def test_who_is_stuck_too_long_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line()
    socket = sockets.Socket(line.send)
    line.reading.clear()
    socket.show("state 1")
    await settled()
    socket.beat("beat")
    monkeypatch.setattr(sockets, "STUCK_AFTER", 0.0)
    socket.beat("beat")
    line.reading.set()
    await settled()
    assert line.got == ["state 1", sockets.TOO_SLOW]
    await socket.end()


async def test_a_heartbeat_never_takes_the_place_of_a_state() -> None:
    line = Line()
    socket = sockets.Socket(line.send)
    line.reading.clear()
    socket.show("state 1")
    socket.show("state 2")
    socket.beat("beat")
    line.reading.set()
    await settled()
    socket.beat("beat")
    assert line.got == ["state 1", "state 2", "beat"]
    await socket.end()


async def test_a_line_that_takes_what_it_is_given_costs_no_task() -> None:
    line = Line()
    before = asyncio.all_tasks()
    socket = sockets.Socket(line.send)
    for number in range(100):
        socket.show(f"state {number}")
    socket.tell("ack")
    assert asyncio.all_tasks() == before
    assert (len(line.got), line.got[-1]) == (101, "ack")
    await socket.end()


async def test_a_reader_who_takes_nothing_is_cut_off_since_no_close_reaches_him(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line, cut = Line(), []
    socket = sockets.Socket(line.send, abort=lambda: cut.append(True))
    line.reading.clear()
    socket.show("state 1")
    socket.beat("beat")
    assert not cut
    monkeypatch.setattr(sockets, "STUCK_AFTER", -1.0)
    socket.beat("beat")
    assert cut
    await socket.end()


async def test_nothing_follows_a_close() -> None:
    line = Line()
    socket = sockets.Socket(line.send)
    socket.close(4401)
    socket.close(4429)
    socket.show("state")
    socket.tell("ack")
    assert line.got == [4401]
    await socket.end()


async def test_a_broken_connection_ends_in_silence() -> None:
    async def broken(message: Mapping[str, Any]) -> None:
        raise ConnectionResetError

    socket = sockets.Socket(broken)
    socket.show("state")
    await settled()
    socket.tell("ack")
    await settled()
    await socket.end()


async def test_what_rooms_ask_while_a_reading_goes_on_is_read_together(monkeypatch: pytest.MonkeyPatch) -> None:
    readings: list[set[int]] = []
    goes_on = asyncio.Event()

    async def read(act: Any, lots: set[int], latest: live.Latest) -> Any:
        readings.append(lots)
        await goes_on.wait()
        if 13 in lots:
            raise ValueError("a lot that spoils the question")
        if 503 in lots:
            raise OperationalError("the database is away")
        return {lot: {"seq": lot} for lot in lots if lot != 404}

    monkeypatch.setattr(hub, "read", read)
    monkeypatch.setattr(hub, "AT_ONCE", 3)
    states = hub.States()
    first = asyncio.create_task(states.of(1))
    await settled()
    others = [asyncio.create_task(states.of(lot)) for lot in (2, 3, 404, 13, 5, 6)]
    await settled()
    others[4].cancel()  # its room closed meanwhile
    goes_on.set()
    said = await asyncio.gather(first, *others, return_exceptions=True)
    assert readings == [{1}, {2, 3, 404}, {13, 5, 6}, {13}, {5, 6}]
    assert said[:3] == [{"seq": 1}, {"seq": 2}, {"seq": 3}]
    assert [type(one) for one in said[3:]] == [LookupError, ValueError, asyncio.CancelledError, dict]
    assert await states.of(7) == {"seq": 7}
    away = await asyncio.gather(states.of(503), states.of(8), return_exceptions=True)
    assert [type(one) for one in away] == [OperationalError, OperationalError]
    assert readings[6:] == [{503, 8}], "who is away is not asked again and again"
