"""A foreign bidder and the technology's class: asked at registration, as what is restricted may not even be negotiated."""

from auctions.models import Bidder
from market.kernel.errors import Refused
from market.rights.conditions import actions as conditions
from market.rights.queries import readiness_of
from market.rights.rules.conditions import Terms
from market.rights.rules.intents import AUCTION
from market.rights.rules.rulebook import Blocker
from market.trail.models import Fact

RULE, ASKER = "R31", "system:auctions"


def bars_of(bidder: Bidder) -> list[Blocker]:
    """What keeps a foreign or foreign-controlled bidder from the lot's technology (R31); nothing for others."""
    listing = bidder.lot.listing
    (answer,) = readiness_of(
        [listing.right],
        AUCTION,
        sellers={listing.right_id: listing.seller},
        terms={listing.right_id: Terms(listing.ref, bidder.lot.start, bidder.party.foreign)},
    )
    return [bar for bar in answer.bars if bar.rule == RULE]


def check_class(bidder: Bidder) -> None:
    """Refused `right.blocked` while a foreign bidder's technology is not classified, not licensed or prohibited
    (技术进出口管理条例 28-38)."""
    if bars := bars_of(bidder):
        raise Refused("right.blocked", number=bidder.lot.listing.right.number, blockers=bars)


def on_bidder_applied(fact: Fact) -> None:
    """Ask the seller for the class of the technology as soon as a foreign bidder applies."""
    related = ("lot__listing__right", "lot__listing__seller", "lot__sale__agency", "party")
    bidder = Bidder.objects.select_related(*related).get(code=fact.subject.removeprefix("bidder:"))
    listing = bidder.lot.listing
    conditions.ask(
        listing.right,
        blockers=bars_of(bidder),
        opened_for=listing.ref,
        seller=listing.seller,
        asked_by=bidder.lot.sale.agency,
        actor=ASKER,
    )
