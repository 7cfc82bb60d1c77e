"""Who may act for whom: the only way a door gets a party."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Q
from django.http import Http404, HttpRequest

from market.kernel.errors import Refused
from market.kernel.typed import plain
from market.parties import queries
from market.parties.models import Affiliation, Invitation, Membership, Party, User

Row = TypeVar("Row")

ACTING = frozenset({Membership.Role.OWNER, Membership.Role.AGENT})
PAYING = frozenset({Membership.Role.OWNER, Membership.Role.FINANCE})
OWNING = frozenset({Membership.Role.OWNER})
ANY = frozenset(Membership.Role)


class SignedIn(HttpRequest):
    """A request behind `login_required`, for the type checker: somebody is there, and acts for a party or for none."""

    user: User
    party: Party | None
    agency: Party | None


def acting_party(user: Any) -> Party | None:
    """The party `user` acts for: the one chosen, else the first membership; None for strangers."""
    if not getattr(user, "is_authenticated", False):
        return None
    membership = acting_memberships([user]).get(user.pk)
    return membership.party if membership else None


def acting_memberships(users: Iterable[User]) -> dict[int, Membership]:
    """By which membership each user acts for a party, by the user's pk: one question for all."""
    chosen_by = {user.pk: user.acting_for_id for user in users}
    acting: dict[int, Membership] = {}
    for one in Membership.objects.filter(user__in=chosen_by).select_related("party").order_by("pk"):
        if one.user_id not in acting or one.party_id == chosen_by[one.user_id]:
            acting[one.user_id] = one
    return acting


def require(user: Any, party: Party, roles: frozenset[str] = ACTING) -> Membership:
    """The membership by which `user` acts for `party` in one of `roles`; 404 for strangers, Refused `role.missing`."""
    membership = Membership.objects.filter(user=user.pk, party=party).first() if user.pk else None
    if membership is None:
        raise Http404
    return in_role(membership, roles)


def in_role(membership: Membership, roles: frozenset[str] = ACTING) -> Membership:
    """The membership, if it is one of `roles`. Refused `role.missing`."""
    if membership.role not in roles:
        raise Refused("role.missing", role=membership.get_role_display())
    return membership


def may_act(user: Any, party: Party) -> bool:
    """Whether `user` may list, bid and sign for `party`."""
    return Membership.objects.filter(user_id=user.pk or 0, party=party, role__in=ACTING).exists()


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
        raise Refused("party.unverified", party=str(party))
    return party


def agency_of(user: Any) -> Party:
    """The agency `user` acts for; 404 for everybody else, who must not learn that the desk's objects exist."""
    party = acting_party(user)
    if party is None or not party.is_agency or party.state != Party.State.VERIFIED:
        raise Http404
    return party


def agency_for(code: str) -> Party:
    """The verified agency `code`, which everybody may look up; 404 otherwise."""
    return _or_404(queries.agencies().filter(code=code).first())


def verifier(user: Any) -> Party | None:
    """The agency for which `user` verifies parties, None for staff; 404 for everybody else."""
    if getattr(user, "is_staff", False):
        return None
    return agency_of(user)


def may_verify(user: Any, party: Party) -> bool:
    """Whether `user` may vouch for `party`: staff for anyone, an agency's people for all but agencies and regulators."""
    if Membership.objects.filter(user=user, party=party).exists():
        return False
    if getattr(user, "is_staff", False):
        return True
    acting = acting_party(user)
    licensed = acting is not None and acting.is_agency and acting.state == Party.State.VERIFIED
    return licensed and party.kind not in (Party.Kind.AGENCY, Party.Kind.REGULATOR)


def party_to_verify(user: Any, code: str) -> Party:
    """The party `code` once it was submitted, for whoever may vouch for it or look after it; 404 otherwise."""
    verifier(user)
    party = _or_404(Party.objects.exclude(state=Party.State.DRAFT).filter(code=code).first())
    if not may_verify(user, party):
        raise Http404
    return party


def tie_to_end(user: Any, party: Party, pk: int) -> Affiliation:
    """The declared tie `pk` of `party`, for whoever may vouch for the party; 404 otherwise."""
    if not may_verify(user, party):
        raise Http404
    return _or_404(queries.affiliations_of(party).filter(pk=pk).first())


def member_for(user: Any, party: Party, pk: int) -> Membership:
    """The membership `pk` of `party`, for an owner or for the member; 404 for others, Refused `role.missing`."""
    mine = require(user, party, ANY)
    if mine.pk == pk:
        return mine
    require(user, party, OWNING)
    return _or_404(Membership.objects.filter(party=party, pk=pk).select_related("user", "party").first())


def invitation_for(user: Any, pk: int) -> Invitation:
    """The invitation `pk` to `user`; 404 for everybody else's."""
    return _or_404(Invitation.objects.filter(user=user, pk=pk).select_related("party", "user").first())


def invitation_of(user: Any, party: Party, pk: int) -> Invitation:
    """The invitation `pk` that `party` sent, for its owners; 404 otherwise, Refused `role.missing`."""
    require(user, party, OWNING)
    return _or_404(Invitation.objects.filter(party=party, pk=pk).select_related("party", "user").first())


def own_party(user: Any, pk: int) -> Party:
    """The party `pk` that `user` is a member of; 404 otherwise."""
    return _or_404(Party.objects.filter(pk=pk, memberships__user=user).first())


def party_by_code(user: Any, typed: str) -> Party:
    """The verified party that somebody names by its public code or credit code. Refused `affiliation.unknown`."""
    if not getattr(user, "is_authenticated", False):
        raise Http404
    code = plain(typed)
    named = Q(code=code) | Q(uscc=code.replace("-", ""))
    party = Party.objects.filter(named, state=Party.State.VERIFIED).first()
    if party is None:
        raise Refused("affiliation.unknown", typed=typed.strip()[:40])
    return party


def _or_404(row: Row | None) -> Row:
    if row is None:
        raise Http404
    return row
