"""What every format does alike: opening, closing, and the refusals that do not depend on how one bids."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from auctions.rules.chain import Json, stamp
from auctions.rules.lot import (
    BIDDING,
    LIVE,
    NOTICED,
    PASSED_IN,
    SOLD,
    SUSPENDED,
    Bid,
    Close,
    LotState,
    Open,
    Outcome,
    Said,
)


def opened(state: LotState, command: Open, now: datetime) -> Outcome:
    """Open on time; a lot whose whole time passed while nobody could open it is held for the agency to decide."""
    if state.phase != NOTICED or now < state.terms.opens_at:
        return [("", {"opens_at": stamp(state.terms.opens_at)})], "bid.not_open"
    said: Said = ("opened", opening(state))
    if command.reserve is not None:
        state = replace(state, secret={**state.secret, "reserve": command.reserve})
    if now >= state.ends_at:
        held = {**state.public, "held_at": stamp(state.terms.opens_at)}
        return [said, ("held", {"reason": "opened_too_late"})], replace(state, phase=SUSPENDED, public=held)
    return [said], replace(state, phase=LIVE)


def opening(state: LotState) -> Json:
    """The first event's payload: everything a stranger needs to decide the rest again."""
    terms = state.terms
    said: Json = {
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
    # What a plain ascending lot does not have is not said either: the logs of such lots stay what they always were.
    if terms.format != "english":
        said["format"] = terms.format
    if terms.params:
        said["params"] = terms.params
    if terms.priority_match:
        said["priority_match"] = True
    return said


def barred(state: LotState, bid: Bid, now: datetime, kinds: Collection[str]) -> Said | None:
    """Why no bid of this bidder can count at `now`, whatever its amount: code and facts; None if it may.

    `kinds`: the ways of bidding that are open now.
    """
    terms = state.terms
    if state.phase == SUSPENDED:
        return "bid.suspended", {}
    if state.phase == NOTICED:
        return "bid.not_open", {"opens_at": stamp(terms.opens_at)}
    if state.phase not in BIDDING or now >= state.ends_at or state.fallen:
        return "bid.lot_closed", {"ended_at": stamp(state.ends_at), "seq": state.seq}
    if bid.bar:
        return bid.bar, {}
    if bid.amount.currency != terms.currency:
        return "bid.currency", {"currency": terms.currency}
    if bid.kind not in kinds:
        return "bid.kind", {"kinds": sorted(kinds)}
    return None


def closed(state: LotState, close: Close, now: datetime) -> Outcome:
    """Sold if there is a leader, the reserve is met (拍卖法 50) and, where two must bid, two did; else passed in."""
    if state.phase not in BIDDING or now < state.ends_at:
        return [("", {"ends_at": stamp(state.ends_at)})], "close.not_due"
    end: Said = ("closed", {"ends_at": stamp(state.ends_at), "bids": state.bids, "bidders": close.bidders})
    if state.price is None:
        reason = "no_bids"
    elif not reserve_met(state, close):
        reason = "below_reserve"
    elif close.bidders < 2 and not state.terms.one_bidder_suffices:
        reason = "one_bidder"
    else:
        sold: Said = ("sold", {"paddle": state.leader, "price": state.terms.money(state.price).wire()})
        return [end, sold], replace(state, phase=SOLD)
    return [end, ("passed_in", {"reason": reason})], replace(state, phase=PASSED_IN)


def reserve_met(state: LotState, close: Close) -> bool:
    """Whether the price meets the reserve: decided here where the opening brought it, else as the command says."""
    if state.reserve is None or state.price is None:
        return close.reserve_met
    return state.price >= state.reserve
