"""The doors of supplementary agreements: proposed on a page of the licence, adopted, signed or withdrawn on one of their own."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from market.deals.forms import SignForm
from market.deals.rules.bargain import Text
from market.deals.terms.changes import changes
from market.deals.terms.findings import findings_of
from market.deals.terms.words import LICENSEE, LICENSOR
from market.kernel.errors import Conflict, Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn
from market.royalties.access import licence_for
from market.royalties.amendments import access, actions, queries
from market.royalties.amendments.forms import AmendmentForm
from market.royalties.amendments.models import Amendment

State = Amendment.State


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: SignedIn, code: str) -> HttpResponse:
    """A side proposes other terms from a day on."""
    licence = licence_for(request.user, code)
    side = access.side_of(request.user, licence)
    if not side or licence.state != licence.State.ACTIVE:
        raise Http404
    typed = request.POST if request.method == "POST" else None
    base = queries.last_terms(licence)
    form = AmendmentForm(base, typed, currency=licence.currency, initial={"since": queries.earliest(licence)})
    if form.is_bound and form.is_valid():
        given = {"document": form.document(), "since": form.cleaned_data["since"]}
        try:
            made = actions.propose(licence=licence, role=side, by=request.user, **given)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("Proposed. The other side has been told."))
            return redirect("amendment", code=code, number=made.number)
    context = {"licence": licence, "form": form}
    return render(request, "royalties/amend.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def amendment(request: SignedIn, code: str, number: int) -> HttpResponse:
    """A supplementary agreement: what it changes, who has signed, and what the reader's side does next."""
    found = access.amendment_for(request.user, code, number)
    side = access.side_of(request.user, found.licence)
    signed = {one.role: one for one in found.signatures.select_related("party", "user")}
    asked = bool(side) and found.state == State.DRAFTED and side not in signed
    form = SignForm(user=request.user, initial={"sha256": found.paper.sha256 if found.paper else ""}) if asked else None
    fault, status = "", 200
    if request.method == "POST":
        form, status = SignForm(request.POST, user=request.user) if asked and "consent" in request.POST else form, 422
        try:
            if _done(request, found, side, form):
                return redirect("amendment", code=code, number=number)
        except Conflict:
            raise
        except Refused as refused:
            fault, status = sentence(refused), refused.status
    before = _before(found)
    made = changes(before, found.document, LICENSEE if side == "licensee" else LICENSOR)
    context = {
        "amendment": found,
        "licence": found.licence,
        "side": side,
        "may_adopt": bool(side) and found.state == State.PROPOSED and getattr(found.licence, side) != found.proposed_by,
        "may_withdraw": bool(side) and found.state in queries.OPEN,
        "changed": {"gone": _own(made.gone), "new": _own(made.new), "entries": made.entries},
        "findings": findings_of(found.document),
        "signatures": signed.values(),
        "form": form,
        "fault": fault,
    }
    return render(request, "royalties/amendment.html", context, status=status)


def _before(found: Amendment) -> Any:
    """The terms it changes."""
    earlier = queries.signed_of(found.licence).filter(number__lt=found.number).last()
    return earlier.document if earlier else found.licence.terms


def _done(request: SignedIn, found: Amendment, side: str, form: SignForm | None) -> bool:
    """Do what was asked, and say so; False for a form that is not valid."""
    given: dict[str, Any] = {"amendment": found, "role": side, "by": request.user}
    if "adopt" in request.POST:
        actions.adopt(sha256=request.POST["adopt"], **given)
        messages.success(request, _("Agreed. The supplementary agreement is drafted; both sides sign it."))
    elif "withdraw" in request.POST:
        actions.withdraw(**given)
        messages.success(request, _("Withdrawn. The other side has been told."))
    elif form is not None and form.is_bound:
        if not form.is_valid():
            return False
        statement = str(form.fields["consent"].label)
        actions.sign(sha256=form.cleaned_data["sha256"], statement=statement, **given)
        messages.success(request, _("Signed. The signature is on record with its time and the file's hash."))
    else:
        return form is None
    return True


def _own(texts: tuple[Text, ...]) -> list[str]:
    """The texts in the reader's language."""
    place = 0 if (get_language() or "").startswith("zh") else 1
    return [pair[place] for pair in texts]
