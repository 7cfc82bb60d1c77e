"""Contributions on pages of other rooms: those that wait for the reader."""

from typing import Any

from django import template

from market.equity import queries
from market.kernel import clock
from market.parties.models import Party

register = template.Library()


@register.inclusion_tag("equity/_waiting.html")
def contributions_waiting(party: Party | None) -> dict[str, Any]:
    """{% contributions_waiting request.party %}: <li> rows of contributions whose next step is the reader's."""
    return {"contributions": queries.waiting_for(party, clock.today()) if party else []}
