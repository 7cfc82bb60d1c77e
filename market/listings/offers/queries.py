"""Reads of negotiations: where one stands, its versions, a party's, an agency's, and what waits for whom."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from market.kernel.errors import Refused
from market.kernel.money import Money
from market.listings.models import Listing
from market.listings.offers import rules
from market.listings.offers.models import Floor, Negotiation, Offer, PrivateRound
from market.parties.models import Party
from market.parties.queries import related_ids

MODES = frozenset({Listing.Mode.ASSIGNMENT, Listing.Mode.LICENCE})  # what may be had by an offer
SHOWN = 5
VIEWS: dict[str, tuple[str, ...]] = {
    "open": (Negotiation.State.OPEN,),
    "accepted": (Negotiation.State.ACCEPTED,),
    "over": tuple(set(Negotiation.State.values) - {Negotiation.State.OPEN, Negotiation.State.ACCEPTED}),
}


def negotiations() -> QuerySet[Negotiation]:
    """Negotiations with what every row names."""
    return Negotiation.objects.select_related(
        "buyer", "standing", "round", "listing__right", "listing__seller", "listing__agency"
    )


def by_offer(code: str) -> Offer:
    """The offer O-…, with its negotiation and listing."""
    related = ("negotiation__buyer", "negotiation__listing")
    deep = (f"negotiation__listing__{name}" for name in ("right", "seller", "agency", "mandate"))
    return Offer.objects.select_related(*related, *deep).get(code=code)


def side_of(negotiation: Negotiation, party: Party) -> str:
    """On which side `party` is; 404 where on none."""
    if party.pk == negotiation.buyer_id:
        return rules.BUYER
    if party.pk == negotiation.listing.seller_id:
        return rules.SELLER
    raise Http404


def standing_of(negotiation: Negotiation) -> rules.Standing:
    """Where the negotiation stands, as the rules look at it."""
    offer = negotiation.standing
    if offer is None:
        raise AssertionError(f"{negotiation} has no offer")
    seen = offer.seen_at is not None
    return rules.Standing(negotiation.state, offer.side, offer.number, seen, offer.sha256, negotiation.expires_at)


def content(offer: Offer) -> dict[str, Any]:
    """What an offer's hash is of: everything that whoever accepts it is bound to, and where it belongs."""
    return {
        "negotiation": offer.negotiation.code,
        "listing": offer.negotiation.listing.code,
        "side": offer.side,
        "number": offer.number,
        "edition": offer.edition,
        "amount": offer.amount.wire(),
        "terms": offer.terms,
        "message": offer.message,
        "expires_at": offer.expires_at.isoformat(),
    }


def versions(negotiation: Negotiation) -> list[tuple[Offer, list[rules.Change]]]:
    """Every version with what it changes in the one before, the latest first."""
    rows = list(negotiation.offers.select_related("made_by", "party").order_by("pk"))
    pairs = zip([None, *rows], rows, strict=False)
    told = [(row, rules.diff(_said(before), _said(row)) if before else []) for before, row in pairs]
    return list(reversed(told))


def _said(offer: Offer) -> dict[str, Any]:
    """What two versions are compared by."""
    return {"amount": offer.amount.wire(), **offer.terms}


def terms_for(listing: Listing, buyer: Party, now: datetime) -> tuple[rules.RuleSet, PrivateRound | None]:
    """By which rules `buyer` may make offers on the listing now, and in which private round.

    Refused `offer.not_on_offer`, `offer.bundled` for what is sold with others, `offer.related` for whoever belongs to the
    seller or its agency (民法典 168), and as `rules.rules_for`.
    """
    if listing.state != Listing.State.PUBLISHED or listing.mode not in MODES:
        raise Refused("offer.not_on_offer")
    if listing.bundle_id is not None:
        raise Refused("offer.bundled")
    if {listing.seller_id, listing.agency_id} & related_ids(buyer):
        raise Refused("offer.related")
    invited = round_for(listing, buyer, now)
    return rules.rules_for(listing.pricing, invited=invited is not None), invited


def last_of(listing: Listing, buyer: Party) -> Offer | None:
    """What `buyer` offered last on the listing."""
    mine = Offer.objects.filter(negotiation__listing=listing, party=buyer, side=rules.BUYER)
    return mine.order_by("-pk").first()


def open_of(listing: Listing, buyer: Party) -> Negotiation | None:
    """The open negotiation of `buyer` about the listing."""
    return negotiations().filter(listing=listing, buyer=buyer, state=Negotiation.State.OPEN).first()


def tried(listing: Listing, buyer: Party, since: datetime) -> tuple[list[Money], int]:
    """What `buyer` offered last in each negotiation that the seller declined, and how many it began after `since`."""
    mine = Negotiation.objects.filter(listing=listing, buyer=buyer)
    last = Offer.objects.filter(negotiation__in=mine.filter(state=Negotiation.State.DECLINED), side=rules.BUYER)
    return [offer.amount for offer in last], mine.filter(opened_at__gt=since).count()


def round_for(listing: Listing, party: Party, now: datetime) -> PrivateRound | None:
    """The private round about the listing that `party` was invited to and that runs."""
    running = PrivateRound.objects.filter(listing=listing, state=PrivateRound.State.OPEN, ends_at__gt=now)
    return running.filter(invited=party).first()


def rounds() -> QuerySet[PrivateRound]:
    """Private rounds with what every page names."""
    return PrivateRound.objects.select_related("listing__right", "listing__seller", "listing__agency")


def proposed_to(party: Party) -> QuerySet[PrivateRound]:
    """The private rounds that wait for the consignor `party`, the oldest first."""
    return rounds().filter(listing__seller=party, state=PrivateRound.State.PROPOSED).order_by("pk")


def inviting(party: Party, now: datetime) -> QuerySet[PrivateRound]:
    """The private rounds that run and in which `party` may make offers and has not, the first to end first."""
    running = rounds().filter(invited=party, state=PrivateRound.State.OPEN, ends_at__gt=now)
    return running.exclude(negotiations__buyer=party).order_by("ends_at", "pk")


def floor_of(listing: Listing) -> Money | None:
    """Below what the seller wants offers declined; for the seller's own page only."""
    floor = Floor.objects.filter(listing=listing).first()
    return floor.amount if floor else None


def due(now: datetime) -> QuerySet[Negotiation]:
    """The negotiations whose offer's time is up, the longest first."""
    return Negotiation.objects.filter(state=Negotiation.State.OPEN, expires_at__lte=now).order_by("expires_at", "pk")


def of_party(party: Party) -> QuerySet[Negotiation]:
    """The negotiations `party` is in on either side, or administers, the latest first."""
    inside = Q(buyer=party) | Q(listing__seller=party) | Q(listing__agency=party)
    return negotiations().filter(inside).order_by("-pk")


def page(rows: QuerySet[Negotiation], view: str, after: str, size: int) -> tuple[list[Negotiation], str]:
    """Up to `size` of the negotiations of a view older than the one coded `after`, and the code the next page goes on
    after ("" at the end)."""
    found = rows.filter(state__in=VIEWS[view])
    last = Negotiation.objects.filter(code=after).values_list("pk", flat=True).first() if after else None
    listed = list((found.filter(pk__lt=last) if last else found)[: size + 1])
    return listed[:size], listed[size - 1].code if len(listed) > size else ""


def on_side(rows: QuerySet[Negotiation], party: Party, side: str) -> QuerySet[Negotiation]:
    """Those in which `party` is on that side ("buyer", "seller"); all for ""."""
    return rows.filter(buyer=party) if side == rules.BUYER else rows.filter(listing__seller=party) if side else rows


def numbers_of(rows: QuerySet[Negotiation]) -> dict[str, int]:
    """How many of them are in each view."""
    counted = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    return {view: sum(counted.get(state, 0) for state in states) for view, states in VIEWS.items()}


def waiting_for(party: Party) -> QuerySet[Negotiation]:
    """The open negotiations in which it is `party`'s turn, the first to expire first."""
    asked = Q(buyer=party, standing__side=rules.SELLER) | Q(listing__seller=party, standing__side=rules.BUYER)
    return negotiations().filter(asked, state=Negotiation.State.OPEN).order_by("expires_at", "pk")


def queue_of(agency: Party) -> tuple[int, list[Negotiation]]:
    """How many negotiations are open about what the agency administers, and the first to expire."""
    rows = negotiations().filter(listing__agency=agency, state=Negotiation.State.OPEN)
    return rows.count(), list(rows.order_by("expires_at", "pk")[:SHOWN])
