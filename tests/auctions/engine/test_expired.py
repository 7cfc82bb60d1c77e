"""No worker runs: whoever bids too late has the lot closed all the same."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.conf import settings

from auctions import engine, live
from auctions.engine import closing, expired, writer
from auctions.models import Bidder, Lot, Probe
from auctions.rules.replay import verify
from market.deals.models import Deal
from market.kernel import clock
from market.parties.models import Party
from tests.auctions import factory
from tests.auctions.factory import bid, yuan

pytestmark = pytest.mark.django_db(transaction=True)

SOON = timedelta(seconds=0.3)


@pytest.fixture
def lot(jida: Party, agency: Party) -> Lot:
    """Nothing moves its end, and a silence of the probes would be found."""
    rules = {"extension_window_s": 0, "availability_proof": True}
    return factory.lot(jida, agency, of_sale=factory.sale(agency, **rules), opened=False)


@pytest.fixture(autouse=True)
def threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A writer and a closer of the test's own, which have given their connections back."""
    monkeypatch.setattr(writer, "_writer", writer.Writer())
    monkeypatch.setattr(writer, "_closer", expired.Closer())
    yield
    done()


def done() -> None:
    """Wait for both threads."""
    for worker in (writer._writer, writer._closer):  # in turn: the writer wakes the closer after it has answered
        thread = worker._thread
        if thread is not None:
            thread.join(10)


def by_http(by: Bidder, amount: int) -> engine.Answer:
    """Bid as a request does."""
    return engine.bid(
        engine.Offer(
            lot_id=by.lot_id, bidder_id=by.pk, key=uuid4(), amount=yuan(amount), received_at=clock.now(), seen_seq=0
        )
    )


def over(lot: Lot, *leads: Bidder) -> Lot:
    """Open the lot, let each bid once, and let its end pass."""
    lot.ends_at = clock.now() + SOON
    lot.save(update_fields=["ends_at"])
    engine.open_due()
    for number, one in enumerate(leads):
        assert bid(one, 1_000_000 + 20_000 * number).accepted
    threading.Event().wait(max((lot.ends_at - clock.now()).total_seconds(), 0))
    return lot


def now(lot: Lot) -> Lot:
    """The lot once all is done, and its log agrees."""
    done()
    lot = Lot.objects.select_related("sale", "leader").get(pk=lot.pk)
    assert verify(live.log(lot)) == live.state_of(lot)
    return lot


def test_a_bid_that_comes_late_closes_the_lot_it_was_too_late_for(
    lot: Lot, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    over(lot, anne_bids)
    assert by_http(bob_bids, 1_020_000).code == "bid.lot_closed"
    assert now(lot).state == Lot.State.SOLD
    assert Deal.objects.get().buyer == anne_bids.party
    with patch.object(expired, "close") as close:
        assert by_http(bob_bids, 1_040_000).code == "bid.lot_closed"
        done()
    assert not close.called, "nobody looks again at a lot that is closed"


def test_what_may_not_close_yet_is_not_closed_by_a_late_bid_either(
    lot: Lot, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    Probe.objects.create(
        target=settings.PROBE_URLS[0], key=uuid4(), process="test", at=clock.now() - timedelta(minutes=1)
    )
    over(lot, anne_bids)
    assert by_http(bob_bids, 1_020_000).code == "bid.lot_closed"
    found = now(lot)
    assert (found.state, Deal.objects.exists()) == (Lot.State.SUSPENDED, False), (
        "nobody probed for a quarter of an hour"
    )
    assert by_http(bob_bids, 1_020_000).code == "bid.suspended"


def test_a_closing_that_fails_costs_no_bidder_an_answer_and_is_the_worker_s(
    lot: Lot, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    over(lot, anne_bids)
    with patch.object(closing, "fall", side_effect=RuntimeError("a fault")):
        assert by_http(bob_bids, 1_020_000).code == "bid.lot_closed"
        assert now(lot).state == Lot.State.LIVE
    assert by_http(bob_bids, 1_020_000).code == "bid.lot_closed"
    assert now(lot).state == Lot.State.LIVE, "left to the worker's ever longer pauses"
    assert engine.close_due() == 1
    assert not closing._faulty
