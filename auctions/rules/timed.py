"""Free period, then timed rounds (自由报价期 + 限时报价期), as property exchanges bid; then a window to match (优先购买权).

In the free period a bid does not move the end, which stands one cycle after the period. From then on each bid starts a new
cycle, and a cycle without a bid ends the bidding. Params: `free_until` (a moment as the log writes it), `cycle_s` (seconds).

Where the terms keep a window (`priority_window_s`) and the lot would be sold, the price is then final, and whoever holds a
better priority right than the leader may take the lot at exactly that price; the window has a fixed end, the best rank that
matched in it has the lot, and of equal ranks the first. Nobody is asked where nobody could match. `public` then holds
`stage` ("priority").
"""

from dataclasses import replace
from datetime import datetime, timedelta

from auctions.rules import english
from auctions.rules.chain import stamp, unstamp
from auctions.rules.english import EXACT, MATCH
from auctions.rules.frame import barred, opened, unknown
from auctions.rules.lot import SOLD, Bid, Close, Command, LotState, Open, Outcome, Said


def take(state: LotState, command: Command, now: datetime) -> Outcome:
    """As `english.take`, with the end moved cycle by cycle; `bid.not_ranked` and `bid.match_only` are the window's."""
    if isinstance(command, Open):
        return opened(state, command, now)
    if isinstance(command, Bid) and english.in_window(state):
        return english.answered(state, command, _unmatched(state, command, now), state.ends_at)
    if isinstance(command, Bid):
        refused = english.refusal(state, command, now)
        return english.answered(state, command, refused, extended(state, command, now))
    if isinstance(command, Close):
        return _end(state, command, now)
    return unknown(state)


def free_until(state: LotState) -> datetime:
    """When the free period ends; a pause in it makes it longer."""
    return unstamp(state.terms.params["free_until"]) + state.paused


def extended(state: LotState, bid: Bid, now: datetime) -> datetime:
    """The end after an accepted bid: one cycle from now in the timed period, unless the leader only raised its own."""
    if now < free_until(state) or bid.paddle == state.leader:
        return state.ends_at
    return english.not_after_hard_end(state, now + timedelta(seconds=state.terms.params["cycle_s"]))


def _unmatched(state: LotState, bid: Bid, now: datetime) -> Said | None:
    """Why the bid is no match of the price by a better right; None if it is."""
    refused = barred(state, bid, now, frozenset({EXACT}))
    if refused is None and not english.outranks(state, bid):
        refused = "bid.not_ranked", {}
    if refused is None and bid.amount.minor != state.price:
        refused = "bid.match_only", {"price": state.terms.money(state.price or 0).wire()}
    return refused


def _end(state: LotState, close: Close, now: datetime) -> Outcome:
    """The closing; or, once, the window in which the price that would be the end may be matched."""
    said, after = english.end(state, close, now)
    window = state.terms.priority_window_s if close.matchable and not english.in_window(state) else 0
    if isinstance(after, str) or after.phase != SOLD or not window:
        return said, after
    ends_at = now + timedelta(seconds=window)
    lifted = [row for row in said if row[0] == "bid"]
    stage: Said = ("stage", {"stage": MATCH, "ends_at": stamp(ends_at)})
    secret = {
        name: kept for name, kept in after.secret.items() if name != "max"
    }  # the price stands: no maximum fights on
    public = {**after.public, "stage": MATCH}
    return [*lifted, stage], replace(after, phase=state.phase, ends_at=ends_at, secret=secret, public=public)
