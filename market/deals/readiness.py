"""What the rulebook has against a deal on the day it is asked: at the hammer, at contract, at payment, before filing."""

from collections.abc import Mapping

from django.db.models import QuerySet

from market.deals import granting
from market.deals.models import LICENCES, Deal
from market.deals.queries import missing_terms, paper_of, with_parties
from market.deals.rules import moves
from market.deals.rules.papers import NEGOTIATED
from market.deals.rules.particulars import ASKED
from market.deals.terms.documents import Document
from market.deals.terms.queries import agreed_terms, void_in
from market.listings.models import Listing, Mandate
from market.parties.queries import related_ids
from market.rights import queries as rights
from market.rights.rules.conditions import Terms
from market.rights.rules.facts import Commission, Contract
from market.rights.rules.intents import ASSIGN, CONTRIBUTE, Intent, license_as
from market.rights.rules.rulebook import Blocker, Readiness

# What a deal about each kind of offer does with the right; a licence is ordinary unless its terms say otherwise.
ACTS: Mapping[str, Intent] = {
    Listing.Mode.ASSIGNMENT: ASSIGN,
    Listing.Mode.LICENCE: license_as("ordinary"),
    Listing.Mode.OPEN_LICENCE: license_as("open"),
    Listing.Mode.EQUITY: CONTRIBUTE,
}


def readiness_of(deal: Deal, intent: str = "") -> Readiness:
    """What the rulebook has against `intent` with the deal's right today, unless told against what was agreed; what the
    same buyer gets from the same seller moves together (R20). A sublicence is granted by who holds no title: whoever does is
    asked about."""
    both = Deal.objects.filter(seller=deal.seller, buyer=deal.buyer, state__in=moves.LIVE)
    together = set(both.values_list("right_id", flat=True))
    (answer,) = rights.readiness_of(
        [deal.right],
        intent or _act(deal, agreed_document(deal)),
        sellers={deal.right_id: deal.seller} if deal.within is None else {},
        bundles={deal.right_id: together},
        terms={deal.right_id: terms_of(deal)},
    )
    return answer


def _act(deal: Deal, document: Document | None) -> Intent:
    if document is None or deal.mode != Listing.Mode.LICENCE or deal.within is not None:
        return ACTS[deal.mode]
    return license_as(granting.GRADES[document["exclusivity"]])


def agreed_document(deal: Deal) -> Document | None:
    """The terms of a licence deal that both sides agreed to; None before, and for every other deal."""
    agreed = agreed_terms(deal) if deal.mode in LICENCES else None
    return agreed.document if agreed else None


def terms_of(deal: Deal) -> Terms:
    """What the two sides agreed, as the rulebook looks at it."""
    document = agreed_document(deal)
    return Terms(
        ref=deal.ref,
        price=deal.price,
        foreign=deal.buyer.foreign,
        agreed=_between_themselves(deal),
        ties=_ties(deal),
        commissions=_commissions(deal),
        contract=_contract(deal, document),
        grant=granting.grant_of(deal, document) if document else None,
    )


def _between_themselves(deal: Deal) -> bool:
    """Whether the two sides found the price without bidders and without a price on the market; what a licensee asks for a
    sublicence is no price of the institute whose right it is."""
    if deal.within is not None:
        return False
    by_offer = deal.facts_on_record.get("mode") == NEGOTIATED and deal.listing.pricing != Listing.Pricing.FIXED
    return by_offer or deal.listing.pricing == Listing.Pricing.NEGOTIABLE


def _ties(deal: Deal) -> tuple[str, ...]:
    """Consignor or house, where the buyer won a bidding and belongs to them (R05)."""
    if deal.facts_on_record.get("mode", "") in ("", NEGOTIATED):
        return ()
    related = related_ids(deal.buyer)
    return tuple(party.name for party in (deal.seller, deal.agency) if party.pk in related)


def _commissions(deal: Deal) -> tuple[Commission, ...]:
    """What each side pays, and whether it agreed: in the mandate the agency accepted, or to the sale's published terms (R10)."""
    mandate = Mandate.objects.filter(listing=deal.listing_id).exclude(accepted_at=None).first()
    consigned = mandate is not None and deal.seller_fees == mandate.seller_fees
    announced = mandate is not None and (bool(deal.buyer_fees.code) or deal.buyer_fees == mandate.buyer_fees)
    sides = (("seller", consigned, deal.seller_fees), ("buyer", announced, deal.buyer_fees))
    return tuple(
        Commission(side, agreed, tuple((tier.above.minor, tier.bp) for tier in fees.tiers))
        for side, agreed, fees in sides
    )


def _contract(deal: Deal, document: Document | None) -> Contract | None:
    """What the contract lacks that is to be drafted next (R34), and its void terms (R33); what is drafted states everything
    and has none."""
    if deal.state != Deal.State.CONFIRMED or paper_of(deal, moves.CONTRACT):
        return None
    void = [finding.law for finding in void_in(document)] if document else []
    return Contract(tuple(str(ASKED[name]) for name in missing_terms(deal)), tuple(void))


def bars_of(deal: Deal, intent: str = "") -> tuple[Blocker, ...]:
    """What bars `intent` with the deal's right today (see `readiness_of`)."""
    return readiness_of(deal, intent).bars


def open_about(right: str) -> QuerySet[Deal]:
    """The deals about a right ("right:R-…") whose title has yet to pass: those the rulebook can still bar."""
    return with_parties().filter(right__code=right.removeprefix("right:"), state__in=moves.UNTITLED).order_by("pk")
