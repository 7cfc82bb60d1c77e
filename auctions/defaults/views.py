"""The doors of a default: the agency's reminder and declaration, and the claim for both sides, as a page and as a PDF."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from auctions.defaults import access, actions, queries
from auctions.models import Default
from market.deals.access import role_of
from market.documents.render import pdf
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn, may_act


class DeclareForm(forms.Form):
    """Why the buyer is in default."""

    reason = forms.CharField(
        label=gettext_lazy("What the buyer did not do"),
        help_text=gettext_lazy(
            "Both sides read it; it stands in the claim. Name the step, the day it was due, the reminders."
        ),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@login_required
def declare(request: SignedIn, code: str) -> HttpResponse:
    """What the buyer is late with and what a default means; POST declares it, for a reason."""
    deal = access.declarable_for(request.user, code)
    form, status = DeclareForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.declare(deal=deal, by=request.user, **form.cleaned_data)
            except Refused as refused:
                form.add_error(None, sentence(refused))
                status = refused.status
            else:
                messages.success(request, _("The buyer is in default. The deposit is forfeited; the claim is here."))
                return redirect("deal-claim", code=code)
    context = {
        "deal": deal,
        "form": form,
        "lot": queries.lot_of(deal),
        "reminder": queries.reminder_of(deal),
        "prospect": queries.prospect_of(deal),
        "may_act": may_act(request.user, deal.agency),
    }
    return render(request, "auctions/default_declare.html", context, status=status)


@login_required
@require_POST
def remind(request: SignedIn, code: str) -> HttpResponse:
    """Give the late buyer notice and its days of grace."""
    deal = access.declarable_for(request.user, code)
    try:
        actions.remind(deal=deal, by=request.user)
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, _("The buyer has been reminded and told what a default costs."))
    return redirect("deal-default", code=code)


@login_required
@require_safe
def claim(request: SignedIn, code: str) -> HttpResponse:
    """The claim against the buyer in default, line by line, and the seller's decision."""
    found = access.default_for(request.user, code)
    context = {
        "default": found,
        "deal": found.deal,
        "claim": queries.claim_of(found),
        "chain": queries.chain_of(found.lot),
        "payouts": queries.payouts_of(found),
        "charge": queries.charge_of(found),
        "role": role_of(request.user, found.deal),
        "may_decide": access.may_decide(request.user, found),
    }
    return render(request, "auctions/default_claim.html", context)


@login_required
@require_safe
def claim_pdf(request: SignedIn, code: str) -> HttpResponse:
    """The claim statement as a PDF: the same claim gives the same bytes."""
    found = access.default_for(request.user, code)
    content = pdf("claim", queries.statement(found))
    name = {"Content-Disposition": f'attachment; filename="claim-{found.deal.code}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=name)


def _decided(request: SignedIn, code: str, act: Callable[..., Default], words: str) -> HttpResponse:
    found = access.default_for(request.user, code)
    try:
        act(default=found, by=request.user)
    except Refused as refused:
        messages.error(request, sentence(refused))
    else:
        messages.success(request, words)
    return redirect("deal-claim", code=code)


@login_required
@require_POST
def agree(request: SignedIn, code: str) -> HttpResponse:
    """The seller agrees to a re-auction."""
    return _decided(request, code, actions.agree, _("Agreed. The listing is on offer again."))


@login_required
@require_POST
def decline(request: SignedIn, code: str) -> HttpResponse:
    """The seller wants no re-auction."""
    return _decided(request, code, actions.decline, _("Noted. The claim is final, without a second price."))
