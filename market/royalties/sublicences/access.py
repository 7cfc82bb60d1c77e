"""Who may ask for a sublicence and decide on one: the only way a door gets it."""

from typing import Any

from django.http import Http404

from market.deals.terms.documents import Document
from market.parties.access import may_act
from market.royalties.access import licence_for
from market.royalties.amendments.queries import terms_today
from market.royalties.models import Licence
from market.royalties.sublicences import queries
from market.royalties.sublicences.models import Sublicence
from market.royalties.sublicences.rules import NONE


def allows(licence: Licence, terms: Document) -> bool:
    """Whether a licence that runs allows sublicences by the `terms` in force."""
    return bool(licence.state == Licence.State.ACTIVE and terms["sublicence"] != NONE)


def licence_to_share(user: Any, code: str) -> Licence:
    """A licence under which `user` may grant sublicences; 404 otherwise."""
    licence = licence_for(user, code)
    if not may_act(user, licence.licensee) or not allows(licence, terms_today(licence)):
        raise Http404
    return licence


def sublicence_for(user: Any, code: str, pk: int) -> Sublicence:
    """A sublicence under a licence `user` may see; 404 otherwise."""
    found = queries.under(licence_for(user, code)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def may_decide(user: Any, sublicence: Sublicence) -> bool:
    """Whether it waits for `user`'s yes or no: for the licensor."""
    return sublicence.state == Sublicence.State.ASKED and may_act(user, sublicence.head.licensor)
