"""Who may see and work an import: the owners and agents of the party it is for."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from market.parties.access import ACTING, require
from market.parties.models import Party
from market.rights.importers.models import Import

LATEST = 20


def import_for(user: Any, code: str) -> Import:
    """The import `code` that `user` may work for its party; 404 for strangers, Refused `role.missing` for its others."""
    run = Import.objects.select_related("version", "party", "by").filter(code=code).first()
    if run is None:
        raise Http404
    require(user, run.party, ACTING)
    return run


def imports_of(party: Party) -> QuerySet[Import]:
    """The party's latest imports."""
    return Import.objects.filter(party=party).select_related("version")[:LATEST]
