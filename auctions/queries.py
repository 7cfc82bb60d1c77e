"""Reads of sales, lots and bidding; never a lock, never a decision."""

from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, When

from auctions.models import Bar, Bidder, Event, Halt, Lot, Review, Sale
from market.kernel.money import Money
from market.listings.fees.rules import Schedule
from market.listings.models import Listing
from market.parties.models import Party
from market.parties.queries import related_ids

PAGE = 50


def buyer_fees(lot: Lot) -> Schedule:
    """The buyer's premium of a lot: the sale's, else what its consignment says."""
    fees: Schedule | None = lot.sale.buyer_fees
    return fees or lot.listing.mandate.buyer_fees


def lot_terms(lot: Lot) -> dict[str, Any]:
    """The conditions a bidder acknowledges: what is sold, at what start, under which rules, with which known defects."""
    return {
        "lot": lot.code,
        "right": lot.listing.right.number,
        "start": lot.start.wire(),
        "deposit": lot.deposit.wire(),
        "increments": lot.increments,
        "opens_at": lot.opens_at,
        "rules": lot.sale.rules,
        "defects": lot.listing.defects,
        # Plain ascending bids go without saying, so that what was acknowledged before stays what it was.
        **({} if lot.sale.deposit_kind == "bid_bond" else {"deposit_kind": lot.sale.deposit_kind}),
        **({} if lot.sale.buyer_fees is None else {"premium": lot.sale.buyer_fees.as_data()}),
        **({} if lot.format == Lot.Format.ENGLISH else {"format": lot.format, "params": lot.params}),
    }


def annulled(lot: Lot) -> Event | None:
    """The event that annulled a lot; its payload says why."""
    return Event.objects.filter(lot=lot, kind="annulled").first()


def opened_bids(lot: Lot) -> list[dict[str, Any]]:
    """What the envelopes held, in order of submission, as {seq, at, paddle, units, amount}, amount None where none could be
    read; nothing before they are opened."""
    opened = Event.objects.filter(lot=lot, kind="unsealed").first()
    if opened is None:
        return []
    return [
        {
            "seq": opened.seq,
            "at": opened.at,
            "paddle": bid["paddle"],
            "units": bid.get("units", 1),
            "amount": Money.from_wire(bid["amount"]) if bid.get("amount") else None,
        }
        for bid in opened.payload["bids"]
    ]


def calendar(*, since: datetime, until: datetime) -> QuerySet[Sale]:
    """The announced sales that open in [since, until), soonest first, with their agency."""
    announced = Sale.objects.exclude(state__in=[Sale.State.DRAFT, Sale.State.CANCELLED])
    return announced.filter(opens_at__gte=since, opens_at__lt=until).select_related("agency").order_by("opens_at", "pk")


def next_sale(*, after: datetime) -> Sale | None:
    """The next announced sale that opens after a moment, for an empty month."""
    return Sale.objects.filter(state=Sale.State.NOTICED, opens_at__gt=after).order_by("opens_at", "pk").first()


def sales_of(agency: Party) -> QuerySet[Sale]:
    """An agency's sales, latest opening first."""
    return Sale.objects.filter(agency=agency).order_by("-opens_at", "-pk")


def lots_of(sale: Sale) -> QuerySet[Lot]:
    """A sale's lots in order, with what a row of the list shows."""
    return sale.lots.select_related("listing__right", "leader").order_by("number")


def bidders_of(sale: Sale) -> QuerySet[Bidder]:
    """Every registration of a sale, by lot and time of application."""
    found = Bidder.objects.filter(lot__sale=sale).select_related("lot__listing__right", "party")
    return found.order_by("lot__number", "pk")


def lots_live(*, limit: int) -> QuerySet[Lot]:
    """The lots being bid on, soonest end first."""
    return _listed().filter(state__in=Lot.BIDDING).order_by("ends_at", "pk")[:limit]


def lots_upcoming(*, limit: int) -> QuerySet[Lot]:
    """The announced lots, soonest opening first."""
    return _listed().filter(state=Lot.State.NOTICED).order_by("opens_at", "pk")[:limit]


def lots_over(*, limit: int) -> QuerySet[Lot]:
    """The lots that ended, latest first."""
    return (
        _listed().filter(Q(state=Lot.State.SOLD) | Q(state=Lot.State.PASSED_IN)).order_by("-closed_at", "-pk")[:limit]
    )


def registrations_of(party: Party, *, limit: int = PAGE) -> QuerySet[Bidder]:
    """A party's registrations, latest first, with their lots."""
    found = Bidder.objects.filter(party=party).select_related("lot__sale", "lot__listing__right", "lot__leader")
    return found.order_by("-pk")[:limit]


def waiting_for_qualification(agency: Party) -> QuerySet[Bidder]:
    """The registrations an agency has still to decide, oldest first."""
    found = Bidder.objects.filter(lot__sale__agency=agency, state=Bidder.State.APPLIED)
    return found.select_related("lot__listing__right", "lot__sale", "party").order_by("pk")


def _listed() -> QuerySet[Lot]:
    return Lot.objects.select_related("sale__agency", "listing__right", "leader")


def listings_ready(agency: Party) -> QuerySet[Listing]:
    """The agency's published auction listings that are in no sale yet; a portfolio's come in together (`portfolios`)."""
    waiting = Listing.objects.filter(agency=agency, state=Listing.State.PUBLISHED, pricing=Listing.Pricing.AUCTION)
    taken = Lot.objects.filter(state=Lot.State.DRAFT).values("listing")
    alone = waiting.filter(mode=Listing.Mode.ASSIGNMENT, bundle=None)
    return alone.exclude(pk__in=taken).select_related("right").order_by("pk")


def lot_of(listing: Listing) -> Lot | None:
    """The latest announced lot of a listing."""
    return _listed().filter(listing=listing).exclude(state=Lot.State.DRAFT).order_by("-pk").first()


def sales_ahead(agency: Party) -> QuerySet[Sale]:
    """An agency's drafts and announced sales, soonest opening first."""
    return Sale.objects.filter(agency=agency, state__in=[Sale.State.DRAFT, Sale.State.NOTICED]).order_by(
        "opens_at", "pk"
    )


def bar_of(party: Party, lot: Lot, on: date) -> Bar | None:
    """What keeps `party` from registering for the lot on that day; None if nothing does.

    For the right it did not pay for a defaulter is barred in person and behind another: through a member, an affiliate, or
    as somebody's agent (法释〔2016〕18号 24).
    """
    scope = Q(right=lot.listing.right_id, party__in=related_ids(party)) | Q(agency=lot.sale.agency_id, party=party)
    rows = Bar.objects.filter(scope, lifted_at=None, since__lte=on)
    return rows.filter(Q(until=None) | Q(until__gte=on)).order_by("pk").first()


def halts_in_force() -> QuerySet[Halt]:
    """The halts that two people have not ended, the first stopped first."""
    return Halt.objects.annotate(agreed=Count("releases")).filter(agreed__lt=Halt.RELEASES).order_by("pk")


def halt_over(lot: Lot) -> Halt | None:
    """The first halt in force that stops the lot; its reason is public."""
    theirs = Q(lot=lot.pk) | Q(scope=Halt.Scope.AGENCY, agency=lot.sale.agency_id) | Q(scope=Halt.Scope.PLATFORM)
    return halts_in_force().filter(theirs).first()


def reviews_of(agency: Party | None) -> QuerySet[Review]:
    """The fair-play reviews of an agency's lots, or of every agency (None): the open ones first, then the latest."""
    rows = Review.objects.select_related(
        "lot__sale__agency", "lot__listing__right", "lot__listing__seller", "proposed_by"
    )
    rows = rows if agency is None else rows.filter(lot__sale__agency=agency)
    return rows.order_by(Case(When(state=Review.State.OPEN, then=0), default=1), "-pk")


def bars_by(agency: Party | None) -> QuerySet[Bar]:
    """Who is barred after defaults at an agency's sales, or anywhere (None), latest first."""
    rows = Bar.objects.select_related("party", "agency", "right", "lifted_by", "deal").order_by("-pk")
    return rows if agency is None else rows.filter(deal__agency=agency)
