"""The doors of a deal's terms: the editor for both sides, and the preview that its page asks for while one types."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from market.deals import access
from market.deals.models import Deal
from market.deals.rules.bargain import Text
from market.deals.rules.moves import BUYER
from market.deals.terms import actions, queries
from market.deals.terms.changes import changes
from market.deals.terms.documents import Document
from market.deals.terms.findings import findings_of
from market.deals.terms.forms import TermsForm
from market.deals.terms.lint import BARS
from market.deals.terms.models import TermsVersion
from market.deals.terms.words import LICENSEE, LICENSOR, plain_words
from market.kernel.errors import Conflict, Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn

SIDES = ((LICENSOR, gettext_lazy("For the licensor")), (LICENSEE, gettext_lazy("For the licensee")))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: SignedIn, code: str) -> HttpResponse:
    """A deal's terms: the newest version in plain words, what changed, and the form in which a side proposes the next one."""
    deal = access.licence_deal_for(request.user, code)
    role = access.role_of(request.user, deal)
    latest = queries.versions_of(deal).first()
    form, status, preview, fault = None, 200, None, ""
    if access.may_agree(request.user, deal, role):
        base = latest.document if latest else actions.first_draft(deal)
        typed = request.POST if "propose" in request.POST or "preview" in request.POST else None
        form = TermsForm(base, typed, currency=deal.currency)
    if request.method == "POST" and form is not None:
        try:
            done = _done(request, deal, role, form)
        except Conflict:
            raise
        except Refused as refused:
            fault, done = sentence(refused), ""
        if done:
            messages.success(request, done)
            return redirect("deal-terms", code=deal.code)
        status = 200 if form.is_valid() and not fault else 422
        preview = form.document() if form.is_valid() else None
    context = {
        "deal": deal,
        "role": role,
        "form": form,
        "fault": fault,
        "over": latest.number if latest else 0,
        "agreed": queries.agreed_terms(deal),
        "latest": _shown(latest, deal, role) if latest else None,
        "preview": _preview(preview, latest, role) if preview else None,
    }
    return render(request, "deals/terms.html", context, status=status)


@login_required
@require_POST
def preview(request: SignedIn, code: str) -> HttpResponse:
    """What the terms as typed mean for both sides and what the law has against them, as a part of a page."""
    deal = access.licence_deal_for(request.user, code)
    role = access.role_of(request.user, deal)
    latest = queries.versions_of(deal).first()
    form = TermsForm(latest.document if latest else actions.first_draft(deal), request.POST, currency=deal.currency)
    said = _preview(form.document(), latest, role) if form.is_valid() else None
    return render(request, "deals/_terms_preview.html", {"form": form, "preview": said})


def _done(request: SignedIn, deal: Deal, role: str, form: TermsForm) -> str:
    """Do what was asked, and what to say of it; "" when there is something to look at instead."""
    if "adopt" in request.POST:
        actions.adopt(deal=deal, role=role, sha256=request.POST["adopt"], by=request.user)
        return _("Agreed. The contract is drafted from these terms once the sale confirmation is signed.")
    if "propose" in request.POST and form.is_valid():
        over = int(request.POST.get("over") or 0)
        actions.propose(deal=deal, role=role, document=form.document(), over=over, by=request.user)
        return _("Proposed. The other side has been told.")
    return ""


def _shown(version: TermsVersion, deal: Deal, role: str) -> dict[str, Any]:
    """A version as the page shows it: what it means for each side, what the law has against it, what it changed."""
    before = deal.terms.filter(number=version.number - 1).first()
    return {
        "version": version,
        "mine": version.proposed_by_id is not None and version.proposed_by == getattr(deal, role, None),
        "changed": _changed(before.document, version.document, role) if before else None,
        **_said(version.document),
    }


def _preview(document: Document, latest: TermsVersion | None, role: str) -> dict[str, Any]:
    """A draft as the page shows it, with what it would change."""
    return {"changed": _changed(latest.document, document, role) if latest else None, **_said(document)}


def _said(document: Document) -> dict[str, Any]:
    found = findings_of(document)
    words = [(heading, _own(plain_words(document, side))) for side, heading in SIDES]
    return {"sides": words, "findings": found, "barred": any(one["grade"] in BARS for one in found)}


def _changed(before: Document, after: Document, role: str) -> dict[str, Any]:
    made = changes(before, after, LICENSEE if role == BUYER else LICENSOR)
    return {"gone": _own(made.gone), "new": _own(made.new), "entries": made.entries}


def _own(texts: Iterable[Text]) -> list[str]:
    """The texts in the reader's language."""
    place = 0 if (get_language() or "").startswith("zh") else 1
    return [pair[place] for pair in texts]
