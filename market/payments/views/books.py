"""The accountant's doors: an agency's books by the month, one account of them, and the journal as a table."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from market.kernel import clock
from market.kernel.calendar import Month
from market.kernel.downloads import table_file
from market.parties.access import SignedIn, agency_of
from market.payments import bookkeeping
from market.payments.bookkeeping import month_of
from market.payments.views.pages import page_of


@login_required
@require_safe
def books(request: SignedIn) -> HttpResponse:
    """What every account of the agency had, took and gave in a month."""
    shown = bookkeeping.books_of(agency_of(request.user), _month(request))
    context = {"books": shown, "accounts": page_of(shown.rows, request.GET.get("page")), "this_month": _this_month()}
    return render(request, "payments/books.html", context)


@login_required
@require_safe
def account(request: SignedIn, code: str) -> HttpResponse:
    """One account of the agency's, line by line."""
    month = _month(request)
    found = bookkeeping.statement(agency_of(request.user), code, month)
    if found is None:
        raise Http404
    lines = page_of(found[1], request.GET.get("page"))
    context = {"account": found[0], "lines": lines, "month": month, "this_month": _this_month()}
    return render(request, "payments/account.html", context)


@login_required
@require_safe
def journal(request: SignedIn, form: str) -> HttpResponse:
    """The month's journal as CSV or XLSX."""
    agency, month = agency_of(request.user), _month(request)
    return table_file(bookkeeping.table(agency, month), form, name=f"journal-{month}", sheet="日记账 Journal")


@login_required
@require_safe
def trial_balance(request: SignedIn, form: str) -> HttpResponse:
    """The month's trial balance as CSV or XLSX."""
    agency, month = agency_of(request.user), _month(request)
    rows = bookkeeping.trial_balance(agency, month)
    return table_file(rows, form, name=f"trial-balance-{month}", sheet="试算平衡表 Trial balance")


def _this_month() -> Month:
    return Month.of("", clock.today())


def _month(request: SignedIn) -> Month:
    return month_of(request.GET.get("month", ""), clock.today())
