"""Who may value a portfolio and read what came of it: the members of its owner."""

from typing import Any

from django.http import Http404

from market.parties.models import Membership
from market.rights.portfolios.access import own_portfolio_for, portfolio_for
from valuation.portfolios.models import Run

__all__ = ["own_portfolio_for", "portfolio_for", "run_for"]


def run_for(user: Any, code: str) -> Run:
    """The run `code`, for the members of its party; 404 for everybody else."""
    found = Run.objects.select_related("portfolio", "party").filter(code=code).first()
    if found is None or not Membership.objects.filter(user=user.pk, party=found.party_id).exists():
        raise Http404
    return found
