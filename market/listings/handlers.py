"""What listings do when facts arrive: watchers hear what happens to a right, and a listing is free again."""

from market.listings import actions
from market.listings.models import Listing, Watch
from market.parties.queries import user_ids_of
from market.trail import journal
from market.trail.models import Fact

ACTOR = "system:listings"


def on_falls_due(fact: Fact) -> None:
    """Tell the watchers what falls due on the right [listing.falls_due]; its owners were told already."""
    _pass_on(fact, "listing.falls_due")


def on_state_changed(fact: Fact) -> None:
    """Tell the watchers that the office shows another state [listing.right_changed]."""
    _pass_on(fact, "listing.right_changed")


def on_deal_undone(fact: Fact) -> None:
    """A deal about it was undone before title passed: the listing is on offer again."""
    listing = Listing.objects.get(code=fact.data["listing"])
    if listing.state == Listing.State.DEALT:
        actions.offer_again(listing, actor=ACTOR)


def _pass_on(fact: Fact, name: str) -> None:
    told = user_ids_of(ref.partition(":")[2] for ref in fact.audience if ref.startswith("party:"))
    code = fact.subject.partition(":")[2]
    for listing in Listing.objects.filter(right__code=code, state__in=Listing.PUBLIC).order_by("pk"):
        watchers = Watch.objects.filter(listing=listing).exclude(user__in=told).values_list("user_id", flat=True)
        audience = [f"user:{number}" for number in watchers]
        if audience:
            data = {**fact.data, **listing.right.named}
            journal.record(name, subject=listing.ref, actor=ACTOR, audience=audience, **data)
