"""Who handles a filing: the people of the deal's agency. Seller and buyer see it in their deal room."""

from typing import Any

from django.http import Http404

from market.filings import queries
from market.filings.models import Filing
from market.parties.access import ACTING, ANY, require
from market.parties.models import Membership


def filing_for(user: Any, code: str) -> Filing:
    """The filing `code` for any member of its deal's agency; 404 for everybody else."""
    filing = queries.filings().filter(code=code).first()
    if filing is None:
        raise Http404
    require(user, filing.deal.agency, ANY)
    return filing


def may_enter(user: Any, filing: Filing) -> bool:
    """Whether `user` may enter what happened, as owner or agent of the deal's agency."""
    return Membership.objects.filter(user=user.pk, party=filing.deal.agency_id, role__in=ACTING).exists()
