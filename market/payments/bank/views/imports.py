"""The desk's first page: whether books and bank agree, and the files from the bank, each with what came of it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.kernel.errors import Refused
from market.parties.access import SignedIn, agency_of
from market.payments.access import may_pay
from market.payments.bank import access, actions, agreement, queries
from market.payments.bank.formats.columns import guess
from market.payments.bank.forms import AccountForm, HandInForm, LayoutForm
from market.payments.views.pages import page_of


@login_required
@require_safe
def desk(request: SignedIn) -> HttpResponse:
    """Imported against matched and suspense, bank against books, the form for a file and the files so far."""
    return _desk(request)


def _desk(
    request: SignedIn, *, handing: HandInForm | None = None, adding: AccountForm | None = None, status: int = 200
) -> HttpResponse:
    agency = agency_of(request.user)
    accounts = list(queries.accounts_of(agency))
    context = {
        "agreements": agreement.agreements(agency),
        "accounts": accounts,
        "waiting": queries.lines_of(agency, "waiting").count(),
        "files": page_of(queries.files_of(agency), request.GET.get("page")),
        "to_release": queries.to_release(agency).count(),
        "handing": handing or HandInForm(accounts=[(one.pk, str(one)) for one in accounts]),
        "adding": adding or AccountForm(initial=_first_account(agency, accounts)),
        "may_pay": may_pay(request.user, agency),
    }
    return render(request, "payments/bank/desk.html", context, status=status)


def _first_account(agency: Any, accounts: list[Any]) -> dict[str, str]:
    """The account the agency gave for its own payments is the first one to add."""
    return {} if accounts else {"bank": agency.bank_name, "number": agency.bank_account}


@login_required
@require_POST
def open_account(request: SignedIn) -> HttpResponse:
    """Add a bank account of the agency."""
    form = AccountForm(request.POST)
    if not form.is_valid():
        return _desk(request, adding=form, status=422)
    try:
        actions.open_account(agency=agency_of(request.user), by=request.user, **form.cleaned_data)
    except Refused as refused:
        form.refuse(refused)
        return _desk(request, adding=form, status=refused.status)
    messages.success(request, _("The account is added. Its statements can come."))
    return redirect("bank-desk")


@login_required
@require_POST
def hand_in(request: SignedIn) -> HttpResponse:
    """Take in a file from the bank."""
    agency = agency_of(request.user)
    accounts = [(one.pk, str(one)) for one in queries.accounts_of(agency)]
    form = HandInForm(request.POST, request.FILES, accounts=accounts)
    if not form.is_valid():
        return _desk(request, handing=form, status=422)
    sent = form.cleaned_data["file"]
    account = access.account_for(request.user, form.cleaned_data["account"])
    try:
        file = actions.hand_in(agency=agency, name=sent.name, content=sent.read(), account=account, by=request.user)
    except Refused as refused:
        form.refuse(refused)
        return _desk(request, handing=form, status=refused.status)
    return redirect("bank-file", code=file.code)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: SignedIn, code: str) -> HttpResponse:
    """One file: what came of it, statement by statement; or, of a table in a new layout, the form that explains it."""
    found = access.file_for(request.user, code)
    if found.statements.exists():
        lines = queries.lines().filter(statement__file=found).order_by("statement_id", "pk")
        context = {
            "file": found,
            "statements": queries.statements_of(found.agency).filter(file=found).order_by("pk"),
            "lines": page_of(lines, request.GET.get("page")),
        }
        return render(request, "payments/bank/file.html", context)
    opened = queries.reopened(found)
    headings, told = guess(opened.rows)
    form, status = LayoutForm(headings=headings, told=told), 200
    if request.method == "POST":
        form, status = LayoutForm(request.POST, headings=headings, told=told), 422
        if form.is_valid():
            try:
                actions.describe(file=found, form=form.as_map(), by=request.user)
            except Refused as refused:
                form.refuse(refused)
                status = refused.status
            else:
                messages.success(request, _("The file is taken in, and the next of this bank will be read by itself."))
                return redirect("bank-file", code=found.code)
    context = {"file": found, "form": form, "rows": opened.rows[:8], "may_pay": may_pay(request.user, found.agency)}
    return render(request, "payments/bank/layout.html", context, status=status)
