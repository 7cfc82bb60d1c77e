"""Another deal takes the right after the hammer looked for one and before it wrote its own: on PostgreSQL, in the very moment.

The controls are the same race where that other deal comes to nothing: the hammer waited for it, and then sells.
"""

from collections.abc import Callable

import pytest

from auctions import allocation, engine
from auctions.models import Bidder, Lot, PackageRun, PackageSale
from market.deals.models import Deal
from market.kernel import clock
from market.ledger.queries import differences, trial_balance
from market.parties.models import Party, User
from market.payments.models import Payout
from tests.auctions import factory
from tests.auctions.packages import conftest as packaged
from tests.market.deals.stage import formed
from tests.stage import behind

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
OUTCOMES = [(True, Lot.State.ANNULLED), (False, Lot.State.SOLD)]


def takes(lot: Lot, buyer: Party) -> Callable[[], int]:
    """A deal of `buyer` about something else, which a call makes one about the right of `lot`."""
    other = formed(lot.listing.seller, buyer, lot.sale.agency)
    return lambda: Deal.objects.filter(pk=other.pk).update(right=lot.listing.right)


def check(lot: Lot, state: str) -> None:
    """`lot` ended so, one deal about its right lives, and an annulled sale gave every deposit back."""
    assert Lot.objects.get(pk=lot.pk).state == state
    assert Deal.objects.filter(right=lot.listing.right).count() == 1
    assert Deal.objects.filter(origin=lot.ref).exists() == (state == Lot.State.SOLD)
    held = set(lot.bidders.values_list("deposit", flat=True))
    assert held == {Bidder.Deposit.RELEASED} if state == Lot.State.ANNULLED else Bidder.Deposit.APPLIED in held
    for one in lot.bidders.filter(deposit=Bidder.Deposit.RELEASED):
        assert Payout.objects.filter(purpose="refund", ref__contains=one.code).count() == 1
    assert not differences(trial_balance())


@pytest.mark.parametrize(("kept", "state"), OUTCOMES)
def test_the_hammer_and_another_deal_about_the_right(
    kept: bool, state: str, jida: Party, agency: Party, anne_co: Party, bob_co: Party, carol_co: Party
) -> None:
    lot = factory.lot(jida, agency)
    factory.bid(factory.bidder(lot, anne_co, 8036), 1_000_000)
    factory.bid(factory.bidder(lot, bob_co, 2417), 1_020_000)
    beside = factory.lot(jida, agency, of_sale=lot.sale)
    factory.bid(factory.bidder(beside, carol_co, 5521), 1_000_000)
    Lot.objects.update(ends_at=clock.now())
    assert behind(takes(lot, carol_co), engine.close_due, kept=kept) == 2, "the lot beside it does not wait either"
    check(lot, state)
    assert Lot.objects.get(pk=beside.pk).state == Lot.State.SOLD


@pytest.mark.parametrize(("kept", "state"), OUTCOMES)
def test_an_allocation_of_packages_and_another_deal_about_a_right(
    kept: bool, state: str, package: PackageSale, anne: User, bob_co: Party, zhou_min: User
) -> None:
    first, second, _ = package.sale.lots.order_by("number")
    packaged.bid(package, anne, (1, 2), 3_000_000)
    packaged.end(package)
    run = allocation.start(package=package, limit_s=60, by=zhou_min)
    behind(takes(first, bob_co), lambda: allocation.work(run.code), kept=kept)
    assert PackageRun.objects.get(pk=run.pk).error == ""
    check(first, state)
    assert Lot.objects.get(pk=second.pk).state == Lot.State.SOLD


package = packaged.package
