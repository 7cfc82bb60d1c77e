"""Who may read a negotiation and for which side: the only way a door gets one. Unknown and forbidden look the same."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from market.listings.access import own_listing_for
from market.listings.models import Listing
from market.listings.offers import queries
from market.listings.offers.models import Negotiation, PrivateRound
from market.parties.access import acting_party, may_act, party_of, require, verified_party_of
from market.parties.models import Party


def negotiation_for(user: Any, code: str) -> Negotiation:
    """The negotiation `code`, for whoever acts for its buyer, its seller or its agency, and for regulators; 404 for others."""
    found = queries.negotiations().filter(code=code).first()
    if found is None or not role_of(user, found):
        raise Http404
    return found


def role_of(user: Any, negotiation: Negotiation) -> str:
    """As what `user` reads it: "buyer", "seller", "agency", "regulator"; "" for strangers."""
    acting = acting_party(user)
    if acting is None:
        return ""
    listing = negotiation.listing
    seats = {listing.agency_id: "agency", listing.seller_id: "seller", negotiation.buyer_id: "buyer"}
    if acting.pk in seats:
        return seats[acting.pk]
    return "regulator" if acting.kind == Party.Kind.REGULATOR and acting.state == Party.State.VERIFIED else ""


def answers(user: Any, negotiation: Negotiation) -> Party | None:
    """The side `user` may answer for: buyer or seller whose owner or agent it acts as; None for who only reads."""
    acting = acting_party(user)
    sides = (negotiation.buyer_id, negotiation.listing.seller_id)
    return acting if acting is not None and acting.pk in sides and may_act(user, acting) else None


def side_for(user: Any, negotiation: Negotiation) -> Party:
    """The side `user` answers for: buyer or seller, as whose owner or agent it acts. 404 for everybody else, Refused
    `role.missing` for members who only read."""
    acting = acting_party(user)
    if acting is None or acting.pk not in (negotiation.buyer_id, negotiation.listing.seller_id):
        raise Http404
    require(user, acting)
    return acting


def negotiations_for(user: Any) -> tuple[Party, QuerySet[Negotiation]]:
    """The party `user` acts for and its negotiations. Refused `party.none`."""
    party = party_of(user)
    return party, queries.of_party(party)


def round_for(user: Any, code: str) -> PrivateRound:
    """The private round `code`, for whoever acts for its seller or its agency, and once it is open for those invited;
    404 for others, who must not learn who was."""
    found, acting = queries.rounds().filter(code=code).first(), acting_party(user)
    if found is None or acting is None:
        raise Http404
    inside = acting.pk in (found.listing.seller_id, found.listing.agency_id)
    waits = found.state in (PrivateRound.State.PROPOSED, PrivateRound.State.REFUSED)
    if not inside and (waits or not found.invited.filter(pk=acting.pk).exists()):
        raise Http404
    return found


def may_decide(user: Any, found: PrivateRound) -> bool:
    """Whether `user` answers for the consignor whether the round takes place."""
    return may_act(user, found.listing.seller) and acting_party(user) == found.listing.seller


def buyer_of(user: Any) -> Party:
    """The party `user` would buy for. Refused `party.none`, `party.unverified`."""
    return verified_party_of(user)


def priced_listing_for(user: Any, code: str) -> Listing:
    """The listing whose floor `user` may set for its seller; 404 for strangers, Refused `role.missing`."""
    return own_listing_for(user, code)
