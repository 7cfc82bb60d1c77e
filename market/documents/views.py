"""The doors of documents: a file is handed out to those who may read it; proof of identity comes in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from market.documents import access, actions, rules, seal
from market.documents.forms import EvidenceForm
from market.documents.models import Version
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties.access import SignedIn


@require_safe
def document(request: HttpRequest, code: str, number: int | None = None) -> HttpResponseBase:
    """The file itself, under its own name: shown if the browser can show it safely, else downloaded."""
    version = access.version_for(request.user, code, number)
    etag = f'"{version.sha256}"'
    response = get_conditional_response(request, etag=etag) or _sent(version)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def certificate(request: HttpRequest) -> HttpResponse:
    """The certificate of the market's seal, with which anybody verifies its papers offline."""
    answer = HttpResponse(seal.certificate_pem(), content_type="application/x-pem-file")
    answer["Content-Disposition"] = 'attachment; filename="luochui-seal.pem"'
    return answer


def _sent(version: Version) -> FileResponse:
    """The stored bytes as a response whose reader cannot take them for anything else."""
    response = FileResponse(
        version.file.open("rb"),
        as_attachment=version.content_type not in rules.INLINE,
        filename=version.name,
        content_type=version.content_type,
    )
    response["Content-Length"] = str(version.size)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_POST
def evidence(request: SignedIn, code: str) -> HttpResponse:
    """Take in a proof of a party's identity (business licence, letter of authority) from one of its people."""
    party = access.evidence_party_for(request.user, code)
    form = EvidenceForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            actions.store(
                subject=party.ref,
                kind=access.IDENTITY,
                title=form.title(),
                name=upload.name,
                content=upload.read(),
                content_type=upload.content_type or "",
                owner=party,
                by=request.user,
            )
        except Refused as refused:
            form.add_error("file", sentence(refused))
        else:
            messages.success(request, _("The file is stored."))
            return HttpResponseRedirect(reverse("organisation"))
    return render(request, "documents/evidence.html", {"form": form, "party": party}, status=422)
