"""Who may read, declare, publish and take open licences: the only way a door gets one."""

from typing import Any

from django.http import Http404

from market.deals.open_licences import queries
from market.deals.open_licences.models import Declaration
from market.parties.access import acting_party, may_act, verified_party_of
from market.parties.models import Party

State = Declaration.State


def declaration_for(user: Any, code: str) -> Declaration:
    """The declaration `code`: everybody's while it is open, else its holder's and its agency's and whose licence it is; 404
    otherwise."""
    found = queries.declarations().filter(code=code).first()
    party = acting_party(user) if user.is_authenticated else None
    if found is None:
        raise Http404
    inside = party is not None and (party.pk in (found.holder_id, found.agency_id) or queries.licence_of(found, party))
    if found.state != State.PUBLISHED and not inside:
        raise Http404
    return found


def declaring_party(user: Any) -> Party:
    """The verified party whose patents `user` may declare; Refused `party.unverified`, `role.missing`."""
    return verified_party_of(user)


def steps_of(user: Any, declaration: Declaration) -> frozenset[str]:
    """What `user` may do with it now: "withdraw", "take"."""
    party = acting_party(user) if user.is_authenticated else None
    if party is None or not may_act(user, party):
        return frozenset()
    steps = {
        "withdraw": party.pk == declaration.holder_id
        and declaration.state != State.WITHDRAWN
        and not queries.is_withdrawing(declaration),
        "take": declaration.state == State.PUBLISHED and party.pk not in (declaration.holder_id, declaration.agency_id),
    }
    return frozenset(step for step, may in steps.items() if may)
