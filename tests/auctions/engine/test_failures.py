"""What fails under the bidding, and what the room promises then: a database that restarts, clocks that are wrong, a query
that runs away, nobody at work when the bell rings."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection, transaction

from auctions import engine, live
from auctions.engine import batch, writer
from auctions.models import Bid, Bidder, Event, Lot
from auctions.rules.chain import stamp
from market.deals.models import Deal
from market.kernel import clock
from market.parties.models import Party
from tests.auctions import factory
from tests.auctions.engine.test_writer import offer, whole
from tests.auctions.factory import bid, yuan
from tests.auctions.trust.conftest import verdict

on_postgresql = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def beside(statement: str, given: list[Any]) -> list[Any]:
    """Ask the database something on another connection than this thread's."""
    found: list[Any] = []

    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, given)
            found.extend(cursor.fetchall())
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(10)
    return found


@pytest.fixture
def own_writer(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A writer of the test's own, whose thread is gone when the test is over."""
    monkeypatch.setattr(writer, "_writer", writer.Writer())
    monkeypatch.setattr(writer, "REST", 0.05)
    yield
    if thread := writer._writer._thread:
        thread.join(5)


@pytest.mark.parametrize(
    ("step", "stored"),
    [pytest.param("_store", 0, marks=on_postgresql), pytest.param("together", 1, marks=on_postgresql)],
    ids=["before the commit", "between commit and answer"],
)
def test_a_database_that_goes_away_under_a_bid_never_loses_it_or_makes_it_two(
    step: str, stored: int, lot: Lot, anne_bids: Bidder, bob_bids: Bidder, own_writer: None, monkeypatch: Any
) -> None:
    """Who bid is told that it is not known, never "accepted"; the same key finds out, and the next bid finds the database."""
    asked, whole_step = offer(anne_bids, 1_000_000), getattr(batch, step)

    def breaks(*given: Any) -> Any:
        done = whole_step(*given)
        monkeypatch.setattr(batch, step, whole_step)
        assert beside("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid]) == [(True,)]
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return done

    monkeypatch.setattr(batch, step, breaks)
    with pytest.raises(OperationalError):
        writer.bid(asked)
    assert Bid.objects.filter(lot=lot).count() == Event.objects.filter(lot=lot, kind="bid").count() == stored
    again = writer.bid(asked)
    assert (again.seq, again.amount, again.code) == (2, yuan(1_000_000), "")
    assert writer.bid(offer(bob_bids, 1_020_000)).seq == 3
    assert whole(lot).bids_count == Bid.objects.filter(lot=lot).count() == 2


@contextmanager
def runs_away() -> Iterator[threading.Thread]:
    """Somebody's report reads bids, events and lots in one statement without end; cancelled when the block is over."""
    report, pid = "SELECT count(*) FROM auctions_bid, auctions_event, auctions_lot, generate_series(1, 10000000000)", 0

    def read() -> None:
        with pytest.raises(OperationalError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(report)
        connection.close()

    thread = threading.Thread(target=read)
    thread.start()
    running = "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query = %s"
    try:
        while not (found := beside(running, [report])):
            assert thread.is_alive()
        ((pid,),) = found
        yield thread
    finally:
        beside("SELECT pg_cancel_backend(%s)", [pid])
        thread.join(10)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_query_that_runs_away_keeps_no_bid_and_no_closing_waiting(
    lot: Lot, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    with runs_away() as report:
        assert [bid(anne_bids, 1_000_000).seq, bid(bob_bids, 1_020_000).seq] == [2, 3]
        with clock.shifted_to(lot.ends_at + timedelta(milliseconds=1)):
            assert engine.close_due() == 1
        assert report.is_alive(), "it was over before, so it proves nothing"
    assert Deal.objects.get().buyer == bob_bids.party


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_clock_of_a_process_decides_nothing(lot: Lot, anne_bids: Bidder) -> None:
    """An hour ahead it closes no lot that has half an hour to go, and takes its bids; an hour behind it takes no late one."""
    ends_at = lot.ends_at
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        assert clock.now() > ends_at
        assert engine.close_due() == 0
        assert bid(anne_bids, 1_000_000).seq == 2
    with clock.shifted_to(ends_at + timedelta(milliseconds=1)):  # the database's own clock
        with time_machine.travel(datetime.now(UTC) - timedelta(hours=1)):
            assert clock.now() < ends_at
            assert bid(anne_bids, 1_020_000).code == "bid.lot_closed"
        assert engine.close_due() == 1 or Lot.objects.get(pk=lot.pk).state == Lot.State.SOLD


@pytest.mark.django_db
def test_a_database_clock_that_steps_back_changes_no_order_and_takes_no_end_back(
    jida: Party, agency: Party, anne_co: Party, bob_co: Party, tmp_path: Path
) -> None:
    lot = factory.lot(jida, agency, ends_in=timedelta(seconds=60))
    anne, bob = factory.bidder(lot, anne_co, 8036), factory.bidder(lot, bob_co, 2417)
    assert bid(anne, 1_000_000).seq == 2
    lot.refresh_from_db()
    assert (lot.seq, lot.extensions) == (3, 1)
    ends_at = lot.ends_at
    with clock.shifted_to(clock.now() - timedelta(seconds=30)):
        assert bid(bob, 1_020_000).seq == 4, "number, not time, is the order"
        assert engine.close_due() == 0
    lot.refresh_from_db()
    assert (lot.leader, lot.ends_at) == (bob, ends_at), "it was extended before, to later than this bid would"
    with clock.shifted_to(ends_at + timedelta(milliseconds=1)):
        assert engine.close_due() == 1
    with clock.shifted_to(ends_at - timedelta(seconds=30)):
        assert bid(anne, 1_040_000).code == "bid.lot_closed", "closed is closed, whatever the clock says now"
    assert Deal.objects.get().buyer == bob_co
    assert verdict(tmp_path, live.log(whole(lot))).startswith("verified")


@pytest.mark.django_db
def test_a_worker_that_was_dead_at_the_bell_closes_as_of_the_end(lot: Lot, anne_bids: Bidder, bob_bids: Bidder) -> None:
    assert bid(anne_bids, 1_000_000).accepted
    with clock.shifted_to(lot.ends_at + timedelta(hours=3)):
        assert bid(bob_bids, 1_020_000).code == "bid.lot_closed"
        engine.close_due()
    closed = lot.events.get(kind="closed")
    assert closed.payload == {"ends_at": stamp(lot.ends_at), "bids": 1, "bidders": 1}
    assert closed.at >= lot.ends_at + timedelta(hours=3), "it says when it was written, too"
    assert Deal.objects.get().buyer == anne_bids.party
