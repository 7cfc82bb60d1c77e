"""A lot closes only if bids could provably be taken to its end; after a gap it is extended, after a long one held."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings

from auctions import engine, live
from auctions.engine import probes
from auctions.models import Bidder, Halt, Lot, Probe
from auctions.rules.replay import verify
from market.kernel import clock
from market.parties.models import Party, User
from market.trail.models import Fact
from tests.auctions import factory
from tests.auctions.factory import bid

pytestmark = pytest.mark.django_db

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def proven(jida: Party, agency: Party) -> Lot:
    """A lot over in half an hour whose sale asks for proof."""
    return factory.lot(jida, agency, of_sale=factory.sale(agency, availability_proof=True))


def probed(until: datetime, *, for_s: int = 1500, without: range = range(0)) -> None:
    """A probe a second until then; `without` are seconds before the end that saw none."""
    Probe.objects.bulk_create(
        Probe(target=settings.PROBE_URLS[0], key=uuid4(), process="test", at=until - before * SECOND)
        for before in range(for_s)
        if before not in without
    )


def closing(lot: Lot, after: timedelta = SECOND) -> Lot:
    """The lot as it is once the worker came by, `after` its end."""
    with clock.shifted_to(lot.ends_at + after):
        engine.close_due()
    lot = Lot.objects.select_related("sale", "leader").get(pk=lot.pk)
    assert verify(live.log(lot)) == live.state_of(lot)
    return lot


def test_a_lot_that_was_open_to_the_end_closes(proven: Lot) -> None:
    probed(proven.ends_at)
    assert closing(proven).state == Lot.State.PASSED_IN


def test_a_gap_in_the_last_minutes_moves_the_end_and_tells_everybody(proven: Lot, anne_co: Party) -> None:
    anne = factory.bidder(proven, anne_co, 8036)
    bid(anne, 1_000_000)
    probed(proven.ends_at, without=range(100, 110))
    lot = closing(proven)
    assert (lot.state, lot.leader, lot.price) == (Lot.State.EXTENDED, anne, factory.yuan(1_000_000))
    event = lot.events.last()
    assert (event.kind, event.payload["gap_s"]) == ("extended_for_outage", 11)
    assert timedelta(0) <= lot.ends_at - (proven.ends_at + SECOND + 5 * MINUTE) < SECOND
    fact = Fact.objects.get(name="lot.extended_for_outage")
    assert fact.audience == sorted([anne_co.ref, lot.listing.seller.ref, lot.sale.agency.ref])
    assert Bidder.objects.get(pk=anne.pk).deposit == Bidder.Deposit.HELD
    probed(lot.ends_at, for_s=400)
    assert closing(lot).state == Lot.State.SOLD


def test_a_gap_before_the_closing_window_changes_nothing(proven: Lot) -> None:
    probed(proven.ends_at, without=range(400, 500))
    assert closing(proven).state == Lot.State.PASSED_IN


def test_without_the_rule_or_where_nothing_was_ever_probed_no_lot_waits(
    proven: Lot, jida: Party, agency: Party
) -> None:
    assert closing(proven).state == Lot.State.PASSED_IN
    plain = factory.lot(jida, agency)
    probed(plain.ends_at - 60 * MINUTE, for_s=10)
    assert closing(plain).state == Lot.State.PASSED_IN


def test_one_silent_address_of_two_is_an_outage(proven: Lot, settings: object) -> None:
    probed(proven.ends_at)
    settings.PROBE_URLS = [*settings.PROBE_URLS, "https://market.example/probe/2/"]  # type: ignore[attr-defined]
    assert closing(proven).state == Lot.State.SUSPENDED


def test_after_a_long_outage_the_lot_is_held_until_two_people_re_open_it_with_a_days_notice(
    proven: Lot, anne_co: Party, zhou_min: User, agent_chen: User
) -> None:
    anne = factory.bidder(proven, anne_co, 8036)
    bid(anne, 1_000_000)
    probed(proven.ends_at, for_s=2500, without=range(1000))
    lot = closing(proven)
    halt = Halt.objects.get(lot=lot)
    assert (lot.state, halt.cause, halt.by) == (Lot.State.SUSPENDED, Halt.Cause.OUTAGE, None)
    assert bid(anne, 1_100_000).code == "bid.suspended"
    moment = proven.ends_at + 60 * MINUTE
    with clock.shifted_to(moment):
        engine.release(halt, by=zhou_min)
        assert Lot.objects.get(pk=lot.pk).state == Lot.State.SUSPENDED
        engine.release(halt, by=agent_chen)
    lot = Lot.objects.select_related("sale", "leader").get(pk=lot.pk)
    assert verify(live.log(lot)) == live.state_of(lot)
    assert (lot.state, lot.leader, lot.price) == (Lot.State.LIVE, anne, factory.yuan(1_000_000))
    assert lot.ends_at >= moment + timedelta(hours=24)
    assert Bidder.objects.get(pk=anne.pk).deposit == Bidder.Deposit.HELD


def test_the_oldest_probes_are_forgotten_but_never_the_newest_of_an_address() -> None:
    old = clock.now() - probes.KEPT - MINUTE
    probed(old, for_s=5)
    assert probes.forget() == 4
    assert probes.ever()
    probed(clock.now(), for_s=2)
    assert probes.forget() == 1
    assert Probe.objects.count() == 2
