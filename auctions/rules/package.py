"""A lot sold by package bids over its whole sale: it takes no bid of its own, and the sale's allocation awards it or passes it in.

The allocation is decided by `rules.packages` and published as a file; the lot's log names the file's SHA-256.
"""

from dataclasses import replace
from datetime import datetime

from auctions.rules.chain import stamp
from auctions.rules.frame import barred, opened, unknown
from auctions.rules.lot import BIDDING, PASSED_IN, SOLD, Award, Bid, Close, Command, LotState, Open, Outcome, Said

KINDS = frozenset({"package"})


def take(state: LotState, command: Command, now: datetime) -> Outcome:
    """What one command makes of the state; `bid.package` for any bid, `close.packages` until the allocation is there."""
    if isinstance(command, Open):
        return opened(state, command, now)
    if isinstance(command, Bid):
        refused = barred(state, replace(command, kind="package"), now, KINDS) or ("bid.package", {})
        return [("", refused[1])], refused[0]
    if not isinstance(command, Close | Award):
        return unknown(state)
    if state.phase not in BIDDING or now < state.ends_at:
        return [("", {"ends_at": stamp(state.ends_at)})], "close.not_due"
    return _awarded(state, command) if isinstance(command, Award) else ([("", {})], "close.packages")


def _awarded(state: LotState, award: Award) -> Outcome:
    """The end of the lot as the allocation has it: to a paddle at its share of the package's price, or to nobody."""
    facts = {"ends_at": stamp(state.ends_at), "bids": award.bids, "bidders": award.bidders, "allocation": award.sha256}
    end: Said = ("closed", facts)
    after = replace(state, bids=award.bids)
    if award.paddle is None or award.price is None:
        reason = "allocation" if award.bids else "no_bids"
        return [end, ("passed_in", {"reason": reason})], replace(after, phase=PASSED_IN)
    sold: Said = ("sold", {"paddle": award.paddle, "price": state.terms.money(award.price).wire()})
    return [end, sold], replace(after, phase=SOLD, leader=award.paddle, price=award.price)
