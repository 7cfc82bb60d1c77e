"""What guidance is read from: closed deals of this market, and the appraisals of the seller who asks."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

from django.db.models import QuerySet

from market.deals.models import Deal
from market.kernel import clock
from market.kernel.formats import read_day
from market.listings.models import Listing
from market.listings.queries import reserve_of
from valuation.guidance.rules import Known, Sold, far_above, of_deals
from valuation.methods.amounts import Amount
from valuation.methods.errors import ValuationError
from valuation.methods.market import PortfolioSale
from valuation.models import Appraisal
from valuation.statutory.models import Report
from valuation.statutory.rules import APPRAISERS

MOST_DEALS = 200
YEARS = 3
_PAID = (Deal.State.TITLE_PASSED, Deal.State.SETTLED, Deal.State.CLOSED)


def sold_like(listing: Listing) -> list[Sold]:
    """The latest assignments of rights of the same kind whose title has passed, of three years, other sellers' only."""
    rows = _paid_like(listing, "CNY").exclude(seller=listing.seller_id)
    return [Sold(deal.seller_id, deal.price) for deal in rows[:MOST_DEALS]]


def hammered_like(listing: Listing, currency: str) -> list[PortfolioSale]:
    """The latest published results of rights of the same kind whose title has passed, of three years.

    A hammer's price is public, a negotiated one is not. What one hammer sold together is one sale of as many assets; where
    rights of another kind went with them, these assets have their own shares of the price.
    """
    lots: dict[str, list[Deal]] = {}
    for deal in _paid_like(listing, currency).filter(origin__startswith="lot:")[:MOST_DEALS]:
        lots.setdefault(deal.concluded_at, []).append(deal)
    return [_sale(origin.removeprefix("lot:"), deals) for origin, deals in lots.items()]


def _paid_like(listing: Listing, currency: str) -> QuerySet[Deal]:
    since = clock.now() - timedelta(days=365 * YEARS)
    like = Deal.objects.filter(
        state__in=_PAID, mode=Listing.Mode.ASSIGNMENT, right__kind=listing.right.kind, currency=currency
    )
    return like.filter(formed_at__gte=since).order_by("-pk")


def _sale(lot: str, deals: Iterable[Deal]) -> PortfolioSale:
    sold = list(deals)
    price = sum((deal.price for deal in sold[1:]), sold[0].price)
    return PortfolioSale(Amount.of(price), {"all": len(sold)}, name=lot, sold_on=read_day(sold[0].formed_at))


def known_of(listing: Listing) -> list[Known]:
    """The ranges known for the listing's right: of deals where there are enough, of the seller's own appraisals that count."""
    today, found = clock.today(), []
    with suppress(ValuationError):
        found.append(of_deals(sold_like(listing)))
    own = Appraisal.objects.filter(
        listing__right=listing.right_id, party=listing.seller_id, followed_by=None, valid_until__gte=today
    )
    found += [Known("model", one.low, one.value, one.high) for one in own.order_by("-pk")[:5]]
    reports = Report.objects.filter(
        engagement__listing__right=listing.right_id, engagement__client=listing.seller_id, valid_until__gte=today
    ).prefetch_related("signatures")
    signed = [one for one in reports.order_by("-pk")[:5] if len(one.signatures.all()) >= APPRAISERS]
    return found + [Known("statutory", one.value, one.value, one.value) for one in signed]


def is_far_above(listing: Listing, known: list[Known]) -> bool:
    """Whether the listing's secret reserve is far above all that is known; for nobody but the consignor to hear."""
    reserve = reserve_of(listing)
    return reserve is not None and far_above(reserve, known)
