"""The agency's doors to the fee schedules it publishes."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.listings.fees import access, actions, queries
from market.listings.fees.forms import PublishForm
from market.listings.fees.models import FeeSchedule
from market.parties.access import SignedIn, agency_of

PAGE = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def schedules(request: SignedIn) -> HttpResponse:
    """Every version the agency published, which of them are on offer, and the form that publishes one."""
    agency = agency_of(request.user)
    form, status = PublishForm(request.POST or None), 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                made = actions.publish(agency=agency, by=request.user, **form.cleaned_data)
            except Refused as refused:
                form.add_error(None, sentence(refused))
                status = refused.status
            else:
                messages.success(
                    request, _("Published: %(schedule)s. Consignments and sales can choose it.") % {"schedule": made}
                )
                return redirect("desk-fees")
    rows = Paginator(queries.published(agency), PAGE).get_page(request.GET.get("page"))
    offered = {row.pk for side in FeeSchedule.Side for row in queries.offered(agency, side)}
    context = {"form": form, "rows": rows, "offered": offered}
    return render(request, "listings/desk_fees.html", context, status=status)


@login_required
@require_POST
def withdraw(request: SignedIn, code: str) -> HttpResponse:
    """Offer a schedule no more."""
    schedule = access.schedule_for(request.user, code)
    actions.withdraw(schedule=schedule, by=request.user)
    messages.success(request, _("Withdrawn. What was agreed before stays."))
    return redirect("desk-fees")
