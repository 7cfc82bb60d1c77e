"""Who may read cross-licences, propose and answer them: the only way a door gets one."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from market.deals.crosses import queries
from market.deals.crosses.models import Cross
from market.parties.access import acting_party, may_act

State = Cross.State


def crosses_for(user: Any) -> QuerySet[Cross]:
    """Those of the party `user` acts for; none for strangers."""
    party = acting_party(user)
    return queries.of_party(party) if party else queries.crosses().none()


def cross_for(user: Any, code: str) -> Cross:
    """The cross-licence `code`, for the people of its sides and its agency; 404 otherwise."""
    found = crosses_for(user).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def steps_of(user: Any, cross: Cross) -> frozenset[str]:
    """What `user` may do with it now: "agree" and "decline", or "withdraw"."""
    party = acting_party(user)
    if cross.state != State.PROPOSED or party is None or not may_act(user, party):
        return frozenset()
    if party.pk == cross.other_id:
        return frozenset({"agree", "decline"})
    return frozenset({"withdraw"}) if party.pk == cross.proposer_id else frozenset()
