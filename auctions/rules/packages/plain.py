"""The same rules for bids given as plain mappings, in any unit: {"bidder": "1", "bundle": {"A": 1}, "value": "150.5"}."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from auctions.rules.packages.pricing import exact_prices
from auctions.rules.packages.solving import solve
from auctions.rules.packages.types import Allocation, Bid, Instance, Item

PlainBid = Mapping[str, Any]
Outcome = dict[str, Any]
DIGITS = Decimal("1e-12")


def winner_determination(supply: Mapping[str, int], bids: Iterable[PlainBid], limit_s: float = 60.0) -> Outcome:
    """Who wins: `total_value`, `winners` (sorted), `bundles` by winner, `optimal`, `bound`. Bids stand in submission order.

    Values may be int, Decimal or text; a float counts as it is printed. A bid of nothing, for nothing, or for more than there
    is cannot win and is left out.
    """
    instance, scale = _instance(supply, bids)
    return _outcome(solve(instance, limit_s), scale)


def vcg(supply: Mapping[str, int], bids: Iterable[PlainBid], limit_s: float = 60.0) -> Outcome:
    """As `winner_determination`, with the `payments` of Vickrey, Clarke and Groves and their sum, `revenue`."""
    return _priced(supply, bids, "vcg", limit_s)


def core(supply: Mapping[str, int], bids: Iterable[PlainBid], reference: str = "vcg", limit_s: float = 60.0) -> Outcome:
    """As `vcg`, with the core payments of least total that are nearest to `reference`: "vcg" or "bids"."""
    return _priced(supply, bids, f"core_nearest_{reference}", limit_s)


def _priced(supply: Mapping[str, int], bids: Iterable[PlainBid], rule: str, limit_s: float) -> Outcome:
    instance, scale = _instance(supply, bids)
    allocation = solve(instance, limit_s)
    paid = exact_prices(instance, allocation, rule, limit_s)
    payments = {bidder: _decimal(amount, scale) for bidder, amount in sorted(paid.items())}
    revenue = _decimal(sum(paid.values(), Fraction(0)), scale)
    return _outcome(allocation, scale) | {"payments": payments, "revenue": revenue}


def _instance(supply: Mapping[str, int], bids: Iterable[PlainBid]) -> tuple[Instance, int]:
    """The instance in whole units, and how many of these make one of the caller's."""
    given = [(bid, Decimal(str(bid["value"]))) for bid in bids]
    digits = max((max(0, -int(value.normalize().as_tuple().exponent)) for _, value in given), default=0)
    made = []
    for order, (bid, value) in enumerate(given):
        bundle = {name: int(units) for name, units in bid["bundle"].items() if units}
        if value > 0 and bundle and all(units <= supply.get(name, 0) for name, units in bundle.items()):
            made.append(Bid(str(bid["bidder"]), bundle, int(value * 10**digits), order))
    return Instance(tuple(Item(name, units) for name, units in supply.items()), tuple(made)), 10**digits


def _outcome(allocation: Allocation, scale: int) -> Outcome:
    return {
        "total_value": Decimal(allocation.value) / scale,
        "winners": sorted(bid.bidder for bid in allocation.winners),
        "bundles": {bid.bidder: dict(bid.bundle) for bid in allocation.winners},
        "optimal": allocation.optimal,
        "bound": Decimal(allocation.bound) / scale,
    }


def _decimal(amount: Fraction, scale: int) -> Decimal:
    """A fraction of our units as a number of the caller's, to twelve places."""
    exact = amount / scale
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(DIGITS).normalize()
