"""What every format does alike: opening, closing, and the refusals that do not depend on how one bids."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

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
    if terms.priority_window_s:
        said["priority_window_s"] = terms.priority_window_s
    return said


def barred(state: LotState, bid: Bid, now: datetime, kinds: Collection[str]) -> Said | None:
    """Why no bid of this bidder can count at `now`, whatever its amount: code and facts; None if it may.

    `kinds`: the ways of bidding that are open now.
    """
    terms = state.terms
    if state.phase == SUSPENDED:
        return "bid.suspended", {}
    if state.phase == NOTICED and bid.halted:
        return "bid.halted", {"reason": bid.halted}
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
    """End a lot whose leader and price stand: `closed`, then sold or passed in."""
    if state.phase not in BIDDING or now < state.ends_at:
        return [("", {"ends_at": stamp(state.ends_at)})], "close.not_due"
    end: Said = ("closed", {"ends_at": stamp(state.ends_at), "bids": state.bids, "bidders": close.bidders})
    met = close.reserve_met if state.reserve is None or state.price is None else state.price >= state.reserve
    last, phase = settled(state, offered=state.price is not None, met=met, bidders=close.bidders)
    return [end, last], replace(state, phase=phase)


def settled(state: LotState, *, offered: bool, met: bool, bidders: int) -> tuple[Said, str]:
    """The last event and phase: sold if the reserve is met (拍卖法 50) and, where two must bid, two did; else passed in."""
    if not offered:
        reason = "no_bids"
    elif state.price is None or not met:
        reason = "below_reserve"
    elif bidders < state.terms.least_bidders:
        reason = "one_bidder"
    else:
        return ("sold", {"paddle": state.leader, "price": state.terms.money(state.price).wire()}), SOLD
    return ("passed_in", {"reason": reason}), PASSED_IN


def falls(state: LotState, now: datetime) -> LotState:
    """The state once the hammer fell or a price was taken: no bid counts any more, and the closing is due at once."""
    return replace(state, ends_at=now + timedelta(microseconds=1), public={**state.public, "fallen": True})


def not_bidding(state: LotState, now: datetime) -> Said | None:
    """The refusal of what needs a lot being bid on; None if it is."""
    if state.phase in BIDDING and now < state.ends_at and not state.fallen:
        return None
    return "lot.not_bidding", {"phase": state.phase}


def undecidable(state: LotState, now: datetime) -> Said | None:
    """Why envelopes may not be opened yet: the end is not there, or nobody brought the reserve; None if they may."""
    if state.phase not in BIDDING or now < state.ends_at:
        return "close.not_due", {"ends_at": stamp(state.ends_at)}
    if state.terms.has_reserve and state.reserve is None:
        return "close.reserve_unknown", {}
    return None


def unknown(state: LotState) -> Outcome:
    """The refusal of a command that this format does not have."""
    return [("", {"format": state.terms.format})], "lot.command"
