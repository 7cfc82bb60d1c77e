"""What other pages show of deals: what waits for a party, and the agency's queue."""

from typing import Any

from django import template

from market.deals import queries
from market.parties.models import Party

register = template.Library()

SHOWN = 5


@register.inclusion_tag("deals/_waiting.html")
def deals_waiting(party: Party | None) -> dict[str, Any]:
    """{% deals_waiting party %}: an <li> for every paper the party has to sign or complete, the first due first."""
    return {"rows": queries.waiting_for(party) if party else []}


@register.inclusion_tag("deals/_queue.html")
def deals_queue(agency: Party) -> dict[str, Any]:
    """{% deals_queue agency %}: a card with how many deals stand in each state, and the first that are due."""
    counts, due = queries.queue_of(agency, SHOWN)
    return {"counts": counts, "rows": due}
