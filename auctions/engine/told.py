"""What the engine tells those concerned, as facts in its own transaction."""

from auctions.engine.rows import ACTOR
from auctions.models import Bidder, Lot
from auctions.rules import chain
from auctions.rules import lot as rules
from market.trail import journal


def tell_opened(lot: Lot, phase: str) -> None:
    """Tell those who may bid, the seller and the agency that bidding began, or that the lot is held."""
    active = lot.bidders.filter(state=Bidder.State.ACTIVE).select_related("party")
    audience = {lot.listing.seller.ref, lot.sale.agency.ref, *(bidder.party.ref for bidder in active)}
    name = "lot.held" if phase == rules.SUSPENDED else "lot.opened"
    data = {"lot": lot.code, "title": lot.listing.right.title}
    journal.record(name, subject=lot.ref, actor=ACTOR, audience=audience, **data, ends_at=chain.stamp(lot.ends_at))
