"""For whom a socket bids: found out when a bidder comes in, looked at again for all sockets every two seconds.

A bid then asks nobody who it is from: its transaction decides whether that bidder may bid. Whoever signed out, changed
the password, lost the role or acts for another party now is noticed by the next look, and a socket that may not bid any
more is closed.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from auctions import access
from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.models import Membership, User

logger = logging.getLogger(__name__)

LOOK_EVERY = 2.0  # seconds between two looks at all passes of the process
STALE_AFTER = 3.0  # seconds after which a bid does not trust the last look any more


class Pass:
    """What one socket bids as on one lot. `ended` is called, in the event loop, when a look finds that it may not."""

    def __init__(self, session_key: str | None, lot_id: int, ended: Callable[[Refused], None]) -> None:
        self.session_key = session_key
        self.lot_id = lot_id
        self.ended = ended
        self.user_id: int | None = None
        self.mark: object = None  # everything the finding depends on, as the last look saw it
        self.looked_at = -STALE_AFTER
        self.found: int | Refused = Refused("bid.sign_in")

    async def bidder_id(self) -> int:
        """The registration this socket bids under. Refused as `access.bidder_for`."""
        if time.monotonic() - self.looked_at > STALE_AFTER:
            await self.show()
        if isinstance(self.found, Refused):
            raise self.found
        return self.found

    async def show(self) -> None:
        """Have it looked at now and from now on, so that a bid need not wait for that."""
        await office().look_now(self)
        office().keep(self)

    def give_up(self) -> None:
        """The socket is gone."""
        office().drop(self)


def look(passes: Sequence[Pass]) -> None:
    """See whose each pass is now: three questions for all, and four for those of whom anything changed."""
    at = time.monotonic()
    sessions = Session.objects.filter(session_key__in={one.session_key for one in passes}, expire_date__gt=clock.now())
    said = dict(sessions.values_list("session_key", "session_data"))
    for one in passes:
        if one.user_id is None and one.session_key in said:
            one.user_id = _named(said[one.session_key])
    known = {one.user_id for one in passes if one.user_id is not None}
    users = {
        row[0]: row
        for row in User.objects.filter(pk__in=known).values_list("pk", "password", "is_active", "acting_for")
    }
    roles: dict[int, list[object]] = {}
    for user, *role in Membership.objects.filter(user__in=known).order_by("pk").values_list("user", "party", "role"):
        roles.setdefault(user, []).append(role)
    marks = {
        one: one.user_id and (said.get(one.session_key or ""), users.get(one.user_id), roles.get(one.user_id))
        for one in passes
    }
    _look_closely([one for one in passes if not marks[one] or marks[one] != one.mark])
    for one in passes:
        one.mark = marks[one]
        one.looked_at = at if isinstance(one.found, int) else -STALE_AFTER


def _named(session_data: str) -> int | None:
    """Whose session this says it is; whether it still is his, only a closer look finds."""
    named = SessionStore().decode(session_data).get(SESSION_KEY)
    return None if named is None else int(named)


def _look_closely(passes: Sequence[Pass]) -> None:
    """Whose the session of each is, for whom he acts, and under which registration."""
    if not passes:
        return
    users = access.users_of_sessions({one.session_key for one in passes if one.session_key})
    found = access.bidders_for([(users.get(one.session_key or ""), one.lot_id) for one in passes])
    for one, bidder in zip(passes, found, strict=True):
        user = users.get(one.session_key or "")
        one.user_id = user.pk if user else None  # none, and the next look begins at the session again
        one.found = bidder if isinstance(bidder, Refused) else bidder.pk


class Office:
    """The passes in use in one event loop, and the task that looks at them."""

    def __init__(self) -> None:
        self._passes: set[Pass] = set()
        self._shown: set[Pass] = set()
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def keep(self, one: Pass) -> None:
        """Look at a pass from now on, if it is good."""
        if isinstance(one.found, Refused):
            return
        self._passes.add(one)
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def look_now(self, one: Pass) -> None:
        """Look at a pass together with all that are shown while the look before goes on."""
        self._shown.add(one)
        async with self._turn:
            if one not in self._shown:  # somebody's look took it along
                return
            taken, self._shown = self._shown, set()
            try:
                await _thread(look)([*taken])
            except BaseException:
                self._shown |= taken - {one}  # each of the others looks for itself
                raise

    def drop(self, one: Pass) -> None:
        """Look at a pass no more; with the last of them the looking ends."""
        self._passes.discard(one)
        if not self._passes and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            passes = [*self._passes]
            try:
                await _thread(look)(passes)
            except Exception:  # the looking outlives a failure: a bid looks for itself once the last look is stale
                logger.exception("%s passes could not be looked at", len(passes))
                continue
            for one in passes:
                if isinstance(one.found, Refused) and one in self._passes:
                    self._passes.discard(one)
                    one.ended(one.found)


_offices: "WeakKeyDictionary[asyncio.AbstractEventLoop, Office]" = WeakKeyDictionary()


def office() -> Office:
    """The office of the running event loop."""
    return _offices.setdefault(asyncio.get_running_loop(), Office())


def _thread(act: Callable[[Sequence[Pass]], None]) -> Callable[[Sequence[Pass]], Awaitable[None]]:
    return database_sync_to_async(act, thread_sensitive=False)
