"""The agency's doors to its settlements: those to post, one line by line, and the claims that come before the holders."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.kernel.errors import Refused
from market.kernel.forms import answered
from market.kernel.words import sentence
from market.parties.access import SignedIn, agency_of
from market.payments import access, actions, queries
from market.payments.models import Settlement
from market.payments.settlements import queries as of_settlements
from market.payments.settlements.forms import ClaimForm, FeeForm, PayoffForm, TaxForm
from market.payments.views.pages import page_of

# What may be entered: its heading, its form, and the action that enters it.
CLAIMS: dict[str, tuple[Any, type[ClaimForm], Callable[..., Any]]] = {
    "payoff": (gettext_lazy("Payoff letter of a pledgee"), PayoffForm, actions.claim_payoff),
    "fee": (gettext_lazy("Fee laid out"), FeeForm, actions.claim_fee),
    "tax": (gettext_lazy("Tax withheld"), TaxForm, actions.claim_tax),
}


@login_required
@require_safe
def settlements(request: SignedIn) -> HttpResponse:
    """The agency's settlements: those to post, and those posted."""
    agency = agency_of(request.user)
    shown = (
        Settlement.State.POSTED if request.GET.get("state") == Settlement.State.POSTED else Settlement.State.PREPARED
    )
    tabs = [("prepared", _("To be posted")), ("posted", _("Posted"))]
    context = {
        "shown": shown,
        "tabs": [{"label": label, "url": f"?state={state}", "current": state == shown} for state, label in tabs],
        "settlements": page_of(queries.settlements_by(agency, shown), request.GET.get("page")),
    }
    return render(request, "payments/desk_settlements.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settlement(request: SignedIn, code: str) -> HttpResponse:
    """One settlement, line by line against the escrow, and the button that moves the money."""
    found = access.settlement_for(request.user, code)
    problem, status = "", 200
    if request.method == "POST":
        try:
            actions.post_settlement(settlement=found, by=request.user)
        except Refused as refused:
            problem, status = sentence(refused), refused.status
        else:
            messages.success(request, _("The escrow is shared out. The payouts wait to be sent."))
            return redirect("settlement", code=found.deal.code)
    prepared = found.state == Settlement.State.PREPARED
    share_out = found.purpose == Settlement.Purpose.SHARE_OUT
    context = {
        "settlement": found,
        "deal": found.deal,
        "sheet": of_settlements.sheet(found),
        "claims": of_settlements.claims_on(found.deal),
        "unanswered": of_settlements.unanswered(found.deal) if prepared and share_out else (),
        "problem": problem,
        "may_pay": access.may_pay(request.user, found.deal.agency),
    }
    return render(request, "payments/settlement.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: SignedIn, code: str, kind: str) -> HttpResponse:
    """Enter one claim of a prepared settlement; its lines are computed anew."""
    found = access.open_settlement_for(request.user, code)
    if kind not in CLAIMS or (kind != "fee" and found.purpose == Settlement.Purpose.UNDO):
        raise Http404
    heading, form_class, enter = CLAIMS[kind]
    form, status = form_class(found.deal, request.user), 200
    if request.method == "POST":
        form = form_class(found.deal, request.user, request.POST, request.FILES)
        status = answered(form, enter, deal=found.deal, by=request.user)
        if not status:
            messages.success(request, _("Entered. The lines are computed anew."))
            return redirect("settlement", code=found.deal.code)
    context = {"settlement": found, "deal": found.deal, "heading": heading, "form": form, "kind": kind}
    return render(request, "payments/claim.html", context, status=status)


@login_required
@require_POST
def drop(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Take back a claim that was entered wrongly."""
    found = access.claim_for(request.user, code, number)
    try:
        actions.drop_claim(claim=found, by=request.user)
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("Taken back. The lines are computed anew."))
    return redirect("settlement", code=code)
