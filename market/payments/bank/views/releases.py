"""Payment files: approved payouts chosen and released together, fetched for the bank, withdrawn when it will not pay."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from market.kernel.errors import Refused
from market.kernel.forms import answered
from market.kernel.words import sentence
from market.parties.access import SignedIn, agency_of
from market.payments.access import may_pay
from market.payments.bank import access, actions, queries
from market.payments.bank.forms import NoteForm
from market.payments.bank.models import PaymentFile
from market.payments.views.pages import page_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def releases(request: SignedIn) -> HttpResponse:
    """The approved payouts to choose from, and the files so far."""
    agency, problem, status = agency_of(request.user), "", 200
    if request.method == "POST":
        account = access.account_for(request.user, request.POST.get("account", ""))
        chosen = access.payouts_for(request.user, request.POST.getlist("payout"))
        try:
            if account is None:
                raise Refused("bank.account_missing")
            file = actions.release(account=account, payouts=chosen, by=request.user)
        except Refused as refused:
            problem, status = sentence(refused), refused.status
        else:
            messages.success(request, _("Released. Fetch the file and give it to the bank."))
            return redirect("bank-release", code=file.code)
    words = {"choose": _("To be released"), "files": _("Files")}
    shown = "files" if request.GET.get("state") == "files" else "choose"
    rows = queries.payment_files().filter(account__agency=agency) if shown == "files" else queries.to_release(agency)
    context = {
        "shown": shown,
        "tabs": [{"label": word, "url": f"?state={one}", "current": one == shown} for one, word in words.items()],
        "page": page_of(rows, request.GET.get("page")),
        "accounts": queries.accounts_of(agency),
        "chosen": set(request.POST.getlist("payout")),
        "problem": problem,
        "may_pay": may_pay(request.user, agency),
    }
    return render(request, "payments/bank/releases.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: SignedIn, code: str) -> HttpResponse:
    """One payment file: its payouts and where each stands; POST withdraws it."""
    found = access.payment_file_for(request.user, code)
    form, status = NoteForm(), 200
    if request.method == "POST":
        form = NoteForm(request.POST)
        status = answered(form, actions.withdraw, file=found, by=request.user)
        if not status:
            messages.success(request, _("Withdrawn. Its payouts may go into another file."))
            return redirect("bank-releases")
    return _release_page(request, found, form, "", status)


def _release_page(request: SignedIn, found: PaymentFile, form: NoteForm, problem: str, status: int) -> HttpResponse:
    context = {
        "file": found,
        "instructions": page_of(queries.instructions_of(found), request.GET.get("page")),
        "form": form,
        "problem": problem,
        "may_pay": may_pay(request.user, found.account.agency),
    }
    return render(request, "payments/bank/release.html", context, status=status)


@login_required
@require_safe
def content(request: SignedIn, code: str) -> HttpResponse:
    """The file itself, for those who pay; refused when it no longer is what was approved."""
    found = access.payment_file_for(request.user, code)
    try:
        data = access.content_for(request.user, found)
    except Refused as refused:
        return _release_page(request, found, NoteForm(), sentence(refused), refused.status)
    name = {"Content-Disposition": f'attachment; filename="{found.code}.xml"'}
    return HttpResponse(data, content_type="application/xml", headers=name)
