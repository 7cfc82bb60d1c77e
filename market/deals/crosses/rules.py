"""What the two licences of a cross-licence have to be: the one is paid for with the other, and one side pays what is left."""

from typing import NamedTuple

from market.deals.terms.documents import Document, price_of
from market.kernel.errors import Refused
from market.kernel.money import Money


class Balance(NamedTuple):
    """What is paid beside the licences, and by whom: "proposer", "other", or "" for nobody."""

    amount: Money
    payer: str


def balance_of(given: Document, taken: Document) -> Balance:
    """The balance of two licences: the proposer licenses `given`, for which the other pays, and takes `taken`.

    Refused `cross.two_prices` where each would pay the other: only the difference is owed.
    """
    theirs, ours = price_of(given), price_of(taken)
    if theirs and ours:
        raise Refused("cross.two_prices")
    return Balance(theirs, "other") if theirs else Balance(ours, "proposer" if ours else "")
