"""Who may act for whom: the only way a door gets a party."""

from typing import Any

from django.http import Http404

from market.kernel.errors import Refused
from market.parties.models import Membership, Party

ACTING = frozenset({Membership.Role.OWNER, Membership.Role.AGENT})
PAYING = frozenset({Membership.Role.OWNER, Membership.Role.FINANCE})


def acting_party(user: Any) -> Party | None:
    """The party `user` acts for: the one chosen, else the first membership; None for strangers."""
    if not getattr(user, "is_authenticated", False):
        return None
    memberships = list(Membership.objects.filter(user=user).select_related("party").order_by("pk"))
    chosen = next((m.party for m in memberships if m.party_id == user.acting_for_id), None)
    return chosen or (memberships[0].party if memberships else None)


def require(user: Any, party: Party, roles: frozenset[str] = ACTING) -> Membership:
    """The membership by which `user` acts for `party` in one of `roles`; 404 for strangers, Refused `role.missing`."""
    membership = Membership.objects.filter(user_id=getattr(user, "pk", None), party=party).first()
    if membership is None:
        raise Http404
    if membership.role not in roles:
        raise Refused("role.missing", role=membership.get_role_display())
    return membership


def party_of(user: Any) -> Party:
    """The party `user` acts for. Refused `party.none` when there is none yet."""
    party = acting_party(user)
    if party is None:
        raise Refused("party.none")
    return party


def verified_party_of(user: Any) -> Party:
    """The same, identity verified. Refused `party.unverified` otherwise."""
    party = party_of(user)
    if party.state != Party.State.VERIFIED:
        raise Refused("party.unverified", party=party.name)
    return party


def agency_of(user: Any) -> Party:
    """The agency `user` acts for; 404 for everybody else, who must not learn that the desk's objects exist."""
    party = acting_party(user)
    if party is None or not party.is_agency or party.state != Party.State.VERIFIED:
        raise Http404
    return party
