"""The engine's doors for a bid: how often one may come, and one bid placed by a caller who waits for the answer."""

import threading
import time

from auctions.engine import batch
from auctions.engine.offers import Answer, Offer
from auctions.rules.pace import Pace
from market.kernel.errors import Refused

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


def place_bid(offer: Offer) -> Answer:
    """Decide one bid, a batch of its own on the caller's connection; durable when it returns (see `batch.settle`).

    The same key again returns the first answer; with another amount `bid.key_reused`, which is not kept. Conflict
    `lot.outrun` if the row moved without our holding its lock.
    """
    [outcome] = batch.settle([offer])
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
