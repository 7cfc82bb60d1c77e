"""Royalties on pages of other rooms: the periods that wait for the reader."""

from typing import Any

from django import template

from market.parties.models import Party
from market.royalties import queries
from market.royalties.sublicences import queries as sublicences

register = template.Library()

SHOWN = 10


@register.inclusion_tag("royalties/_waiting.html")
def royalties_waiting(party: Party | None) -> dict[str, Any]:
    """{% royalties_waiting request.party %}: <li> rows of periods to report or to approve, the first due first, and of
    sublicences to consent to."""
    if party is None:
        return {}
    return {"periods": queries.waiting_for(party)[:SHOWN], "asked": sublicences.waiting_for(party)[:SHOWN]}
