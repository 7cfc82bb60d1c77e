"""The published file of a package auction (`luochui.packages/1`): what decided it and what came of it, for anybody to solve again.

It names lots, paddles, bids and prices, never a person and never a reserve. Of the reserves it says of each bid whether it
met them, and of each price whether it is the reserve: with that the allocation and the prices follow from the file alone.
"""

import hashlib
from dataclasses import dataclass

from auctions.rules.chain import Json, canonical
from auctions.rules.packages.bids import contenders, floor_of
from auctions.rules.packages.pricing import price
from auctions.rules.packages.solving import allocate, solve, supply_of
from auctions.rules.packages.types import Allocation, Bid, Group, Instance, Item
from market.kernel.errors import Refused
from market.kernel.money import Money

SCHEMA = "luochui.packages/1"


class Unfounded(Exception):
    """The file does not hold: what it says does not follow from its bids."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A file that holds: the total found again, whether it is proven the best, and whether by ourselves too."""

    value: Money
    optimal: bool
    proven_again: bool
    priced: bool
    seconds: float


def written(
    instance: Instance, allocation: Allocation, rule: str, paid: dict[str, int] | None, *, sale: str, currency: str
) -> Json:
    """The file of an allocation and its prices; bidders are paddles already. `paid` is None where nothing is priced yet."""
    meets = {bid.order for bid in contenders(instance)}
    floors = {bid.bidder: floor_of(instance, bid.bundle) for bid in allocation.winners}

    def figure(minor: int) -> str:
        return Money(minor, currency).plain()

    prices = None
    if paid is not None:
        prices = {
            "paid": [
                {"bidder": name, "amount": figure(amount), "is_reserve": 0 < amount == floors[name]}
                for name, amount in paid.items()
            ],
            "total": figure(sum(paid.values())),
        }
    return sealed(
        {
            "schema": SCHEMA,
            "sale": sale,
            "currency": currency,
            "rule": rule,
            "items": [{"name": item.name, "quantity": item.quantity} for item in instance.items],
            "groups": [{"name": group.name, "items": sorted(group.items)} for group in instance.groups],
            "bids": [
                {
                    "order": bid.order,
                    "bidder": bid.bidder,
                    "bundle": dict(bid.bundle),
                    "value": figure(bid.value),
                    "competes": bid.order in meets,
                }
                for bid in instance.bids
            ],
            "allocation": {
                "value": figure(allocation.value),
                "winners": [bid.order for bid in allocation.winners],
                "bound": figure(allocation.bound),
                "gap_ppm": int(allocation.gap * 1_000_000),
                "optimal": allocation.optimal,
                "earliest": allocation.settled,
                "method": allocation.method,
            },
            "prices": prices,
        }
    )


def sealed(file: Json) -> Json:
    """The file with the SHA-256 of its canonical JSON (`chain.canonical`), its own entry left out."""
    bare = {name: part for name, part in file.items() if name != "sha256"}
    return {**bare, "sha256": hashlib.sha256(canonical(bare)).hexdigest()}


def verify(file: Json, limit_s: float = 60.0) -> Verdict:
    """Solve and price the file's bids again and compare. Raises Unfounded with what does not follow.

    Where we cannot prove the best within `limit_s` seconds, it is checked that we found nothing better.
    """
    try:
        return _verified(file, limit_s)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unfounded(f"not a file of this kind: {error!r}") from error
    except Refused as refused:
        raise Unfounded(f"no such auction can be: {refused}") from refused


def _verified(file: Json, limit_s: float) -> Verdict:
    _must(file["schema"] == SCHEMA, f"the schema is not {SCHEMA}")
    _must(sealed(file)["sha256"] == file["sha256"], "the hash is not that of the file")
    currency, said = file["currency"], file["allocation"]

    def minor(figure: str) -> int:
        return Money.parse(figure, currency).minor

    instance = Instance(
        tuple(Item(item["name"], item["quantity"]) for item in file["items"]),
        tuple(Bid(bid["bidder"], bid["bundle"], minor(bid["value"]), bid["order"]) for bid in file["bids"]),
        tuple(Group(group["name"], frozenset(group["items"])) for group in file["groups"]),
    )
    competing = {bid["order"] for bid in file["bids"] if bid["competes"]}
    bids = [bid for bid in contenders(instance) if bid.order in competing]
    instance = Instance(instance.items, tuple(bids), instance.groups)
    winners = tuple(bid for bid in bids if bid.order in said["winners"])
    value = sum(bid.value for bid in winners)
    _must(len(winners) == len(said["winners"]), "a winning bid does not compete")
    _must(minor(said["value"]) == value, "the total is not that of the winning bids")
    # Alone, bids that fit together all win.
    together = allocate(winners, supply_of(instance), limit_s)
    _must(together.winners == winners, "the winning bids do not fit together")
    found = solve(instance, limit_s)
    _must(found.value <= minor(said["bound"]), "the bound is below what the bids are worth")
    if said["optimal"]:
        _must(minor(said["bound"]) == value, "proven, but the bound is not the total")
        _must(found.value <= value, f"a better allocation is worth {Money(found.value, currency)}")
        if found.settled and said["earliest"]:
            _must(found.winners == winners, "another allocation worth as much has earlier bids")
    again = Allocation(value, winners, value, said["optimal"], said["earliest"], found.method, found.seconds)
    if file["prices"] is not None:
        _check_prices(file, instance, again, limit_s)
    return Verdict(Money(value, currency), said["optimal"], found.optimal, file["prices"] is not None, found.seconds)


def _check_prices(file: Json, instance: Instance, allocation: Allocation, limit_s: float) -> None:
    currency, said = file["currency"], file["prices"]
    paid = {one["bidder"]: Money.parse(one["amount"], currency).minor for one in said["paid"]}
    at_reserve = {one["bidder"] for one in said["paid"] if one["is_reserve"]}
    # A reserve that does not set a price does not change the others either: the prices are the nearest point of a convex set.
    floors = {bid.bidder: paid[bid.bidder] if bid.bidder in at_reserve else 0 for bid in allocation.winners}
    due = price(instance, allocation, file["rule"], limit_s, floors=floors)
    for bidder in due.keys() | paid.keys():
        _must(due.get(bidder) == paid.get(bidder), f"the price of {bidder} does not follow from the rule")
    _must(Money.parse(said["total"], currency).minor == sum(paid.values()), "the prices do not add up")


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Unfounded(otherwise)
