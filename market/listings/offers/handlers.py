"""What negotiations do when facts arrive: what is no longer on offer is negotiated about no longer."""

from market.listings.models import Listing
from market.listings.offers import ending
from market.trail.models import Fact


def on_listing_gone(fact: Fact) -> None:
    """The listing was withdrawn, or a sale took it: tell whoever negotiated."""
    listing = Listing.objects.get(code=fact.subject.removeprefix("listing:"))
    if listing.state != Listing.State.PUBLISHED:
        ending.close_all(listing, reason=fact.name)
