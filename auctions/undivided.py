"""What of a portfolio on offer goes to one buyer only, looked at before its sale is announced."""

from collections.abc import Sequence

from auctions.models import Lot, PackageSale, Sale
from market.kernel.errors import Refused
from market.listings.models import Bundle, Listing


def check_undivided(sale: Sale, lots: Sequence[Lot]) -> None:
    """Every group of a portfolio that may not be split is in this sale entirely and in one of its package groups.

    Refused `sale.splits_bundle` naming the portfolio. Two questions where a portfolio is in the sale, else none.
    """
    lot_of = {lot.listing.right.code: lot.code for lot in lots if lot.listing.bundle_id is not None}
    if not lot_of:
        return
    package = PackageSale.objects.filter(sale=sale).first()
    packaged = [frozenset(codes) for _name, codes in (package.groups if package else ())]
    inside = Bundle.objects.filter(listings__in=[lot.listing_id for lot in lots])
    bundles = inside.select_related("portfolio").distinct().order_by("pk")
    offered = Listing.objects.filter(bundle__in=bundles, state__in=Listing.OPEN)
    opened = set(offered.values_list("bundle", "right__code"))
    for bundle in bundles:
        for group in bundle.groups:
            wanted = {code for code in group if (bundle.pk, code) in opened}
            here = {lot_of[code] for code in wanted if code in lot_of}
            whole = len(here) == len(wanted) and any(here <= codes for codes in packaged)
            if len(wanted) > 1 and here and not whole:
                raise Refused("sale.splits_bundle", portfolio=bundle.portfolio.name, bundle=bundle.code)
