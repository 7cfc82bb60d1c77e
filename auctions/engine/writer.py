"""The combining writer: one thread a process takes all the bids that wait, of all lots, and settles them as one batch.

At rest a batch is one bid; under fire it is whatever came while the batch before was being written, so that a commit is
shared by as many as wait for it. No leader and no lease: between processes the lots' row locks arbitrate. What is not
taken within a second, or finds the queue full, is answered `bid.busy`, which means that nothing was stored.
"""

import asyncio
import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, connection

from auctions.engine import batch, sql
from auctions.engine.offers import Answer, Offer
from market.kernel.errors import Refused
from market.kernel.money import Money

logger = logging.getLogger(__name__)

BATCH = 256  # offers settled together
WAITING = 2_000  # offers that may wait in one process
WAITING_OF_ONE = 4  # offers of one bidder that may wait: a few tabs, no more
PATIENCE = 1.0  # seconds an offer may wait before it is taken
REST = 1.0  # seconds without an offer after which the thread ends and gives its connection back

Future = asyncio.Future[Answer]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An offer in the queue, since when, and where its answer is awaited."""

    offer: Offer
    since: float
    future: Future
    loop: asyncio.AbstractEventLoop


class Writer:
    """The queue of one process and the thread that empties it."""

    def __init__(self) -> None:
        self._queue: list[Waiting] = []
        self._of_one: Counter[int] = Counter()
        self._came = threading.Condition()
        self._thread: threading.Thread | None = None

    def put(self, offer: Offer) -> Future:
        """Queue an offer of the running event loop. Refused `bid.busy` when too many wait."""
        loop = asyncio.get_running_loop()
        future: Future = loop.create_future()
        with self._came:
            if len(self._queue) >= WAITING or self._of_one[offer.bidder_id] >= WAITING_OF_ONE:
                raise Refused("bid.busy")
            self._queue.append(Waiting(offer, time.monotonic(), future, loop))
            self._of_one[offer.bidder_id] += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
                self._thread.start()
            elif len(self._queue) == 1:
                self._came.notify()
        return future

    def _run(self) -> None:
        """Settle what waits until nothing has come for a while."""
        try:
            while taken := self._take():
                self._settle(taken)
        finally:
            sql.take_your_time()
            connection.close()

    def _take(self) -> list[Waiting]:
        """The offers that waited longest; none, and the thread is done, after a rest."""
        with self._came:
            if not self._queue and not self._came.wait_for(lambda: self._queue, REST):
                self._thread = None
                return []
            taken, self._queue = self._queue[:BATCH], self._queue[BATCH:]
            for one in taken:
                self._of_one[one.offer.bidder_id] -= 1
            if not self._queue:
                self._of_one.clear()
        return taken

    def _settle(self, taken: list[Waiting]) -> None:
        """Settle a batch and answer whoever awaits it; who waited too long is told so, and nothing of his is stored."""
        too_old = time.monotonic() - PATIENCE
        fresh = [one for one in taken if one.since >= too_old]
        try:
            if connection.connection is None:
                sql.be_quick()
            outcomes = batch.settle([one.offer for one in fresh]) if fresh else []
        except Exception as error:  # the writer outlives any failure of a batch: the same keys may come again
            logger.exception("%s bids could not be decided", len(fresh))
            outcomes = [error] * len(fresh)
        if any(isinstance(outcome, DatabaseError) for outcome in outcomes):
            connection.close()
        busy = Refused("bid.busy")
        answers = [*zip(fresh, outcomes, strict=True), *((one, busy) for one in taken if one.since < too_old)]
        for loop in {one.loop for one in taken}:
            mine = [(one.future, outcome) for one, outcome in answers if one.loop is loop]
            try:
                loop.call_soon_threadsafe(_answer, mine)
            except RuntimeError:  # that loop is closed, and nobody is left to be told
                logger.info("%s answers found nobody", len(mine))


def _answer(answers: list[tuple[Future, batch.Outcome]]) -> None:
    """In the futures' own loop: hand out the answers, but for those nobody awaits any more."""
    for future, outcome in answers:
        if future.done():
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


_writer = Writer()


async def submit(
    *,
    lot_id: int,
    bidder_id: int,
    key: UUID,
    amount: Money,
    received_at: datetime,
    seen_seq: int | None = None,
    kind: str = "exact",
    units: int = 1,
) -> Answer:
    """`place_bid` for a caller in an event loop: decided together with whatever else waits in this process.

    Refused `amount.range`, `bid.busy` (nothing was stored); Conflict `lot.outrun`.
    """
    if amount.minor <= 0:
        raise Refused("amount.range")
    return await _writer.put(Offer(lot_id, bidder_id, key, amount, received_at, seen_seq, kind, units))
