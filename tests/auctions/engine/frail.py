"""The market's server with a weak spot: it kills itself (SIGKILL) at the point that FRAIL names, once a bid passes there.

Only a server process loads this file. Imported into the tests it would lift their limit of bids a second as well.
"""

import os
import signal
from typing import Any

from deploy.asgi import application  # sets Django up, so it comes first

# isort: split
from auctions.engine import bids
from auctions.models import Bid

__all__ = ["application"]

bids.BIDS_A_SECOND = 10_000


def _die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if os.environ.get("FRAIL") == "before the rows":
    bids.write = _die
elif os.environ.get("FRAIL") == "before the commit":
    _create = Bid.objects.create

    def _create_and_die(**columns: Any) -> None:
        _create(**columns)
        _die()

    Bid.objects.create = _create_and_die  # type: ignore[method-assign,assignment]
elif os.environ.get("FRAIL") == "after the commit":
    bids._answer = _die  # type: ignore[assignment]
