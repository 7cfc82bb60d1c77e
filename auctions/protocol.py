"""The words on the wire: one strict decoder for what bidders send, by socket or HTTP, and the shapes of the answers.

A frame is UTF-8 JSON of at most 16 KiB, one flat object whose fields and types are known; nothing is guessed, no number
is a float, and an amount is a string with its currency.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import UUID

import orjson

from auctions.rules.chain import Json
from market.kernel.errors import Refused
from market.kernel.money import Money

MAX_BYTES = 16 * 1024
MAX_DEPTH = 8
MAX_DIGITS = 18
VERSION = 1

# Why the server closes a socket; anything else is answered and the socket stays open.
CLOSES = {
    1003: "not text",
    1007: "not UTF-8",
    1009: "a message over 16 KiB",
    1012: "the server restarts: come back",
    1013: "too slow to read what is sent, or the market cannot answer now: come back later",
    4400: "more than 20 messages a minute that say nothing",
    4401: "sign in (again)",
    4403: "your role may not do that",
    4404: "no such lot",
    4409: "more connections than one user may have: the newest stay",
    4429: "too fast, in spite of three warnings",
}

_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SHAPES: dict[str, dict[str, type]] = {
    "bid": {"key": str, "amount": dict, "seen_seq": int},
    "resume": {"last_seq": int},
    "ping": {"t0": int},
}
_OPTIONAL: dict[str, dict[str, type]] = {"bid": {"kind": str, "units": int}}
_KNOWN = {kind: {"type": str, **shape, **_OPTIONAL.get(kind, {})} for kind, shape in _SHAPES.items()}
# How a bidder may bid (see `rules.lot.Bid`); a bid called in the room comes from the console alone.
KINDS = ("exact", "proxy", "sealed", "accept", "best", "units")
MAX_UNITS = 1_000_000


@dataclass(frozen=True, slots=True)
class BidFrame:
    """An offer under the bidder's own key; `seen_seq` is the state the bidder was looking at.

    `kind` (one of `KINDS`) says what `amount` is; only the kind "units" asks for more than one.
    """

    key: UUID
    amount: Money
    seen_seq: int
    kind: str = "exact"
    units: int = 1


@dataclass(frozen=True, slots=True)
class ResumeFrame:
    """Send what I missed after `last_seq`."""

    last_seq: int


@dataclass(frozen=True, slots=True)
class PingFrame:
    """What time is it? `t0` comes back untouched."""

    t0: int


class BadFrame(Refused):
    """A frame that says nothing the market understands; `key` is the bid it names, where that much can be read."""

    status = 400

    def __init__(self, code: str, key: str | None = None, **facts: Any) -> None:
        super().__init__(code, **facts)
        self.key = key


def decode(raw: str | bytes) -> BidFrame | ResumeFrame | PingFrame:
    """Read one frame. BadFrame with a `frame.*` code, or the money codes (`amount.*`, `currency.unknown`)."""
    said = _fields(_object(_text(raw)))
    kind = said["type"]
    if kind == "resume":
        return ResumeFrame(said["last_seq"])
    if kind == "ping":
        return PingFrame(said["t0"])
    if not _KEY.fullmatch(said["key"]):
        raise BadFrame("frame.key")
    offered, units = said.get("kind", "exact"), said.get("units", 1)
    if offered not in KINDS:
        raise BadFrame("frame.kind", said["key"], kinds=", ".join(KINDS))
    if not 1 <= units <= (MAX_UNITS if offered == "units" else 1):
        raise BadFrame("frame.units", said["key"], most=MAX_UNITS)
    try:
        amount = Money.from_wire(said["amount"])
    except Refused as refused:
        raise BadFrame(refused.code, said["key"], **refused.facts) from refused
    return BidFrame(UUID(said["key"]), amount, said["seen_seq"], offered, units)


def _text(raw: str | bytes) -> str:
    """The frame as text, within size and depth."""
    if len(raw) > MAX_BYTES or (isinstance(raw, str) and len(raw.encode(errors="surrogatepass")) > MAX_BYTES):
        raise BadFrame("frame.too_big", kib=MAX_BYTES // 1024)
    if not raw:
        raise BadFrame("frame.empty")
    try:
        text = raw if isinstance(raw, str) else raw.decode()
    except UnicodeDecodeError as error:
        raise BadFrame("frame.text") from error
    if text.count("{") + text.count("[") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        raise BadFrame("frame.depth")
    return text


def _depth(text: str) -> int:
    """How deep objects and arrays are nested."""
    depth = deepest = 0
    for mark in re.findall(r"[\[{}\]]", _STRING.sub("", text)):
        depth += 1 if mark in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _object(text: str) -> Json:
    """The frame as an object without duplicate keys, floats, NaN or text that cannot be stored."""
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise BadFrame("frame.json") from error
    if not isinstance(value, dict):
        raise BadFrame("frame.object")
    return value


def _refuse(code: str) -> NoReturn:
    raise BadFrame(code)


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise BadFrame("frame.number")
    return int(digits)


def _pairs(pairs: list[tuple[str, Any]]) -> Json:
    said = dict(pairs)
    if len(said) != len(pairs):
        raise BadFrame("frame.duplicate_key")
    for text in (*said, *(value for value in said.values() if isinstance(value, str))):
        if not text.isprintable():  # control characters and lone surrogates are not
            raise BadFrame("frame.text")
    return said


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs,
    parse_int=_whole,
    parse_float=lambda _: _refuse("frame.number"),
    parse_constant=lambda _: _refuse("frame.json"),
)


def _fields(said: Json) -> Json:
    """The object as one of the known frames: every field that must be there, of its type, and none unknown."""
    kind, key = said.get("type"), said.get("key")
    named = key if isinstance(key, str) and _KEY.fullmatch(key) else None
    if not isinstance(kind, str) or kind not in _SHAPES:
        raise BadFrame("frame.type", named)
    shape, known = _SHAPES[kind], _KNOWN[kind]
    for field, wanted in known.items():
        if field in said:
            if type(said[field]) is not wanted:
                raise BadFrame("frame.field_type", named, field=field)
        elif field in shape:
            raise BadFrame("frame.field_missing", named, field=field)
    if not said.keys() <= known.keys():
        raise BadFrame("frame.field_unknown", named, field=min(said.keys() - known.keys())[:40])
    return said


def encode(message: Json) -> str:
    """A message as it goes out."""
    return orjson.dumps(message).decode()


def ack(*, key: UUID, seq: int, amount: Money, at: str, receipt: Json) -> Json:
    """Your bid is recorded under `seq` (it is not more than that: the hammer decides later); the receipt is yours to keep."""
    return {"type": "ack", "key": str(key), "seq": seq, "amount": amount.wire(), "at": at, "receipt": receipt}


def kept(*, key: UUID, amount: Money, at: str) -> Json:
    """Your own maximum is `amount` from now on. There is no event of it, so that nobody else learns of it, and no receipt."""
    return {"type": "kept", "key": str(key), "amount": amount.wire(), "at": at}


def reject(*, key: UUID, code: str, facts: Json, detail: str) -> Json:
    """Your bid is not accepted; the same key will get the same answer."""
    return {"type": "reject", "key": str(key), "code": code, "facts": facts, "detail": detail}


def error(*, code: str, detail: str, key: str | None = None, retry: bool = False) -> Json:
    """This frame was not understood or could not be served; with `retry`, send the same frame again."""
    return {"type": "error", "code": code, "detail": detail, "key": key, "retry": retry}


def pong(*, t0: int, server_time: str) -> Json:
    """The server's clock, for the frame that carried `t0`."""
    return {"type": "pong", "t0": t0, "server_time": server_time}


def heartbeat(*, seq: int, server_time: str) -> Json:
    """Still here; a reader whose `seq` is behind has missed something."""
    return {"type": "heartbeat", "seq": seq, "server_time": server_time}


def hello(*, reader: Json, server_time: str) -> Json:
    """The first message: protocol version and who the market takes the reader to be."""
    return {"type": "hello", "protocol": VERSION, "reader": reader, "server_time": server_time}


def missed(events: list[Json]) -> Json:
    """The events a reader asked for, in order."""
    return {"type": "events", "events": events}
