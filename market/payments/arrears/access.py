"""Who may look at debts and say when to remind: the only way a door gets a payer."""

from typing import Any

from django.http import Http404

from market.parties.access import PAYING, agency_of, require
from market.parties.models import Party


def payer_for(user: Any, code: str) -> Party:
    """A party that the agency `user` acts for ever asked for a payment; 404 otherwise."""
    payer = Party.objects.filter(charges__agency=agency_of(user), code=code).distinct().first()
    if payer is None:
        raise Http404
    return payer


def reminding_agency(user: Any) -> Party:
    """The agency whose reminders `user` may set. Refused `role.missing`; 404 for everybody else."""
    agency = agency_of(user)
    require(user, agency, PAYING)
    return agency
