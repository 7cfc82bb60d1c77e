"""Opening and closing lots when their time has come. `ends_at` in the row is the only truth; every worker may close.

Lots are closed in batches, each one transaction: those whose locks nobody holds are locked, the clock is read after the
locks, and what still is due falls (see `hammer`). A fault undoes the batch; its lots are then closed one by one, so that
only the faulty one waits, and is tried alone from then on.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from auctions.engine.halts import covered
from auctions.engine.hammer import fall
from auctions.engine.rows import locked, write
from auctions.engine.told import tell_opened
from auctions.live import state_of
from auctions.models import Lot, Sale
from auctions.rules import lot as rules
from market.kernel import clock
from market.kernel.states import move_many

logger = logging.getLogger(__name__)

BATCH = 50  # lots opened in one turn of the worker
TOGETHER = 100  # lots closed in one transaction: a bid on one of them waits that long to hear that it came late


@dataclass(slots=True)
class Fault:
    """How often a lot's closing failed, and when it is tried again: at once, then ever later, up to every minute."""

    times: int = 0
    next_at: float = 0.0

    def note(self) -> None:
        """It failed once more."""
        self.times += 1
        self.next_at = time.monotonic() + min(2 ** (self.times - 1) - 1, 60)


_at_work = threading.Event()
_faulty: dict[int, Fault] = {}  # lots whose closing failed in this process: each is tried alone


def open_due() -> int:
    """Open every announced lot whose time has come and that no halt stops; returns how many.

    Writes `lot.opened`, or `lot.held` when too late.
    """
    due = Lot.objects.filter(state=Lot.State.NOTICED, opens_at__lte=clock.database_now()).order_by("opens_at", "pk")
    due = due.exclude(covered())
    return sum(_one(pk, _open) for pk in due.values_list("pk", flat=True)[:BATCH])


def _one(pk: int, act: Callable[[Lot, datetime], bool]) -> bool:
    """Do one lot's act in its own transaction; a lot that somebody holds waits for the next turn, a fault is logged."""
    try:
        with transaction.atomic(durable=True):
            lot = locked(skip_locked=True).filter(pk=pk).first()
            return lot is not None and act(lot, clock.database_now())
    except Exception:  # one lot's fault must not keep the others from opening on time
        logger.exception("lot %s: %s failed", pk, act)
        return False


def _open(lot: Lot, now: datetime) -> bool:
    """Open a lot we hold, if it still waits and is due."""
    decision = rules.decide(state_of(lot), [rules.Open()], now)
    if not decision.events:
        return False
    write(lot, decision, leader_id=None, at=now)
    tell_opened(lot, decision.state.phase)
    return True


def close_due() -> int:
    """Close every lot whose time is up and nobody holds, a batch at a time until none is left; returns how many."""
    alone = sorted(pk for pk, fault in _faulty.items() if fault.next_at <= time.monotonic())
    closed, left = 0, set(_faulty)
    try:
        while looked := _batch(_due().exclude(pk__in=left)):
            _at_work.set()
            closed += len(looked.over)
            left |= looked.left
    finally:
        _at_work.clear()
    for pk in alone:
        looked = _batch(_due().filter(pk=pk))
        if looked is None:  # somebody else closes it, or did
            _faulty.pop(pk, None)
        else:
            closed += len(looked.over)
    if closed:
        close_sales()
    return closed


def is_closing() -> bool:
    """Whether this process has closed a batch of lots just now and looks for more: what can wait should."""
    return _at_work.is_set()


def close(*lot_ids: int) -> int:
    """Close these lots now, those that are due, as whoever finds them expired may; how many were closed.

    Waits for whoever holds one. A lot whose closing failed before is left to the worker, who waits ever longer between two
    tries.
    """
    looked = _batch(_due().filter(pk__in=set(lot_ids) - set(_faulty)), _waited_for)
    if looked is None or not looked.over:
        return 0
    close_sales()
    return len(looked.over)


@dataclass(frozen=True, slots=True)
class Looked:
    """What became of the lots of one batch: those that are over now, and those that are as they were."""

    over: frozenset[int]
    left: frozenset[int]


def _due() -> QuerySet[Lot]:
    due = Lot.objects.filter(state__in=Lot.BIDDING, ends_at__lte=clock.database_now()).order_by("ends_at", "pk")
    return due.exclude(format=Lot.Format.PACKAGE)  # these wait for their sale's allocation


def _free(due: QuerySet[Lot]) -> QuerySet[Lot]:
    """The first of `due` that nobody holds, locked."""
    return due.select_for_update(no_key=True, skip_locked=True)[:TOGETHER]


def _waited_for(due: QuerySet[Lot]) -> QuerySet[Lot]:
    """All of `due`, locked in ascending order like a batch of bids, each when nobody holds it any more."""
    return due.order_by("pk").select_for_update(no_key=True)


def _batch(due: QuerySet[Lot], taken: Callable[[QuerySet[Lot]], QuerySet[Lot]] = _free) -> Looked | None:
    """Close together those of `due` that are `taken`; None when there are none.

    A lot that was extended after it was picked is read again under its lock, and no longer due.
    """
    if not due.exists():  # SQLite's one write lock is taken only when there is something to write
        return None
    lots: list[Lot] = []
    try:
        with transaction.atomic(durable=True):
            lots = list(taken(due))
            if not lots:
                return None
            over = frozenset(lot.pk for lot in fall(lots, clock.database_now()))
    except Exception:  # one lot's fault must not keep the others from closing on time
        if len(lots) < 2:
            if not lots:
                raise
            logger.exception("lot %s did not close", lots[0].pk)
            _faulty.setdefault(lots[0].pk, Fault()).note()
            return Looked(frozenset(), frozenset({lots[0].pk}))
        alone = [_batch(_due().filter(pk=lot.pk)) for lot in lots]
        over = frozenset[int]().union(*(looked.over for looked in alone if looked))
    for pk in over:
        _faulty.pop(pk, None)
    return Looked(over, frozenset(lot.pk for lot in lots) - over)


def close_sales() -> int:
    """Close each announced sale whose last lot is over; returns how many. Lots are closed before, in transactions of
    their own, so that of two last lots one is seen to be the last.
    """
    lots = Lot.objects.filter(sale=OuterRef("pk"))
    over = Sale.objects.filter(Exists(lots), ~Exists(lots.exclude(state__in=Lot.OVER)), state=Sale.State.NOTICED)
    with transaction.atomic():
        sales = list(over.select_for_update(no_key=True, skip_locked=True, of=("self",)).order_by("pk"))
        move_many(sales, Sale.State.CLOSED)
    return len(sales)
