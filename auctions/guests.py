"""Who holds the connections of this process: how many one address and one user may have, and who signed out meanwhile.

The limits are one process's own; the proxy limits what comes in at all.
"""

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from auctions import access
from auctions.hub import read
from auctions.sockets import Socket

logger = logging.getLogger(__name__)

PER_USER = 20
PER_ADDRESS = 1_000  # a university may sit behind one
IN_ALL = 20_000
RECHECK_EVERY = 3.0  # seconds until a connection whose session ended is closed

SIGN_IN, TAKEN_OVER = 4401, 4409


@dataclass(frozen=True, slots=True)
class Guest:
    """One signed-in connection, and the session it came with."""

    socket: Socket
    session: access.Session


class Guests:
    """The connections of one process (of one event loop)."""

    def __init__(self) -> None:
        self.total = 0
        self.waiting = 0  # of these, plain HTTP that waits for news
        self.addresses: Counter[str] = Counter()
        self.of_user: dict[int, list[Guest]] = {}
        self._task: asyncio.Task[None] | None = None

    def enter(self, address: str) -> bool:
        """Count one more connection from `address` ("" where the server knows none); False when there are too many."""
        if self.total >= IN_ALL or (address and self.addresses[address] >= PER_ADDRESS):
            return False
        self.total += 1
        self.addresses[address] += 1
        return True

    def leave(self, address: str) -> None:
        """One connection less."""
        self.total -= 1
        self.addresses[address] -= 1
        if not self.addresses[address]:
            del self.addresses[address]

    def sign_in(self, guest: Guest) -> None:
        """Remember whose connection it is; who opens too many loses the oldest."""
        theirs = self.of_user.setdefault(guest.session.user, [])
        theirs.append(guest)
        if len(theirs) > PER_USER:
            theirs.pop(0).socket.close(TAKEN_OVER)
        if self._task is None:
            self._task = asyncio.create_task(self._recheck())

    def sign_out(self, guest: Guest) -> None:
        """The connection is gone, and with the last one the need to check."""
        theirs = self.of_user.get(guest.session.user, [])
        if guest in theirs:
            theirs.remove(guest)
        if not theirs:
            self.of_user.pop(guest.session.user, None)
        if not self.of_user and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _recheck(self) -> None:
        """Close the connections of whoever signed out elsewhere, changed the password or was shut out."""
        while True:
            await asyncio.sleep(RECHECK_EVERY)
            guests = [guest for theirs in self.of_user.values() for guest in theirs]
            try:
                over = await read(access.ended, {guest.session for guest in guests})
            except Exception:  # the next round will tell; every bid asks for its session anyway
                logger.exception("sessions could not be checked")
                continue
            for guest in guests:
                if guest.session in over:
                    guest.socket.close(SIGN_IN)


_guests: "WeakKeyDictionary[asyncio.AbstractEventLoop, Guests]" = WeakKeyDictionary()


def here() -> Guests:
    """The guests of the running event loop."""
    return _guests.setdefault(asyncio.get_running_loop(), Guests())
