"""Who handles a filing: the people of its agency. The other parties see it where what is filed is shown."""

from typing import Any

from django.http import Http404

from market.filings import queries
from market.filings.models import Filing
from market.parties.access import ACTING, ANY, require
from market.parties.models import Membership


def filing_for(user: Any, code: str) -> Filing:
    """The filing `code` for any member of its agency; 404 for everybody else."""
    filing = queries.filings().filter(code=code).first()
    if filing is None:
        raise Http404
    require(user, filing.agency, ANY)
    return filing


def may_enter(user: Any, filing: Filing) -> bool:
    """Whether `user` may enter what happened, as owner or agent of its agency."""
    return Membership.objects.filter(user=user.pk, party=filing.agency, role__in=ACTING).exists()
