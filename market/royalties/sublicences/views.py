"""The doors of sublicences: the licensee asks for one, the licensor of the licence consents or not."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from market.deals.terms import plain_words
from market.deals.terms.findings import findings_of
from market.deals.terms.words import CONTRACT
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn, party_by_code
from market.royalties.forms import DisputeForm
from market.royalties.sublicences import access, actions, queries
from market.royalties.sublicences.forms import SublicenceForm
from market.royalties.sublicences.models import Sublicence


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedIn, code: str) -> HttpResponse:
    """The licensee names who is to take a sublicence, and its terms."""
    head = access.licence_to_share(request.user, code)
    typed = request.POST if request.method == "POST" else None
    form = SublicenceForm(queries.first_draft(head), typed, currency=head.currency)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            taker = party_by_code(request.user, said["sublicensee"])
            given = {"sublicensee": taker, "document": form.document(), "key": said["key"]}
            made = actions.ask(head=head, by=request.user, **given)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _told(made))
            return redirect("sublicence", code=head.code, pk=made.pk)
    context = {"licence": head, "form": form}
    return render(request, "royalties/sublicence_ask.html", context, status=422 if form.errors else 200)


def _told(made: Sublicence) -> str:
    if made.state == Sublicence.State.ASKED:
        return _("Asked for. The licensor has been told; the deal is opened with its consent.")
    return _("The deal is opened. The other side has been asked to agree to the terms.")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sublicence(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """A sublicence as it was asked for; the licensor consents, or says why not."""
    found = access.sublicence_for(request.user, code, pk)
    mine = access.may_decide(request.user, found)
    form, fault, status = DisputeForm(), "", 200
    if request.method == "POST" and mine:
        form, status = DisputeForm(request.POST if "refuse" in request.POST else None), 422
        try:
            if "consent" in request.POST:
                actions.consent(sublicence=found, by=request.user)
                messages.success(request, _("Consented. The deal is opened."))
                return redirect("sublicence", code=code, pk=pk)
            if form.is_valid():
                actions.refuse(sublicence=found, remark=form.cleaned_data["remark"], by=request.user)
                messages.success(request, _("Refused. The licensee has been told."))
                return redirect("sublicence", code=code, pk=pk)
        except Refused as refused:
            fault, status = sentence(refused), refused.status
    place = 0 if (get_language() or "").startswith("zh") else 1
    context = {
        "sublicence": found,
        "licence": found.head,
        "words": [pair[place] for pair in plain_words(found.document, CONTRACT)],
        "findings": findings_of(found.document),
        "form": form if mine else None,
        "fault": fault,
    }
    return render(request, "royalties/sublicence.html", context, status=status)
