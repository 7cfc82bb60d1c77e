"""An accepted offer concludes a deal, as the hammer does."""

from market.deals import actions
from market.deals.actions import Concluded
from market.deals.negotiation import documents
from market.deals.rules.papers import NEGOTIATED
from market.kernel.errors import Refused
from market.listings import actions as listings
from market.listings.models import Listing
from market.listings.offers import ending
from market.listings.offers import queries as offers
from market.trail.models import Fact


def on_offer_accepted(fact: Fact) -> None:
    """Open the deal about the offer that was accepted, on the fees of the consignment; the listing is dealt with it.

    Where another deal has the right there is none to open, and both sides are told (`ending.void`). Told twice it opens
    one: the offer names the deal for ever.
    """
    offer = offers.by_offer(fact.data["offer"])
    listing = offer.negotiation.listing
    record = {"mode": NEGOTIATED, "offer": offer.code, "offer_sha256": offer.sha256}
    concluded = Concluded(
        origin=offer.ref,
        listing=listing,
        buyer=offer.negotiation.buyer,
        price=offer.amount,
        seller_fees=listing.mandate.seller_fees,
        buyer_fees=listing.mandate.buyer_fees,
        on_record=record | {"conditions": offer.terms.get("conditions", "")},
        agreed_days=documents.agreed_days(offer.terms),
        document=offer.terms if documents.is_licence(offer.terms) else None,
    )
    try:
        actions.open_many([concluded], actor=fact.actor)
    except Refused as refused:
        if refused.code != "deal.right_taken":
            raise
        ending.void(offer.negotiation, actor=fact.actor)
        return
    if listing.state == Listing.State.UNDER_OFFER:
        listings.mark_dealt(listing, actor=fact.actor)
