"""The door of a lot's record: read it, and sign it in one's role."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from auctions import access, papers
from auctions.models import RecordSignature
from market.deals.forms import SignForm
from market.kernel.errors import Conflict, Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def record(request: SignedIn, code: str) -> HttpResponse:
    """The record in full, who signed it, and the form for whoever has still to sign: consent, password, hash."""
    found = access.record_for(request.user, code)
    role = papers.role_of(found, request.user)
    form, status = None, 200
    if request.method == "POST":
        form, status = SignForm(request.POST, user=request.user), 422
        if form.is_valid():
            consent, digest = str(form.fields["consent"].label), form.cleaned_data["sha256"]
            try:
                papers.sign_record(record=found, by=request.user, sha256=digest, statement=consent)
            except Conflict:
                raise
            except Refused as refused:
                form.add_error(None, sentence(refused))
            else:
                messages.success(request, _("Signed. The signature is on record with its time and the file's hash."))
                return redirect("lot-record", code=code)
    elif role:
        form = SignForm(user=request.user, initial={"sha256": found.version.sha256})
    names = dict(RecordSignature.Role.choices)
    signed = {signature.role for signature in found.signatures.all()}
    context = {
        "record": found,
        "lot": found.lot,
        "terms": found.terms,
        "form": form,
        "role": names.get(role, ""),
        "waiting": [names[one] for one in found.roles if one not in signed],
    }
    return render(request, "auctions/record.html", context, status=status)
