"""Who may see and change a listing: the only way a door gets one. Unknown and forbidden look the same."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from market.listings.models import Listing
from market.parties.access import ACTING, acting_party, agency_of, party_of, require
from market.parties.models import Membership, Party
from market.rights.rules.taxonomy import RIGHT_KINDS

RELATED = (
    *(f"right__{kind}" for kind in RIGHT_KINDS),
    "right__registered_by",
    "seller",
    "agency",
    "mandate",
    "bundle__portfolio",
)


def listing_for(user: Any, code: str) -> Listing:
    """The listing `code` as `user` may read it; 404 otherwise.

    Everybody reads what is or was on the market (a withdrawn one says so). Before that: the seller's members and, once
    it was handed over, the agency and the regulators' people.
    """
    listing = _found(code)
    if listing.state in Listing.PUBLIC or listing.published_at is not None:
        return listing
    mine = _memberships(user)
    inside = Q(party=listing.seller_id)
    if _handed_over(listing):
        inside |= Q(party=listing.agency_id) | Q(party__kind=Party.Kind.REGULATOR, party__state=Party.State.VERIFIED)
    if not mine.filter(inside).exists():
        raise Http404
    return listing


def own_listing_for(user: Any, code: str) -> Listing:
    """The listing `code` that `user` may change for its seller: owners and agents; 404 for strangers, Refused
    `role.missing` for the seller's other members."""
    listing = _found(code)
    require(user, listing.seller, ACTING)
    return listing


def asking_listing_for(user: Any, code: str) -> Listing:
    """The listing `code` for which `user` may ask others for consents: the seller's people, or those of the agency it was
    handed to; 404 for everybody else, Refused `role.missing` for members who only read."""
    listing = _found(code)
    if reads_reviews(user, listing) and listing.agency is not None:
        require(user, listing.agency, ACTING)
    else:
        require(user, listing.seller, ACTING)
    return listing


def review_for(user: Any, code: str) -> Listing:
    """The listing `code` handed to the agency `user` acts for; 404 for everybody else, and before it is handed over."""
    agency = agency_of(user)
    listing = _found(code)
    if listing.agency_id != agency.pk or not _handed_over(listing):
        raise Http404
    return listing


def reviewer_of(user: Any) -> Party:
    """The agency `user` may accept and send back for (owners and agents); 404 or Refused `role.missing` otherwise."""
    agency = agency_of(user)
    require(user, agency, ACTING)
    return agency


def seller_of(user: Any) -> Party:
    """The party `user` may list for (owners and agents). Refused `party.none`, `role.missing`."""
    party = party_of(user)
    require(user, party, ACTING)
    return party


def may_change(user: Any, listing: Listing) -> bool:
    """Whether `user` may edit or withdraw the listing for its seller."""
    return _memberships(user).filter(party_id=listing.seller_id, role__in=ACTING).exists()


def reads_reviews(user: Any, listing: Listing) -> bool:
    """Whether `user` acts for the agency the listing was handed to."""
    party = acting_party(user)
    return party is not None and party.pk == listing.agency_id and _handed_over(listing)


def _handed_over(listing: Listing) -> bool:
    """Whether the listing is the agency's business: it waits for review or has been on the market. A draft is not,
    whatever agency is named in it, nor one that was given up."""
    return listing.published_at is not None or listing.state in (Listing.State.SUBMITTED, Listing.State.CHECKED)


def _found(code: str) -> Listing:
    listing = Listing.objects.select_related(*RELATED).filter(code=code).first()
    if listing is None:
        raise Http404
    return listing


def _memberships(user: Any) -> QuerySet[Membership]:
    """The memberships of `user`; none for strangers."""
    return Membership.objects.filter(user=user.pk) if user.pk else Membership.objects.none()
