"""Whether a lot's last minutes were provably open, and what follows when they were not (the sale's terms print this).

Probes are bids, refused by design, that come in by the public door once a second. Where none was decided for longer than
the tolerance, nobody can say whether a bid would have been. A lot that was silent in its closing window is extended by
itself; after a long outage people decide.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from auctions.rules.lot import ExtendForOutage, Suspend

LEAST_WINDOW = timedelta(seconds=300)
LONG = timedelta(minutes=15)  # beyond this the lot is held, and the agency re-opens it with a day's notice
NOTICE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Silence:
    """A span in which no probe was decided."""

    since: datetime
    until: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasted."""
        return self.until - self.since


def window(extension_window_s: int, *, opens_at: datetime, ends_at: datetime) -> timedelta:
    """The closing window of a lot: the extension window, at least five minutes, at most the lot's whole time."""
    return min(max(timedelta(seconds=extension_window_s), LEAST_WINDOW), ends_at - opens_at)


def silences(probed: Iterable[datetime], *, since: datetime, until: datetime, tolerance: timedelta) -> list[Silence]:
    """The spans longer than `tolerance` between `since`, the probes in order, and `until`."""
    found, before = [], since
    for at in (*probed, until):
        if at - before > tolerance:
            found.append(Silence(before, at))
        before = at
    return found


def remedy(
    silent: Sequence[Silence], *, ends_at: datetime, window: timedelta, now: datetime
) -> ExtendForOutage | Suspend | None:
    """What a lot that is due at `now` needs before it may close: nothing, if its closing window was provably open.

    Else another window from now on; after more than fifteen minutes of silence it is held instead.
    """
    touching = [one for one in silent if one.since < ends_at and one.until > ends_at - window]
    if not touching:
        return None
    longest = max(one.length for one in touching)
    if longest > LONG:
        minutes = longest // timedelta(minutes=1)
        return Suspend(reason=f"平台中断 {minutes} 分钟 Outage of {minutes} minutes")
    return ExtendForOutage(gap_s=ceil(longest.total_seconds()), ends_at=max(now, ends_at) + window)


def end_after(*, held_at: datetime, ends_at: datetime, now: datetime, window: timedelta, notice: timedelta) -> datetime:
    """When a lot ends that goes on at `now`: what was left of its time, at least a closing window and the `notice`."""
    return now + max(ends_at - held_at, window, notice)
