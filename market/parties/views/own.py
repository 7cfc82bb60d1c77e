"""The pages of the party one acts for: its details, its opening, its verification, its ties."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from market.kernel.errors import Conflict, Refused
from market.kernel.words import sentence
from market.parties import access, actions, queries
from market.parties.access import SignedIn
from market.parties.forms import AffiliationForm, PartyEditForm, PartyForm
from market.parties.models import Party

ON_CODE = ("uscc.format", "uscc.check_digit", "party.uscc_missing", "party.uscc_taken")


def back_to(name: str, *arguments: Any) -> HttpResponseRedirect:
    """Go on to one of our pages."""
    return HttpResponseRedirect(reverse(name, args=arguments))


@login_required
@require_safe
def organisation(request: SignedIn) -> HttpResponse:
    """Whom I act for: details, verification and what to do about it; without a party, how to get one."""
    party = access.acting_party(request.user)
    context: dict[str, Any] = {"party": party, "invitations": queries.invitations_to(request.user)}
    if party is not None:
        membership = access.require(request.user, party, access.ANY)
        context |= {
            "membership": membership,
            "owner": membership.role in access.OWNING,
            "may_prove": membership.role in access.ACTING and party.state != Party.State.VERIFIED,
            "may_submit": membership.role in access.OWNING and party.state in (Party.State.DRAFT, Party.State.REJECTED),
            "members": queries.members_of(party),
            "ties": queries.affiliations_of(party),
            "account": queries.masked(party.bank_account),
            "others": [other for other in queries.parties_of(request.user) if other.pk != party.pk],
        }
    return render(request, "parties/organisation.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """Open an organisation, or a natural person; it acts at once, and binds once it is verified."""
    form = PartyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            party = actions.open_party(by=request.user, **form.cleaned_data)
        except Refused as refused:
            form.add_error("uscc" if refused.code in ON_CODE else None, sentence(refused))
        else:
            messages.success(request, _("%(name)s is opened. Next: proof of identity.") % {"name": party.name})
            return back_to("organisation")
    return render(request, "parties/new.html", {"form": form}, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn) -> HttpResponse:
    """Change the details of the party I act for; what its verification vouches for is shown, not offered."""
    party = access.party_of(request.user)
    access.require(request.user, party, access.OWNING)
    values = {name: getattr(party, name) or "" for name in queries.EDITABLE}
    form = PartyEditForm(
        request.POST if request.method == "POST" else None, initial=values | {"edition": queries.edition(party)}
    )
    if party.kind == Party.Kind.REGULATOR:
        form.fields["kind"].choices = Party.Kind.choices  # type: ignore[attr-defined]
    if party.state not in (Party.State.DRAFT, Party.State.REJECTED):
        form.fix(*actions.IDENTITY)
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name, field in form.fields.items() if not field.disabled}
        edition = changes.pop("edition")
        try:
            actions.edit_party(party=party, edition=edition, by=request.user, **changes)
        except Conflict:
            return _changed_by_another(request, form, party)
        except Refused as refused:
            form.add_error("uscc" if refused.code in ON_CODE else None, sentence(refused))
        else:
            messages.success(request, _("The changes are saved."))
            return back_to("organisation")
    return render(request, "parties/edit.html", {"form": form, "party": party}, status=422 if form.is_bound else 200)


def _changed_by_another(request: SignedIn, form: PartyEditForm, party: Party) -> HttpResponse:
    """Both versions side by side: what was typed, and what another owner stored meanwhile."""
    rows = []
    for name in queries.EDITABLE:
        mine, theirs = str(form.cleaned_data[name] or ""), str(getattr(party, name) or "")
        rows.append((form.fields[name].label, mine, theirs, mine != theirs))
    return render(request, "409.html", {"rows": rows, "back_url": reverse("org-edit")}, status=409)


@login_required
@require_POST
def submit(request: SignedIn) -> HttpResponse:
    """Ask for verification."""
    party = access.party_of(request.user)
    access.require(request.user, party, access.OWNING)
    actions.submit_party(party=party, by=request.user)
    messages.success(request, _("Submitted. You are told here and by e-mail when it has been checked."))
    return back_to("organisation")


@login_required
@require_POST
def act_for(request: SignedIn) -> HttpResponse:
    """Act for another party I am a member of, and go back to where I was."""
    named = request.POST.get("party", "")
    party = access.own_party(request.user, int(named) if named.isdecimal() and len(named) < 19 else 0)
    actions.act_for(user=request.user, party=party)
    messages.success(request, _("You act for %(name)s now.") % {"name": party.name})
    there = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(there if safe else reverse("organisation"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def affiliations(request: SignedIn) -> HttpResponse:
    """The related parties of the one I act for, and a form to declare another."""
    party = access.party_of(request.user)
    membership = access.require(request.user, party, access.ANY)
    form = AffiliationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        access.require(request.user, party, access.OWNING)
        if form.is_valid():
            try:
                other = access.party_by_code(request.user, form.cleaned_data["other"])
                actions.declare_affiliation(party=party, other=other, kind=form.cleaned_data["kind"], by=request.user)
            except Refused as refused:
                form.add_error("other", sentence(refused))
            else:
                messages.success(request, _("The tie is declared; both sides are told."))
                return back_to("org-affiliations")
    context = {
        "party": party,
        "form": form,
        "ties": queries.affiliations_of(party),
        "owner": membership.role in access.OWNING,
    }
    return render(request, "parties/affiliations.html", context, status=422 if form.is_bound else 200)
