"""How negotiations end by themselves: their time is up, or what they are about is no longer on offer."""

from django.db import transaction

from market.kernel import clock
from market.listings import actions as listings
from market.listings.models import Listing
from market.listings.offers import queries, rows
from market.listings.offers.models import Negotiation


def expire_due(limit: int = 100) -> int:
    """End the negotiations whose offer's time is up [offer.expired -> both sides], at most `limit`; how many. Any number
    of workers may call it."""
    return sum(_expire_one(negotiation) for negotiation in queries.due(clock.database_now())[:limit])


@transaction.atomic
def _expire_one(negotiation: Negotiation) -> bool:
    row = rows.row_of(negotiation.pk, rows.held(negotiation.listing_id))
    if row.state != Negotiation.State.OPEN or clock.database_now() < row.expires_at:
        return False
    expire(row)
    return True


def expire(row: Negotiation) -> Negotiation:
    """End a negotiation we hold, whose time is up."""
    told = [row.buyer.ref, row.listing.seller.ref]
    return rows.end(row, Negotiation.State.EXPIRED, "offer.expired", rows.ACTOR, told)


@transaction.atomic
def void(negotiation: Negotiation, *, actor: str) -> Negotiation:
    """No deal can open about the offer that was accepted, as another has the right: nobody can perform it (民法典 580)
    [offer.void -> buyer, seller, agency], and the listing is withdrawn. Again: nothing more."""
    listing = rows.held(negotiation.listing_id)
    row = rows.row_of(negotiation.pk, listing)
    if row.state == Negotiation.State.VOID:
        return row
    listings.lose_many([listing], actor=actor)
    told = [party.ref for party in (row.buyer, listing.seller, listing.agency) if party is not None]
    return rows.end(row, Negotiation.State.VOID, "offer.void", actor, told)


@transaction.atomic
def close_all(listing: Listing, *, reason: str) -> int:
    """End every open negotiation about a listing that is no longer on offer [offer.closed -> its buyer]; how many.
    `reason` is "accepted" where another offer was, else the fact that took it away."""
    listing = rows.held(listing.pk)
    opened = Negotiation.objects.select_for_update(of=("self",)).filter(listing=listing, state=Negotiation.State.OPEN)
    found = list(opened.select_related("buyer", "standing").order_by("pk"))
    for row in found:
        row.listing = listing
        rows.end(row, Negotiation.State.CLOSED, "offer.closed", rows.ACTOR, [row.buyer.ref], reason=reason)
    return len(found)
