"""Several equal licences at one price: each accepted bidder pays the lowest accepted bid, the last is served with what is left.

Params: `supply`. A bid names units and a price for each, stays sealed until the end (`secret` holds `offers`: [paddle, units,
minor units]), and a paddle may make several. A sale names no leader: `public` then holds `allotments`, [paddle, units].
"""

from dataclasses import replace
from datetime import datetime

from auctions.rules.chain import stamp
from auctions.rules.frame import barred, opened, settled, undecidable, unknown
from auctions.rules.lot import SOLD, Bid, Close, Command, LotState, Open, Outcome, Said
from auctions.rules.outcomes import uniform_price

KINDS = frozenset({"units"})


def take(state: LotState, command: Command, now: datetime) -> Outcome:
    """What one command makes of the state; `bid.units` when more is asked than there is."""
    if isinstance(command, Open):
        return opened(state, command, now)
    if isinstance(command, Bid):
        return _bid(state, command, now)
    if not isinstance(command, Close):
        return unknown(state)
    refused = undecidable(state, now)
    return ([("", refused[1])], refused[0]) if refused else _allotted(state)


def _bid(state: LotState, bid: Bid, now: datetime) -> Outcome:
    terms, refused = state.terms, barred(state, bid, now, KINDS)
    if refused is None and not 1 <= bid.units <= terms.params["supply"]:
        refused = "bid.units", {"supply": terms.params["supply"]}
    if refused is None and bid.amount.minor < terms.start:
        refused = "bid.too_low", {"minimum": terms.money(terms.start).wire(), "seq": state.seq}
    if refused:
        return [("", refused[1])], refused[0]
    offers = [*state.secret.get("offers", []), [bid.paddle, bid.units, bid.amount.minor]]
    after = replace(state, bids=state.bids + 1, secret={**state.secret, "offers": offers})
    return [("sealed", {"paddle": bid.paddle})], after


def _allotted(state: LotState) -> Outcome:
    """Every offer shown, in order of submission, and what each paddle gets at which price."""
    money = state.terms.money
    offers: list[list[int]] = state.secret.get("offers", [])
    bidders = len({paddle for paddle, _, _ in offers})
    lawful = [(paddle, units, price) for paddle, units, price in offers if price >= (state.reserve or 0)]
    price, allotted = uniform_price(state.terms.params["supply"], lawful)
    end: Said = ("closed", {"ends_at": stamp(state.ends_at), "bids": state.bids, "bidders": bidders})
    bids = [{"paddle": paddle, "units": units, "amount": money(each).wire()} for paddle, units, each in offers]
    said: list[Said] = [end, ("unsealed", {"bids": bids})]
    after = replace(state, price=price if allotted else None)
    last, phase = settled(after, offered=bool(offers), met=True, bidders=bidders)
    if phase != SOLD or price is None:
        return [*said, last], replace(state, phase=phase)
    allotments = [[paddle, units] for paddle, units in allotted.items()]
    told = [{"paddle": paddle, "units": units} for paddle, units in allotments]
    sold: Said = ("sold", {"price": money(price).wire(), "allotments": told})
    return [*said, sold], replace(after, phase=phase, public={**state.public, "allotments": allotments})
