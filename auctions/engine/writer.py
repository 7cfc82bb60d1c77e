"""The combining writer: one thread a process takes all the bids that wait, of all lots, and settles them as one batch.

At rest a batch is one bid; under fire it is whatever came while the batch before was being written, so that a commit is
shared by as many as wait for it. No leader and no lease: between processes the lots' row locks arbitrate. What is not
taken within a second, or finds the queue full, is answered `bid.busy`, which means that nothing was stored. Bids by
socket and by HTTP and the platform's own probes stand in one queue, so that a probe proves what bidders use.
"""

import asyncio
import logging
import threading
import time
from collections import Counter
from collections.abc import Hashable, Sequence
from concurrent import futures
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection

from auctions.engine import batch, probes, sql
from auctions.engine.expired import Closer
from auctions.engine.offers import Answer, Offer
from auctions.engine.probes import Knock
from market.kernel.errors import Refused

logger = logging.getLogger(__name__)

BATCH = 256  # offers settled together
WAITING = 2_000  # offers that may wait in one process
WAITING_OF_ONE = 4  # offers of one bidder that may wait: a few tabs, no more
PATIENCE = 1.0  # seconds an offer may wait before it is taken
TIME_OUT = 5.0  # seconds a thread waits for an answer: more than a batch takes that had to be tried again
REST = 1.0  # seconds without an offer after which the thread ends and gives its connection back

Asked = Offer | Knock
Outcome = batch.Outcome | datetime  # of an offer; of a probe the moment it was refused
Future = asyncio.Future[Any] | futures.Future[Any]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An offer or a probe in the queue, since when, and where its answer is awaited: in an event loop, or in a thread."""

    asked: Asked
    since: float
    future: Future
    loop: asyncio.AbstractEventLoop | None


class Writer:
    """The queue of one process and the thread that empties it."""

    def __init__(self) -> None:
        self._queue: list[Waiting] = []
        self._of_one: Counter[Hashable] = Counter()
        self._came = threading.Condition()
        self._thread: threading.Thread | None = None

    def put(self, offer: Offer) -> asyncio.Future[Any]:
        """Queue an offer of the running event loop. Refused `bid.busy` when too many wait."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        self._join(Waiting(offer, time.monotonic(), future, loop))
        return future

    def ask(self, asked: Asked) -> Any:
        """Queue what a thread asks and wait for the answer; who waits gives its connection back, for the writer to have one.

        Refused `bid.busy` when too many wait, or nobody took it in time: nothing was stored. TimeoutError when it was taken
        and the answer is late: the same key will tell.
        """
        future: futures.Future[Any] = futures.Future()
        self._join(Waiting(asked, time.monotonic(), future, None))
        connection.close()
        try:
            return future.result(TIME_OUT)
        except TimeoutError:
            if future.cancel():
                raise Refused("bid.busy") from None
            raise

    def _join(self, waiting: Waiting) -> None:
        with self._came:
            if len(self._queue) >= WAITING or self._of_one[waiting.asked.whose] >= WAITING_OF_ONE:
                raise Refused("bid.busy")
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="writer", daemon=True)
                thread.start()  # it waits for us; where the system has no thread left, nothing waits for one
                self._thread = thread
            self._queue.append(waiting)
            self._of_one[waiting.asked.whose] += 1
            if len(self._queue) == 1:
                self._came.notify()

    def _run(self) -> None:
        """Settle what waits until nothing has come for a while."""
        try:
            while taken := self._take():
                try:
                    self._settle(taken)
                except Exception:  # who comes next is served all the same
                    logger.exception("%s bids were left", len(taken))
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
                self._of_one[one.asked.whose] -= 1
            if not self._queue:
                self._of_one.clear()
        return taken

    def _settle(self, taken: list[Waiting]) -> None:
        """Settle a batch and answer whoever awaits it; who waited too long is told so, and nothing of his is stored."""
        too_old = time.monotonic() - PATIENCE
        taken = [one for one in taken if not _gone(one)]
        fresh = [one for one in taken if one.since >= too_old]
        try:
            if connection.connection is None:
                sql.be_quick()
            outcomes = _decided([one.asked for one in fresh])
        except Exception as error:  # the writer outlives any failure of a batch: the same keys may come again
            logger.exception("%s bids could not be decided", len(fresh))
            outcomes = [error] * len(fresh)
        if any(isinstance(outcome, DatabaseError) for outcome in outcomes):
            connection.close()
        busy = Refused("bid.busy")
        answers = [*zip(fresh, outcomes, strict=True), *((one, busy) for one in taken if one.since < too_old)]
        for loop in {one.loop for one in taken}:
            mine = [(one.future, outcome) for one, outcome in answers if one.loop is loop]
            if loop is None:
                _answer(mine)
                continue
            try:
                loop.call_soon_threadsafe(_answer, mine)
            except RuntimeError:  # that loop is closed, and nobody is left to be told
                logger.info("%s answers found nobody", len(mine))
        _closer.found(_expired(answers))


def _gone(one: Waiting) -> bool:
    """Whether the thread that asked gave up before it was taken; from now on it cannot any more."""
    return isinstance(one.future, futures.Future) and not one.future.set_running_or_notify_cancel()


def _decided(asked: Sequence[Asked]) -> list[Outcome]:
    """Offers as one batch, and behind it each probe by itself, on the connection that bids are decided on."""
    offers = [one for one in asked if isinstance(one, Offer)]
    answers = iter(batch.settle(offers) if offers else [])
    return [next(answers) if isinstance(one, Offer) else _kept(one) for one in asked]


def _kept(knock: Knock) -> Outcome:
    try:
        return probes.keep(knock)
    except DatabaseError as error:  # the bids beside it are decided all the same
        return error


def _expired(answers: Sequence[tuple[Waiting, Outcome]]) -> set[int]:
    """The lots that a bid found past their end and not yet closed."""
    found = ((one.asked, outcome) for one, outcome in answers)
    return {it.lot_id for it, said in found if isinstance(it, Offer) and isinstance(said, Answer) and said.expired}


def _answer(answers: Sequence[tuple[Future, Outcome]]) -> None:
    """Hand out the answers, those of a loop in that loop, but for those nobody awaits any more."""
    for future, outcome in answers:
        if future.done():
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


_closer = Closer()
_writer = Writer()


async def submit(offer: Offer) -> Answer:
    """Decide one bid together with whatever else waits in this process, for a caller in an event loop; see `place_bid`.

    Refused `bid.busy` (nothing was stored); Conflict `lot.outrun`.
    """
    answer: Answer = await _writer.put(offer)
    return answer


def bid(offer: Offer) -> Answer:
    """`submit` for a caller in a thread, which waits: in the same queue, with the same answers.

    Also a TimeoutError, when it was taken and the answer did not come in time: the same key will tell.
    """
    answer: Answer = _writer.ask(offer)
    return answer


def probe(*, target: str, key: UUID) -> datetime:
    """Decide a probe of the address `target` as a bid by HTTP is decided: the moment it was refused (`probes.keep`)."""
    moment: datetime = _writer.ask(Knock(target, key))
    return moment
