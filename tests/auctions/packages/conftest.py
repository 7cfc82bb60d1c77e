"""A sale of three lots bid for in packages: Anne may bid on all of them, Bob on the first two, Carol on the third."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from auctions import allocation, engine, packages
from auctions.models import Lot, PackageBid, PackageRun, PackageSale
from market.kernel import clock
from market.parties.models import Party, User
from tests.auctions import factory
from tests.auctions.factory import yuan

Bidding = Callable[..., PackageBid]


def make(
    jida: Party, agency: Party, *, rule: str = "core_nearest_vcg", groups: list[object] | None = None
) -> PackageSale:
    """Three lots at 1, 1 and 1 million; the third has a reserve of 1.5 million; open for half an hour."""
    sale = factory.sale(agency)
    reserves = (None, None, yuan(1_500_000))
    for reserve in reserves:
        factory.lot(jida, agency, of_sale=sale, reserve=reserve, opened=False, format=Lot.Format.PACKAGE)
    package = PackageSale.objects.create(sale=sale, rule=rule, groups=groups or [])
    engine.open_due()
    return package


@pytest.fixture
def package(jida: Party, agency: Party, anne_co: Party, bob_co: Party, carol_co: Party) -> PackageSale:
    """The sale, its bidders registered with their deposits held."""
    return registered(make(jida, agency), anne_co, bob_co, carol_co)


def registered(package: PackageSale, anne_co: Party, bob_co: Party, carol_co: Party) -> PackageSale:
    """Everybody's paddles."""
    first, second, third = package.sale.lots.order_by("number")
    for place, (lot, party) in enumerate(
        [(first, anne_co), (second, anne_co), (third, anne_co), (first, bob_co), (second, bob_co), (third, carol_co)]
    ):
        factory.bidder(lot, party, 1001 + place)
    return package


def codes(package: PackageSale, *numbers: int) -> list[str]:
    """The codes of the lots with these numbers."""
    return [package.sale.lots.get(number=number).code for number in numbers]


def bid(package: PackageSale, by: User, numbers: tuple[int, ...], amount: int, **also: object) -> PackageBid:
    """`by` offers `amount` yuan for the lots `numbers` together."""
    given = {"package": package, "codes": codes(package, *numbers), "amount": yuan(amount), "key": uuid4(), "by": by}
    return packages.bid(**(given | also))


def end(package: PackageSale) -> None:
    """The bidding is over."""
    Lot.objects.filter(sale=package.sale).update(ends_at=clock.now() - timedelta(seconds=1))


def allocated(package: PackageSale, by: User, limit_s: int = 60) -> PackageRun:
    """The bidding ended, the allocation asked for and carried out."""
    until = packages.ends_at(package)
    assert until is not None
    with clock.shifted_to(until):
        run = allocation.start(package=package, limit_s=limit_s, by=by)
        allocation.work(run.code)
    run.refresh_from_db()
    return run
