"""What waits about parties, for my page and for the desk."""

from typing import Any

from django import template

from market.parties import queries
from market.parties.models import Party

register = template.Library()

SHOWN = 5


@register.inclusion_tag("parties/_waiting.html", takes_context=True)
def party_waiting(context: dict[str, Any], party: Party | None) -> dict[str, Any]:
    """{% party_waiting request.party %}: <li> rows: no party yet, not submitted, sent back, invitations to the reader."""
    return {"party": party, "invitations": queries.invitations_to(context["request"].user)}


@register.inclusion_tag("parties/_queue.html")
def parties_queue(agency: Party) -> dict[str, Any]:
    """{% parties_queue request.agency %}: the desk's card of parties that wait for verification."""
    waiting = queries.waiting(agency)
    return {"count": waiting.count(), "parties": waiting[:SHOWN]}
