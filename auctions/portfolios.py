"""A portfolio in a sale: a lot for every right, bid for in packages, and one registration for all of them.

Each right is a lot because each is assigned and recorded by itself; what may not be split is a group that goes to one
buyer or to nobody (`packages`), and a portfolio sold whole is one such group.
"""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from auctions import actions, packages
from auctions.models import Bidder, Lot, PackageSale, Sale
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.listings.bundles.queries import listings_of, ready_for
from market.listings.models import Bundle, Listing
from market.parties import access as parties
from market.parties.models import Party, User

STEP_BP = 100  # of the starting price: a lot has an increment, though package bids follow none


@transaction.atomic
def put_in(
    *,
    sale: Sale,
    bundle: Bundle,
    starts: Mapping[str, Money],
    deposit_bp: int,
    duration: timedelta,
    rule: str,
    by: User,
) -> PackageSale:
    """Put every listing of the portfolio into a draft sale as a lot, to be bid for in packages; `starts` by the listing's
    code, deposits in basis points of them. The sale's own pricing rule stays if it has one.

    Refused `bundle.not_ready` unless it is among the agency's `ready` ones, and as `actions.add_lot` and `packages.offer` are.
    """
    parties.require(by, sale.agency)
    listings = [listing for listing in listings_of(bundle) if listing.state in Listing.OPEN]
    if bundle not in ready(sale.agency):
        raise Refused("bundle.not_ready", bundle=bundle.code)
    numbers = {}
    for listing in listings:
        start = starts[listing.code]
        lot = actions.add_lot(
            sale=sale,
            listing=listing,
            start=start,
            deposit=sale.deposit_fixed or start.portion(deposit_bp),
            step=Money(max(1, start.portion(STEP_BP).minor), start.currency),
            duration=duration,
            by=by,
        )
        numbers[listing.right.code] = lot.number
    before = PackageSale.objects.filter(sale=sale).first()
    groups = [*_numbered(sale, before), *_groups(bundle, numbers)]
    return packages.offer(sale=sale, rule=before.rule if before else rule, groups=groups, by=by)


def ready(agency: Party) -> list[Bundle]:
    """The agency's portfolios of which every open listing is on offer and none stands in a draft sale yet."""
    taken = set(Lot.objects.filter(state=Lot.State.DRAFT).values_list("listing__bundle", flat=True))
    return [bundle for bundle in ready_for(agency) if bundle.pk not in taken]


def _numbered(sale: Sale, package: PackageSale | None) -> list[tuple[str, list[int]]]:
    """The groups the sale has already, by the numbers of their lots."""
    numbers = dict(sale.lots.values_list("code", "number"))
    return [(name, [numbers[code] for code in codes]) for name, codes in (package.groups if package else ())]


def _groups(bundle: Bundle, numbers: Mapping[str, int]) -> list[tuple[str, list[int]]]:
    """The portfolio's groups by the numbers of their lots, each under the portfolio's name."""
    kept = [[numbers[code] for code in group if code in numbers] for group in bundle.groups]
    kept = [group for group in kept if len(group) > 1]
    name = bundle.portfolio.name
    return [(name if len(kept) == 1 else f"{name} {place}", group) for place, group in enumerate(kept, 1)]


def lots_of(bundle: Bundle) -> QuerySet[Lot]:
    """The lots of the portfolio in the sale it is in or was in last, in order; none before that is announced."""
    announced = Lot.objects.filter(listing__bundle=bundle).exclude(state=Lot.State.DRAFT)
    latest = announced.order_by("-pk").values_list("sale", flat=True).first()
    found = announced.filter(sale=latest) if latest else announced.none()
    return found.select_related("sale__agency", "listing__right", "listing__seller").order_by("number")


def registrations(bundle: Bundle, party: Party | None) -> dict[int, Bidder]:
    """The party's registrations for the lots of the portfolio, by the lot's pk."""
    rows = Bidder.objects.filter(lot__in=list(lots_of(bundle)), party=party) if party else Bidder.objects.none()
    return {row.lot_id: row for row in rows.select_related("lot")}


@transaction.atomic
def register(*, bundle: Bundle, seen: Mapping[str, str], by: User) -> list[Bidder]:
    """Register the party `by` acts for, for every lot of the portfolio: all or none. `seen`: by the lot's code, the hash
    of the conditions shown and acknowledged. Refused `registration.closed` where there is no lot, and as
    `actions.register_bidder` is."""
    lots = list(lots_of(bundle))
    if not lots:
        raise Refused("registration.closed", until=None)
    return [actions.register_bidder(lot=lot, terms_sha256_seen=seen.get(lot.code, ""), by=by) for lot in lots]
