"""The sealed-bid life as a plain list of envelopes: what should be taken, what counts, and who wins what."""

from dataclasses import dataclass, field
from datetime import datetime

from auctions.rules import sealing

Inside = int | str  # what an envelope will turn out to hold: minor units, or the code of why it is void


@dataclass(frozen=True, slots=True)
class Handed:
    """One envelope that was taken; `inside` is None for a withdrawal."""

    paddle: int
    inside: Inside | None
    key: str
    sha256: str


@dataclass
class Model:
    """One lot of sealed bids by itself, without database, cipher or log. Moments are the lot's, amounts minor units."""

    ends_at: datetime
    pricing: str
    withdraw: bool
    reserve: int | None
    start: int
    barred: set[int] = field(default_factory=set)
    envelopes: list[Handed] = field(default_factory=list)
    sealed: bool = False
    opened: bool = False
    over: bool = False

    def refusal(self, paddle: int, kind: str, sha256: str, now: datetime) -> str:
        """The code with which an envelope is to be refused at `now`, or nothing."""
        mine = [one for one in self.envelopes if one.paddle == paddle]
        if now >= self.ends_at or self.sealed:
            return "bid.lot_closed"
        if paddle in self.barred:
            return "bid.not_registered"
        if len(mine) >= sealing.MOST:
            return "envelope.too_many"
        if kind == sealing.WITHDRAWAL:
            if not self.withdraw:
                return "envelope.no_withdrawal"
            return "" if mine and mine[-1].inside is not None else "envelope.nothing"
        return "envelope.copied" if any(one.sha256 == sha256 for one in self.envelopes) else ""

    def counting(self) -> list[tuple[int, Handed]]:
        """Each bidder's last envelope with its number, unless that is a withdrawal."""
        last = {one.paddle: (number, one) for number, one in enumerate(self.envelopes, 1)}
        return sorted((number, one) for number, one in last.values() if one.inside is not None)

    def read_aloud(self) -> list[tuple[int, int, Inside]]:
        """Number, paddle and content of what the opening must publish."""
        return [(number, one.paddle, one.inside) for number, one in self.counting() if one.inside is not None]

    def result(self) -> tuple[int, int] | str:
        """The paddle that wins and what it pays, or why nobody does."""
        bids = [(inside, -number, paddle) for number, paddle, inside in self.read_aloud() if isinstance(inside, int)]
        if not bids:
            return "no_bids"
        floor = max(self.start, self.reserve or 0)
        (best, _, winner), *others = sorted(bids, reverse=True)
        if best < floor:
            return "below_reserve"
        return winner, best if self.pricing == sealing.FIRST else max([floor, *(inside for inside, _, _ in others)])
