"""The stand-in's memory: objects by id, balance transactions, events, and the answers it gave under idempotency keys."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Thing = dict[str, Any]

VERSION = "2026-10-28.endive"


class Problem(Exception):
    """What Stripe would answer with an error: HTTP status, its type and code, a sentence."""

    def __init__(self, message: str, *, code: str = "", kind: str = "invalid_request_error", status: int = 400) -> None:
        super().__init__(message)
        self.status = status
        self.body: Thing = {"error": {"type": kind, "code": code or None, "message": message}}


class Memory:
    """Everything one account at Stripe holds. One lock: what it does, it does one after the other."""

    def __init__(self, kept_in: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.kept_in = kept_in
        self.things: dict[str, Thing] = {}
        self.answers: dict[str, Thing] = {}
        self.numbers = 0
        self.on_event: Callable[[Thing], None] = lambda event: None
        if kept_in is not None and kept_in.exists():
            kept = json.loads(kept_in.read_text())
            self.things, self.answers, self.numbers = kept["things"], kept["answers"], kept["numbers"]

    def keep(self) -> None:
        """Write everything to the file, if there is one."""
        if self.kept_in is not None:
            kept = {"things": self.things, "answers": self.answers, "numbers": self.numbers}
            self.kept_in.write_text(json.dumps(kept))

    def make(self, prefix: str, kind: str, **fields: Any) -> Thing:
        """A new object with an id that sorts by age."""
        self.numbers += 1
        made: Thing = {
            "id": f"{prefix}_{self.numbers:08d}standin",
            "object": kind,
            "created": int(time.time()),
        } | fields
        self.things[made["id"]] = made
        return made

    def get(self, kind: str, number: str) -> Thing:
        """The object of that kind; Problem 404 when there is none."""
        found = self.things.get(number)
        if found is None or found["object"] != kind:
            raise Problem(f"No such {kind}: '{number}'", code="resource_missing", status=404)
        return found

    def all(self, kind: str, **fields: Any) -> Iterator[Thing]:
        """The objects of a kind with those fields, newest first."""
        for thing in reversed(list(self.things.values())):
            if thing["object"] == kind and all(thing.get(name) == value for name, value in fields.items()):
                yield thing

    def page(self, kind: str, asked: Thing, *filters: str) -> Thing:
        """A list as Stripe pages it: newest first, `limit`, `starting_after`, `created[gte]`, and the given filters."""
        rows = list(self.all(kind, **{name: asked[name] for name in filters if name in asked}))
        since = int(asked.get("created", {}).get("gte", 0))
        rows = [row for row in rows if row["created"] >= since]
        after, limit = asked.get("starting_after"), int(asked.get("limit", 10))
        if after:
            rows = rows[[row["id"] for row in rows].index(after) + 1 :]
        return {"object": "list", "data": rows[:limit], "has_more": len(rows) > limit, "url": f"/v1/{kind}s"}

    def event(self, name: str, about: Thing, *, account: str = "") -> Thing:
        """Something happened to `about`, whose state now the event keeps; whoever listens is told."""
        kept = json.loads(json.dumps(about))
        owner = {"account": account} if account else {}
        made = self.make("evt", "event", type=name, data={"object": kept}, livemode=False, api_version=VERSION, **owner)
        self.on_event(made)
        return made

    def movement(self, kind: str, net_of: int, currency: str, source: Thing, *, fee: int = 0) -> Thing:
        """A balance transaction: `net_of` minor units in (or out, below zero), less a fee."""
        return self.make(
            "txn",
            "balance_transaction",
            type=kind,
            amount=net_of,
            fee=fee,
            net=net_of - fee,
            currency=currency,
            source=source["id"],
            available_on=int(time.time()),
            reporting_category=kind,
        )

    def balance(self, currency: str) -> int:
        """What the account has in a currency."""
        return sum(row["net"] for row in self.all("balance_transaction", currency=currency))
