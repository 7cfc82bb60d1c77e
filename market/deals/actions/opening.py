"""Deals opened: what the hammer or an accepted offer concluded, each once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from market.deals.actions.rows import everyone, said
from market.deals.models import Cross, Deal
from market.deals.rules import moves
from market.deals.terms.versions import version_of
from market.kernel import clock
from market.kernel.bulk import create_many
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.listings.fees.rules import Schedule, unagreed
from market.listings.models import Listing
from market.parties.models import Party
from market.trail import journal


@dataclass(frozen=True, slots=True)
class Concluded:
    """What the hammer concluded: `origin` ("lot:L-…", one of several deals "lot:L-…#B-…") names it for ever.

    Fees of None were never agreed and are capped (拍卖法 56). `on_record` are words the confirmation states (see
    `papers.RECORD`), `agreed_days` the working days for its steps where the sale's rules say so (see `moves.DAYS`),
    `document` the terms of a licence (`terms`) that both sides agreed to. What is opened `within` terms is a sublicence, which
    no later version may take beyond them, and what is part of a `cross` stands and falls with its other deal: these are
    granted, not sold, so that nobody confirms a sale.
    """

    origin: str
    listing: Listing
    buyer: Party
    price: Money
    seller_fees: Schedule | None
    buyer_fees: Schedule | None
    on_record: Mapping[str, str] = field(default_factory=dict)
    agreed_days: Mapping[str, int] = field(default_factory=dict)
    document: Mapping[str, Any] | None = None
    within: Mapping[str, Any] | None = None
    cross: Cross | None = None


def open(
    *,
    origin: str,
    listing: Listing,
    buyer: Party,
    price: Money,
    seller_fees: Schedule | None,
    buyer_fees: Schedule | None,
    actor: str,
    on_record: Mapping[str, str] | None = None,
    document: Mapping[str, Any] | None = None,
    within: Mapping[str, Any] | None = None,
) -> Deal:
    """Open the deal that `origin` concluded (see `Concluded`) [deal.formed]; the same origin again gives the first deal.

    The contract is concluded by the hammer, not by a signature (拍卖法 51). Refused `deal.self` when the buyer is the
    seller, `deal.no_agency`, `fees.currency`, `deal.right_taken` while another deal about the right lives, and for a
    `document` `terms.…` as `terms.versions.version_of`.
    """
    said: dict[str, Any] = {"on_record": on_record or {}, "document": document, "within": within}
    concluded = Concluded(origin, listing, buyer, price, seller_fees, buyer_fees, **said)
    return open_many([concluded], actor=actor)[0]


@transaction.atomic
def open_many(concluded: Sequence[Concluded], *, actor: str) -> list[Deal]:
    """`open` for many, in their order: all or, when one is refused, none. The number of statements does not grow with
    them. Needs the right, seller and agency of each listing.
    """
    origins = [one.origin for one in concluded]
    known = {deal.origin: deal for deal in Deal.objects.filter(origin__in=origins)}
    today = clock.today()
    fresh = [_formed(one, today) for one in concluded if one.origin not in known]
    documents_of = {one.origin: one.document for one in concluded if one.document is not None}
    try:
        with transaction.atomic():
            made = create_many(fresh)
            create_many(
                version_of(deal, documents_of[deal.origin], number=1, by=actor)
                for deal in made
                if deal.origin in documents_of
            )
    except IntegrityError as taken:
        made, known = [], {deal.origin: deal for deal in Deal.objects.filter(origin__in=origins)}
        lost = next((deal for deal in fresh if deal.origin not in known), None)
        if lost is not None:
            raise Refused("deal.right_taken", number=lost.right.number) from taken
    journal.record_many(said("deal.formed", deal, actor, everyone(deal), price=deal.price.wire()) for deal in made)
    known |= {deal.origin: deal for deal in made}
    return [known[origin] for origin in origins]


def _formed(one: Concluded, on: date) -> Deal:
    """The deal that was concluded on the day `on`, not yet written."""
    if one.listing.agency is None:
        raise Refused("deal.no_agency", listing=one.listing.code)
    if one.buyer.pk == one.listing.seller_id:
        raise Refused("deal.self")
    granted = one.within is not None or one.cross is not None
    state = Deal.State.CONFIRMED if granted else Deal.State.FORMED
    return Deal(
        origin=one.origin,
        listing=one.listing,
        right=one.listing.right,
        mode=one.listing.mode,
        seller=one.listing.seller,
        buyer=one.buyer,
        agency=one.listing.agency,
        currency=one.price.currency,
        price_minor=one.price.minor,
        seller_fees=(one.seller_fees or unagreed(one.price.currency)).in_currency(one.price.currency),
        buyer_fees=(one.buyer_fees or unagreed(one.price.currency)).in_currency(one.price.currency),
        state=state,
        due_on=moves.due_on(state, on, one.agreed_days),
        agreed_days=dict(one.agreed_days),
        facts_on_record=dict(one.on_record),
        within=one.within,
        cross=one.cross,
    )
