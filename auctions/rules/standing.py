"""Where a reader stands towards a lot: one word out of a closed list decides the band's colour, mark and words."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from auctions.rules.english import MATCH
from auctions.rules.lot import BIDDING
from auctions.rules.ways import HIDDEN

# The closed list (the browser adds "connecting", "offline" and "sending", which are its own).
STANDINGS = (
    "waiting",
    "ready",
    "window",
    "leading",
    "outbid",
    "sealed",
    "closing",
    "hold",
    "won",
    "lost",
    "over",
    "passed",
    "withdrawn",
    "annulled",
    "register",
    "qualifying",
    "rejected",
    "deposit",
    "observer",
)


@dataclass(frozen=True, slots=True)
class Reader:
    """What the standing needs to know of the reader's registration: how far it got (`step`) and its paddle."""

    step: str = "observer"
    paddle: int | None = None
    has_bid: bool = False


def standing(
    phase: str,
    *,
    leader: int | None,
    reader: Reader,
    now: datetime,
    opens_at: datetime,
    ends_at: datetime,
    kinds: Collection[str] = (),
    stage: str = "",
) -> str:
    """The one word for `reader` at `now`; steps: "active", "qualified", "applied", "rejected", "none", "observer".

    `kinds` are the ways of bidding open now: where amounts are hidden nobody is outbid. `stage` is the
    one a lot with stages is in: the window in which priority rights may be used is no time to bid first.
    """
    mine = reader.paddle is not None and leader == reader.paddle
    if phase == "sold":
        return "won" if mine else "lost" if reader.has_bid else "over"
    settled = {"passed_in": "passed", "withdrawn": "withdrawn", "annulled": "annulled", "suspended": "hold"}
    if phase in settled:
        return settled[phase]
    if phase in BIDDING and now >= ends_at:
        return "closing"
    if reader.step != "active":
        return {"none": "register", "applied": "qualifying", "rejected": "rejected", "qualified": "deposit"}.get(
            reader.step, "observer"
        )
    if phase not in BIDDING:
        return "waiting"
    if mine:
        return "leading"
    if not reader.has_bid:
        return "window" if stage == MATCH else "ready"
    return "sealed" if HIDDEN & set(kinds) else "outbid"
