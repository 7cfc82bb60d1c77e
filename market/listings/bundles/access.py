"""Who may see and change a portfolio on offer. Unknown and forbidden look the same."""

from typing import Any

from django.db.models import Q
from django.http import Http404

from market.listings.models import Bundle, Listing
from market.parties.access import ACTING, agency_of, may_act, require
from market.parties.models import Membership, Party

HANDED_OVER = frozenset({Listing.State.SUBMITTED, Listing.State.CHECKED}) | Listing.PUBLIC


def bundle_for(user: Any, code: str) -> Bundle:
    """The bundle `code` as `user` may read it: everybody once one of its listings was published; before that the
    seller's members and, once it was handed over, the agency and the regulators' people; 404 otherwise."""
    found = _found(code)
    if found.listings.exclude(published_at=None).exists():
        return found
    inside = Q(party=found.seller_id)
    if _handed_over(found):
        inside |= Q(party=found.agency_id) | Q(party__kind=Party.Kind.REGULATOR, party__state=Party.State.VERIFIED)
    if not user.pk or not Membership.objects.filter(inside, user=user.pk).exists():
        raise Http404
    return found


def own_bundle_for(user: Any, code: str) -> Bundle:
    """The bundle `code` that `user` may change for its seller; 404 for strangers, Refused `role.missing`."""
    found = _found(code)
    require(user, found.seller, ACTING)
    return found


def review_bundle_for(user: Any, code: str) -> Bundle:
    """The bundle `code` that was handed to the agency `user` acts for; 404 otherwise, Refused `role.missing`."""
    found, agency = _found(code), agency_of(user)
    if found.agency_id != agency.pk or not _handed_over(found):
        raise Http404
    require(user, agency, ACTING)
    return found


def may_change(user: Any, bundle: Bundle) -> bool:
    """Whether `user` may hand it over or take it back for its seller."""
    return bool(user.pk) and may_act(user, bundle.seller)


def may_review(user: Any, bundle: Bundle) -> bool:
    """Whether `user` may vouch for it for its agency, once it was handed over."""
    return bool(user.pk) and may_act(user, bundle.agency) and _handed_over(bundle)


def _handed_over(bundle: Bundle) -> bool:
    return bundle.listings.filter(state__in=HANDED_OVER).exists()


def _found(code: str) -> Bundle:
    found = Bundle.objects.select_related("portfolio__owner", "seller", "agency").filter(code=code).first()
    if found is None:
        raise Http404
    return found
