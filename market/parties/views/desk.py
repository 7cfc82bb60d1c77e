"""The desk: parties that wait for verification, and what staff enter about agencies."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.kernel import clock
from market.kernel.errors import Conflict, Refused
from market.kernel.words import sentence
from market.parties import access, actions, queries
from market.parties.access import SignedIn
from market.parties.forms import AuctioneerForm, LicenceForm, TieEndForm, VerdictForm
from market.parties.models import Party
from market.parties.views.own import back_to


@login_required
@require_safe
def parties(request: SignedIn) -> HttpResponse:
    """Who waits for verification, oldest first; the other views are who was sent back and who is verified."""
    access.verifier(request.user)
    state = request.GET.get("state", Party.State.SUBMITTED)
    if state not in (Party.State.SUBMITTED, Party.State.REJECTED, Party.State.VERIFIED):
        state = Party.State.SUBMITTED
    after = request.GET.get("after", "")
    rows, further = queries.in_state(state, int(after) if after.isdecimal() and len(after) < 19 else 0)
    context = {
        "parties": rows,
        "state": state,
        "tabs": [
            {"label": label, "url": f"?state={value}", "current": value == state}
            for value, label in Party.State.choices
            if value != Party.State.DRAFT
        ],
        "next_url": f"?state={state}&after={further}" if further else "",
        "first_url": f"?state={state}" if after else "",
    }
    return render(request, "parties/desk_parties.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def party(request: SignedIn, code: str) -> HttpResponse:
    """One party beside its proof of identity: verify it, or send it back with a remark."""
    found = access.party_to_verify(request.user, code)
    form = VerdictForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["state"] != found.state:
            raise Conflict("state.outrun")
        try:
            if form.cleaned_data["verdict"] == "verify":
                actions.verify_party(party=found, by=request.user)
                messages.success(request, _("%(name)s is verified.") % {"name": found.name})
            else:
                actions.reject_party(party=found, remark=form.cleaned_data["remark"], by=request.user)
                messages.success(request, _("%(name)s was sent back.") % {"name": found.name})
        except Refused as refused:
            form.add_error("remark" if refused.code == "party.remark_missing" else None, sentence(refused))
        else:
            return back_to("desk-parties")
    return _party_page(request, found, verdict=form)


@login_required
@require_POST
def licence(request: SignedIn, code: str) -> HttpResponse:
    """Enter a licence of an agency; staff only."""
    found = _agency_of_the_register(request, code)
    form = LicenceForm(request.POST, prefix="licence")
    if form.is_valid():
        try:
            actions.add_licence(agency=found, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, sentence(refused))
        else:
            messages.success(request, _("The licence is entered."))
            return back_to("desk-party", code)
    return _party_page(request, found, licence=form)


@login_required
@require_POST
def auctioneer(request: SignedIn, code: str) -> HttpResponse:
    """Enter an auctioneer of an agency; staff only."""
    found = _agency_of_the_register(request, code)
    form = AuctioneerForm(request.POST, prefix="auctioneer")
    if form.is_valid():
        try:
            actions.add_auctioneer(agency=found, by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, sentence(refused))
        else:
            messages.success(request, _("The auctioneer is entered."))
            return back_to("desk-party", code)
    return _party_page(request, found, auctioneer=form)


@login_required
@require_POST
def end_tie(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """Strike a declared tie of a party, for a reason both sides are told."""
    found = access.party_to_verify(request.user, code)
    tie = access.tie_to_end(request.user, found, pk)
    actions.end_affiliation(tie=tie, remark=request.POST.get("remark", "")[:500], by=request.user)
    messages.success(request, _("The tie is ended; both sides are told."))
    return back_to("desk-party", code)


def _agency_of_the_register(request: SignedIn, code: str) -> Party:
    """The agency whose licences staff enter; 404 for everybody and everything else."""
    found = access.party_to_verify(request.user, code)
    if not (request.user.is_staff and found.is_agency):
        raise Http404
    return found


def _party_page(request: SignedIn, found: Party, **bound: forms.Form) -> HttpResponse:
    """The page about one party, with the form just sent in, if any; 422 when that one was not accepted."""
    context: dict[str, Any] = {
        "party": found,
        "verdict": bound.get("verdict") or VerdictForm(),
        "members": queries.members_of(found),
        "ties": queries.affiliations_of(found),
        "tie_form": TieEndForm(),
        "account": queries.masked(found.bank_account),
        "today": clock.today(),
    }
    if request.user.is_staff and found.is_agency:
        context |= {
            "licences": queries.licences_of(found),
            "auctioneers": queries.auctioneers_of(found),
            "licence_form": bound.get("licence") or LicenceForm(prefix="licence"),
            "auctioneer_form": bound.get("auctioneer") or AuctioneerForm(prefix="auctioneer"),
        }
    failed = any(form.is_bound for form in bound.values())
    return render(request, "parties/desk_party.html", context, status=422 if failed else 200)
