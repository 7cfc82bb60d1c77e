"""One hub a process: what happened to a lot reaches everybody who watches it, once read, once encoded.

The database is the truth and everything here is best effort. A wake-up ("look at lot 7, it is at 41") comes from this
process after its commit, with what was decided, from another's through Redis, or from the poll that heals whatever was
lost; the hub then makes the newest state of what was decided, or reads it, and writes the same text to every socket, at
most ten times a second a lot.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.conf import settings

from auctions import live, protocol
from auctions.relay import Ear, Publisher
from auctions.rules.chain import Event, Json, stamp
from auctions.rules.lot import LotState
from auctions.sockets import Socket, begun
from auctions.together import Together
from market.kernel import clock

logger = logging.getLogger(__name__)

FRAME_EVERY = 0.1  # seconds between two states of one lot
BEAT_EVERY = 2.0  # seconds between heartbeats
BEATS_AT = 0.1  # seconds between two looks at which rooms are due for one
POLL_EVERY = 1.0  # seconds until a lost wake-up is healed
AT_ONCE = 100  # lots read together
SLICE = 500  # sockets written to before answers to bidders may pass
ANSWERS_FIRST = 0.005  # seconds that what was decided here waits, for the bidders of that batch to have their answers

# Watching has threads of its own, so that bids that wait for their lot do not keep the state from being read.
_readers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="hub")


async def read(act: Callable[..., Any], *given: Any) -> Any:
    """Run a reading of the database in a hub thread."""
    return await database_sync_to_async(act, thread_sensitive=False, executor=_readers)(*given)


@dataclass(frozen=True, slots=True)
class News:
    """What was decided about a lot: its state since, and the events that led there, one at least."""

    lot_id: int
    state: LotState
    events: Sequence[Event]


class States(Together[int, Json]):
    """Reads the newest states, those that rooms ask for at the same moment together. LookupError where none can be told."""

    def __init__(self) -> None:
        super().__init__(self._read, AT_ONCE)
        self.latest = live.Latest()

    async def _read(self, lot_ids: Sequence[int]) -> list[Json | Exception]:
        states: dict[int, Json] = await read(live.public_states, {*lot_ids}, self.latest)
        return [states.get(pk, LookupError("the lot has no state that could be told")) for pk in lot_ids]


class Room:
    """The watchers of one lot in this process, and the newest state as they get it."""

    def __init__(self, lot_id: int, states: States) -> None:
        self.lot_id = lot_id
        self._states = states
        self.sockets: set[Socket] = set()
        self.text = self._sent = ""  # the newest state, and the one that all who are here were given
        self.seen: tuple[int, str] = (-1, "")
        self._announced = 0
        self._doubtful = False
        self._decided: LotState | None = None  # the newest state, where we know all that led to it
        self._fresh = asyncio.Lock()
        self._read_at = self._shown_at = 0.0
        self._tail: list[Json] = []  # the last events, once somebody asked what he missed
        self._woken = self._awake = False
        self._task: asyncio.Future[None] | None = None
        self.beat_at = time.monotonic() + BEAT_EVERY

    def wake(self, seq: int) -> None:
        """Something happened up to `seq`; look, unless that is known."""
        if seq > self._announced:
            self._announced = seq
            self.look()

    def hear(self, news: News) -> None:
        """This was decided here; who tells it calls `look` in a moment."""
        known = self._states.latest.add(self.lot_id, news.events)
        self._decided = news.state if known else None
        self._announced = max(self._announced, news.state.seq)

    def doubt(self) -> None:
        """Look again, whatever was announced."""
        self._doubtful, self._decided = True, None
        self.look()

    async def end(self) -> None:
        """The last watcher left."""
        if self._task is not None:
            await _stop(self._task)

    async def newest(self, seq: int = 0) -> str:
        """The state as text, read once for all who come; read again for who knows of a later `seq`, ten times a second
        at most. Who joins gets what was last sent: what is newer goes out to all within a moment."""
        async with self._fresh:
            if not self.text:
                await self._read()
                self._sent = self.text  # whoever is here yet waits for this reading
            elif seq > self.seen[0] and time.monotonic() - self._read_at > FRAME_EVERY:
                await self._read()
        if self.text != self._sent:
            self.look()
        return self.text

    async def missed(self, after: int) -> list[Json]:
        """The events after `after`, read once for all who missed some."""
        async with self._fresh:
            last = self._tail[-1]["seq"] if self._tail else 0
            since = max(last, self.seen[0] - live.MOST)
            if since < self.seen[0]:
                kept = self._tail if since == last else []
                self._tail = [*kept, *await read(live.events_after, self.lot_id, since)][-live.MOST :]
            return [event for event in self._tail if event["seq"] > after]

    async def _read(self) -> None:
        """Read the state, unless we know it. An older one than we have is dropped, an announcement of what is not there too."""
        self._doubtful, announced = False, self._announced
        state = self._known() or await self._states.of(self.lot_id)
        self._read_at = time.monotonic()
        if state["seq"] >= self.seen[0]:
            self.seen, self.text = (state["seq"], state["phase"]), protocol.encode(state)
        if self._announced == announced > state["seq"]:
            self._announced = state["seq"]

    def _known(self) -> Json | None:
        """The state made of what was decided here, if nothing later was announced."""
        state, self._decided = self._decided, None
        if state is None or state.seq < self._announced:
            return None
        return self._states.latest.message(self.lot_id, state)

    async def beat(self) -> None:
        """Send a heartbeat to all."""
        self.beat_at = time.monotonic() + BEAT_EVERY
        beat = protocol.heartbeat(seq=max(0, self.seen[0]), server_time=stamp(clock.now()))
        await self._all(Socket.beat, protocol.encode(beat))

    def look(self) -> None:
        """Show what is new: in this moment where nothing need be waited for, which costs no task, else soon."""
        self._woken = True
        if not self._awake:
            self._awake = True
            waits = begun(self._run())
            self._task = asyncio.ensure_future(waits) if waits is not None else None

    async def _run(self) -> None:
        """Show what there is until nothing more was told, a tenth of a second apart."""
        try:
            while self._woken:
                rest = self._shown_at + FRAME_EVERY - time.monotonic()
                if rest > 0:
                    await asyncio.sleep(rest)
                self._woken = False
                await self._show()
        finally:
            self._awake = False

    async def _show(self) -> None:
        """Read what is new and send it to all."""
        try:
            async with self._fresh:
                if self._doubtful or self._announced > self.seen[0]:
                    await self._read()
        except Exception:  # the room outlives any failure of a read: the poll wakes it again
            logger.exception("lot %s could not be read", self.lot_id)
            await asyncio.sleep(POLL_EVERY)
            return
        if self.text != self._sent:
            self._sent = self.text
            await self._all(Socket.show, self._sent)
            self._shown_at = time.monotonic()

    async def _all(self, act: Callable[[Socket, str], None], text: str) -> None:
        """Do it to every socket; answers to bidders pass between slices."""
        for number, socket in enumerate(tuple(self.sockets), 1):
            act(socket, text)
            if number % SLICE == 0:
                await asyncio.sleep(0)


class Hub:
    """The rooms of one process (of one event loop), the poll and the ear on Redis."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.rooms: dict[int, Room] = {}
        self.states = States()
        self._poll_now = asyncio.Event()  # the poll does not wait for its second
        self.ear = Ear(self.wake, self._poll_now.set)
        self._tasks: list[asyncio.Task[None]] = []

    async def join(self, lot_id: int, socket: Socket) -> str:
        """Subscribe first, then return the state, so that nothing falls between the two."""
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._poll()), asyncio.create_task(self._beat())]
            if settings.REDIS_URL:
                self._tasks.append(asyncio.create_task(self.ear.listen()))
        room = self.rooms.get(lot_id)
        if room is None:
            room = self.rooms[lot_id] = Room(lot_id, self.states)
        room.sockets.add(socket)
        return await room.newest()

    async def leave(self, lot_id: int, socket: Socket) -> None:
        """Forget the socket, the room with its last watcher, and everything with the last room."""
        room = self.rooms.get(lot_id)
        if room is None:
            return
        room.sockets.discard(socket)
        if room.sockets:
            return
        del self.rooms[lot_id]
        await room.end()
        if not self.rooms:
            tasks, self._tasks = self._tasks, []
            await _stop(*tasks)

    def hear(self, news: Sequence[News]) -> None:
        """Tell whoever watches one of the lots, the bidders of that batch first. Only from this hub's own loop."""
        watched = [(room, one) for one in news if (room := self.rooms.get(one.lot_id)) is not None]
        for room, one in watched:
            room.hear(one)
        if watched:
            self.loop.call_later(ANSWERS_FIRST, _look_all, [room for room, _ in watched])

    def wake(self, lot_id: int, seq: int) -> None:
        """Look at the lot if anybody watches it. Only from this hub's own loop."""
        room = self.rooms.get(lot_id)
        if room is not None:
            room.wake(seq)

    async def _beat(self) -> None:
        """Send each room its heartbeat when it is due: one clock for all, where one a room would cost more than the bids."""
        while True:
            await asyncio.sleep(BEATS_AT)
            now = time.monotonic()
            for room in tuple(self.rooms.values()):
                if room.beat_at <= now:
                    try:
                        await room.beat()
                    except Exception:  # one room's fault must not silence the others
                        logger.exception("lot %s has no heartbeat", room.lot_id)

    async def _poll(self) -> None:
        """Compare what watchers have with what is true, once a second and when Redis came back, in one query."""
        while True:
            await _either(self._poll_now, POLL_EVERY)
            self._poll_now.clear()
            try:
                heads = await read(live.heads, tuple(self.rooms))
            except Exception:  # so does the poll: the database will be back
                logger.exception("watched lots could not be read")
                await asyncio.sleep(POLL_EVERY)
                continue
            for lot_id, head in heads.items():
                room = self.rooms.get(lot_id)
                if room is not None and room.text and head != room.seen and head[0] >= room.seen[0]:
                    room.doubt()


async def _either(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event or so long. (`wait_for` of Python 3.11 loses a cancellation that comes together with the event,
    and who stopped the task would wait for its end for ever.)
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def _look_all(rooms: Sequence[Room]) -> None:
    for room in rooms:
        if room.sockets:  # somebody still watches
            room.look()


async def _stop(*tasks: "asyncio.Future[None]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


_hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()


def here() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


def announce(news: Sequence[News]) -> None:
    """Tell this process's watchers and, through Redis, everybody else's what was decided. From any thread, after the commit;
    never waits and never fails: what gets lost is healed by the polls."""
    for hub in tuple(_hubs.values()):
        with contextlib.suppress(RuntimeError):  # that loop is closed
            hub.loop.call_soon_threadsafe(hub.hear, news)
    if settings.REDIS_URL:
        for one in news:
            publisher.put(one.lot_id, one.state.seq)


publisher = Publisher()
