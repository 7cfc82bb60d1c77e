"""The protocol of a lot's room as an AsyncAPI 3.0 document: a JSON Schema (2020-12) for each message, both ways.

It is written, not derived: it says what is promised. The tests hold every message they see against it; a field that is not
promised here fails them.
"""

from typing import Any

from auctions import protocol
from auctions.rules.chain import Json
from auctions.rules.lot import FORMATS

VERSION = "1.1.0"

MONEY: Json = {
    "type": "object",
    "description": "An amount as a decimal string with the currency's own places, never a number.",
    "properties": {
        "amount": {"type": "string", "pattern": r"^[0-9]{1,15}(\.[0-9]{1,3})?$"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
    },
    "required": ["amount", "currency"],
    "additionalProperties": False,
}
AMOUNT: Json = {"$ref": "#/components/schemas/money"}
KEY: Json = {
    "type": "string",
    "description": "The bid's own key, a UUID in lower case, made by the bidder: the same key is the same bid.",
    "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
}
WHOLE: Json = {"type": "integer", "minimum": -(10**18) + 1, "maximum": 10**18 - 1}
SEQ: Json = {"type": "integer", "minimum": 0, "description": "The number of the lot's latest event; it has no gaps."}
MOMENT: Json = {
    "type": "string",
    "description": "UTC with microseconds.",
    "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$",
}
HASH: Json = {"type": "string", "pattern": "^([0-9a-f]{64})?$"}
PADDLE: Json = {"type": ["integer", "null"], "description": "A bidder's number at this lot; never an identity."}
CODE: Json = {"type": "string", "pattern": "^[a-z_]+(\\.[a-z_]+)+$", "description": "Stable; `detail` is for people."}
KIND: Json = {
    "enum": list(protocol.KINDS),
    "default": "exact",
    "description": (
        "What `amount` is: the very price offered; the most the bidder would pay (proxy); a price in an envelope; the "
        "falling price as the bidder saw it (accept); the last offer of who took it (best); the price of each of `units`. "
        "The state's `format.kinds` says which count now."
    ),
}
UNITS: Json = {
    "type": "integer",
    "minimum": 1,
    "maximum": protocol.MAX_UNITS,
    "default": 1,
    "description": "How many of several equal licences, for the kind `units` alone.",
}
PHASES = ["draft", "noticed", "live", "extended", "suspended", "sold", "passed_in", "withdrawn", "annulled"]
STEPS = ["none", "observer", "applied", "rejected", "qualified", "active", "ended"]


def _message(kind: str, about: str, optional: Json | None = None, /, **fields: Json) -> Json:
    """The schema of one message: its type, the fields it always has, those it may have, and no other."""
    return {
        "type": "object",
        "description": about,
        "properties": {"type": {"const": kind}, **fields, **(optional or {})},
        "required": ["type", *fields],
        "additionalProperties": False,
    }


FORMAT: Json = {
    "type": "object",
    "description": "How one bids for the lot, as far as everybody may know it.",
    "properties": {
        "name": {"enum": sorted(FORMATS)},
        "kinds": {
            "type": "array",
            "items": KIND,
            "description": "The kinds of bids that count now; none where one bids at another door.",
        },
        "start": AMOUNT,
        "step": AMOUNT,
        "every_s": {"type": "integer", "minimum": 1},
        "floor": AMOUNT,
        "falls_from": {
            **MOMENT,
            "description": "A falling price is `start` less one `step` for each `every_s` seconds since, at least `floor`.",
        },
        "stands_at": {
            "oneOf": [MOMENT, {"type": "null"}],
            "description": "The lot is held, and its price stands still as it was then.",
        },
        "stage": {
            "enum": ["falling", "sealed", "best", "priority"],
            "description": "It ends at `ends_at`; priority: a better right may take the lot at the price as it stands.",
        },
        "taker": {**PADDLE, "description": "Who took the falling price, and has the last offer."},
        "sealed_s": {"type": "integer", "minimum": 1},
        "best_s": {"type": "integer", "minimum": 1},
        "free_until": {**MOMENT, "description": "The end of the free period; from then on each bid starts a round."},
        "cycle_s": {"type": "integer", "minimum": 1},
        "supply": {"type": "integer", "minimum": 1},
        "allotments": {
            "type": "array",
            "description": "Who got how many of several licences; empty before the end.",
            "items": {
                "type": "object",
                "properties": {"paddle": {"type": "integer"}, "units": {"type": "integer", "minimum": 1}},
                "required": ["paddle", "units"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["name", "kinds"],
    "additionalProperties": False,
}
RECEIPT: Json = {
    "type": "object",
    "description": "A signed paper that the bid is in the log: keep it, `/verify/` says how anybody checks it.",
    "properties": {
        "format": {"const": "luochui.signed/1"},
        "body": {"type": "object"},
        **{name: {"type": "string", "pattern": "^[0-9a-f]+$"} for name in ("key", "public", "signature")},
    },
    "required": ["format", "body", "key", "public", "signature"],
    "additionalProperties": False,
}


RECEIVED: dict[str, Json] = {
    "bid": {
        **_message(
            "bid",
            "An offer. Send it again under the same key until it is answered: it counts once.",
            {"kind": KIND, "units": UNITS},
            key=KEY,
            amount=AMOUNT,
            seen_seq={
                **WHOLE,
                "description": "The state the bidder was looking at. Kept for disputes, decides nothing.",
            },
        ),
        # One bid is for one lot; only where several licences are sold may it be for more.
        "if": {"properties": {"kind": {"const": "units"}}, "required": ["kind"]},
        "else": {"properties": {"units": {"const": 1}}},
    },
    "resume": _message(
        "resume",
        "Send the events after `last_seq` and the state; more than 200, or none known (0): the state only.",
        last_seq=WHOLE,
    ),
    "ping": _message("ping", "What time is it? `t0` comes back untouched.", t0=WHOLE),
}

SENT: dict[str, Json] = {
    "hello": _message(
        "hello",
        "The first message: who the market takes the reader to be at this lot.",
        protocol={"const": protocol.VERSION},
        reader={
            "type": "object",
            "properties": {"step": {"enum": STEPS}, "paddle": PADDLE, "has_bid": {"type": "boolean"}},
            "required": ["step", "paddle", "has_bid"],
            "additionalProperties": False,
        },
        server_time=MOMENT,
    ),
    "state": _message(
        "state",
        "The whole public state, at most ten times a second. A reader drops what is older than what it has.",
        {"server_time": {**MOMENT, "description": "Over HTTP only."}},
        lot={"type": "string"},
        seq=SEQ,
        head={**HASH, "description": "The last link of the lot's hash chain."},
        phase={"enum": PHASES},
        price={"oneOf": [AMOUNT, {"type": "null"}]},
        format=FORMAT,
        minimum=AMOUNT,
        step=AMOUNT,
        leader=PADDLE,
        bids={"type": "integer", "minimum": 0},
        opens_at=MOMENT,
        ends_at=MOMENT,
        extensions={"type": "integer", "minimum": 0},
        reserve={"enum": ["none", "secret", "met", "unmet"]},
        outcome={"enum": ["", "no_bids", "below_reserve", "one_bidder", "allocation"]},
        said={
            "description": "What the host said last, until the next bid.",
            "oneOf": [
                {"type": "null"},
                {
                    "type": "object",
                    "properties": {
                        "seq": SEQ,
                        "kind": {"enum": ["warning", "held", "resumed", "notice", "handover", "hammer"]},
                        "count": {"enum": [1, 2]},
                        "text": {"type": "string"},
                        "reason": {"type": "string"},
                        "operator": {"type": "string"},
                    },
                    "required": ["seq", "kind"],
                    "additionalProperties": False,
                },
            ],
        },
        last={
            "type": "array",
            "description": "The latest accepted bids, latest first.",
            "maxItems": 20,
            "items": {
                "type": "object",
                "properties": {"seq": SEQ, "at": MOMENT, "paddle": PADDLE, "amount": AMOUNT},
                "required": ["seq", "at", "paddle", "amount"],
            },
        },
    ),
    "heartbeat": _message(
        "heartbeat",
        "Every two seconds. A reader whose own `seq` is lower has missed something and sends `resume`.",
        seq=SEQ,
        server_time=MOMENT,
    ),
    "events": _message(
        "events",
        "What a `resume` asked for, in order, as the public log has it.",
        events={
            "type": "array",
            "maxItems": 200,
            "items": {
                "type": "object",
                "properties": {
                    "seq": SEQ,
                    "kind": {"type": "string"},
                    "at": MOMENT,
                    "payload": {"type": "object"},
                    "prev": HASH,
                    "hash": HASH,
                },
                "required": ["seq", "kind", "at", "payload", "prev", "hash"],
                "additionalProperties": False,
            },
        },
    ),
    "ack": _message(
        "ack",
        "Your bid is recorded under `seq`, durably. For its bidder alone.",
        receipt=RECEIPT,
        key=KEY,
        seq=SEQ,
        amount=AMOUNT,
        at=MOMENT,
    ),
    "kept": _message(
        "kept",
        "Your own maximum is `amount` from now on: nothing is shown, so that there is no event and no receipt. For its "
        "bidder alone.",
        key=KEY,
        amount=AMOUNT,
        at=MOMENT,
    ),
    "reject": _message(
        "reject",
        "Your bid is not accepted, and nothing was bid. The same key gets the same answer.",
        key=KEY,
        code=CODE,
        facts={"type": "object", "description": "What the next bid needs to know: `minimum`, `ends_at`, …"},
        detail={"type": "string", "minLength": 1},
    ),
    "error": _message(
        "error",
        "This message was not understood or could not be served. With `retry`, send it again as it was.",
        code=CODE,
        detail={"type": "string", "minLength": 1},
        key={"oneOf": [KEY, {"type": "null"}]},
        retry={"type": "boolean"},
    ),
    "pong": _message("pong", "The server's clock, for the ping that carried `t0`.", t0=WHOLE, server_time=MOMENT),
}

ABOUT = """\
One websocket a lot: `hello` and `state` first, then a `state` whenever something happened and a `heartbeat` every two seconds.
The database is the truth and messages are hints: they may be lost, doubled or overtake each other. A reader keeps the state
with the highest `seq`, and asks (`resume`) when a heartbeat knows of a later one.

Text frames of UTF-8 JSON, 16 KiB at most, no compression. An unknown field, a number where a string belongs, a duplicate key
is an `error`, and the socket stays open. At most 20 messages and 5 bids a second. The same without a websocket: POST a `bid`
to `/lots/{code}/bid/`, ask `/lots/{code}/bids/{key}/` what became of it, read `/lots/{code}/state/?since=&phase=&wait=25` or
`/lots/{code}/stream/` (server-sent events). The `Origin` must be the market's own.
"""


def document(url: str) -> Json:
    """The AsyncAPI document of the market at `url` (its own address, with a slash at the end)."""
    scheme, _, host = url.rstrip("/").partition("://")
    messages = {
        name: {"name": name, "summary": schema["description"], "contentType": "application/json", "payload": schema}
        for name, schema in {**RECEIVED, **SENT}.items()
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Luochui: the room of a lot", "version": VERSION, "description": ABOUT},
        "defaultContentType": "application/json",
        "servers": {"market": {"host": host, "protocol": "wss" if scheme == "https" else "ws"}},
        "channels": {
            "lot": {
                "address": "/ws/v1/lots/{code}/",
                "parameters": {"code": {"description": "The lot's code (L-…)."}},
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
                "x-close-codes": {str(code): why for code, why in protocol.CLOSES.items()},
            }
        },
        "operations": {
            "receive": _operation("receive", "What a reader may send.", RECEIVED),
            "send": _operation("send", "What the market sends.", SENT),
        },
        "components": {"messages": messages, "schemas": {"money": MONEY}},
    }


def _operation(action: str, summary: str, names: dict[str, Any]) -> Json:
    return {
        "action": action,
        "channel": {"$ref": "#/channels/lot"},
        "summary": summary,
        "messages": [{"$ref": f"#/channels/lot/messages/{name}"} for name in names],
    }
