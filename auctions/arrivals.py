"""Who comes to a lot, found out for all together who come at the same moment: after a restart that is everybody."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from django.http import Http404

from auctions import access, live
from auctions.hub import read
from auctions.rules.chain import Json
from auctions.together import Together
from market.kernel import clock
from market.parties.access import acting_memberships

AT_ONCE = 100  # who are found out together
STRANGER_FOR = 1.0  # seconds for which what one stranger was told is told to the next

Asked = tuple[str | None, str]  # with which session, to the lot of which code


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who came: to which lot, as whom the market takes the reader, with which session."""

    lot_id: int
    reader: Json
    session: access.Session | None


def arrive(asked: Sequence[Asked]) -> list[Arrival | Exception]:
    """The lot behind each code and who comes to it with that session, in five questions; Http404 as `access.lot_for`."""
    users = access.users_of_sessions({key for key, _ in asked if key})
    acting = acting_memberships(users.values())
    sessions = {key: access.Session(key, user.pk, user.get_session_auth_hash()) for key, user in users.items()}
    roles = [acting.get(users[key].pk) if key in users else None for key, _ in asked]
    parties = [role.party if role else None for role in roles]
    lots = access.lots_shown_to([(party, code) for party, (_, code) in zip(parties, asked, strict=True)])
    bidders = access.registrations_of(zip(parties, lots, strict=True))
    now = clock.now()
    found: list[Arrival | Exception] = []
    for (key, _), party, lot, bidder in zip(asked, parties, lots, bidders, strict=True):
        if lot is None:
            found.append(Http404())
            continue
        reader = live.reader_of(lot, bidder, party, now)
        said = {"step": reader.step, "paddle": reader.paddle, "has_bid": reader.has_bid}
        found.append(Arrival(lot.pk, said, sessions.get(key or "")))
    return found


class Arrivals:
    """The door of one event loop."""

    def __init__(self) -> None:
        self._together: Together[Asked, Arrival] = Together(lambda asked: read(arrive, asked), AT_ONCE)
        self._strangers: dict[str, tuple[float, asyncio.Future[Arrival]]] = {}

    async def of(self, session_key: str | None, code: str) -> Arrival:
        """Who comes with that session to the lot; Http404 where there is none for such a reader."""
        return await (self._together.of((session_key, code)) if session_key else self._stranger(code))

    async def _stranger(self, code: str) -> Arrival:
        """Without a session, asked once a second for all who come: a crowd that returns is one question."""
        now = time.monotonic()
        at, asked = self._strangers.get(code, (0.0, None))
        if asked is None or now - at > STRANGER_FOR:
            asked = asyncio.ensure_future(self._together.of((None, code)))
            self._strangers = {c: known for c, known in self._strangers.items() if now - known[0] <= STRANGER_FOR}
            self._strangers[code] = now, asked
        return await asyncio.shield(asked)


_arrivals: "WeakKeyDictionary[asyncio.AbstractEventLoop, Arrivals]" = WeakKeyDictionary()


def here() -> Arrivals:
    """The door of the running event loop."""
    return _arrivals.setdefault(asyncio.get_running_loop(), Arrivals())
