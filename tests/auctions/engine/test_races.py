"""Bids at the same moment, on PostgreSQL's real locks; each race is first shown to happen with the lock off."""

import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.db.models import Max, QuerySet

from auctions import engine, live
from auctions.engine import around, batch, closing, rows
from auctions.models import Bid, Bidder, Event, Lot
from auctions.rules.replay import verify
from market.kernel import clock
from market.kernel.errors import Conflict
from market.parties.models import Party
from tests import people
from tests.auctions import factory
from tests.auctions.factory import bid, yuan
from tests.stage import meet, race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

MANY = 16


@pytest.fixture
def crowd(lot: Lot) -> list[Bidder]:
    """Sixteen companies with paddles."""
    companies = [people.enterprise(f"b{n}", f"买家{n}", f"第{n}竞买有限公司", 100 + n) for n in range(MANY)]
    return [factory.bidder(lot, company, 1000 + n) for n, company in enumerate(companies)]


def whole(lot: Lot) -> Lot:
    """The lot again, after proving that its log has no gap, replays to its row, and holds exactly the accepted bids."""
    lot = Lot.objects.select_related("sale", "leader").get(pk=lot.pk)
    assert verify(live.log(lot)) == live.state_of(lot)
    assert (
        Event.objects.filter(lot=lot).count() == lot.seq == Event.objects.filter(lot=lot).aggregate(m=Max("seq"))["m"]
    )
    accepted = set(Bid.objects.filter(lot=lot, seq__isnull=False).values_list("seq", "amount_minor"))
    logged = {(e.seq, e.payload["amount"]["amount"]) for e in Event.objects.filter(lot=lot, kind="bid")}
    assert {(seq, f"{minor // 100}.{minor % 100:02}") for seq, minor in accepted} == logged
    assert lot.bids_count == len(logged)
    return lot


def open_for(lot: Lot, seconds: float) -> None:
    """Open the lot for so long, now that all is set up, however long that took."""
    lot.ends_at = clock.now() + timedelta(seconds=seconds)
    lot.save(update_fields=["ends_at"])
    assert engine.open_due() == 1


@contextmanager
def lock_off() -> Any:
    """Nobody locks, and all who have read the row wait for each other before they write."""
    seen = batch.state_of

    def together(row: Lot) -> Any:
        state = seen(row)
        meet()
        return state

    unlocked = {vendor: statement.replace("FOR NO KEY UPDATE OF l", "") for vendor, statement in around._LOCK.items()}
    with (
        patch.object(around, "_LOCK", unlocked),
        patch.object(QuerySet, "select_for_update", lambda self, **options: self),
        patch.object(batch, "state_of", together),
    ):
        yield


def test_sixteen_equal_bids_give_one_leader(lot: Lot, crowd: list[Bidder]) -> None:
    answers = race(MANY, lambda number: bid(crowd[number], 1_000_000))
    assert sorted(answer.code for answer in answers) == [""] + ["bid.too_low"] * (MANY - 1)
    assert whole(lot).bids_count == 1


def test_without_the_lock_the_swap_refuses_all_but_one(lot: Lot, crowd: list[Bidder]) -> None:
    with lock_off():
        answers = race(8, lambda number: bid(crowd[number], 1_000_000))  # eight: the pool has sixteen connections
    assert sum(isinstance(answer, Conflict) for answer in answers) == 7, answers
    assert whole(lot).bids_count == 1


def test_rising_bids_leave_no_gap(lot: Lot, crowd: list[Bidder]) -> None:
    def climb(number: int) -> list[engine.Answer]:
        return [bid(crowd[number], 1_000_000 + 20_000 * (turn * MANY + number)) for turn in range(6)]

    answers = [answer for answers in race(MANY, climb) for answer in answers]
    accepted = sorted(answer.seq for answer in answers if answer.accepted)
    assert len(accepted) >= 6
    assert len(set(accepted)) == len(accepted)
    assert {answer.code for answer in answers} <= {"", "bid.too_low", "bid.self"}
    assert whole(lot).bids_count == len(accepted)


def test_one_key_from_two_threads_is_one_bid(lot: Lot, crowd: list[Bidder]) -> None:
    key = uuid4()
    answers = race(8, lambda _: bid(crowd[0], 1_000_000, key=key))
    assert all(answer == answers[0] and answer.accepted for answer in answers), answers
    assert Bid.objects.filter(key=key).count() == 1
    assert whole(lot).bids_count == 1


@pytest.mark.parametrize("turn", range(10))
def test_bids_racing_the_close_count_if_and_only_if_they_are_in_the_log(jida: Party, agency: Party, turn: int) -> None:
    lot = factory.lot(jida, agency, of_sale=factory.sale(agency, extension_window_s=0), opened=False)
    companies = [people.enterprise(f"c{n}", f"买家{n}", f"第{n}竞买有限公司", 100 + n) for n in range(4)]
    crowd = [factory.bidder(lot, company, 1000 + n) for n, company in enumerate(companies)]
    open_for(lot, 1)

    def act(number: int) -> Any:
        if number >= len(crowd):
            while Lot.objects.get(pk=lot.pk).state in Lot.BIDDING:
                engine.close_due()
            return None
        answers = []
        while not answers or answers[-1].code != "bid.lot_closed":
            at = Lot.objects.get(pk=lot.pk)
            answers.append(bid(crowd[number], (at.price_minor or factory.START) // 100 + 20_000 * (number + 1)))
        return answers

    results = race(len(crowd) + 2, act)
    assert not [result for result in results if isinstance(result, Exception)], results
    answers = [answer for answers in results[: len(crowd)] for answer in answers]
    lot = whole(lot)
    assert {answer.seq for answer in answers if answer.accepted} == set(
        Bid.objects.filter(lot=lot, seq__isnull=False).values_list("seq", flat=True)
    )
    assert all(answer.at < lot.ends_at for answer in answers if answer.accepted)
    assert [event.kind for event in lot.events.all()].count("closed") == 1
    last = lot.events.filter(kind="bid").last()
    assert lot.events.get(kind="sold").payload == {"paddle": last.payload["paddle"], "price": last.payload["amount"]}


def held_for(lot: Lot, seconds: float, locked: threading.Event, until_waiting: bool) -> None:
    """Hold the lot's lock, change nothing, and let go after `seconds`."""
    with transaction.atomic():
        list(Lot.objects.select_for_update(no_key=True).filter(pk=lot.pk))
        locked.set()
        if until_waiting:
            _until_somebody_waits()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            threading.Event().wait(0.01)
    connections.close_all()


def _until_somebody_waits() -> None:
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return


def test_a_bid_that_waited_for_the_lock_across_the_end_is_late(jida: Party, agency: Party, anne_co: Party) -> None:
    """The holder changes nothing, so a clock read in the locking statement would be as old as the wait (trap 11)."""
    lot = factory.lot(jida, agency, opened=False)
    anne = factory.bidder(lot, anne_co, 8036)
    open_for(lot, 1)
    locked = threading.Event()
    holder = threading.Thread(target=held_for, args=(lot, 1.2, locked, True))
    holder.start()
    locked.wait()
    sent = clock.now()
    answer = bid(anne, 1_000_000)
    holder.join()
    lot.refresh_from_db()
    assert sent < lot.ends_at <= answer.at
    assert answer.code == "bid.lot_closed"
    assert whole(lot).bids_count == 0


def test_two_closers_make_one_closing(jida: Party, agency: Party, anne_co: Party) -> None:
    lot = factory.lot(jida, agency, of_sale=factory.sale(agency, extension_window_s=0), opened=False)
    anne = factory.bidder(lot, anne_co, 8036)
    open_for(lot, 1)
    assert bid(anne, 1_000_000).accepted

    def close(_: int) -> int:
        closed = 0
        while Lot.objects.get(pk=lot.pk).state in Lot.BIDDING:
            closed += engine.close_due()
        return closed

    assert sum(race(4, close)) == 1
    assert whole(lot).state == Lot.State.SOLD


def test_a_lot_that_was_extended_after_it_was_picked_does_not_close(lot: Lot, anne_bids: Bidder) -> None:
    picked = lot.pk
    Lot.objects.filter(pk=picked).update(ends_at=clock.now() + timedelta(seconds=60))
    answer = bid(anne_bids, 1_000_000)
    assert closing._batch(Lot.objects.filter(pk=picked)).over == frozenset()
    lot.refresh_from_db()
    assert (lot.state, lot.ends_at) == (Lot.State.EXTENDED, answer.at + timedelta(seconds=120))


def test_a_row_that_refers_to_the_lot_does_not_wait_for_a_bid(lot: Lot, anne_bids: Bidder, bob_co: Party) -> None:
    """FOR NO KEY UPDATE: registering a bidder, which locks the lot's key, passes a bid that is being decided."""
    locked, done = threading.Event(), threading.Event()

    def bidding() -> None:
        with transaction.atomic():
            list(rows.locked().filter(pk=lot.pk))
            locked.set()
            done.wait(5)
        connections.close_all()

    thread = threading.Thread(target=bidding)
    thread.start()
    locked.wait()
    factory.bidder(lot, bob_co, 2417)
    done.set()
    thread.join()


@pytest.mark.parametrize(("order", "deadlocks"), [("l.id", False), ("md5(l.id || '-' || pg_backend_pid())", True)])
def test_who_bids_on_several_lots_waits_for_nobody_in_a_circle(
    lot: Lot, crowd: list[Bidder], order: str, deadlocks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time passes between the locks of one batch; the control is a process that takes them in an order of its own."""
    others = [factory.lot(lot.listing.seller, lot.sale.agency, of_sale=lot.sale) for _ in range(3)]
    bidders = [[who, *(factory.bidder(other, who.party, who.paddle) for other in others)] for who in crowd[:6]]
    statement = around._LOCK["postgresql"]
    assert "ORDER BY l.id" in statement
    slow = statement.replace("r.title_en FROM", "r.title_en || pg_sleep(0.02)::text FROM")
    assert slow != statement
    monkeypatch.setattr(around, "_LOCK", {"postgresql": slow.replace("ORDER BY l.id", f"ORDER BY {order}")})
    monkeypatch.setattr(batch, "TRIES", 1)

    def climb(number: int) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute("SET deadlock_timeout = 20")  # milliseconds
        amounts = [yuan(1_000_000 + 20_000 * (turn * len(bidders) + number)) for turn in range(2)]
        mine = [bidders[number], bidders[number][::-1]][number % 2]
        offered = [
            [engine.Offer(one.lot_id, one.pk, uuid4(), amount, clock.now()) for one in mine] for amount in amounts
        ]
        return [outcome for offers in offered for outcome in batch.settle(offers)]

    outcomes = [outcome for outcomes in race(len(bidders), climb) for outcome in outcomes]
    errors = {getattr(one.__cause__, "sqlstate", repr(one)) for one in outcomes if isinstance(one, Exception)}
    assert errors == ({"40P01"} if deadlocks else set())
    for one in (lot, *others):
        whole(one)
