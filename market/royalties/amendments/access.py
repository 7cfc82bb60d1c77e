"""Who may change the terms of a licence: the only way a door gets a supplementary agreement."""

from typing import Any

from django.http import Http404

from market.parties.access import may_act
from market.royalties import access as of_licences
from market.royalties.amendments import queries
from market.royalties.amendments.actions import ROLES
from market.royalties.amendments.models import Amendment
from market.royalties.models import Licence


def side_of(user: Any, licence: Licence) -> str:
    """The side for which `user` may change the terms: "licensor", "licensee", or "" for who only reads."""
    role = of_licences.role_of(user, licence)
    return role if role in ROLES and may_act(user, getattr(licence, role)) else ""


def amendment_for(user: Any, code: str, number: int) -> Amendment:
    """The supplementary agreement `number` of a licence `user` may see; 404 otherwise."""
    licence = of_licences.licence_for(user, code)
    found = queries.amendments().filter(licence=licence, number=number).first()
    if found is None:
        raise Http404
    return found
