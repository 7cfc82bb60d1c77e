"""Reads of portfolios on offer."""

from django.db.models import Count, Q, QuerySet

from market.listings.models import Bundle, Listing
from market.parties.models import Party
from market.rights.models import Right
from market.rights.portfolios.models import Portfolio
from market.rights.queries import DETAILS

SHOWN = 50


def listings_of(bundle: Bundle) -> list[Listing]:
    """The listings of a bundle in their order, with what a row shows; one question."""
    kinds = (f"right__{kind}" for kind in DETAILS)
    return list(bundle.listings.select_related("seller", "agency", "mandate", *kinds).order_by("right__kind", "pk"))


def of_portfolio(portfolio: Portfolio) -> QuerySet[Bundle]:
    """The bundles a portfolio was offered as, the latest first."""
    return portfolio.bundles.select_related("agency").order_by("-pk")[:SHOWN]


def on_offer() -> QuerySet[Bundle]:
    """The bundles of which something is on the market, with the number of such listings (`size`), the latest first."""
    shown = Q(listings__state__in=[Listing.State.PUBLISHED, Listing.State.IN_SALE])
    found = Bundle.objects.filter(shown).annotate(size=Count("listings", filter=shown))
    return found.select_related("portfolio", "seller", "agency").order_by("-pk")[:SHOWN]


def for_agency(agency: Party) -> QuerySet[Bundle]:
    """The bundles that wait for the agency's review, the longest wait first."""
    waiting = Bundle.objects.filter(agency=agency, listings__state=Listing.State.SUBMITTED)
    return waiting.select_related("portfolio", "seller").distinct().order_by("pk")[:SHOWN]


def ready_for(agency: Party) -> list[Bundle]:
    """The agency's bundles of which every listing that is still open is on offer, so that a sale may take them."""
    opened = Bundle.objects.filter(agency=agency, listings__state=Listing.State.PUBLISHED).distinct()
    unfit = Listing.objects.filter(state__in=Listing.OPEN - {Listing.State.PUBLISHED}).exclude(bundle=None)
    return list(opened.exclude(pk__in=unfit.values("bundle")).select_related("portfolio").order_by("pk"))


def open_listings(rights: list[Right]) -> dict[int, Listing]:
    """The open listing by which each of the rights is offered for assignment, by the right's pk."""
    found = Listing.objects.filter(right__in=rights, mode=Listing.Mode.ASSIGNMENT, state__in=Listing.OPEN)
    return {listing.right_id: listing for listing in found}
