"""What other rooms' pages show of filings."""

from typing import Any

from django import template
from django.urls import reverse

from market.deals.models import Deal
from market.deals.open_licences.models import Declaration
from market.filings import access, queries
from market.filings.models import Filing
from market.parties.models import Party

register = template.Library()
SHOWN = 6


@register.inclusion_tag("filings/_deal.html", takes_context=True)
def deal_filing(context: dict[str, Any], deal: Deal) -> dict[str, Any]:
    """{% deal_filing deal %}: its filing with pack and history, for the deal room; the agency gets the way to its desk."""
    return _shown(context, queries.filing_of(deal))


@register.inclusion_tag("filings/_deal.html", takes_context=True)
def declaration_filing(context: dict[str, Any], declaration: Declaration) -> dict[str, Any]:
    """{% declaration_filing declaration %}: the same for an open licence, for its holder and its agency."""
    return _shown(context, queries.filing_about(declaration))


def _shown(context: dict[str, Any], filing: Filing | None) -> dict[str, Any]:
    request = context["request"]
    if filing is None:
        return {"filing": None}
    return {
        "filing": filing,
        "office": queries.office(filing),
        "history": queries.history(filing),
        "mine": access.may_enter(request.user, filing),
        "request": request,
    }


@register.simple_tag
def filing_url(deal: Deal) -> str:
    """{% filing_url deal as url %}: where the agency carries the filing on; empty before its pack was made."""
    filing = queries.filing_of(deal)
    return reverse("filing", args=[filing.code]) if filing else ""


@register.inclusion_tag("filings/_queue.html")
def filings_queue(agency: Party) -> dict[str, Any]:
    """{% filings_queue request.agency %}: a card with the agency's filings that wait, the first due first."""
    waiting = queries.waiting(agency)
    return {"filings": waiting[:SHOWN], "waiting_count": waiting.count()}
