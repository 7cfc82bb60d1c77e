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
from market.deals.open_licences.forms import DeclareForm, PublishForm
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
    """One open licence: what it costs and what it lets one do; the agency publishes, the holder withdraws, others take it."""
    found = access.declaration_for(request.user, code)
    steps = access.steps_of(request.user, found)
    form, status, fault = PublishForm() if "publish" in steps else None, 200, ""
    if request.method == "POST":
        step = next((name for name in STEPS if name in request.POST), "")
        if step not in steps:
            raise Http404
        form, status = PublishForm(request.POST) if step == "publish" else form, 422
        if step != "publish" or (form is not None and form.is_valid()):
            try:
                return STEPS[step](request, found, form)
            except Refused as refused:
                if step == "publish" and form is not None:
                    form.refuse(refused)
                else:
                    fault = sentence(refused)
    party = acting_party(request.user) if request.user.is_authenticated else None
    place = 0 if (get_language() or "").startswith("zh") else 1
    said = plain_words(queries.terms_for(found, party or found.holder), LICENSEE)
    context = {
        "declaration": found,
        "steps": steps,
        "form": form,
        "fault": fault,
        "annuity": queries.next_annuity(found.right),
        "words": [pair[place] for pair in said],
        "mine": queries.licence_of(found, party) if party else None,
    }
    return render(request, "deals/open_licence.html", context, status=status)


def _publish(request: SignedIn, found: Declaration, form: PublishForm) -> HttpResponse:
    actions.publish(declaration=found, by=request.user, **form.cleaned_data)
    messages.success(request, _("Published. Anybody may take a licence now."))
    return redirect("open-licence", code=found.code)


def _withdraw(request: SignedIn, found: Declaration, form: Any) -> HttpResponse:
    actions.withdraw(declaration=found, by=request.user)
    messages.success(request, _("Withdrawn. The licences taken until now stand."))
    return redirect("open-licence", code=found.code)


def _take(request: SignedIn, found: Declaration, form: Any) -> HttpResponse:
    buyer = acting_party(request.user)
    if buyer is None:
        raise Http404
    deal = actions.take(declaration=found, buyer=buyer, by=request.user)
    return redirect("deal-sign", code=deal.code, kind="notice")


STEPS: dict[str, Callable[..., HttpResponse]] = {"publish": _publish, "withdraw": _withdraw, "take": _take}
