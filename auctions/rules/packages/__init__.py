"""Package bids on parts and wholes of a portfolio: who wins, proven or with its bound, and what each pays.

A bidder's bids exclude each other (XOR); whatever nobody takes stays with the seller (free disposal); of equal totals the
one with the earliest bids wins. Amounts are integer minor units.
"""

from auctions.rules.packages.bids import check_bid, check_groups, contenders, dominated, floor_of
from auctions.rules.packages.plain import core, vcg, winner_determination
from auctions.rules.packages.pricing import RULES, price
from auctions.rules.packages.solving import solve
from auctions.rules.packages.types import Allocation, Bid, Group, Instance, Item

__all__ = [
    "RULES",
    "Allocation",
    "Bid",
    "Group",
    "Instance",
    "Item",
    "check_bid",
    "check_groups",
    "contenders",
    "core",
    "dominated",
    "floor_of",
    "price",
    "solve",
    "vcg",
    "winner_determination",
]
