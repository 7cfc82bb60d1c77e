"""Sealed bids that nobody can open early: what an envelope is, when it counts, what its opening makes of a lot.

A bid is encrypted in the bidder's browser (HPKE, RFC 9180: X25519, HKDF-SHA256, AES-256-GCM) to the lot's opening key, whose
private half is split among officers. `take` is the format's decision, as every format has one; until the opening only
receipts are known: their Merkle root goes into the log at the deadline, the amounts when two officers have opened.
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from auctions.rules import frame
from auctions.rules.chain import Json, canonical, stamp
from auctions.rules.lot import (
    BIDDING,
    NOTICED,
    PASSED_IN,
    SOLD,
    SUSPENDED,
    Close,
    Command,
    Decision,
    LotState,
    Open,
    Outcome,
    Said,
    decide,
)
from auctions.rules.outcomes import sealed_outcome
from market.kernel.errors import Refused
from market.kernel.money import Money

PLAIN = 1024  # bytes of a plaintext, padded, so that its length tells nothing
CIPHER = 32 + PLAIN + 16  # the sender's key, the text, the seal
MOST = 20  # envelopes one bidder may hand in, replacements and withdrawals included
KINDS = frozenset({"envelopes", "unsealed"})  # the events that only lots of sealed bids have
BID, WITHDRAWAL = "bid", "withdrawal"
FIRST, SECOND = "first", "second"  # what the winner pays: its own price, or the next one's (Vickrey)

_HASH = re.compile(r"[0-9a-f]{64}")
_FIELDS = {"format", "lot", "paddle", "amount", "terms", "nonce"}


@dataclass(frozen=True, slots=True)
class Envelope:
    """One envelope as its receipt states it: the `index` of the lot's envelopes, whose, and the hashes of what is inside.

    `sha256` is of the ciphertext, `commitment` of the plaintext; both are empty for a withdrawal.
    """

    index: int
    paddle: int
    kind: str
    sha256: str
    commitment: str
    at: datetime

    def entry(self, lot: str) -> Json:
        """The envelope as receipts, tree and opening file write it."""
        return {
            "lot": lot,
            "index": self.index,
            "paddle": self.paddle,
            "kind": self.kind,
            "sha256": self.sha256,
            "commitment": self.commitment,
            "at": stamp(self.at),
        }


@dataclass(frozen=True, slots=True)
class Opened:
    """What an envelope turned out to hold: an amount in minor units, or the code of why it does not count."""

    index: int
    paddle: int
    minor: int | None
    void: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The deadline: how many envelopes came, how many of them count, and the root of the tree over all receipts."""

    count: int
    live: int
    root: str


@dataclass(frozen=True, slots=True)
class Opening:
    """The opening: what each counting envelope holds, the private key that shows it, the reserve if there is one."""

    opened: Sequence[Opened]
    private: str
    reserve: int | None


def receipt(lot: str, envelope: Envelope, key: str) -> Json:
    """The body of the receipt a bidder gets at once; `key` is the bidder's own."""
    return {"format": "luochui.envelope/1", "envelope": envelope.entry(lot), "key": key}


def leaves(lot: str, envelopes: Sequence[Envelope]) -> list[bytes]:
    """The entries of the lot's Merkle tree, in the order of their numbers."""
    return [canonical(envelope.entry(lot)) for envelope in sorted(envelopes, key=lambda one: one.index)]


def context(lot: str, paddle: int) -> bytes:
    """What a ciphertext is bound to (HPKE's info): copied into another bidder's name or lot, it does not open."""
    return canonical({"format": "luochui.sealed/1", "lot": lot, "paddle": paddle})


def refusal(
    state: LotState,
    *,
    before: Sequence[Envelope],
    kind: str,
    ciphertext: bytes,
    commitment: str,
    bar: str,
    now: datetime,
) -> Said | None:
    """Why an envelope cannot be taken at `now`: code and facts, or None. `before`: this bidder's earlier ones.

    The deadline itself is late. Whether one may withdraw is a term of the lot (`params["withdraw"]`).
    """
    if state.phase == SUSPENDED:
        return "bid.suspended", {}
    if state.phase == NOTICED:
        return "bid.not_open", {"opens_at": stamp(state.terms.opens_at)}
    if state.phase not in BIDDING or now >= state.ends_at or "root" in state.public:
        return "bid.lot_closed", {"ended_at": stamp(state.ends_at), "seq": state.seq}
    if bar:
        return bar, {}
    if len(before) >= MOST:
        return "envelope.too_many", {"most": MOST}
    if kind == WITHDRAWAL:
        if not state.terms.params.get("withdraw"):
            return "envelope.no_withdrawal", {}
        return None if before and before[-1].kind == BID else ("envelope.nothing", {})
    if len(ciphertext) != CIPHER or not _HASH.fullmatch(commitment):
        return "envelope.shape", {}
    return None


def counting(envelopes: Sequence[Envelope]) -> list[Envelope]:
    """The envelopes that count: each bidder's last, unless it is a withdrawal; in the order of their numbers."""
    last: dict[int, Envelope] = {}
    for envelope in sorted(envelopes, key=lambda one: one.index):
        last[envelope.paddle] = envelope
    return sorted((one for one in last.values() if one.kind == BID), key=lambda one: one.index)


def opened(envelope: Envelope, plain: bytes | None, *, state: LotState, terms: str) -> Opened:
    """What an envelope holds. `plain` is None where it did not open; `terms` is the hash the bidder acknowledged.

    Void: "unopenable", "commitment", "unreadable", "other_lot", "other_bidder", "other_terms", "currency", "below_start".
    """

    def void(code: str) -> Opened:
        return Opened(envelope.index, envelope.paddle, None, code)

    if plain is None:
        return void("unopenable")
    if hashlib.sha256(plain).hexdigest() != envelope.commitment:
        return void("commitment")
    try:
        said: Any = json.loads(plain)
        amount = Money.from_wire(said["amount"])
        if set(said) != _FIELDS or said["format"] != "luochui.bid/1" or said["amount"] != amount.wire():
            return void("unreadable")
    except (ValueError, KeyError, TypeError, RecursionError, Refused):
        return void("unreadable")
    if said["lot"] != state.terms.lot:
        return void("other_lot")
    if said["paddle"] != envelope.paddle:
        return void("other_bidder")
    if said["terms"] != terms:
        return void("other_terms")
    if amount.currency != state.terms.currency:
        return void("currency")
    if amount.minor < state.terms.start:
        return void("below_start")
    return Opened(envelope.index, envelope.paddle, amount.minor)


def outcome(bids: Sequence[Opened], *, pricing: str, reserve: int | None, start: int) -> tuple[int, int] | str:
    """The winning paddle and what it pays, or why nobody wins: "no_bids", "below_reserve". Of equal bids the earlier envelope.

    Under second pricing the price is the next bid, but at least the starting price and the reserve.
    """
    lawful = [(bid.paddle, bid.minor) for bid in sorted(bids, key=lambda bid: bid.index) if bid.minor is not None]
    if not lawful:
        return "no_bids"
    winner, price = sealed_outcome(lawful, pricing, max(start, reserve or 0))
    return "below_reserve" if winner is None else (winner, price)


def decided(state: LotState, command: Deadline | Opening, now: datetime) -> Decision:
    """`decide` for the two commands that no other format knows."""
    return decide(state, [cast(Command, command)], now)


def recalled(state: LotState, record: Json) -> Command:
    """The command behind a record of one of `KINDS`. The reserve is taken to be the least that explains the result."""
    said = record["payload"]
    if record["kind"] == "envelopes":
        return cast(Command, Deadline(said["count"], said["live"], said["root"]))
    bids = [
        Opened(
            one["index"],
            one["paddle"],
            Money.from_wire(one["amount"]).minor if "amount" in one else None,
            one.get("void", ""),
        )
        for one in said["bids"]
    ]
    reserve = None
    if state.terms.has_reserve and said.get("reason") == "below_reserve":
        reserve = max((bid.minor for bid in bids if bid.minor is not None), default=0) + 1
    elif state.terms.has_reserve and "price" in said and said["pricing"] == SECOND:
        reserve = Money.from_wire(said["price"]).minor
    return cast(Command, Opening(bids, said["key"], reserve))


def take(state: LotState, command: Any, now: datetime) -> Outcome:
    """What one command makes of a lot of sealed bids: events and the state after, or the refusal's facts and its code."""
    if isinstance(command, Open):
        return frame.opened(state, command, now)
    if isinstance(command, Deadline):
        return _seal(state, command, now)
    if isinstance(command, Opening):
        return _unseal(state, command)
    if isinstance(command, Close):
        return _close(state, now)
    return [("", {})], "bid.sealed_only"


def _seal(state: LotState, seal: Deadline, now: datetime) -> Outcome:
    if state.phase not in BIDDING or now < state.ends_at or "root" in state.public:
        return [("", {"ends_at": stamp(state.ends_at)})], "close.not_due"
    said: Json = {"count": seal.count, "live": seal.live, "root": seal.root}
    return [("envelopes", said)], replace(state, bids=seal.live, public={**state.public, **said})


def _unseal(state: LotState, unseal: Opening) -> Outcome:
    if state.phase not in BIDDING or "root" not in state.public or "pricing" in state.public:
        return [("", {})], "opening.not_due"
    pricing = str(state.terms.params.get("pricing", FIRST))
    found = outcome(unseal.opened, pricing=pricing, reserve=unseal.reserve, start=state.terms.start)
    valid = sum(1 for one in unseal.opened if one.minor is not None)
    if not isinstance(found, str) and valid < 2 and not state.terms.one_bidder_suffices:
        found = "one_bidder"
    said: Json = {"key": unseal.private, "pricing": pricing, "bids": [_said(state, one) for one in unseal.opened]}
    if isinstance(found, str):
        return [("unsealed", {**said, "reason": found})], _after(state, pricing, valid, reason=found)
    winner, pays = found
    price = state.terms.money(pays).wire()
    after = replace(_after(state, pricing, valid, reason=""), price=pays, leader=winner)
    return [("unsealed", {**said, "paddle": winner, "price": price})], after


def _after(state: LotState, pricing: str, valid: int, *, reason: str) -> LotState:
    return replace(state, bids=valid, public={**state.public, "pricing": pricing, "reason": reason})


def _said(state: LotState, one: Opened) -> Json:
    known = {"void": one.void} if one.minor is None else {"amount": state.terms.money(one.minor).wire()}
    return {"index": one.index, "paddle": one.paddle, **known}


def _close(state: LotState, now: datetime) -> Outcome:
    """Close once the envelopes are open, or at once where none counts."""
    if state.phase not in BIDDING or now < state.ends_at or "root" not in state.public:
        return [("", {"ends_at": stamp(state.ends_at)})], "close.not_due"
    if state.public["live"] and "pricing" not in state.public:
        return [("", {})], "close.unopened"
    closed: Said = ("closed", {"ends_at": stamp(state.ends_at), "bids": state.bids, "bidders": state.bids})
    if state.price is None:
        reason = state.public.get("reason", "no_bids")
        return [closed, ("passed_in", {"reason": reason})], replace(state, phase=PASSED_IN)
    sold: Said = ("sold", {"paddle": state.leader, "price": state.terms.money(state.price).wire()})
    return [closed, sold], replace(state, phase=SOLD)
