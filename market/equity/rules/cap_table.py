"""A cap table as what its events add up to: securities issued, transferred with a balance, cancelled.

The events are those of the Open Cap Table Format; a file may list them in any order, so they are replayed by date.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from market.kernel.errors import Refused

ISSUE, TRANSFER, CANCEL = "issue", "transfer", "cancel"


@dataclass(frozen=True, slots=True)
class Event:
    """One event: shares are issued to `holder` as the security `security`, transferred from it to `holder` as `result`,
    or cancelled; what stays with the old holder becomes `balance`."""

    kind: str
    on: date
    security: str
    quantity: int
    holder: str = ""
    result: str = ""
    balance: str = ""


@dataclass(frozen=True, slots=True)
class CapTable:
    """Who holds how many shares; holders of none are named, too."""

    holders: Mapping[str, int]

    @property
    def outstanding(self) -> int:
        """All shares issued and not cancelled."""
        return sum(self.holders.values())

    def parts(self) -> dict[str, Fraction]:
        """Each holder's part of the whole, exactly; they add up to one."""
        return {holder: Fraction(shares, self.outstanding) for holder, shares in self.holders.items()}


def replay(events: Iterable[Event]) -> CapTable:
    """The table after all events. Refused `equity.security` for a security that is not there or was used up,
    `equity.quantity` for more shares than it has."""
    live: dict[str, tuple[str, int]] = {}
    seen: dict[str, None] = {}
    for event in sorted(events, key=lambda event: event.on):
        if event.kind == ISSUE:
            _new(live, event.security, event.holder, event.quantity)
            seen[event.holder] = None
            continue
        holder, shares = live.pop(event.security, ("", 0))
        if not holder:
            raise Refused("equity.security", security=event.security)
        if not 0 < event.quantity <= shares:
            raise Refused("equity.quantity", security=event.security, shares=shares, quantity=event.quantity)
        if event.kind == TRANSFER:
            _new(live, event.result, event.holder, event.quantity)
            seen[event.holder] = None
        if shares > event.quantity:
            _new(live, event.balance, holder, shares - event.quantity)
    held: defaultdict[str, int] = defaultdict(int)
    for holder, shares in live.values():
        held[holder] += shares
    return CapTable({holder: held[holder] for holder in seen})


def _new(live: dict[str, tuple[str, int]], security: str, holder: str, shares: int) -> None:
    if not security or security in live:
        raise Refused("equity.security", security=security)
    live[security] = (holder, shares)
