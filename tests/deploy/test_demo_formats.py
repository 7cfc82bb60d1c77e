"""The demonstration shows the other ways of bidding, each once, with lots that may be bid for."""

import pytest

from auctions.models import Bidder, Lot
from deploy.demo import cast, formats

pytestmark = pytest.mark.django_db
OPEN = {"dutch", "sealed_first", "sealed_second", "uniform", "free_then_timed"}


def test_every_way_of_bidding_is_there_once_and_comes_again_when_it_is_over() -> None:
    cast.build()
    formats.keep_up()
    formats.keep_up()
    assert sorted(Lot.objects.filter(state=Lot.State.LIVE).values_list("format", flat=True)) == sorted(OPEN)
    assert [lot.format for lot in Lot.objects.filter(state=Lot.State.NOTICED)] == ["hybrid"]
    assert Bidder.objects.filter(user=cast.user("maijia1"), state=Bidder.State.ACTIVE).count() == len(formats.WAYS)
    bids = dict(Lot.objects.values_list("format", "bids_count"))
    assert bids == {way.format: len(way.offers) for way in formats.WAYS}
    Lot.objects.filter(format="dutch").update(state=Lot.State.PASSED_IN)
    formats.keep_up()
    assert Lot.objects.filter(format="dutch", state=Lot.State.LIVE).count() == 1
