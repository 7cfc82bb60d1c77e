"""The hash chain of a lot's public log: SHA-256 over canonical JSON, each link over the one before."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a lot as it stands in the public log. Payloads hold JSON without floats, and never an identity."""

    seq: int
    kind: str
    at: datetime
    payload: Json
    prev: str
    hash: str

    def record(self) -> Json:
        """The event as the log file writes it."""
        return {
            "seq": self.seq,
            "kind": self.kind,
            "at": stamp(self.at),
            "payload": self.payload,
            "prev": self.prev,
            "hash": self.hash,
        }


@lru_cache(maxsize=10_000)  # the events of a batch have one moment, and a state tells those of its last bids again
def stamp(moment: datetime) -> str:
    """A moment as the log writes it: UTC, always with microseconds ("2026-12-02T02:41:07.000000Z")."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def unstamp(text: str) -> datetime:
    """The moment that `stamp` wrote; ValueError for any other form, so that one moment has one spelling."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or stamp(moment) != text:
        raise ValueError(f"not a moment of the log: {text!r}")
    return moment


def canonical(value: Mapping[str, Any]) -> bytes:
    """`value` as JSON with one spelling: keys sorted, no blanks, UTF-8 (as RFC 8785 does where there are no floats).

    TypeError for what has none, such as half a surrogate pair or a number of more than 64 bits.
    """
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def linked(lot: str, *, seq: int, kind: str, at: datetime, payload: Json, prev: str) -> Event:
    """The event with its link: the SHA-256 of the lot's code, the number, kind, moment, payload and the link before."""
    content = {"lot": lot, "seq": seq, "kind": kind, "at": stamp(at), "payload": payload, "prev": prev}
    return Event(seq, kind, at, payload, prev, hashlib.sha256(canonical(content)).hexdigest())
