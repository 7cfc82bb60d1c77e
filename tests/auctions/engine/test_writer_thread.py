"""The writer's thread: who waits together is decided together, who waits too long is told, and no fault ends it."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from channels.db import database_sync_to_async
from django.db import OperationalError

from auctions import engine
from auctions.engine import batch, sql, writer
from auctions.engine.offers import Answer
from auctions.models import Bid, Bidder, Lot, Probe
from market.kernel import clock
from market.kernel.errors import Refused
from tests.auctions.engine.test_writer import whole
from tests.auctions.factory import yuan

Submit = Callable[[Bidder, int], Awaitable[Answer]]
threaded = pytest.mark.django_db(transaction=True)


@pytest.fixture
def submit(monkeypatch: pytest.MonkeyPatch) -> Submit:
    """Bid through a writer of the test's own."""
    monkeypatch.setattr(writer, "_writer", writer.Writer())

    async def bid(by: Bidder, amount: int, key: UUID | None = None) -> Answer:
        return await engine.submit(
            engine.Offer(
                lot_id=by.lot_id, bidder_id=by.pk, key=key or uuid4(), amount=yuan(amount), received_at=clock.now()
            )
        )

    return bid


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """The first batch waits for this event, and others gather behind it."""
    settle, go = batch.settle, threading.Event()
    taken: list[int] = []

    def waiting(offers: Any) -> Any:
        taken.append(len(offers))
        if len(taken) == 1:
            go.wait(10)
        return settle(offers)

    monkeypatch.setattr(batch, "settle", waiting)
    go.taken = taken  # type: ignore[attr-defined]
    return go


def ask(by: Bidder, amount: int, key: UUID | None = None) -> Awaitable[Answer]:
    """Bid from a thread that waits, as a request by HTTP does."""
    return asyncio.to_thread(engine.bid, engine.Offer(by.lot_id, by.pk, key or uuid4(), yuan(amount), clock.now()))


def codes(outcomes: list[Any]) -> list[str]:
    """The codes of answers and refusals alike."""
    return [outcome.code for outcome in outcomes]


async def rested() -> None:
    """The writer's thread has ended and given its connection back."""
    thread = writer._writer._thread
    if thread is not None:
        await asyncio.to_thread(thread.join, 5)


async def begun(bid: Awaitable[Answer], held: threading.Event) -> "asyncio.Future[Answer]":
    """The bid, once its batch is being written and waits for `held`."""
    future = asyncio.ensure_future(bid)
    while not held.taken:  # type: ignore[attr-defined]
        await asyncio.sleep(0.01)
    return future


async def gathered(*bids: Awaitable[Answer], waiting: int) -> "asyncio.Future[list[Any]]":
    """The bids under way, once so many of them wait in the queue."""
    tasks = asyncio.gather(*bids, return_exceptions=True)
    while len(writer._writer._queue) < waiting:
        await asyncio.sleep(0.01)
    return tasks


@threaded
async def test_what_comes_while_a_batch_is_written_is_the_next_batch(
    submit: Submit, held: threading.Event, lot: Lot, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    first = await begun(submit(anne_bids, 1_000_000), held)
    bids = [submit((bob_bids, anne_bids)[turn % 2], 1_020_000 + 20_000 * turn) for turn in range(6)]
    rest = await gathered(*bids, waiting=6)
    held.set()
    assert [answer.seq for answer in [await first, *await rest]] == [2, 3, 4, 5, 6, 7, 8]
    assert held.taken == [1, 6]  # type: ignore[attr-defined]
    await rested()
    assert (await database_sync_to_async(whole)(lot)).bids_count == 7


@threaded
async def test_a_full_queue_says_busy_and_stores_nothing(
    submit: Submit,
    held: threading.Event,
    lot: Lot,
    anne_bids: Bidder,
    bob_bids: Bidder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writer, "WAITING", 2)
    first = await begun(submit(anne_bids, 1_000_000), held)
    rest = await gathered(*(submit(bob_bids, 1_020_000 + 20_000 * turn) for turn in range(4)), waiting=2)
    held.set()
    await first
    assert codes(await rest) == ["", "bid.self", "bid.busy", "bid.busy"]
    await rested()
    assert await Bid.objects.acount() == 3


@threaded
async def test_one_bidder_cannot_fill_the_queue(
    submit: Submit, held: threading.Event, lot: Lot, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    first = await begun(submit(anne_bids, 1_000_000), held)
    flood = [submit(bob_bids, 1_020_000 + 20_000 * turn) for turn in range(10)]
    rest = await gathered(*flood, submit(anne_bids, 2_000_000), waiting=writer.WAITING_OF_ONE + 1)
    held.set()
    await first
    assert codes(await rest)[writer.WAITING_OF_ONE :] == ["bid.busy"] * (10 - writer.WAITING_OF_ONE) + [""]
    await rested()


@threaded
async def test_who_waited_too_long_is_told_busy_and_stored_nowhere(
    submit: Submit,
    held: threading.Event,
    lot: Lot,
    anne_bids: Bidder,
    bob_bids: Bidder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = await begun(submit(anne_bids, 1_000_000), held)
    rest = await gathered(submit(bob_bids, 1_020_000), waiting=1)
    later = time.monotonic() + writer.PATIENCE + 1
    monkeypatch.setattr(writer, "time", SimpleNamespace(monotonic=lambda: later))
    held.set()
    assert (await first).accepted
    [outcome] = await rest
    assert isinstance(outcome, Refused)
    assert outcome.code == "bid.busy"
    await rested()
    assert await Bid.objects.acount() == 1
    monkeypatch.undo()


@threaded
async def test_a_caller_who_leaves_does_not_keep_the_others_waiting(
    submit: Submit, held: threading.Event, lot: Lot, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    gone = await begun(submit(anne_bids, 1_000_000), held)
    rest = await gathered(submit(bob_bids, 1_020_000), waiting=1)
    gone.cancel()
    held.set()
    assert (await rest)[0].seq == 3, "the bid of who left was taken and counts"
    await rested()
    assert (await database_sync_to_async(whole)(lot)).bids_count == 2


@threaded
async def test_the_writer_outlives_a_batch_that_fails(submit: Submit, lot: Lot, anne_bids: Bidder) -> None:
    with patch.object(batch, "settle", side_effect=RuntimeError), pytest.raises(RuntimeError):
        await submit(anne_bids, 1_000_000)
    assert (await submit(anne_bids, 1_000_000)).accepted
    await rested()
    assert (await submit(anne_bids, 1_000_000)).code == "bid.self", "and comes back after a rest"
    await rested()


@threaded
async def test_nothing_is_not_even_queued(submit: Submit, lot: Lot, anne_bids: Bidder) -> None:
    with pytest.raises(Refused, match=r"amount\.range"):
        await submit(anne_bids, 0)
    assert writer._writer._thread is None


@threaded
async def test_a_database_that_cannot_be_reached_is_told_to_who_waits_and_stops_nobody_else(
    submit: Submit, lot: Lot, anne_bids: Bidder
) -> None:
    gone = OperationalError("the database is starting up")
    with patch.object(sql, "be_quick", side_effect=gone), pytest.raises(OperationalError):
        await submit(anne_bids, 1_000_000)
    answer = await submit(anne_bids, 1_000_000)
    assert answer.seq is not None
    assert answer.amount == yuan(1_000_000)
    await rested()


@threaded
async def test_threads_and_sockets_wait_in_one_queue_and_are_decided_together(
    submit: Submit, held: threading.Event, lot: Lot, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    first = await begun(ask(anne_bids, 1_000_000), held)
    knock = asyncio.to_thread(engine.probe, target="https://market.example/probe/", key=uuid4())
    bids = [submit(bob_bids, 1_020_000), ask(bob_bids, 1_030_000), knock, ask(anne_bids, 1_040_000)]
    rest = await gathered(*bids, waiting=4)  # type: ignore[arg-type]
    held.set()
    assert (await first).seq == 2
    socket, by_http, decided, last = await rest
    assert (socket.seq, last.code) == (3, "")
    assert by_http.code in {"bid.self", "bid.too_low"}, "as the threads came"
    assert held.taken == [1, 3], "and one batch for three bids"  # type: ignore[attr-defined]
    await rested()
    probe = await Probe.objects.aget()
    assert (probe.at, await Bid.objects.acount()) == (decided, 4)


@threaded
async def test_a_thread_finds_the_queue_full_like_a_socket(
    submit: Submit,
    held: threading.Event,
    lot: Lot,
    anne_bids: Bidder,
    bob_bids: Bidder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writer, "WAITING", 1)
    first = await begun(submit(anne_bids, 1_000_000), held)
    rest = await gathered(submit(bob_bids, 1_020_000), waiting=1)
    knock = asyncio.to_thread(engine.probe, target="https://market.example/probe/", key=uuid4())
    late = await asyncio.gather(ask(anne_bids, 1_040_000), knock, return_exceptions=True)
    assert codes(late) == ["bid.busy", "bid.busy"]
    held.set()
    await asyncio.gather(first, rest)
    await rested()
    assert (await Bid.objects.acount(), await Probe.objects.aexists()) == (2, False)


@threaded
async def test_a_thread_that_nobody_served_in_time_leaves_nothing_behind(
    submit: Submit,
    held: threading.Event,
    lot: Lot,
    anne_bids: Bidder,
    bob_bids: Bidder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = await begun(submit(anne_bids, 1_000_000), held)
    monkeypatch.setattr(writer, "TIME_OUT", 0.01)
    with pytest.raises(Refused, match=r"bid\.busy"):
        await ask(bob_bids, 1_020_000)
    held.set()
    await first
    await rested()
    assert await Bid.objects.acount() == 1


@threaded
async def test_a_thread_whose_answer_is_late_learns_it_under_the_same_key(
    submit: Submit, held: threading.Event, lot: Lot, anne_bids: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = uuid4()
    monkeypatch.setattr(writer, "TIME_OUT", 0.05)
    late = await begun(ask(anne_bids, 1_000_000, key), held)
    with pytest.raises(TimeoutError):
        await late
    held.set()
    monkeypatch.setattr(writer, "TIME_OUT", 5)
    assert (await ask(anne_bids, 1_000_000, key)).seq == 2
    await rested()
    assert await Bid.objects.acount() == 1


@threaded
@pytest.mark.parametrize(
    "step", ["batch.read", "batch._verdict", "batch._pulled", "batch._store", "writer._decided", "writer._expired"]
)
async def test_a_fault_at_any_step_keeps_no_later_bid_waiting(
    submit: Submit, lot: Lot, anne_bids: Bidder, bob_bids: Bidder, step: str
) -> None:
    with patch(f"auctions.engine.{step}", side_effect=RuntimeError(step)) as broken:
        await asyncio.gather(submit(anne_bids, 1_000_000), return_exceptions=True)
        async with asyncio.timeout(1):
            while not broken.called:
                await asyncio.sleep(0.01)
    async with asyncio.timeout(1):
        assert (await submit(bob_bids, 1_020_000)).accepted
    await rested()
    assert (await database_sync_to_async(whole)(lot)).leader == bob_bids


@threaded
async def test_where_no_thread_could_be_had_the_next_bid_asks_for_one_again(
    submit: Submit, lot: Lot, anne_bids: Bidder
) -> None:
    none_left = RuntimeError("can't start new thread")
    with (
        patch.object(threading.Thread, "start", side_effect=none_left),
        pytest.raises(RuntimeError, match="new thread"),
    ):
        await submit(anne_bids, 1_000_000)
    assert not writer._writer._queue
    assert (await submit(anne_bids, 1_000_000)).accepted
    await rested()
