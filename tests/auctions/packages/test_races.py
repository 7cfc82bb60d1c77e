"""Package bids at the same moment, on PostgreSQL's real locks; the race is first shown to happen with the lock off."""

from collections.abc import Callable
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet

from auctions import packages
from auctions.models import PackageBid, PackageSale
from market.parties.models import User
from tests.auctions.factory import yuan
from tests.auctions.packages.conftest import bid, codes
from tests.stage import meet, race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

MANY = 8


@pytest.fixture
def bids(package: PackageSale, anne: User) -> Callable[[int], PackageBid]:
    """bids(n): a bid for the first lot, n yuan above the one there is already."""
    first = bid(package, anne, (1,), 2_000_000)
    return lambda more: packages.bid(
        package=package, codes=first.bundle, amount=yuan(2_000_001 + more), key=uuid4(), by=anne
    )


def test_without_the_lock_two_bids_claim_one_place(bids: Callable[[int], PackageBid]) -> None:
    next_place = packages._next_place

    def together(package: PackageSale) -> int:
        place = next_place(package)
        meet()
        return place

    with (
        patch.object(QuerySet, "select_for_update", lambda self, **options: self),
        patch.object(packages, "_next_place", together),
    ):
        answers = race(2, bids)
    assert sum(isinstance(answer, IntegrityError) for answer in answers) == 1


def test_bids_at_the_same_moment_are_numbered_without_a_gap(bids: Callable[[int], PackageBid]) -> None:
    answers = race(MANY, bids)
    assert all(isinstance(answer, PackageBid) for answer in answers), answers
    assert list(PackageBid.objects.values_list("place", flat=True)) == list(range(1, MANY + 2))


def test_one_key_at_the_same_moment_is_one_bid(package: PackageSale, anne: User) -> None:
    given = {"package": package, "codes": codes(package, 1), "amount": yuan(2_000_000), "key": uuid4(), "by": anne}
    answers = race(MANY, lambda _: packages.bid(**given))
    assert len({answer.pk for answer in answers}) == 1
    assert PackageBid.objects.count() == 1
