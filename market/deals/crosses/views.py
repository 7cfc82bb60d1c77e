"""The doors of cross-licences: the list, the proposal, and the answer to it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from market.deals.crosses import access, actions, queries
from market.deals.crosses.forms import CrossForm, DeclineForm
from market.deals.crosses.models import Cross
from market.deals.crosses.rules import balance_of
from market.deals.terms.words import LICENSEE, LICENSOR, plain_words
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn, party_by_code, verified_party_of
from market.parties.queries import agencies
from market.rights.queries import right_of

PAGE = 25


@login_required
@require_safe
def crosses(request: SignedIn) -> HttpResponse:
    """The cross-licences of the party the reader acts for, a page at a time."""
    page = Paginator(access.crosses_for(request.user), PAGE).get_page(request.GET.get("page"))
    around = {
        "prev_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "deals/crosses.html", {"page": page, **around})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: SignedIn) -> HttpResponse:
    """An owner proposes to license one of its rights for another's."""
    party = verified_party_of(request.user)
    given: dict[str, Any] = {"rights": queries.licensable(party), "agencies": agencies()}
    form, bars = CrossForm(request.POST if request.method == "POST" else None, **given), ()
    if form.is_bound and form.is_valid():
        try:
            other = party_by_code(request.user, form.cleaned_data["other"])
            said = form.said(party, other, right_of(other, form.cleaned_data["taken"]))
            made = actions.propose(by=request.user, **said)
        except Refused as refused:
            bars = refused.facts.get("blockers", ())
            form.refuse(refused)
        else:
            messages.success(request, _("Proposed. The other side has been told."))
            return redirect("cross", code=made.code)
    context = {"form": form, "bars": bars}
    return render(request, "deals/cross_propose.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cross(request: SignedIn, code: str) -> HttpResponse:
    """A cross-licence: both licences in plain words, the balance, the answer, and its two deals."""
    found = access.cross_for(request.user, code)
    steps = access.steps_of(request.user, found)
    form, fault, bars, status = DeclineForm(), "", (), 200
    if request.method == "POST":
        form, status = DeclineForm(request.POST), 422
        try:
            if form.is_valid() and _done(request, found, steps, form):
                return redirect("cross", code=code)
        except Refused as refused:
            fault, bars, status = sentence(refused), refused.facts.get("blockers", ()), refused.status
    context = {
        "cross": found,
        "steps": steps,
        "form": form,
        "fault": fault,
        "bars": bars,
        "given": _words(request, found, found.given_terms, found.proposer_id),
        "taken": _words(request, found, found.taken_terms, found.other_id),
        "balance": balance_of(found.given_terms, found.taken_terms),
        "deals": queries.deals_of(found),
    }
    return render(request, "deals/cross.html", context, status=status)


def _done(request: SignedIn, found: Cross, steps: frozenset[str], form: DeclineForm) -> bool:
    """Do what was asked, and say so; 404 for what is not the reader's to do."""
    step = next((name for name in steps if name in request.POST), "")
    if step == "agree":
        actions.agree(cross=found, by=request.user)
        messages.success(request, _("Agreed. Both contracts are being drafted; each side signs both."))
    elif step == "decline":
        actions.decline(cross=found, remark=form.cleaned_data["remark"], by=request.user)
        messages.success(request, _("Declined. The other side has been told."))
    elif step == "withdraw":
        actions.withdraw(cross=found, by=request.user)
        messages.success(request, _("Withdrawn. The other side has been told."))
    else:
        raise Http404
    return True


def _words(request: SignedIn, found: Cross, document: dict[str, object], licensor: int) -> list[str]:
    """The terms of one of the licences, as the reader's side reads them."""
    mine = request.party.pk == licensor if request.party else False
    place = 0 if (get_language() or "").startswith("zh") else 1
    return [pair[place] for pair in plain_words(document, LICENSOR if mine else LICENSEE)]
