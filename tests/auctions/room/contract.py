"""Holds what passes through the room's doors against the AsyncAPI document, in both directions."""

import json
from typing import Any

from jsonschema import Draft202012Validator

from auctions import schema
from auctions.protocol import BadFrame, decode

DOCUMENT = schema.document("http://testserver/")
# What the decoder knows and a schema cannot say: sizes, the places of a currency, which currencies there are.
BEYOND = {
    "amount.precision",
    "amount.range",
    "currency.unknown",
    "frame.duplicate_key",
    "frame.too_big",
    "frame.text",
    "frame.number",
}


def _validators(names: dict[str, Any]) -> dict[str, Draft202012Validator]:
    messages = DOCUMENT["components"]["messages"]
    return {
        name: Draft202012Validator({**messages[name]["payload"], "components": DOCUMENT["components"]})
        for name in names
    }


SENT, RECEIVED = _validators(schema.SENT), _validators(schema.RECEIVED)


def hold_sent(message: dict[str, Any]) -> None:
    """Fail unless the market may send this message. A new field belongs into auctions/schema.py first."""
    assert message.get("type") in SENT, f"a message the document does not know: {message}"
    SENT[message["type"]].validate(message)


def hold_received(raw: str | bytes) -> None:
    """Fail unless decoder and document agree on what a reader may send."""
    code = ""
    try:
        decode(raw)
    except BadFrame as bad:
        code = bad.code
    if code not in BEYOND:
        assert promised(raw) == (not code), f"decoder: {code or 'taken'}, document: the opposite, of {raw!r}"


def promised(raw: str | bytes) -> bool:
    """Whether the document lets a reader send this."""
    try:
        message = json.loads(raw)
    except (ValueError, RecursionError):
        return False
    kind = message.get("type") if isinstance(message, dict) else None
    return isinstance(kind, str) and kind in RECEIVED and RECEIVED[kind].is_valid(message)
