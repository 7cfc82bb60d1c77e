"""What other rooms' pages show of valuations."""

from typing import Any

from django import template
from django.template import Context

from market.listings.models import Listing
from market.parties.access import may_act
from valuation.guidance.queries import is_far_above, known_of

register = template.Library()


@register.inclusion_tag("valuation/_guidance.html", takes_context=True)
def price_guidance(context: Context, listing: Listing) -> dict[str, Any]:
    """{% price_guidance listing %}: for the seller's owners and agents alone, what the right may fetch, and whether the reserve
    is far above it."""
    if not may_act(context["request"].user, listing.seller):
        return {}
    known = known_of(listing)
    return {"listing": listing, "known": known, "far": is_far_above(listing, known)}
