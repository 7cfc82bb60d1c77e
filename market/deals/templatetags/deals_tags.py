"""What other pages show of deals: what waits for a party, and the agency's queue."""

from typing import Any

from django import template

from market.deals import queries
from market.deals.crosses import queries as crosses
from market.kernel import clock
from market.listings.models import Listing
from market.listings.offers import queries as offers
from market.parties.models import Party

register = template.Library()

SHOWN = 5
WAITING = 10


@register.inclusion_tag("deals/_waiting.html")
def deals_waiting(party: Party | None) -> dict[str, Any]:
    """{% deals_waiting party %}: an <li> for every paper the party has to sign or complete, the first due first."""
    return {"rows": queries.waiting_for(party) if party else []}


@register.inclusion_tag("deals/negotiation/_waiting.html")
def offers_waiting(party: Party | None) -> dict[str, Any]:
    """{% offers_waiting party %}: an <li> for every offer the party has to answer, a cross-licence too, and every private round
    it may decide on or take part in."""
    if not party:
        return {}
    now = clock.now()
    return {
        "rows": offers.waiting_for(party)[:WAITING],
        "crosses": crosses.waiting_for(party)[:WAITING],
        "proposed": offers.proposed_to(party)[:WAITING],
        "inviting": offers.inviting(party, now)[:WAITING],
    }


@register.inclusion_tag("deals/negotiation/_queue.html")
def offers_queue(agency: Party) -> dict[str, Any]:
    """{% offers_queue agency %}: a card with how many negotiate about what the agency administers, and the first to end."""
    count, rows = offers.queue_of(agency)
    return {"count": count, "rows": rows}


@register.inclusion_tag("deals/negotiation/_door.html")
def offer_door(listing: Listing, party: Party | None) -> dict[str, Any]:
    """{% offer_door listing party %}: the way to an offer, to the negotiation that is open, or to what others offer."""
    takes = listing.mode in offers.MODES and listing.bundle_id is None and listing.agency_id is not None
    if not takes or listing.state != Listing.State.PUBLISHED:
        return {}
    auctioned = listing.pricing == Listing.Pricing.AUCTION
    if party in (listing.seller, listing.agency):
        floors = listing.pricing == Listing.Pricing.NEGOTIABLE
        return {"listing": listing, "mine": party == listing.seller and not auctioned, "floors": floors}
    open_ = not auctioned or bool(party and offers.round_for(listing, party, clock.now()))
    opened = offers.open_of(listing, party) if party and open_ else None
    return {
        "listing": listing,
        "opened": opened,
        "open": open_,
        "orders": listing.pricing == Listing.Pricing.FIXED,
    }


@register.inclusion_tag("deals/_queue.html")
def deals_queue(agency: Party) -> dict[str, Any]:
    """{% deals_queue agency %}: a card with how many deals stand in each state, and the first that are due."""
    counts, due = queries.queue_of(agency, SHOWN)
    return {"counts": counts, "rows": due}
