"""The public directory of operating agencies: what each is licensed for and who hosts its auctions."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from market.kernel import clock
from market.parties import access, queries


@require_safe
def agencies(request: HttpRequest) -> HttpResponse:
    """Every verified agency."""
    context = {"agencies": queries.agencies().prefetch_related("licences", "auctioneers"), "today": clock.today()}
    return render(request, "parties/agencies.html", context)


@require_safe
def agency(request: HttpRequest, code: str) -> HttpResponse:
    """One agency: licence numbers with their validity, auctioneers, what it may charge."""
    found = access.agency_for(code)
    today = clock.today()
    context = {
        "agency": found,
        "licences": queries.licences_of(found),
        "auctioneers": queries.auctioneers_of(found),
        "holds_auctions": queries.may_hold_auctions(found, today),
        "today": today,
    }
    return render(request, "parties/agency.html", context)
