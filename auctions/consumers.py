"""The websocket of one lot: a wire between a watcher and the engine, with no rule of its own.

Close codes: `protocol.CLOSES`. Everything else is answered and the socket stays open.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404

from auctions import arrivals, guests, hub, live, protocol, wire
from auctions.passes import Pass
from auctions.rules.chain import Json, stamp
from auctions.rules.pace import Pace
from auctions.sockets import TOO_SLOW, Send, Socket
from market.kernel import clock
from market.kernel.errors import Refused

logger = logging.getLogger(__name__)

NONSENSE_A_MINUTE = 20
FRAMES_A_SECOND = 20
WARNINGS = 3

NO_BINARY, NONSENSE, SIGN_IN, NOT_YOURS, NO_LOT, TOO_FAST = 1003, 4400, 4401, 4403, 4404, 4429
CLOSING = {"bid.sign_in": SIGN_IN, "role.missing": NOT_YOURS, "bid.too_fast": TOO_FAST}

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]


async def lot_socket(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application of one socket: one coroutine, no other task and no channel, since the hub writes to it."""
    host = scope.get("client")
    address = str(host[0]) if host else ""
    if not guests.here().enter(address):
        await turn_away(scope, send, 503)
        return
    try:
        await LotConsumer(scope, send).serve(receive)
    finally:
        guests.here().leave(address)


async def nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    """Every other address: there is nothing to watch."""
    await turn_away(scope, send, 404)


async def turn_away(scope: Scope, send: Send, status: int) -> None:
    """Refuse the handshake with an HTTP status, or with the server's own 403 where it cannot say another."""
    if "websocket.http.response" in scope.get("extensions", {}):
        headers = [(b"retry-after", b"10")] if status == 503 else []
        await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": b""})
    else:
        await send({"type": "websocket.close"})


class LotConsumer:
    """One watcher of one lot; a bidder when signed in and registered."""

    __slots__ = (
        "guest",
        "language",
        "lot_id",
        "mine",
        "nonsense",
        "pace",
        "scope",
        "send",
        "session_key",
        "socket",
        "warnings",
    )

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self.send = send
        self.socket = Socket(send, abort=_cutter(send))
        self.session_key = _session_key(scope["cookies"].get(settings.SESSION_COOKIE_NAME, ""))
        self.guest: guests.Guest | None = None
        self.lot_id: int | None = None
        self.mine: Pass | None = None
        self.language = wire.language_of(scope)
        self.nonsense: tuple[float, ...] = ()
        self.warnings = 0
        self.pace = Pace(per_second=FRAMES_A_SECOND)

    async def serve(self, receive: Receive) -> None:
        """From the handshake until the socket is closed, from whichever side. A failure of ours is answered too."""
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                try:
                    await (self.connected() if message["type"] == "websocket.connect" else self.received(message))
                except Exception:
                    logger.exception("a frame could not be served")
                    await self._fail()
        finally:
            await asyncio.shield(self._gone())

    async def connected(self) -> None:
        """Accept, say who the market takes the reader to be, then subscribe and show the state."""
        await self.send({"type": "websocket.accept"})
        try:
            code = str(self.scope["url_route"]["kwargs"]["code"])
            arrival = await arrivals.here().of(self.session_key, code)
        except Http404:
            self.socket.close(NO_LOT)
            return
        if arrival.session is not None:
            self.guest = guests.Guest(self.socket, arrival.session)
            guests.here().sign_in(self.guest)
        self.lot_id = arrival.lot_id
        self._tell(protocol.hello(reader=arrival.reader, server_time=stamp(clock.now())))
        self.socket.show(await hub.here().join(arrival.lot_id, self.socket))
        if arrival.reader["paddle"] is not None:
            self.mine = Pass(self.session_key, arrival.lot_id, self._ended)
            await self.mine.show()

    async def _gone(self) -> None:
        """Leave nothing behind."""
        if self.guest is not None:
            guests.here().sign_out(self.guest)
        if self.mine is not None:
            self.mine.give_up()
            self.mine = None  # which knows us: together we would wait for the collector
        if self.lot_id is not None:
            await hub.here().leave(self.lot_id, self.socket)
        await self.socket.end()

    async def _fail(self) -> None:
        """Something broke on our side: whoever is in is asked to try again, who is not yet in to come again."""
        if self.lot_id is None:
            self.socket.close(TOO_SLOW)
            return
        busy = Refused("bid.busy")
        self._tell(protocol.error(code=busy.code, detail=wire.words(busy, self.language), retry=True))

    async def received(self, message: Mapping[str, Any]) -> None:
        """One frame: decode, do, answer."""
        received_at = clock.now()
        if message.get("text") is None:
            self.socket.close(NO_BINARY)
            return
        if self.lot_id is None:
            return
        if not self.pace.allows(time.monotonic()):
            self._warn()
            return
        try:
            frame = protocol.decode(message["text"])
            if isinstance(frame, protocol.PingFrame):
                self._tell(protocol.pong(t0=frame.t0, server_time=stamp(clock.now())))
            elif isinstance(frame, protocol.ResumeFrame):
                await self._resume(self.lot_id, frame)
            else:
                await self._bid(self.lot_id, frame, received_at)
        except protocol.BadFrame as bad:
            self._complain(bad)

    async def _resume(self, lot_id: int, frame: protocol.ResumeFrame) -> None:
        """The missed events, or the whole state for who missed too much or nothing we know of."""
        room = hub.here().rooms[lot_id]
        text = await room.newest(frame.last_seq)
        seq = room.seen[0]
        if frame.last_seq > seq:
            raise protocol.BadFrame("frame.future", seq=seq)
        if frame.last_seq > 0 and seq - frame.last_seq <= live.MOST:
            self._tell(protocol.missed(await room.missed(frame.last_seq)))
        self.socket.show(text)

    async def _bid(self, lot_id: int, frame: protocol.BidFrame, received_at: datetime) -> None:
        """Hand the bid to the engine as whoever the socket bids for; the answer is for this socket alone."""
        if self.mine is None:
            self.mine = Pass(self.session_key, lot_id, self._ended)
        answer = await wire.bid_on_socket(self.mine, frame, received_at, self.language)
        self._tell(answer)
        code = CLOSING.get(answer.get("code", ""))
        if code == TOO_FAST:
            self._too_fast()
        elif code is not None:
            self.socket.close(code)

    def _ended(self, refused: Refused) -> None:
        """Whoever bid here may not any more."""
        self.socket.close(CLOSING.get(refused.code, NOT_YOURS))

    def _complain(self, bad: protocol.BadFrame) -> None:
        """Say what was wrong with a frame; close on whoever goes on."""
        now = time.monotonic()
        self.nonsense = (*(at for at in self.nonsense if now - at < 60), now)
        self._tell(protocol.error(code=bad.code, detail=wire.words(bad, self.language), key=bad.key))
        if len(self.nonsense) > NONSENSE_A_MINUTE:
            self.socket.close(NONSENSE)

    def _warn(self) -> None:
        """Too many frames a second: three warnings, then the door."""
        refused = Refused("frame.too_fast", limit=FRAMES_A_SECOND)
        self._tell(protocol.error(code=refused.code, detail=wire.words(refused, self.language)))
        self._too_fast()

    def _too_fast(self) -> None:
        self.warnings += 1
        if self.warnings > WARNINGS:
            self.socket.close(TOO_FAST)

    def _tell(self, message: Json) -> None:
        self.socket.tell(protocol.encode(message))


def _session_key(cookie: str) -> str | None:
    """The session a cookie names, if Django could have named one so: what a database refuses to look for never reaches one,
    where it would spoil the question for all who come with it."""
    return cookie if cookie.isascii() and cookie.isalnum() else None


def _cutter(send: Send) -> Callable[[], None] | None:
    """What cuts the line under an ASGI send. ASGI has no word for it, and a reader who takes nothing would otherwise hold
    its socket for as long as it likes; None where the server keeps its transport elsewhere."""
    cut: Callable[[], None] | None = getattr(getattr(getattr(send, "__self__", None), "transport", None), "abort", None)
    return cut
