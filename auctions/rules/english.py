"""The ascending auction with soft close (法释〔2016〕18号 20; 拍卖法 36, 50), by exact bids and by standing maxima.

The leader's maximum is `most`, in the state's secret while it is above the price. A challenge is shown as the steps that the
two would have taken in turn: the loser at the last amount it would pay, then the leader; a row that a standing maximum put
there is marked `auto`. Equal maxima: the earlier keeps the lead. Where the rule set lets holders of a priority right match
(法释〔2016〕18号 21), the lower rank number beats an equal amount, and equal ranks go by time. Where a window for it follows the
bidding (see `timed`), rank decides nothing before.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from auctions.rules.chain import Json, stamp
from auctions.rules.frame import barred, closed, opened, unknown
from auctions.rules.lot import EXTENDED, Bid, Close, Command, LotState, Open, Outcome, Said

EXACT, PROXY, FLOOR = "exact", "proxy", "floor"
KINDS = frozenset({EXACT, PROXY})
MATCH = "priority"  # the stage of a lot whose bidding is over and whose price may still be matched


@dataclass(frozen=True, slots=True)
class Stand:
    """How two bidders stand after a bid: the rows shown, in order, then price, leader and the leader's maximum."""

    rows: tuple[Json, ...]
    price: int
    leader: int
    most: int


def take(state: LotState, command: Command, now: datetime) -> Outcome:
    """What one command makes of the state: events and the state after, or the refusal's facts and its code."""
    if isinstance(command, Open):
        return opened(state, command, now)
    if isinstance(command, Bid):
        return answered(state, command, refusal(state, command, now), extended(state, command, now))
    return end(state, command, now) if isinstance(command, Close) else unknown(state)


def answered(state: LotState, bid: Bid, refused: Said | None, ends_at: datetime) -> Outcome:
    """The bid with its refusal, or what it shows, what it tells of the reserve, and the end moved to `ends_at`."""
    if refused:
        code, facts = refused
        return [("", facts)], code
    stand = contest(state, bid)
    changes = _stood(state, stand)
    said: list[Said] = [("bid", row) for row in stand.rows]
    if said:
        changes |= {"bids": state.bids + len(said), "public": _ranked(state, bid, stand.leader)}
    if said and _tells_reserve(state, bid, stand.price):
        said.append(("reserve_met", {}))
        changes["reserve_met"] = True
    if said and ends_at > state.ends_at:
        count = state.extensions + 1
        said.append(("extended", {"ends_at": stamp(ends_at), "count": count}))
        changes |= {"ends_at": ends_at, "extensions": count, "phase": EXTENDED}
    return said, replace(state, **changes)


def contest(state: LotState, bid: Bid) -> Stand:
    """Who leads after a lawful bid, at which price and up to which maximum, and the rows that everybody sees of it.

    The winner pays the least amount that beats the loser's maximum, at most its own maximum; an exact bid is shown as
    typed, as long as it leads or is the last its bidder would pay. A reserve that a maximum reaches lifts the price to it.
    """
    b, top, price, leader = bid.amount.minor, state.most, state.price, state.leader
    proxy = bid.kind == PROXY
    if top is None or price is None or leader is None:
        return _leads(state, bid, b, state.terms.start if proxy else b)
    if bid.paddle == leader:
        stand = _leads(state, bid, max(b, top), price if proxy else b)
        return replace(stand, rows=()) if stand.price == price else stand
    if b < top or (b == top and not outranks(state, bid)):
        answer = b if _leader_outranks(state, bid) else min(top, b + state.terms.step(b))
        return Stand((_row(state, bid, b), _auto(state, answer)), answer, leader, top)
    if not proxy:
        return _leads(state, bid, b, b)
    stand = _leads(state, bid, b, top if outranks(state, bid) else min(b, top + state.terms.step(top)))
    return replace(stand, rows=(_auto(state, top), *stand.rows)) if top > price else stand


def _leads(state: LotState, bid: Bid, most: int, price: int) -> Stand:
    """The bidder leads with the maximum `most` at `price`, lifted to a reserve that `most` reaches and may be told of."""
    reserve = state.reserve
    if reserve is not None and state.terms.show_reserve_met and most >= reserve:
        price = max(price, reserve)
    return Stand((_row(state, bid, price),), price, bid.paddle or 0, most)


def refusal(state: LotState, bid: Bid, now: datetime, kinds: frozenset[str] = KINDS) -> Said | None:
    """Why the bid cannot be accepted at `now`: a stable code with the facts that tell how to go on; None if it can."""
    refused = barred(state, bid, now, kinds)
    if refused:
        return refused
    terms, own = state.terms, state.leader is not None and bid.paddle == state.leader
    if own and bid.kind != PROXY and not terms.leader_may_raise:
        return "bid.self", {"price": terms.money(state.price or 0).wire()}
    least = least_of(state, bid)
    if bid.amount.minor < least:
        return "bid.too_low", {"minimum": terms.money(least).wire(), "seq": state.seq}
    if own and bid.kind == PROXY and bid.amount.minor <= (state.most or 0):
        return "bid.max_lower", {"maximum": terms.money(state.most or 0).wire()}
    over = 0 if bid.kind == PROXY else (bid.amount.minor - least) % state.step
    if over:
        below = bid.amount.minor - over
        return "bid.off_grid", {"below": terms.money(below).wire(), "above": terms.money(below + state.step).wire()}
    return None


def least_of(state: LotState, bid: Bid) -> int:
    """The lowest amount this bid may name: the state's minimum, or the price itself for who may match it."""
    return state.price if state.price is not None and outranks(state, bid) else state.minimum


def outranks(state: LotState, bid: Bid) -> bool:
    """Whether the bidder takes the lead at an amount equal to the leader's: a better rank (法释〔2016〕18号 21)."""
    if not rank_decides(state) or state.leader in (None, bid.paddle):
        return False
    return beats(bid.priority, state.public.get("priority"))


def rank_decides(state: LotState) -> bool:
    """Whether a priority right counts now: during the bidding, or only in the window that follows it."""
    return state.terms.priority_match and (not state.terms.priority_window_s or in_window(state))


def in_window(state: LotState) -> bool:
    """Whether the bidding is over and the holders of a priority right have their turn."""
    return state.public.get("stage") == MATCH


def beats(rank: int | None, held: int | None) -> bool:
    """Whether a priority right of `rank` beats one that is `held`; None is no right at all."""
    return rank is not None and (held is None or rank < held)


def _leader_outranks(state: LotState, bid: Bid) -> bool:
    """Whether the leader holds a right to keep the lead at an equal amount against this bidder."""
    return rank_decides(state) and beats(state.public.get("priority"), bid.priority)


def extended(state: LotState, bid: Bid, now: datetime) -> datetime:
    """The end after an accepted bid: bid time + window (法释〔2016〕18号 20), at most the hard end.

    Never earlier than it was; a leader's own raise does not extend.
    """
    if bid.paddle == state.leader:
        return state.ends_at
    return not_after_hard_end(state, now + timedelta(seconds=state.terms.extension_window_s))


def not_after_hard_end(state: LotState, moved: datetime) -> datetime:
    """`moved`, at most the hard end and never earlier than the end that holds."""
    if state.hard_ends_at is not None:
        moved = min(moved, state.hard_ends_at)
    return max(state.ends_at, moved)


def end(state: LotState, close: Close, now: datetime) -> Outcome:
    """Close; a reserve the public was not told of lifts the price only now, if the leader's maximum reaches it."""
    price, leader, most, reserve = state.price, state.leader, state.most, state.reserve
    if price is None or leader is None or most is None or reserve is None or not price < reserve <= most:
        return closed(state, close, now)
    lift = Stand((_auto(state, reserve),), reserve, leader, most)
    said, after = closed(replace(state, **_stood(state, lift), bids=state.bids + 1), close, now)
    return (said, after) if isinstance(after, str) else ([("bid", lift.rows[0]), *said], after)


def _tells_reserve(state: LotState, bid: Bid, price: int) -> bool:
    """Whether this price is the first of which the public is told that it meets the reserve."""
    if not state.terms.has_reserve or not state.terms.show_reserve_met or state.reserve_met:
        return False
    return price >= state.reserve if state.reserve is not None else bid.meets_reserve and bid.kind != PROXY


def _stood(state: LotState, stand: Stand) -> dict[str, Any]:
    """What the stand changes in the state; a maximum is kept only while it is above the price."""
    secret = {key: kept for key, kept in state.secret.items() if key != "max"}
    if stand.most > stand.price:
        secret["max"] = stand.most
    return {"price": stand.price, "leader": stand.leader, "secret": secret}


def _ranked(state: LotState, bid: Bid, leader: int) -> Json:
    """What everybody may know after the bid: also the leader's rank, where rank decides."""
    if not state.terms.priority_match or leader != bid.paddle:
        return state.public
    public = {key: known for key, known in state.public.items() if key != "priority"}
    return public if bid.priority is None else {**public, "priority": bid.priority}


def _row(state: LotState, bid: Bid, minor: int) -> Json:
    """The bidder's own row: an exact bid says no more than who and how much."""
    row: Json = {"paddle": bid.paddle, "amount": state.terms.money(minor).wire()}
    if bid.kind in (PROXY, FLOOR):
        row[bid.kind] = True
    if state.terms.priority_match and bid.priority is not None:
        row["priority"] = bid.priority
    return row


def _auto(state: LotState, minor: int) -> Json:
    """A row of the leader's standing maximum."""
    return {"paddle": state.leader, "amount": state.terms.money(minor).wire(), "auto": True}
