"""Who may see and make an appraisal: the only way a door gets one. It is its party's own; others do not learn of it."""

from typing import Any

from django.http import Http404

from market.listings.access import listing_for
from market.listings.models import Listing
from market.parties.access import ACTING, may_act, party_of, require
from market.parties.models import Membership, Party
from valuation.models import Appraisal
from valuation.rules import RECONCILED

FEWEST_COMPARED, MOST_COMPARED = 2, 4


def appraisal_for(user: Any, code: str) -> Appraisal:
    """The appraisal `code` as its party's members may read it; 404 for everybody else."""
    found = (
        Appraisal.objects.select_related("listing__right", "party", "created_by", "followed_by")
        .filter(code=code)
        .first()
    )
    if found is None or not Membership.objects.filter(user=user.pk, party=found.party_id).exists():
        raise Http404
    return found


def own_appraisal_for(user: Any, code: str) -> Appraisal:
    """The appraisal `code` that `user` may follow with another version; Refused `role.missing` for other members."""
    found = appraisal_for(user, code)
    require(user, found.party, ACTING)
    return found


def asset_for(user: Any, code: str) -> Listing:
    """The listing whose right `user` may value: any they can read."""
    return listing_for(user, code)


def reader_of(user: Any) -> Party:
    """The party whose appraisals `user` may see. Refused `party.none`."""
    return party_of(user)


def maker_of(user: Any) -> Party:
    """The party `user` may value for. Refused `party.none`, `role.missing`."""
    party = party_of(user)
    require(user, party, ACTING)
    return party


def may_follow(user: Any, appraisal: Appraisal) -> bool:
    """Whether `user` may make the next version."""
    return not hasattr(appraisal, "followed_by") and appraisal.method != RECONCILED and may_act(user, appraisal.party)
