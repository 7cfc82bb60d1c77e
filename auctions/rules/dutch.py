"""The falling price: a function of time, so that nothing is written until somebody takes it.

Params: `step` (minor units the price falls by), `every_s` (seconds), `floor` (minor units, the least it falls to). The first to
accept pays the price of that moment, if it is not above the price accepted (`Bid.amount`, the price as the bidder saw it).
"""

from dataclasses import replace
from datetime import datetime, timedelta

from auctions.rules.chain import unstamp
from auctions.rules.frame import barred, closed, falls, opened, unknown
from auctions.rules.lot import Bid, Close, Command, LotState, Open, Outcome, Said
from auctions.rules.outcomes import Number

KINDS = frozenset({"accept"})


def take(state: LotState, command: Command, now: datetime) -> Outcome:
    """What one command makes of the state; `bid.price_moved` when the price is above what the bidder saw."""
    if isinstance(command, Open):
        return opened(state, command, now)
    if isinstance(command, Bid):
        said, after = accepted(state, command, now)
        return (said, after) if isinstance(after, str) else (said, falls(after, now))
    if isinstance(command, Close):
        return closed(state, replace(command, bidders=state.bids), now)
    return unknown(state)


def price_at(state: LotState, now: datetime) -> int:
    """The price at `now`, in minor units: it stands still while the lot is held, and never falls below the floor."""
    params = state.terms.params
    return clock_price(state.terms.start, int(params["step"]), int(params["floor"]), _ticks(state, now))


def falls_next(state: LotState, now: datetime) -> datetime | None:
    """When the price falls next after `now`; None while it stands still, and once it is at its floor."""
    if state.public.get("held_at") or price_at(state, now) <= int(state.terms.params["floor"]):
        return None
    begun = state.terms.opens_at + state.paused
    return begun + (_ticks(state, now) + 1) * timedelta(seconds=state.terms.params["every_s"])


def _ticks(state: LotState, now: datetime) -> int:
    """How often the price has fallen by `now`."""
    held = state.public.get("held_at")
    elapsed = max((now if held is None else unstamp(held)) - state.terms.opens_at - state.paused, timedelta())
    return elapsed // timedelta(seconds=state.terms.params["every_s"])


def clock_price(start: Number, step: Number, floor: Number, ticks: int) -> Number:
    """The price after so many ticks of the falling clock, in the unit of its arguments."""
    return max(floor, start - step * ticks)


def accepted(state: LotState, bid: Bid, now: datetime) -> Outcome:
    """The price of this moment taken by who saw at least that price."""
    refused = barred(state, bid, now, KINDS) or _moved(state, bid, now)
    if refused:
        return [("", refused[1])], refused[0]
    price = price_at(state, now)
    row: Said = ("bid", {"paddle": bid.paddle, "amount": state.terms.money(price).wire()})
    return [row], replace(state, price=price, leader=bid.paddle, bids=1)


def _moved(state: LotState, bid: Bid, now: datetime) -> Said | None:
    price = price_at(state, now)
    if bid.amount.minor >= price:
        return None
    return "bid.price_moved", {"price": state.terms.money(price).wire(), "seq": state.seq}
