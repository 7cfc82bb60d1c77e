"""Who may read a negotiation and for which side: the only way a door gets one. Unknown and forbidden look the same."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from market.listings.access import own_listing_for
from market.listings.models import Listing
from market.listings.offers import queries
from market.listings.offers.models import Negotiation
from market.parties.access import acting_party, may_act, party_of, verified_party_of
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


def negotiations_for(user: Any) -> QuerySet[Negotiation]:
    """The negotiations of the party `user` acts for. Refused `party.none`."""
    return queries.of_party(party_of(user))


def buyer_of(user: Any) -> Party:
    """The party `user` would buy for. Refused `party.none`, `party.unverified`."""
    return verified_party_of(user)


def priced_listing_for(user: Any, code: str) -> Listing:
    """The listing whose floor `user` may set for its seller; 404 for strangers, Refused `role.missing`."""
    return own_listing_for(user, code)
