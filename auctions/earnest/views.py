"""The doors of a seller's default: the agency's step, and the statement for both sides, as a page and as a PDF."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from auctions.earnest import access, actions, queries
from market.deals.access import role_of
from market.documents import actions as documents
from market.documents.render import pdf
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn, may_act, require


class DeclareForm(forms.Form):
    """What the seller did not do, and the paper that shows it."""

    reason = forms.CharField(
        label=gettext_lazy("What the seller did not do"),
        help_text=gettext_lazy(
            "Both sides read it; it stands in the statement. Name the step, the day, the reminders."
        ),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    evidence = forms.FileField(
        label=gettext_lazy("The evidence"),
        help_text=gettext_lazy(
            "The seller's refusal, or the notice that stayed without effect: PDF, PNG or JPG, at most 20 MB."
        ),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: SignedIn, code: str) -> HttpResponse:
    """What a seller's default costs it; POST states it, with reason and evidence."""
    deal = access.declarable_for(request.user, code)
    form, status = DeclareForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data["evidence"]
            try:
                require(request.user, deal.agency)
                evidence = documents.store(
                    subject=deal.ref,
                    kind="rescission",
                    title=f"委托人违约证据 Evidence of the seller's default {deal.code}",
                    name=given.name,
                    content=given.read(),
                    content_type="",
                    owner=deal.agency,
                    by=request.user,
                    readers=[deal.seller, deal.buyer],
                )
                actions.declare(deal=deal, reason=form.cleaned_data["reason"], evidence=evidence, by=request.user)
            except Refused as refused:
                form.add_error("evidence" if refused.code.startswith("file.") else None, sentence(refused))
                status = refused.status
            else:
                messages.success(
                    request, _("The seller is in default. The earnest money goes back; the rest is asked for.")
                )
                return redirect("deal-double", code=code)
    paid, again = queries.amounts(deal)
    context = {"deal": deal, "form": form, "paid": paid, "again": again, "may_act": may_act(request.user, deal.agency)}
    return render(request, "auctions/earnest_declare.html", context, status=status)


@login_required
@require_safe
def statement(request: SignedIn, code: str) -> HttpResponse:
    """What the seller in default owes and why, where it stands, for both sides."""
    found = access.default_for(request.user, code)
    context = {
        "default": found,
        "deal": found.deal,
        "role": role_of(request.user, found.deal),
        "grounds": queries.GROUNDS,
    }
    return render(request, "auctions/earnest.html", context)


@login_required
@require_safe
def statement_pdf(request: SignedIn, code: str) -> HttpResponse:
    """The same as a PDF: the same state gives the same bytes."""
    found = access.default_for(request.user, code)
    name = {"Content-Disposition": f'attachment; filename="double-{found.deal.code}.pdf"'}
    return HttpResponse(pdf("double", queries.statement(found)), content_type="application/pdf", headers=name)
