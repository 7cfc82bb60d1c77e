"""What other rooms' pages show of the listings."""

from typing import Any

from django import template

from market.listings import queries
from market.parties.models import Party
from market.rights.models import Right
from market.rights.queries import family_of

register = template.Library()
NEW, QUEUE = 8, 5


@register.inclusion_tag("listings/_new.html")
def new_listings() -> dict[str, Any]:
    """{% new_listings %}: the eight listings published last, as tiles."""
    return {"listings": queries.newest(limit=NEW)}


@register.inclusion_tag("listings/_family.html")
def family(right: Right) -> dict[str, Any]:
    """{% family right %}: the other rights that go back to the same first application, with what is on offer of them."""
    members = family_of(right)
    offered = queries.on_offer_of(members)
    return {"right": right, "members": [(member, offered.get(member.pk, "")) for member in members]}


@register.inclusion_tag("listings/_queue.html")
def listings_queue(agency: Party | None) -> dict[str, Any]:
    """{% listings_queue agency %}: how many listings wait for review, and the first of them."""
    waiting = queries.for_agency(agency) if agency else None
    return {"count": waiting.count(), "waiting": waiting[:QUEUE]} if waiting is not None else {}


@register.inclusion_tag("listings/_waiting.html")
def listings_waiting(party: Party | None) -> dict[str, Any]:
    """{% listings_waiting party %}: the listings a reviewer sent back, as rows of what waits for you."""
    return {"returned": queries.sent_back(party) if party else []}
