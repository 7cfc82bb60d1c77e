"""A published listing and an announced sale around it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from auctions import actions
from auctions.models import Lot, Sale
from market.kernel import clock
from market.kernel.money import Money
from market.listings.models import Listing
from market.parties.models import Party, User
from tests import assets, people


def yuan(figure: int) -> Money:
    return Money(figure * 100, "CNY")


@pytest.fixture(scope="module")
def published(kept_rows: None) -> Listing:
    """That listing, as often as it is asked for."""
    return assets.published(people.jilin_university(), people.changchun_agency())


@pytest.fixture
def offered(published: Listing, db: None) -> Listing:
    """吉林大学's patent, published by the agency."""
    return Listing.objects.get(pk=published.pk)


@pytest.fixture
def drafted(agency: Party, zhou_min: User) -> Callable[..., Sale]:
    """A draft sale that opens in twenty days, or as told."""

    def make(**told: Any) -> Sale:
        opens_at: datetime = told.pop("opens_at", clock.now() + timedelta(days=20))
        columns = {
            "agency": agency,
            "title": "冬季专场",
            "title_en": "Winter sale",
            "mode": Sale.Mode.AUCTION,
            "auctioneer": agency.auctioneers.get(),
            "ruleset": "commercial",
            "display_from": clock.now(),
            "register_until": opens_at - timedelta(hours=1),
            "opens_at": opens_at,
            "media_proof": "吉林日报 第 6 版",
            "by": zhou_min,
        }
        return actions.create_sale(**(columns | told))

    return make


def add_lot(sale: Sale, listing: Listing, by: User, **told: Any) -> Lot:
    """The listing as a lot: a million to start, ten per cent deposit."""
    terms = {"start": yuan(1_000_000), "deposit": yuan(100_000), "step": yuan(20_000), "duration": timedelta(hours=24)}
    return actions.add_lot(sale=sale, listing=listing, by=by, **(terms | told))


@pytest.fixture
def lot(drafted: Callable[..., Sale], offered: Listing, zhou_min: User) -> Lot:
    """The lot of an announced sale, open for registration."""
    sale = drafted()
    add_lot(sale, offered, zhou_min)
    actions.publish_notice(sale=sale, by=zhou_min)
    return sale.lots.select_related("sale__agency", "listing__right", "listing__seller").get()
