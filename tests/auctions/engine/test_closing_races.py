"""Many lots due at once on PostgreSQL: two workers share them, and a worker that dies anywhere loses and doubles nothing."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, connections, transaction
from django.db.models import QuerySet

from auctions import engine
from auctions.engine import closing, hammer
from auctions.models import Bidder, Event, Lot
from market.deals.models import Deal
from market.kernel import clock
from market.ledger.queries import differences, trial_balance
from market.parties.models import Party
from market.payments.models import Payout
from market.trail.models import Fact
from tests.auctions import factory
from tests.auctions.factory import bid
from tests.bench import bench_close
from tests.effort import WHOLE
from tests.stage import meet, race

LOTS = 200 if WHOLE else 40
ROOT = Path(__file__).resolve().parents[3]


def build(lots: int) -> list[int]:
    """So many lots with three bidders each, all of them due a moment ago."""
    bench_close.build(lots)
    Lot.objects.update(ends_at=clock.now() - timedelta(milliseconds=1))
    return list(Lot.objects.values_list("pk", flat=True))


@pytest.mark.proof
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_close_many_lots_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "TOGETHER", LOTS // 10)
    due = build(LOTS)
    closed = race(2, lambda _: engine.close_due())
    assert sum(closed) == LOTS, closed
    assert min(closed) > 0, "the other worker did nothing, so nothing was raced"
    bench_close.check(due)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_locks_they_close_the_same_lots_and_the_swap_refuses_the_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: both decide about every lot; that each is closed once is then owed to `seq` and the constraints."""
    monkeypatch.setattr(closing, "TOGETHER", 5)
    due = build(10)
    decided, decide = list[int](), hammer._ruled

    def together(lots: Any, ailing: Any, now: Any) -> Any:
        meet()
        decided.extend(lot.pk for lot in lots)
        return decide(lots, ailing, now)

    with (
        patch.object(QuerySet, "select_for_update", lambda self, **options: self),
        patch.object(hammer, "_ruled", together),
    ):
        race(2, lambda _: engine.close_due())
    assert len(decided) > len(set(decided)), "the race did not happen, so the test above proves nothing"
    while Lot.objects.filter(state__in=Lot.BIDDING).exists():
        engine.close_due()
    bench_close.check(due)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_lot_that_is_being_bid_on_is_left_and_its_extension_respected(
    jida: Party, agency: Party, anne_co: Party, bob_co: Party
) -> None:
    lot = factory.lot(jida, agency, ends_in=timedelta(seconds=60))
    other = factory.lot(jida, agency, ends_in=timedelta(seconds=60))
    anne = factory.bidder(lot, anne_co, 8036)
    Lot.objects.filter(pk=other.pk).update(ends_at=clock.now())
    held, decided = threading.Event(), threading.Event()

    def bidding() -> None:
        with transaction.atomic():
            list(Lot.objects.select_for_update(no_key=True).filter(pk=lot.pk))
            held.set()
            decided.wait(10)
            Lot.objects.filter(pk=lot.pk).update(ends_at=clock.now() + timedelta(seconds=60))
        connections.close_all()

    thread = threading.Thread(target=bidding)
    thread.start()
    held.wait(10)
    with clock.shifted_to(lot.ends_at):
        assert engine.close_due() == 1, "the lot nobody holds closes meanwhile"
    decided.set()
    thread.join()
    assert engine.close_due() == 0
    assert Lot.objects.get(pk=lot.pk).state == Lot.State.LIVE
    assert bid(anne, 1_000_000).accepted
    assert Lot.objects.get(pk=other.pk).state == Lot.State.PASSED_IN


def state_of_everything() -> tuple[Any, ...]:
    """What a closing writes, counted."""
    rows = (Event, Deal, Payout, Fact)
    return (*(row.objects.count() for row in rows), *sorted(Bidder.objects.values_list("pk", "state", "deposit")))


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_killed_before_any_statement_of_a_closing_it_closes_once_when_it_comes_back() -> None:
    """Failpoints are the statements themselves, so that none can be forgotten."""
    due = build(10)
    before = state_of_everything()
    url = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}"))
    env = os.environ | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "tests.settings", "DB_POOL": "0"}
    killed, number = 0, 0
    while True:
        command = [sys.executable, "-m", "tests.auctions.engine.frail_worker", str(number)]
        done = subprocess.run(command, cwd=ROOT, env=env, timeout=60)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        killed, number = killed + 1, number + 1
        if Lot.objects.filter(state__in=Lot.BIDDING).exists():
            assert state_of_everything() == before, f"half a closing, killed before statement {number - 1}"
    assert killed > 40, "the worker was hardly ever killed"
    engine.close_due()
    bench_close.check(due)
    assert not differences(trial_balance())
