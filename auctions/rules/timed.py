"""Free period, then timed rounds (自由报价期 + 限时报价期), as property exchanges bid.

In the free period a bid does not move the end, which stands one cycle after the period. From then on each bid starts a new
cycle, and a cycle without a bid ends the lot. Params: `free_until` (a moment as the log writes it), `cycle_s` (seconds).
"""

from datetime import datetime, timedelta

from auctions.rules import english
from auctions.rules.chain import unstamp
from auctions.rules.frame import opened, unknown
from auctions.rules.lot import Bid, Close, Command, LotState, Open, Outcome


def take(state: LotState, command: Command, now: datetime) -> Outcome:
    """As `english.take`, with the end moved cycle by cycle."""
    if isinstance(command, Open):
        return opened(state, command, now)
    if isinstance(command, Bid):
        refused = english.refusal(state, command, now)
        return english.answered(state, command, refused, extended(state, command, now))
    if isinstance(command, Close):
        return english.end(state, command, now)
    return unknown(state)


def free_until(state: LotState) -> datetime:
    """When the free period ends; a pause in it makes it longer."""
    return unstamp(state.terms.params["free_until"]) + state.paused


def extended(state: LotState, bid: Bid, now: datetime) -> datetime:
    """The end after an accepted bid: one cycle from now in the timed period, unless the leader only raised its own."""
    if now < free_until(state) or bid.paddle == state.leader:
        return state.ends_at
    return english.not_after_hard_end(state, now + timedelta(seconds=state.terms.params["cycle_s"]))
