"""The doors of statutory reports: engage an institution, give a report, sign it, hand it on."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.listings.models import Listing
from market.parties.access import SignedIn
from valuation.statutory import access, actions, rules
from valuation.statutory.forms import EngageForm, ReportForm, SignForm
from valuation.statutory.models import Report

PAGE = require_http_methods(["GET", "HEAD", "POST"])
ROWS = 20
# The refusals that belong beside one field.
ON_FIELD = {"appraisal.validity": "valid_until", "statutory.base_ahead": "valuation_date"}
ON_FIELD |= {"statutory.certificate": "certificate", "statutory.not_institution": "institution"}


@login_required
@require_safe
def engagements(request: SignedIn) -> HttpResponse:
    """What the party has asked institutions for, or was asked for as one."""
    page = Paginator(access.engagements_of(request.user), ROWS).get_page(request.GET.get("page"))
    return render(request, "valuation/engagements.html", {"page": page})


@login_required
@PAGE
def engage(request: SignedIn, code: str) -> HttpResponse:
    """Why the right is to be appraised, and the institution that shall do it."""
    listing = access.listing_of(request.user, code)
    form = EngageForm(access.institutions(), request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = actions.engage(listing=listing, by=request.user, **form.cleaned_data)
            return redirect("engagement", made.code)
        except Refused as refused:
            _tell(form, refused)
    context = {"listing": listing, "right": listing.right, "form": form, "needs": _needs(listing)}
    return render(request, "valuation/engage.html", context, status=_status(form))


@login_required
@PAGE
def engagement(request: SignedIn, code: str) -> HttpResponse:
    """An engagement with its reports; the institution gives the next one here."""
    found = access.engagement_for(request.user, code)
    ours = access.is_of(request.user, found.institution)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ReportForm(*sent) if ours else None
    if form and form.is_valid():
        try:
            return redirect("statutory-report", actions.give(engagement=found, by=request.user, **form.said()).code)
        except Refused as refused:
            _tell(form, refused)
    context = {"engagement": found, "right": found.listing.right, "form": form, "reports": found.reports.all()[:ROWS]}
    return render(request, "valuation/engagement.html", context, status=_status(form))


@login_required
@PAGE
def report(request: SignedIn, code: str) -> HttpResponse:
    """A statutory report: what it says, who signed it; an appraiser of the institution signs here."""
    found = access.report_for(request.user, code)
    ours = access.is_of(request.user, found.engagement.institution)
    signatures = list(found.signatures.all())
    mine = any(one.user_id == request.user.pk for one in signatures)
    form = SignForm(request.POST if request.method == "POST" else None) if ours and not mine else None
    if form and form.is_valid():
        try:
            said = form.cleaned_data
            actions.sign(report=found, name=said["name"], certificate=said["certificate"], by=request.user)
            return redirect("statutory-report", found.code)
        except Refused as refused:
            _tell(form, refused)
    listing = found.engagement.listing
    context = {
        "report": found,
        "right": listing.right,
        "signatures": signatures,
        "signed": len(signatures) >= rules.APPRAISERS,
        "counts": rules.counts(signatures=len(signatures), valid_until=found.valid_until, on=clock.today()),
        "client": access.is_of(request.user, found.engagement.client),
        "may_reserve": listing.state == Listing.State.DRAFT,
        "form": form,
    }
    return render(request, "valuation/statutory.html", context, status=_status(form))


@login_required
@require_POST
def fulfil(request: SignedIn, code: str) -> HttpResponse:
    """Hand the report to what waits for the right's appraisal."""
    found = access.report_for(request.user, code)
    try:
        met = actions.fulfil(report=found, by=request.user)
        if met:
            messages.success(request, _("Whoever waits for the appraisal has the report now."))
        else:
            messages.info(request, _("Nobody waits for an appraisal of this right at present."))
    except Refused as refused:
        messages.error(request, sentence(refused))
    return redirect("statutory-report", found.code)


@login_required
@require_POST
def reserve(request: SignedIn, code: str) -> HttpResponse:
    """Make the report's value the secret reserve of the listing."""
    found: Report = access.report_for(request.user, code)
    try:
        actions.reserve_from(report=found, by=request.user)
        messages.success(request, _("The reserve is set. Nobody sees it, not even you."))
    except Refused as refused:
        messages.error(request, sentence(refused))
    return redirect("statutory-report", found.code)


def _needs(listing: Listing) -> tuple[rules.Need, ...]:
    seller = listing.seller
    contributed = listing.mode == "equity"
    return rules.needs(seller_kind=seller.kind, state_owned=seller.state_owned, contributed=contributed)


def _tell(form: forms.Form, refused: Refused) -> None:
    field = ON_FIELD.get(refused.code)
    form.add_error(field if field in form.fields else None, sentence(refused))


def _status(form: Any) -> int:
    return 422 if form and form.is_bound and form.errors else 200
