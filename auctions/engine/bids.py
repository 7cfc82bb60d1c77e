"""The engine's doors for a bid: how often one may come, and one bid placed by a caller who waits for the answer."""

import threading
import time
from datetime import datetime
from uuid import UUID

from auctions.engine import batch
from auctions.engine.offers import Answer, Offer
from auctions.rules.pace import Pace
from market.kernel.errors import Refused
from market.kernel.money import Money

BIDS_A_SECOND = 5
PACES = 10_000  # bidders whose pace is remembered; forgetting one allows it a second's worth more

_paces: dict[int, Pace] = {}
_paces_lock = threading.Lock()


def admit(bidder_id: int) -> None:
    """Count one bid against the bidder's pace in this process. Refused `bid.too_fast` above five a second."""
    with _paces_lock:
        if len(_paces) > PACES:
            _paces.clear()
        pace = _paces.setdefault(bidder_id, Pace(per_second=BIDS_A_SECOND))
        if not pace.allows(time.monotonic()):
            raise Refused("bid.too_fast", limit=BIDS_A_SECOND)


def place_bid(
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
    """Decide one bid, a batch of its own on the caller's connection; durable when it returns (see `batch.settle`).

    The same key again returns the first answer; with another amount `bid.key_reused`, which is not kept. `received_at`
    and `seen_seq` (the state the bidder looked at) are kept for disputes and decide nothing. Refused `amount.range` for
    nothing; Conflict `lot.outrun` if the row moved without our holding its lock.
    """
    if amount.minor <= 0:
        raise Refused("amount.range")
    [outcome] = batch.settle([Offer(lot_id, bidder_id, key, amount, received_at, seen_seq, kind, units)])
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
