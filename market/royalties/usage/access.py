"""Who reports by table or program: the people of the licensee."""

from typing import Any

from django.http import Http404

from market.royalties import access
from market.royalties.models import Licence
from market.royalties.usage.models import Key


def licence_for(user: Any, code: str) -> Licence:
    """The licence `code` for those who see it from the licensee's side; 404 for everybody else."""
    found = access.licence_for(user, code)
    if access.role_of(user, found) != access.LICENSEE:
        raise Http404
    return found


def key_for(user: Any, code: str, pk: int) -> Key:
    """A key of such a licence; 404 otherwise."""
    found = licence_for(user, code).keys.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
