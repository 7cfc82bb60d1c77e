"""The room without a websocket: the state at once or when it changes, a stream of states, and what became of one's own bid.

All three send the socket's own messages (`/api/v1/asyncapi.json`). Who waits holds a connection and a thread, so that both
the time and the number are bounded.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from auctions import access, guests, hub, live, protocol, schema, wire
from auctions.rules.chain import Json, stamp
from auctions.sockets import Message, Socket
from market.kernel import clock

WAIT = 25.0  # seconds a question for news may wait; proxies give up after sixty
STREAM = 240.0  # seconds a stream lasts; the browser comes again by itself
IN_ALL = 300  # questions and streams that wait in one process


@never_cache
@require_safe
async def state(request: HttpRequest, code: str) -> JsonResponse:
    """The state as the socket sends it, or a heartbeat when `since` and `phase` are the latest; with `wait` (seconds, 25 at
    most) the answer comes as soon as they are not."""
    lot_id, said = await sync_to_async(_now)(request, code)
    wait = _seconds(request.GET.get("wait", ""))
    if said["type"] == "heartbeat" and wait:
        with _seat(request) as seated:
            text = await _news(lot_id, said["seq"], request.GET["phase"], wait) if seated else None
        if text is not None:
            return JsonResponse({**json.loads(text), "server_time": stamp(clock.now())})
        said["server_time"] = stamp(clock.now())
    return JsonResponse(said)


def _now(request: HttpRequest, code: str) -> tuple[int, Json]:
    """The lot, and a heartbeat or its state for whoever knows `since` and `phase`."""
    lot, now = access.lot_for(request.user, code), stamp(clock.now())
    if request.GET.get("since") == str(lot.seq) and request.GET.get("phase") == lot.state:
        _let_go()
        return lot.pk, protocol.heartbeat(seq=lot.seq, server_time=now)
    return lot.pk, {**live.state_message(lot), "server_time": now}


def _lot(request: HttpRequest, code: str) -> int:
    """The lot, for a stream."""
    lot_id: int = access.lot_for(request.user, code).pk
    _let_go()
    return lot_id


def _let_go() -> None:
    """Give the connection back before waiting: who waits for news must not keep bids from the pool."""
    if not connection.in_atomic_block:
        connection.close()


def _seconds(text: str) -> float:
    """How long to wait: digits, else not at all."""
    return min(float(text), WAIT) if text.isascii() and text.isdecimal() and len(text) < 4 else 0.0


@contextlib.contextmanager
def _seat(request: HttpRequest) -> Iterator[bool]:
    """A place for one who waits, or False when there is none."""
    seats, address = guests.here(), request.META.get("REMOTE_ADDR", "")
    seated = seats.waiting < IN_ALL and seats.enter(address)
    seats.waiting += seated
    try:
        yield seated
    finally:
        if seated:
            seats.waiting -= 1
            seats.leave(address)


@contextlib.asynccontextmanager
async def _line(lot_id: int) -> AsyncIterator["asyncio.Queue[Message]"]:
    """What a socket of that lot would be sent. Who reads it slowly gets the newest state only, as on a socket."""
    line: asyncio.Queue[Message] = asyncio.Queue(maxsize=1)
    socket = Socket(line.put)
    try:
        socket.show(await hub.here().join(lot_id, socket))
        yield line
    finally:
        await hub.here().leave(lot_id, socket)
        await socket.end()


async def _news(lot_id: int, seq: int, phase: str, wait: float) -> str | None:
    """The first state that is not the one known, or None when there was none in time."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(wait), _line(lot_id) as line:
            while True:
                text = str((await line.get()).get("text", ""))
                said = json.loads(text)
                if said["type"] == "state" and said["seq"] >= seq and (said["seq"], said["phase"]) != (seq, phase):
                    return text
    return None


@never_cache
@require_safe
async def stream(request: HttpRequest, code: str) -> HttpResponseBase:
    """Server-sent events: the state, then every newer one, a heartbeat between them, for four minutes; 503 when full."""
    lot_id = await sync_to_async(_lot)(request, code)
    if guests.here().waiting >= IN_ALL:
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "10"})
    headers = {"X-Accel-Buffering": "no"}  # nginx would keep it back
    return StreamingHttpResponse(_events(request, lot_id), content_type="text/event-stream", headers=headers)


async def _events(request: HttpRequest, lot_id: int) -> AsyncIterator[str]:
    """One event a message, as long as the reader stays and the stream may last."""
    until = time.monotonic() + STREAM
    with _seat(request) as seated, contextlib.suppress(TimeoutError):
        yield "retry: 2000\n\n"
        if not seated:
            return
        async with _line(lot_id) as line:
            while (left := until - time.monotonic()) > 0:
                async with asyncio.timeout(left):
                    message = await line.get()
                if "text" not in message:  # too slow a reader
                    return
                yield f"data: {message['text']}\n\n"


@never_cache
@require_safe
def own_bid(request: HttpRequest, code: str, key: UUID) -> JsonResponse:
    """What became of one's own bid under `key`: the message that answered it, again; 404 for any other."""
    return JsonResponse(wire.answer_of(request.user, access.lot_for(request.user, code), key))


@require_safe
def asyncapi(request: HttpRequest) -> JsonResponse:
    """The protocol, as an AsyncAPI 3.0 document."""
    return JsonResponse(schema.document(request.build_absolute_uri("/")), json_dumps_params={"ensure_ascii": False})
