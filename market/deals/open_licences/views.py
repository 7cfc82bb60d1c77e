"""The doors of open licences: the public list and page, the declaration, and what holder, agency and licensee do."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from market.deals.open_licences import access, actions, queries
from market.deals.open_licences.forms import DeclareForm
from market.deals.open_licences.models import Declaration
from market.deals.terms.words import LICENSEE, plain_words
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn, acting_party
from market.parties.queries import agencies

PAGE = 20
MOST_RIGHTS = 100  # a holder with more declares the others after these


@require_safe
def open_licences(request: HttpRequest) -> HttpResponse:
    """Every patent that is open to licences, and the reader's own declarations that are not, or not any more."""
    page = Paginator(queries.open_to_all(), PAGE).get_page(request.GET.get("page"))
    party = acting_party(request.user) if request.user.is_authenticated else None
    context = {
        "page": page,
        "own": queries.of_party(party)[:PAGE] if party else (),
        "prev_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "deals/open_licences.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: SignedIn) -> HttpResponse:
    """The holder declares one of its patents open to licences."""
    party = access.declaring_party(request.user)
    given: dict[str, Any] = {"rights": queries.declarable(party)[:MOST_RIGHTS], "agencies": agencies()}
    form, status, bars = DeclareForm(**given), 200, ()
    if request.method == "POST":
        form, status = DeclareForm(request.POST, **given), 422
        if form.is_valid():
            try:
                made = actions.declare(holder=party, by=request.user, **form.said())
            except Refused as refused:
                bars = refused.facts.get("blockers", ())
                form.refuse(refused)
            else:
                said = _("Declared. The agency hands it to the office; it is open once the office has published it.")
                messages.success(request, said)
                return redirect("open-licence", code=made.code)
    return render(request, "deals/open_declare.html", {"form": form, "bars": bars}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def open_licence(request: HttpRequest, code: str) -> HttpResponse:
    """One open licence: what it costs and what it lets one do; the holder withdraws, others take it."""
    found = access.declaration_for(request.user, code)
    steps = access.steps_of(request.user, found)
    status, fault = 200, ""
    if request.method == "POST":
        step = next((name for name in STEPS if name in request.POST), "")
        if step not in steps:
            raise Http404
        try:
            return STEPS[step](request, found)
        except Refused as refused:
            status, fault = 422, sentence(refused)
    party = acting_party(request.user) if request.user.is_authenticated else None
    place = 0 if (get_language() or "").startswith("zh") else 1
    said = plain_words(queries.terms_for(found, party or found.holder), LICENSEE)
    context = {
        "declaration": found,
        "steps": steps,
        "inside": party is not None and party.pk in (found.holder_id, found.agency_id),
        "withdrawing": found.state == found.State.PUBLISHED and queries.is_withdrawing(found),
        "fault": fault,
        "annuity": queries.next_annuity(found.right),
        "words": [pair[place] for pair in said],
        "mine": queries.licence_of(found, party) if party else None,
    }
    return render(request, "deals/open_licence.html", context, status=status)


def _withdraw(request: SignedIn, found: Declaration) -> HttpResponse:
    done = actions.withdraw(declaration=found, by=request.user)
    at_once, later = (
        _("Withdrawn."),
        _("The agency hands the withdrawal in. It counts once the office has announced it."),
    )
    messages.success(request, at_once if done.state == done.State.WITHDRAWN else later)
    return redirect("open-licence", code=found.code)


def _take(request: SignedIn, found: Declaration) -> HttpResponse:
    buyer = acting_party(request.user)
    if buyer is None:
        raise Http404
    deal = actions.take(declaration=found, buyer=buyer, by=request.user)
    return redirect("deal-sign", code=deal.code, kind="notice")


STEPS: dict[str, Callable[..., HttpResponse]] = {"withdraw": _withdraw, "take": _take}
