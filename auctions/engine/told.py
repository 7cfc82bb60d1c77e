"""What the engine tells those concerned, as facts in its own transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from auctions.engine.around import Entrant
from auctions.engine.rows import ACTOR
from auctions.models import Bidder, Lot
from auctions.rules import chain
from auctions.rules import lot as rules
from market.kernel.money import Money
from market.trail import journal

OUTBID_EVERY = timedelta(minutes=5)  # a bidder is told of being outbid at most this often; the room shows each change


@dataclass(frozen=True, slots=True)
class Outbid:
    """A bidder who no longer leads, and the price that does."""

    lot: Lot
    loser: Entrant
    price: Money


def tell_opened(lot: Lot, phase: str) -> None:
    """Tell those who may bid, the seller and the agency that bidding began, or that the lot is held."""
    active = lot.bidders.filter(state=Bidder.State.ACTIVE).select_related("party")
    audience = {lot.listing.seller.ref, lot.sale.agency.ref, *(bidder.party.ref for bidder in active)}
    name = "lot.held" if phase == rules.SUSPENDED else "lot.opened"
    data = {"lot": lot.code, **lot.listing.right.named}
    journal.record(name, subject=lot.ref, actor=ACTOR, audience=audience, **data, ends_at=chain.stamp(lot.ends_at))


def tell_outbid(lost: Sequence[Outbid]) -> None:
    """Tell bidders that they no longer lead, all at once."""
    journal.record_many(
        journal.said(
            "bidder.outbid",
            subject=f"bidder:{one.loser.code}",
            actor=ACTOR,
            audience=[f"party:{one.loser.party}"],
            lot=one.lot.code,
            price=one.price.wire(),
            **one.lot.named,  # type: ignore[attr-defined]
        )
        for one in lost
    )
