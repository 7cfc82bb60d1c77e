"""What the auctions do when something below them happened."""

from auctions import actions
from auctions.models import Bidder
from market.trail.models import Fact


def on_charge_confirmed(fact: Fact) -> None:
    """A deposit arrived: the registration it belongs to may bid."""
    kind, _, code = str(fact.data.get("for", "")).partition(":")
    if kind == "bidder":
        actions.activate(bidder=Bidder.objects.get(code=code), actor=fact.actor)
