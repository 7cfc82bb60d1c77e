"""What other rooms' pages show of filings."""

from typing import Any

from django import template
from django.urls import reverse

from market.deals.models import Deal
from market.filings import queries
from market.parties.models import Party

register = template.Library()
SHOWN = 6


@register.inclusion_tag("filings/_deal.html", takes_context=True)
def deal_filing(context: dict[str, Any], deal: Deal) -> dict[str, Any]:
    """The filing of a deal with its history, for the deal room; the agency gets the way to its desk."""
    filing = queries.filing_of(deal)
    party = getattr(context["request"], "party", None)
    mine = party is not None and bool(party) and party.pk == deal.agency_id
    history = queries.history(filing) if filing else []
    return {"filing": filing, "history": history, "mine": mine, "request": context["request"]}


@register.simple_tag
def filing_url(deal: Deal) -> str:
    """Where the agency carries the deal's filing on; empty before its pack was made."""
    filing = queries.filing_of(deal)
    return reverse("filing", args=[filing.code]) if filing else ""


@register.inclusion_tag("filings/_queue.html")
def filings_queue(agency: Party) -> dict[str, Any]:
    """The agency's filings that wait, the first due first."""
    waiting = queries.waiting(agency)
    return {"filings": waiting[:SHOWN], "count": waiting[:100].count()}
