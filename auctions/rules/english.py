"""The ascending auction with soft close (法释〔2016〕18号 20; 拍卖法 36, 50): what each command makes of a lot."""

from dataclasses import replace
from datetime import datetime, timedelta

from auctions.rules.chain import Json, stamp
from auctions.rules.lot import (
    BIDDING,
    EXTENDED,
    LIVE,
    NOTICED,
    PASSED_IN,
    SOLD,
    SUSPENDED,
    Bid,
    Close,
    Command,
    LotState,
    Open,
    Outcome,
    Said,
)


def take(state: LotState, command: Command, now: datetime) -> Outcome:
    """What one command makes of the state: events and the state after, or the refusal's facts and its code."""
    if isinstance(command, Open):
        return _open(state, now)
    if isinstance(command, Bid):
        return _bid(state, command, now)
    return _close(state, command, now)


def _open(state: LotState, now: datetime) -> Outcome:
    """Open on time; a lot whose whole time passed while nobody could open it is held for the agency to decide."""
    if state.phase != NOTICED or now < state.terms.opens_at:
        return [("", {"opens_at": stamp(state.terms.opens_at)})], "bid.not_open"
    opened: Said = ("opened", opening(state))
    if now >= state.ends_at:
        return [opened, ("held", {"reason": "opened_too_late"})], replace(state, phase=SUSPENDED)
    return [opened], replace(state, phase=LIVE)


def opening(state: LotState) -> Json:
    """The first event's payload: everything a stranger needs to decide the rest again."""
    terms = state.terms
    return {
        "currency": terms.currency,
        "start": terms.money(terms.start).wire(),
        "increments": [[terms.money(since).wire(), terms.money(step).wire()] for since, step in terms.increments],
        "opens_at": stamp(terms.opens_at),
        "ends_at": stamp(state.ends_at),
        "hard_ends_at": stamp(terms.hard_ends_at) if terms.hard_ends_at else None,
        "has_reserve": terms.has_reserve,
        "show_reserve_met": terms.show_reserve_met,
        "ruleset": terms.ruleset,
        "extension_window_s": terms.extension_window_s,
        "one_bidder_suffices": terms.one_bidder_suffices,
        "leader_may_raise": terms.leader_may_raise,
    }


def _bid(state: LotState, bid: Bid, now: datetime) -> Outcome:
    refused = refusal(state, bid, now)
    if refused:
        code, facts = refused
        return [("", facts)], code
    said: list[Said] = [("bid", {"paddle": bid.paddle, "amount": bid.amount.wire()})]
    after = replace(state, price=bid.amount.minor, leader=bid.paddle, bids=state.bids + 1)
    if bid.meets_reserve and state.terms.has_reserve and state.terms.show_reserve_met and not state.reserve_met:
        said.append(("reserve_met", {}))
        after = replace(after, reserve_met=True)
    ends_at = extended(state, bid, now)
    if ends_at > state.ends_at:
        count = state.extensions + 1
        said.append(("extended", {"ends_at": stamp(ends_at), "count": count}))
        after = replace(after, ends_at=ends_at, extensions=count, phase=EXTENDED)
    return said, after


def extended(state: LotState, bid: Bid, now: datetime) -> datetime:
    """The end after an accepted bid: bid time + window (法释〔2016〕18号 20), at most the hard end.

    Never earlier than it was; a leader's own raise does not extend.
    """
    if bid.paddle == state.leader:
        return state.ends_at
    moved = now + timedelta(seconds=state.terms.extension_window_s)
    if state.terms.hard_ends_at is not None:
        moved = min(moved, state.terms.hard_ends_at)
    return max(state.ends_at, moved)


def refusal(state: LotState, bid: Bid, now: datetime) -> Said | None:
    """Why the bid cannot be accepted at `now`: a stable code with the facts that tell how to go on; None if it can."""
    terms = state.terms
    if state.phase == SUSPENDED:
        return "bid.suspended", {}
    if state.phase == NOTICED:
        return "bid.not_open", {"opens_at": stamp(terms.opens_at)}
    if state.phase not in BIDDING or now >= state.ends_at:
        return "bid.lot_closed", {"ended_at": stamp(state.ends_at), "seq": state.seq}
    if bid.bar:
        return bid.bar, {}
    if bid.amount.currency != terms.currency:
        return "bid.currency", {"currency": terms.currency}
    if bid.paddle == state.leader and not terms.leader_may_raise:
        return "bid.self", {"price": terms.money(state.price or 0).wire()}
    least = state.minimum
    if bid.amount.minor < least:
        return "bid.too_low", {"minimum": terms.money(least).wire(), "seq": state.seq}
    over = (bid.amount.minor - least) % state.step
    if over:
        below = bid.amount.minor - over
        return "bid.off_grid", {"below": terms.money(below).wire(), "above": terms.money(below + state.step).wire()}
    return None


def _close(state: LotState, close: Close, now: datetime) -> Outcome:
    """Sold if there is a leader, the reserve is met (拍卖法 50) and, where two must bid, two did; else passed in."""
    if state.phase not in BIDDING or now < state.ends_at:
        return [("", {"ends_at": stamp(state.ends_at)})], "close.not_due"
    closed: Said = ("closed", {"ends_at": stamp(state.ends_at), "bids": state.bids, "bidders": close.bidders})
    if state.price is None:
        reason = "no_bids"
    elif not close.reserve_met:
        reason = "below_reserve"
    elif close.bidders < 2 and not state.terms.one_bidder_suffices:
        reason = "one_bidder"
    else:
        sold: Said = ("sold", {"paddle": state.leader, "price": state.terms.money(state.price).wire()})
        return [closed, sold], replace(state, phase=SOLD)
    return [closed, ("passed_in", {"reason": reason})], replace(state, phase=PASSED_IN)
