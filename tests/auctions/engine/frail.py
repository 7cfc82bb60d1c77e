"""The market's server with a weak spot: it kills itself (SIGKILL) at the point that FRAIL names, once a bid passes there.

Only a server process loads this file. Imported into the tests it would lift their limit of bids a second as well.
"""

import os
import signal
from collections.abc import Callable
from typing import Any

from deploy.asgi import application  # sets Django up, so it comes first

# isort: split
from auctions.engine import batch, bids, sql

__all__ = ["application"]

bids.BIDS_A_SECOND = 10_000


def _die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _and_die(act: Callable[..., Any]) -> Callable[..., Any]:
    def first(*given: Any) -> None:
        act(*given)
        _die()

    return first


if os.environ.get("FRAIL") == "before the rows":
    sql.move_lots = _die
elif os.environ.get("FRAIL") == "before the commit":
    batch.tell_outbid = _die  # the last thing a batch does before it is committed
elif os.environ.get("FRAIL") == "after the commit":
    batch.together = _and_die(batch.together)
