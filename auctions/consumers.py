"""The websocket of one lot: a wire between a watcher and the engine, with no rule of its own.

Close codes: 1003 not text, 4400 too much nonsense, 4401 sign in, 4403 not for you, 4404 no such lot, 4429 too fast, 1013 too
slow. Everything else is answered and the socket stays open.
"""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from channels.consumer import AsyncConsumer
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from django.http import Http404

from auctions import hub, live, protocol, wire
from auctions.rules.chain import Json, stamp
from auctions.rules.pace import Pace
from market.kernel import clock
from market.kernel.errors import Refused

NONSENSE_A_MINUTE = 20
FRAMES_A_SECOND = 20
WARNINGS = 3

NO_BINARY, NONSENSE, SIGN_IN, NOT_YOURS, NO_LOT, TOO_FAST = 1003, 4400, 4401, 4403, 4404, 4429
CLOSING = {"bid.sign_in": SIGN_IN, "role.missing": NOT_YOURS, "bid.too_fast": TOO_FAST}


class LotConsumer(AsyncConsumer):
    """One watcher of one lot; a bidder when signed in and registered."""

    channel_layer_alias = "none"

    async def dispatch(self, message: Mapping[str, Any]) -> None:
        """As Channels does, but without a thread hop a message: what touches the database cleans up after itself."""
        handler = {
            "websocket.connect": self.connected,
            "websocket.receive": self.received,
            "websocket.disconnect": self.gone,
        }[message["type"]]
        await handler(message)

    async def connected(self, message: Mapping[str, Any]) -> None:
        """Accept, say who the market takes the reader to be, then subscribe and show the state."""
        send: hub.Send = self.base_send  # type: ignore[assignment]
        await send({"type": "websocket.accept"})
        self.socket = hub.Socket(send)
        self.lot_id: int | None = None
        self.language = wire.language_of(self.scope)
        self.nonsense: list[float] = []
        self.warnings = 0
        self.pace = Pace(per_second=FRAMES_A_SECOND)
        try:
            lot_id, reader = await self._thread(wire.arrive, self.scope.get("user"), self._code())
        except Http404:
            self.socket.close(NO_LOT)
            return
        self.lot_id = lot_id
        self.socket.tell(protocol.encode(protocol.hello(reader=reader, server_time=stamp(clock.now()))))
        self.socket.show(await hub.here().join(lot_id, self.socket))

    async def gone(self, message: Mapping[str, Any]) -> None:
        """The socket closed, from whichever side."""
        if self.lot_id is not None:
            await hub.here().leave(self.lot_id, self.socket)
        await self.socket.end()
        raise StopConsumer

    async def received(self, message: Mapping[str, Any]) -> None:
        """One frame: decode, do, answer."""
        received_at = clock.now()
        if message.get("text") is None:
            self.socket.close(NO_BINARY)
            return
        if self.lot_id is None:
            return
        if not self.pace.allows(time.monotonic()):
            await self._warn()
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
            await self._complain(bad)

    async def _resume(self, lot_id: int, frame: protocol.ResumeFrame) -> None:
        """The missed events, or the whole state for who missed too much or nothing we know of."""
        seq, text = await hub.here().current(lot_id)
        if frame.last_seq > seq:
            raise protocol.BadFrame("frame.future", seq=seq)
        if frame.last_seq > 0 and seq - frame.last_seq <= live.MOST:
            self._tell(protocol.missed(await self._thread(live.events_after, lot_id, frame.last_seq)))
        self.socket.show(text)

    async def _bid(self, lot_id: int, frame: protocol.BidFrame, received_at: datetime) -> None:
        """Hand the bid to the engine as whoever the session is now; the answer is for this socket alone."""
        session = self.scope["session"].session_key if "session" in self.scope else None
        answer = await self._thread(wire.bid_of_session, session, lot_id, frame, received_at, self.language)
        self._tell(answer)
        code = CLOSING.get(answer.get("code", ""))
        if code == TOO_FAST:
            self._too_fast()
        elif code is not None:
            self.socket.close(code)

    async def _complain(self, bad: protocol.BadFrame) -> None:
        """Say what was wrong with a frame; close on whoever goes on."""
        now = time.monotonic()
        self.nonsense = [at for at in self.nonsense if now - at < 60] + [now]
        detail = await self._thread(wire.words, bad, self.language)
        self._tell(protocol.error(code=bad.code, detail=detail, key=bad.key))
        if len(self.nonsense) > NONSENSE_A_MINUTE:
            self.socket.close(NONSENSE)

    async def _warn(self) -> None:
        """Too many frames a second: three warnings, then the door."""
        refused = Refused("frame.too_fast", limit=FRAMES_A_SECOND)
        self._tell(protocol.error(code=refused.code, detail=await self._thread(wire.words, refused, self.language)))
        self._too_fast()

    def _too_fast(self) -> None:
        self.warnings += 1
        if self.warnings > WARNINGS:
            self.socket.close(TOO_FAST)

    def _tell(self, message: Json) -> None:
        self.socket.tell(protocol.encode(message))

    def _code(self) -> str:
        return str(self.scope["url_route"]["kwargs"]["code"])

    @staticmethod
    async def _thread(act: Any, *given: Any) -> Any:
        """Run what may touch the database in a thread of its own pool, so that sockets do not wait for each other."""
        return await database_sync_to_async(act, thread_sensitive=False)(*given)


class Nowhere(AsyncConsumer):
    """Every other address: there is nothing to watch."""

    channel_layer_alias = "none"

    async def dispatch(self, message: Mapping[str, Any]) -> None:
        """Refuse the handshake."""
        if message["type"] == "websocket.connect":
            await self.base_send({"type": "websocket.close"})  # type: ignore[arg-type, misc]
        raise StopConsumer
