"""Who wins sealed bids and at what price, as plain functions of the bids: integers or Decimals, any kind of bidder."""

from collections.abc import Hashable, Sequence
from decimal import Decimal
from typing import TypeVar

Bidder = TypeVar("Bidder", bound=Hashable)
Number = TypeVar("Number", int, Decimal)


def sealed_outcome(
    bids: Sequence[tuple[Bidder, Number]], pricing: str, reserve: Number
) -> tuple[Bidder | None, Number]:
    """Winner and price of (bidder, amount) in order of submission; (None, 0) where no bid reaches the reserve.

    `pricing`: "first", the winner pays its own bid, or "second" (Vickrey), the best other bid, at least the reserve (0 if there
    is none). The earlier of equal bids wins.
    """
    if pricing not in ("first", "second"):
        raise ValueError(f"no pricing {pricing!r}")
    ranked = sorted((bid for bid in bids if bid[1] >= reserve), key=lambda bid: -bid[1])
    if not ranked:
        return None, reserve - reserve
    (winner, own), others = ranked[0], ranked[1:]
    if pricing == "first":
        return winner, own
    return winner, others[0][1] if others else reserve


def uniform_price(supply: int, bids: Sequence[tuple[Bidder, int, Number]]) -> tuple[Number | None, dict[Bidder, int]]:
    """Clearing price and units by bidder of (bidder, units, price each) in order of submission; (None, {}) without bids.

    The highest prices are served first, equal ones in order of submission, until the supply is gone: the last one served is
    rationed, and its price, the lowest accepted, is what everybody pays.
    """
    left, price, allotted = supply, None, dict[Bidder, int]()
    for bidder, units, each in sorted(bids, key=lambda bid: -bid[2]):
        if left <= 0:
            break
        served = min(units, left)
        if served > 0:
            left, price = left - served, each
            allotted[bidder] = allotted.get(bidder, 0) + served
    return price, allotted
