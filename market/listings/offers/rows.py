"""The rows of a negotiation: held in their order, ended, and told of."""

from typing import Any

from market.kernel import clock
from market.kernel.states import move
from market.listings.models import Listing
from market.listings.offers.models import Negotiation
from market.trail import journal

ACTOR = "system:offers"


def held(listing: int) -> Listing:
    """The listing as it is now, its row held until the transaction ends: the queue of all who negotiate about it."""
    rows = Listing.objects.select_for_update(of=("self",)).select_related("right", "seller", "agency")
    return rows.get(pk=listing)


def row_of(pk: int, listing: Listing) -> Negotiation:
    """The negotiation as it is now, its row held; the listing is held already."""
    rows = Negotiation.objects.select_for_update(of=("self",)).select_related("buyer", "standing", "round")
    row = rows.get(pk=pk)
    row.listing = listing
    return row


def end(row: Negotiation, state: str, fact: str, actor: str, audience: list[str], *, reason: str = "") -> Negotiation:
    """End a negotiation we hold in `state`, and record the fact."""
    move(row, state, ended_at=clock.database_now(), reason=reason)
    record(fact, row, actor, audience, reason=reason)
    return row


def record(name: str, row: Negotiation, actor: str, audience: list[str], **data: Any) -> None:
    """A fact about the negotiation, with the offer that stands."""
    listing, offer = row.listing, row.standing
    right = listing.right
    told: dict[str, Any] = {"listing": listing.code, **right.named}
    if offer is not None:
        told |= {"offer": offer.code, "side": offer.side, "amount": offer.amount.wire(), "sha256": offer.sha256}
        told |= {"expires_at": offer.expires_at.isoformat()}
    journal.record(name, subject=row.ref, actor=actor, audience=audience, **told, **data)
