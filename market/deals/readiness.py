"""What the rulebook has against a deal on the day it is asked: at the hammer, at contract, at payment, before filing."""

from collections.abc import Mapping

from django.db.models import QuerySet

from market.deals.models import Deal
from market.deals.queries import with_parties
from market.deals.rules import moves
from market.listings.models import Listing
from market.rights import queries as rights
from market.rights.rules.conditions import Terms
from market.rights.rules.intents import ASSIGN, CONTRIBUTE, Intent, license_as
from market.rights.rules.rulebook import Blocker, Readiness

# What a deal about each kind of offer does with the right; no lot grants more than an ordinary licence.
ACTS: Mapping[str, Intent] = {
    Listing.Mode.ASSIGNMENT: ASSIGN,
    Listing.Mode.LICENCE: license_as("ordinary"),
    Listing.Mode.OPEN_LICENCE: license_as("open"),
    Listing.Mode.EQUITY: CONTRIBUTE,
}


def readiness_of(deal: Deal, intent: str = "") -> Readiness:
    """What the rulebook has against `intent` with the deal's right today, unless told against what was agreed; what the
    same buyer gets from the same seller moves together (R20)."""
    both = Deal.objects.filter(seller=deal.seller, buyer=deal.buyer, state__in=moves.LIVE)
    together = set(both.values_list("right_id", flat=True))
    (answer,) = rights.readiness_of(
        [deal.right],
        intent or ACTS[deal.mode],
        sellers={deal.right_id: deal.seller},
        bundles={deal.right_id: together},
        terms={deal.right_id: Terms(deal.ref, deal.price, deal.buyer.foreign, _agreed(deal))},
    )
    return answer


def _agreed(deal: Deal) -> bool:
    """Whether the two sides found the price between themselves, rather than bidders or a price on the market."""
    return deal.listing.pricing == Listing.Pricing.NEGOTIABLE


def bars_of(deal: Deal, intent: str = "") -> tuple[Blocker, ...]:
    """What bars `intent` with the deal's right today (see `readiness_of`)."""
    return readiness_of(deal, intent).bars


def open_about(right: str) -> QuerySet[Deal]:
    """The deals about a right ("right:R-…") whose title has yet to pass: those the rulebook can still bar."""
    return with_parties().filter(right__code=right.removeprefix("right:"), state__in=moves.UNTITLED).order_by("pk")
