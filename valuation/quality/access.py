"""Who may score a right and read a scoring: it is its party's own."""

from typing import Any

from django.http import Http404

from market.parties.models import Membership
from valuation.access import asset_for, maker_of
from valuation.quality.models import Scoring

__all__ = ["asset_for", "maker_of", "scoring_for"]


def scoring_for(user: Any, code: str) -> Scoring:
    """The scoring `code`, for the members of its party; 404 for everybody else."""
    found = Scoring.objects.select_related("listing__right", "created_by").filter(code=code).first()
    if found is None or not Membership.objects.filter(user=user.pk, party=found.party_id).exists():
        raise Http404
    return found
