"""The verifier: decides a lot's public log again from its first event and compares every word and every hash.

What the log does not say, a reserve or a maximum, is taken to be the least that explains the events (`recall`): a log
verifies if some lawful bidding could have written it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from auctions.rules.chain import Event, Json, unstamp
from auctions.rules.lot import NOTICED, LotState, Terms, decide
from auctions.rules.recall import recalled
from market.kernel.errors import Refused
from market.kernel.money import Money


class Broken(Exception):
    """The log is not what the rules make of it, from the event `seq` on."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(f"event {seq}: {why}")
        self.seq = seq
        self.why = why


def log_of(lot: str, head: str, events: Sequence[Event]) -> Json:
    """The downloadable log of a lot."""
    return {"format": "luochui.lot/1", "lot": lot, "head": head, "events": [event.record() for event in events]}


def verify(log: Any) -> LotState:
    """Replay a downloaded log and return where the bidding stood at its end. Broken names the first wrong event."""
    if not isinstance(log, dict) or log.get("format") != "luochui.lot/1" or not isinstance(log.get("events"), list):
        raise Broken(0, "not a luochui.lot/1 log")
    state = replay(str(log.get("lot")), log["events"])
    if state.head != log.get("head"):
        raise Broken(state.seq, "the log ends before its head")
    return state


def replay(lot: str, records: Sequence[Json]) -> LotState:
    """What the records of an opened lot add up to, each decided again by `lot.decide`. Broken when one differs.

    The state's `secret` is empty: a public log holds none.
    """
    if not records:
        raise Broken(0, "the log is empty")
    paddles: set[int] = set()
    at = 0
    try:
        state = _before(lot, records[0])
        while at < len(records):
            state, command = recalled(state, records, at, len(paddles))
            decision = decide(state, [command], unstamp(records[at]["at"]))
            if not decision.events:
                raise Broken(records[at]["seq"], f"refused by the rules: {decision.answers[0].code}")
            at = _same(decision.events, records, at)
            state = decision.state
            paddles |= {event.payload["paddle"] for event in decision.events if event.kind in ("bid", "sealed")}
    except (LookupError, TypeError, ValueError, AttributeError, Refused) as error:
        raise Broken(_seq(records, at), f"unreadable: {error!r}") from error
    return replace(state, secret={})


def _before(lot: str, record: Json) -> LotState:
    """The lot as it was before its first event, from what that event says."""
    if record["kind"] not in ("opened", "withdrawn"):
        raise Broken(record["seq"], "the log does not begin with the opening")
    said = record["payload"]
    terms = Terms(
        lot=lot,
        currency=said["currency"],
        start=_minor(said["start"], said["currency"]),
        increments=tuple(
            (_minor(since, said["currency"]), _minor(step, said["currency"])) for since, step in said["increments"]
        ),
        opens_at=unstamp(said["opens_at"]),
        hard_ends_at=_moment(said["hard_ends_at"]),
        has_reserve=said["has_reserve"],
        show_reserve_met=said["show_reserve_met"],
        ruleset=said["ruleset"],
        extension_window_s=said["extension_window_s"],
        one_bidder_suffices=said["one_bidder_suffices"],
        leader_may_raise=said["leader_may_raise"],
        format=said.get("format", "english"),
        params=said.get("params", {}),
        priority_match=said.get("priority_match", False),
        priority_window_s=said.get("priority_window_s", 0),
    )
    return LotState(terms=terms, phase=NOTICED, ends_at=unstamp(said["ends_at"]))


def _same(events: Sequence[Event], records: Sequence[Json], at: int) -> int:
    """The position after `events`, each of which must stand in the log word for word."""
    for event in events:
        if at >= len(records):
            raise Broken(event.seq, f"missing: {event.kind}")
        if records[at] != event.record():
            raise Broken(event.seq, f"differs from what the rules make of the events before it ({event.kind})")
        at += 1
    return at


def _minor(wire: object, currency: str) -> int:
    amount = Money.from_wire(wire)
    if amount.currency != currency:
        raise ValueError(f"{amount.currency} in a lot in {currency}")
    return amount.minor


def _moment(text: str | None) -> datetime | None:
    return None if text is None else unstamp(text)


def _seq(records: Sequence[Json], at: int) -> int:
    record = records[min(at, len(records) - 1)]
    seq = record.get("seq") if isinstance(record, dict) else None
    return seq if isinstance(seq, int) else at + 1
