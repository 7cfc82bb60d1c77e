"""Those concerned by what happens to a lot, and the fact that tells them; for many lots without a statement a lot."""

from typing import Any

from auctions.engine.rows import ACTOR
from auctions.models import Lot
from market.trail import journal
from market.trail.models import Fact

# What deciding about a lot and telling of it needs, for `prefetch_related_objects`.
CONCERNED = ("sale__agency", "leader", "listing__seller", "listing__right", "bidders__party")


def said(name: str, lot: Lot, **data: Any) -> Fact:
    """A fact about a lot with `CONCERNED` for the seller, the agency and all who registered; not yet written."""
    audience = {lot.listing.seller.ref, lot.sale.agency.ref, *(row.party.ref for row in lot.bidders.all())}
    told = {"lot": lot.code, **lot.listing.right.named}
    return journal.said(name, subject=lot.ref, actor=ACTOR, audience=audience, **told, **data)
