"""Contributions, dividends and rewards on pages of other rooms: what waits for the reader."""

from typing import Any

from django import template

from market.equity import queries
from market.equity.dividends import queries as dividends
from market.equity.rewards import queries as rewards
from market.parties.models import Party

register = template.Library()


@register.inclusion_tag("equity/_waiting.html")
def contributions_waiting(party: Party | None) -> dict[str, Any]:
    """{% contributions_waiting request.party %}: <li> rows of contributions whose next step is the reader's."""
    return {"contributions": queries.waiting_for(party) if party else []}


@register.inclusion_tag("equity/dividends/_waiting.html")
def dividends_waiting(party: Party | None) -> dict[str, Any]:
    """{% dividends_waiting request.party %}: <li> rows of plans of which the party has to declare a period."""
    return {"plans": dividends.plans_waiting(party) if party else []}


@register.inclusion_tag("equity/rewards/_waiting.html")
def rewards_waiting(party: Party | None) -> dict[str, Any]:
    """{% rewards_waiting request.party %}: <li> rows of plans to look at or to put in force and of rewards to pay."""
    if not party:
        return {}
    return {"party": party, "plans": rewards.plans_waiting(party), "unpaid": rewards.unpaid(party)[:10]}
