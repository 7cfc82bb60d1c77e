"""Lots that a bid found expired and not yet closed: whoever finds one closes it, as the worker would.

In a thread of its own, so that no bid waits for deals and deposits. Best effort: what fails here is the worker's, as ever.
"""

import logging
import threading
from collections.abc import Collection

from django.db import connection

from auctions.engine.closing import close

logger = logging.getLogger(__name__)


class Closer:
    """The lots found by one process, and the thread that closes them."""

    def __init__(self) -> None:
        self._found: set[int] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def found(self, lot_ids: Collection[int]) -> None:
        """Have these lots closed soon."""
        with self._lock:
            self._found.update(lot_ids)
            if self._found and self._thread is None:
                thread = threading.Thread(target=self._run, name="closer", daemon=True)
                thread.start()
                self._thread = thread

    def _run(self) -> None:
        try:
            while lot_ids := self._take():
                try:
                    close(*lot_ids)
                except Exception:  # nobody waits for it, and the worker comes by
                    logger.exception("lots %s were found expired and not closed", sorted(lot_ids))
        finally:
            connection.close()

    def _take(self) -> set[int]:
        """What was found since the last look; nothing, and the thread is done."""
        with self._lock:
            lot_ids, self._found = self._found, set()
            if not lot_ids:
                self._thread = None
        return lot_ids
