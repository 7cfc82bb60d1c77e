"""Royalties on pages of other rooms: the periods that wait for the reader."""

from typing import Any

from django import template

from market.parties.models import Party
from market.royalties import queries

register = template.Library()


@register.inclusion_tag("royalties/_waiting.html")
def royalties_waiting(party: Party | None) -> dict[str, Any]:
    """{% royalties_waiting request.party %}: <li> rows of periods to report or to approve, the first due first."""
    return {"party": party, "periods": queries.waiting_for(party)[:10] if party else []}
