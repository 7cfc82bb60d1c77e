"""The outgoing side of one connection: private messages in order, of the public states only the newest.

A message goes out in the moment it is told, without a task, as long as the connection takes it. When one blocks (the
reader is slower than we are) a task waits for it, and what comes meanwhile waits behind it; a reader who does not catch
up is closed.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping
from functools import partial
from types import coroutine
from typing import Any

STUCK_AFTER = 10.0  # seconds a socket may take for one message
BACKLOG = 32  # private messages that may wait for one socket
TOO_SLOW = 1013

Message = Mapping[str, Any]
Send = Callable[[Message], Coroutine[Any, Any, None]]


class Socket:
    """One connection. `send` is the ASGI send; `abort` cuts a line whose reader takes nothing, not even a close."""

    __slots__ = ("_abort", "_closing", "_newest", "_over", "_private", "_send", "_since", "_task")

    def __init__(self, send: Send, abort: Callable[[], None] | None = None) -> None:
        self._send = send
        self._abort = abort
        self._private: deque[str] | None = None  # made for slow sockets only, as the task is
        self._newest: str | None = None
        self._closing: int | None = None
        self._over = False  # the close went out, or the connection is lost: nothing more is sent
        self._since: float | None = None  # when the message that blocks was handed over
        self._task: asyncio.Task[None] | None = None

    def tell(self, text: str) -> None:
        """Send a private message; a socket with too many waiting is closed."""
        if self._task is None:
            self._out(said(text))
            return
        if self._private is None:
            self._private = deque()
        self._private.append(text)
        if len(self._private) > BACKLOG:
            self.close(TOO_SLOW)

    def show(self, text: str) -> None:
        """Send the newest public state, or put it in the place of one that has not gone out."""
        if self._task is None:
            self._out(said(text))
        else:
            self._newest = text

    def beat(self, text: str) -> None:
        """A heartbeat, unless something better already waits; a socket that has been stuck too long is cut off."""
        if self._since is not None and time.monotonic() - self._since > STUCK_AFTER:
            self.close(TOO_SLOW)
            if self._abort is not None:
                self._abort()
        elif self._newest is None and not self._private:
            self.show(text)

    def close(self, code: int) -> None:
        """Close after what waits, or instead of it when the socket is too slow; the first code stands."""
        if self._closing is not None:
            return
        self._closing = code
        if code == TOO_SLOW:
            self._private = self._newest = None
        if self._task is None:
            self._out(shut(code))
            self._over = True

    async def end(self) -> None:
        """The connection is gone: stop writing."""
        self._over = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _out(self, message: Message) -> None:
        """Hand one message over now. A send that does not block ends within its first step and costs no task."""
        if self._over:
            return
        try:
            blocked = begun(self._send(message))
        except Exception:  # the connection is gone; the server tells the consumer in its own way
            self._over = True
            return
        if blocked is not None:
            self._since = time.monotonic()
            self._task = asyncio.get_running_loop().create_task(self._catch_up(blocked))

    async def _catch_up(self, first: Awaitable[None]) -> None:
        """Wait for the message that blocks, then send what came meanwhile, then be no task again."""
        try:
            await first
            while (message := self._next()) is not None:
                self._since = time.monotonic()
                await self._send(message)
        except Exception:  # as above
            self._over = True
        finally:
            self._since = self._task = None

    def _next(self) -> Message | None:
        """What goes out next, private messages first; the close comes last."""
        if self._private:
            return said(self._private.popleft())
        if self._newest is not None:
            text, self._newest = self._newest, None
            return said(text)
        if self._closing is not None and not self._over:
            self._over = True
            return shut(self._closing)
        return None


def said(text: str) -> Message:
    """A text frame."""
    return {"type": "websocket.send", "text": text}


def shut(code: int) -> Message:
    """The close frame."""
    return {"type": "websocket.close", "code": code}


def begun(work: Coroutine[Any, Any, None]) -> Awaitable[None] | None:
    """Make the first step of a coroutine now, without a task; its rest, for a task to await, if it waits for something."""
    try:
        waits_for = work.send(None)
    except StopIteration:
        return None
    return _rest(work, waits_for)


@coroutine
def _rest(work: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    """The rest of a coroutine whose first step was made outside a task: it waits, then goes on (PEP 380 by hand, since
    Python will not `await` what has begun; the eager tasks of Python 3.12 do the same)."""
    while True:
        step: Callable[[], Any]
        try:
            got = yield waits_for
        except BaseException as error:  # a cancellation, or the failure of what it waited for
            step = partial(work.throw, error)
        else:
            step = partial(work.send, got)
        try:
            waits_for = step()
        except StopIteration:
            return
