"""What the tests of offers share: a proposal, a first offer, and the answers to it."""

from typing import Any
from uuid import uuid4

from market.kernel.money import Money
from market.listings.models import Listing
from market.listings.offers import actions
from market.listings.offers.actions import Proposal
from market.listings.offers.models import Negotiation, Offer
from market.parties.models import Party
from tests import assets
from tests.people import owner_of


def yuan(amount: int) -> Money:
    """So many yuan."""
    return Money(amount * 100, "CNY")


def listed(seller: Party, agency: Party, **more: Any) -> Listing:
    """A patent of `seller` on offer, its price to be negotiated."""
    return assets.published(seller, agency, **({"pricing": "negotiable", "asking": yuan(1_500_000)} | more))


def proposal(amount: int = 1_000_000, **more: Any) -> Proposal:
    """So many yuan for three days, payable within ten."""
    said = {"amount": yuan(amount), "valid_h": 72, "key": uuid4(), "terms": {"pay_days": 10}}
    return Proposal(**(said | more))


def offered(listing: Listing, buyer: Party, amount: int = 1_000_000, **more: Any) -> Negotiation:
    """A negotiation begun by `buyer`."""
    return actions.make(listing, proposal(amount, **more), buyer=buyer, by=owner_of(buyer)).negotiation


def standing(negotiation: Negotiation) -> Offer:
    """The offer that counts now."""
    return Offer.objects.filter(negotiation=negotiation).order_by("-pk")[0]


def answer(what: str, negotiation: Negotiation, party: Party, *args: Any, seen: str = "") -> Any:
    """`party` answers through its owner, having read the offer that stands unless another hash is named."""
    seen = seen or standing(negotiation).sha256
    return getattr(actions, what)(negotiation, *args, party=party, by=owner_of(party), seen=seen)
