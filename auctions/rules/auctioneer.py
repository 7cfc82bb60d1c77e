"""The lot led by an auctioneer: two fair warnings since the last bid, then the hammer (拍卖法 50, 51), which loses to a later bid.

Bids are those of the ascending auction, also called in the room (`floor`). Only the hammer sells: a lot whose time runs out
without it is held. `public` holds `warnings` since the last bid and `bid_seq`, the number of the last bid's event.
"""

from dataclasses import replace
from datetime import datetime

from auctions.rules import english
from auctions.rules.control import suspended
from auctions.rules.frame import falls, not_bidding, opened, unknown
from auctions.rules.lot import Bid, Close, Command, Hammer, LotState, Open, Outcome, PassIn, Warn

KINDS = english.KINDS | {english.FLOOR}
WARNINGS = 2
TIMEOUT = "timeout"


def take(state: LotState, command: Command, now: datetime) -> Outcome:
    """What one command makes of the state; the refusals of the auctioneer's own are `warn.*`, `hammer.*`, `pass_in.*`."""
    if isinstance(command, Open):
        return opened(state, command, now)
    if isinstance(command, Bid):
        return _bid(state, command, now)
    if isinstance(command, Close):
        return _close(state, command, now)
    if not isinstance(command, Warn | Hammer | PassIn):
        return unknown(state)
    refused = not_bidding(state, now)
    if refused:
        return [("", refused[1])], refused[0]
    if isinstance(command, Warn):
        return _warned(state, command)
    return _hammered(state, command, now) if isinstance(command, Hammer) else _stopped(state, now)


def _bid(state: LotState, bid: Bid, now: datetime) -> Outcome:
    """A bid everybody sees starts the warnings anew."""
    refused = english.refusal(state, bid, now, KINDS)
    said, after = english.answered(state, bid, refused, english.extended(state, bid, now))
    if isinstance(after, str) or not said:
        return said, after
    last = state.seq + sum(kind == "bid" for kind, _ in said)
    return said, replace(after, public={**after.public, "warnings": 0, "bid_seq": last})


def _warned(state: LotState, command: Warn) -> Outcome:
    given = state.public.get("warnings", 0)
    if command.count != given + 1 or command.count > WARNINGS:
        return [("", {"given": given})], "warn.order"
    public = {**state.public, "warnings": command.count}
    return [("warning", {"count": command.count})], replace(state, public=public)


def _hammered(state: LotState, command: Hammer, now: datetime) -> Outcome:
    if state.price is None:
        return [("", {})], "hammer.no_bid"
    price, last = state.terms.money(state.price).wire(), state.public.get("bid_seq", 0)
    if command.seen_seq < last:
        return [("", {"price": price, "seq": last})], "hammer.price_moved"
    given = state.public.get("warnings", 0)
    if given < WARNINGS:
        return [("", {"given": given})], "hammer.warnings"
    if not _sellable(state):
        return [("", {})], "hammer.below_reserve"
    return [("hammer", {"paddle": state.leader, "price": price})], falls(state, now)


def _stopped(state: LotState, now: datetime) -> Outcome:
    """What the reserve was met on, or has none, is sold and not stopped (拍卖法 50, 51)."""
    if state.price is not None and _sellable(state) and (state.reserve is not None or not state.terms.has_reserve):
        return [("", {})], "pass_in.reserve_met"
    return [("stopped", {})], falls(state, now)


def _sellable(state: LotState) -> bool:
    """Whether the leader's maximum reaches the reserve, as far as the rules know one."""
    return state.reserve is None or (state.most or 0) >= state.reserve


def _close(state: LotState, close: Close, now: datetime) -> Outcome:
    if state.fallen or now < state.ends_at:
        return english.end(state, close, now)
    return suspended(state, TIMEOUT, now)
