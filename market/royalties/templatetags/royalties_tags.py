"""Royalties on pages of other rooms: the periods that wait for the reader, and the tax on what a statement asks for."""

from typing import Any

from django import template

from market.parties.models import Party
from market.royalties import queries
from market.royalties.sublicences import queries as sublicences

register = template.Library()

SHOWN = 10


@register.inclusion_tag("royalties/_tax.html", takes_context=True)
def tax_on(context: dict[str, Any], subject: str) -> dict[str, Any]:
    """{% tax_on statement.ref %}: gross, tax withheld and net of what a statement asks for, and the certificate of the tax, or
    that it is owed; nothing where none is withheld."""
    statement = queries.statements().get(code=subject.removeprefix("statement:"))
    withheld = queries.withheld_with(statement)
    certificate = queries.certificate_of(statement) if withheld else None
    said = {"statement": statement, "withheld": withheld, "gross": statement.due + withheld}
    return {**said, "certificate": certificate, "request": context["request"]}


@register.inclusion_tag("royalties/_waiting.html")
def royalties_waiting(party: Party | None) -> dict[str, Any]:
    """{% royalties_waiting request.party %}: <li> rows of periods to report or to approve, the first due first, and of
    sublicences to consent to."""
    if not party:
        return {}
    return {"periods": queries.waiting_for(party)[:SHOWN], "asked": sublicences.waiting_for(party)[:SHOWN]}
