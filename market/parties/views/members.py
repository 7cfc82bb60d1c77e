"""The members of the party one acts for: who they are, asking somebody in, roles, leaving."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.parties import access, actions, queries
from market.parties.access import SignedIn
from market.parties.forms import InviteForm, RoleForm
from market.parties.models import Membership
from market.parties.views.own import back_to


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: SignedIn) -> HttpResponse:
    """Who may act for the party I act for; owners ask others in."""
    party = access.party_of(request.user)
    mine = access.require(request.user, party, access.ANY)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        access.require(request.user, party, access.OWNING)
        if form.is_valid():
            email, role = form.cleaned_data["email"], form.cleaned_data["role"]
            try:
                actions.invite_member(party=party, user_email=email, role=role, by=request.user)
            except Refused as refused:
                form.add_error("email", sentence(refused))
            else:
                messages.success(request, _("%(email)s is invited and has to accept.") % {"email": email})
                return back_to("org-members")
    context = {
        "party": party,
        "mine": mine,
        "owner": mine.role in access.OWNING,
        "members": queries.members_of(party),
        "invitations": queries.invitations_of(party),
        "roles": Membership.Role.choices,
        "form": form,
    }
    return render(request, "parties/members.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def change_role(request: SignedIn, pk: int) -> HttpResponse:
    """Give a member another role; owners only."""
    party = access.party_of(request.user)
    access.require(request.user, party, access.OWNING)
    membership = access.member_for(request.user, party, pk)
    form = RoleForm(request.POST)
    if form.is_valid():
        actions.change_role(membership=membership, role=form.cleaned_data["role"], by=request.user)
        messages.success(request, _("The role is changed."))
    return back_to("org-members")


@login_required
@require_POST
def remove(request: SignedIn, pk: int) -> HttpResponse:
    """Remove a member, or leave."""
    party = access.party_of(request.user)
    membership = access.member_for(request.user, party, pk)
    actions.remove_member(membership=membership, by=request.user)
    left = membership.user_id == request.user.pk
    messages.success(request, _("You left %(name)s.") % {"name": party.name} if left else _("The member is removed."))
    return back_to("organisation" if left else "org-members")


@login_required
@require_POST
def take_back(request: SignedIn, pk: int) -> HttpResponse:
    """Take an invitation of my party back."""
    invitation = access.invitation_of(request.user, access.party_of(request.user), pk)
    actions.end_invitation(invitation=invitation, by=request.user)
    messages.success(request, _("The invitation is taken back."))
    return back_to("org-members")


@login_required
@require_POST
def answer(request: SignedIn, pk: int) -> HttpResponse:
    """Accept or decline an invitation to me."""
    invitation = access.invitation_for(request.user, pk)
    name = invitation.party.name
    if request.POST.get("answer") == "accept":
        actions.accept_invitation(invitation=invitation)
        messages.success(request, _("You are a member of %(name)s now.") % {"name": name})
    else:
        actions.end_invitation(invitation=invitation, by=request.user)
        messages.success(request, _("You declined the invitation of %(name)s.") % {"name": name})
    return back_to("organisation")
