"""The doors of what is owed to an agency: its ageing as of a day, one payer's debts, and when it reminds."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from market.kernel import clock
from market.kernel.downloads import table_file
from market.kernel.errors import Refused
from market.parties.access import SignedIn, agency_of
from market.payments.access import may_pay
from market.payments.arrears import access, actions, queries
from market.payments.arrears.forms import ScheduleForm
from market.payments.views.pages import page_of


@login_required
@require_safe
def ageing(request: SignedIn) -> HttpResponse:
    """What is owed to the agency by payer, currency and age, as of a day."""
    agency, on = agency_of(request.user), _day(request)
    rows = queries.ageing(agency, on)
    context = {
        "on": on,
        "today": clock.today(),
        "page": page_of(rows, request.GET.get("page")),
        "sums": queries.sums(rows),
        "days": queries.days_of(agency),
        "may_pay": may_pay(request.user, agency),
    }
    return render(request, "payments/ageing.html", context)


@login_required
@require_safe
def ageing_table(request: SignedIn, form: str) -> HttpResponse:
    """The same as CSV or XLSX."""
    on = _day(request)
    rows = queries.table(queries.ageing(agency_of(request.user), on))
    return table_file(rows, form, name=f"ageing-{on}", sheet="账龄 Ageing")


@login_required
@require_safe
def debts(request: SignedIn, code: str) -> HttpResponse:
    """What one payer owes the agency, charge by charge."""
    agency, on = agency_of(request.user), _day(request)
    payer = access.payer_for(request.user, code)
    page = page_of(queries.debts(agency, payer, on), request.GET.get("page"))
    rows = [(charge, *queries.aged(charge, on)) for charge in page]
    return render(request, "payments/debts.html", {"payer": payer, "on": on, "page": page, "rows": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: SignedIn) -> HttpResponse:
    """When the agency reminds of what is owed."""
    agency = access.reminding_agency(request.user)
    form, status = ScheduleForm.showing(queries.days_of(agency)), 200
    if request.method == "POST":
        form, status = ScheduleForm(request.POST), 422
        if form.is_valid():
            try:
                actions.keep_schedule(agency=agency, days=form.days(), by=request.user)
            except Refused as refused:
                form.refuse(refused)
                status = refused.status
            else:
                messages.success(request, _("Kept. Reminders go out on these days from now on."))
                return redirect("desk-ageing")
    return render(request, "payments/reminders.html", {"form": form}, status=status)


def _day(request: SignedIn) -> date:
    """The day asked for; today for none, for what is no day, and for one to come."""
    today = clock.today()
    try:
        return min(date.fromisoformat(request.GET.get("on", "")), today)
    except ValueError:
        return today
