"""What everybody may know of the way a lot is bid for: its name, the kinds of bids open now, and its own public terms.

Never a reserve, a maximum or a sealed amount: nothing here reads the state's secret.
"""

from datetime import datetime

from auctions.rules import timed
from auctions.rules.chain import Json, stamp
from auctions.rules.dutch import falls_next, price_at
from auctions.rules.english import MATCH, beats, in_window
from auctions.rules.lot import BIDDING, LotState
from market.kernel.money import Money

FALLING = "falling"  # a hybrid's first stage, which its state does not name
OPEN = {
    "english": ("exact", "proxy"),
    "free_then_timed": ("exact", "proxy"),
    "auctioneer": ("exact", "proxy"),
    "sealed_first": ("sealed",),
    "sealed_second": ("sealed",),
    "dutch": ("accept",),
    "uniform": ("units",),
}
STAGES = {FALLING: ("accept",), "sealed": ("sealed",), "best": ("best",), MATCH: ("exact",)}
HIDDEN = frozenset({"sealed", "units"})  # kinds whose amounts nobody sees before the end
SEALED = frozenset({"sealed_first", "sealed_second", "envelope", "uniform"})  # formats all of whose bids are such


def kinds_of(state: LotState) -> tuple[str, ...]:
    """The kinds of bids a bidder may make at this stage; none where one bids at another door (envelope, package)."""
    stage = _stage(state)
    return STAGES[stage] if stage else OPEN.get(state.terms.format, ())


def known(state: LotState) -> Json:
    """The `format` of the public state. Amounts as on the wire, spans in seconds, moments as the log writes them.

    A falling price is told as a function of time: `start` less one `step` for every `every_s` seconds since `falls_from`,
    never below `floor`; it stands still since `stands_at` while the lot is held.
    """
    terms, params, public = state.terms, state.terms.params, state.public
    said: Json = {"name": terms.format, "kinds": [*kinds_of(state)]}
    if terms.format in ("dutch", "hybrid"):
        said |= {
            "start": terms.money(terms.start).wire(),
            "step": terms.money(params["step"]).wire(),
            "every_s": params["every_s"],
            "floor": terms.money(params["floor"]).wire(),
            "falls_from": stamp(terms.opens_at + state.paused),
            "stands_at": public.get("held_at"),
        }
    if _stage(state):
        said["stage"] = _stage(state)
    if terms.format == "hybrid":
        said |= {"taker": public.get("taker"), "sealed_s": params["sealed_s"], "best_s": params["best_s"]}
    if terms.format == "free_then_timed" and not in_window(state):
        said |= {"free_until": stamp(timed.free_until(state)), "cycle_s": params["cycle_s"]}
    if terms.format == "uniform":
        won = [{"paddle": paddle, "units": units} for paddle, units in public.get("allotments", [])]
        said |= {"supply": params["supply"], "allotments": won}
    return said


def waits(state: LotState, paddle: int | None, priority: int | None) -> str:
    """Why this paddle may not bid at this stage, though others may: the code of the refusal, or empty.

    `priority` is the rank of its priority right, None without one.
    """
    if in_window(state):
        return "" if beats(priority, state.public.get("priority")) else "bid.not_ranked"
    taker, kinds = state.public.get("taker"), kinds_of(state)
    if "best" in kinds and paddle != taker:
        return "bid.only_taker"
    if "sealed" in kinds and taker is not None and paddle == taker:
        return "bid.taker_waits"
    return "bid.sealed_already" if "sealed" in kinds and paddle in state.public.get("sealed", []) else ""


def price_shown(state: LotState, now: datetime) -> Money:
    """The price a page shows at `now`: the last bid's, a falling one that nobody took yet, or the starting price."""
    if state.price is None and "accept" in kinds_of(state):
        return state.terms.money(price_at(state, now))
    return state.terms.money(state.terms.start if state.price is None else state.price)


def shown_until(state: LotState, now: datetime) -> datetime | None:
    """When the price shown at `now` falls of itself; None where only a bid changes it."""
    falling = state.phase in BIDDING and state.price is None and "accept" in kinds_of(state)
    return falls_next(state, now) if falling else None


def _stage(state: LotState) -> str:
    """The stage of a lot whose way of bidding has stages; empty for every other."""
    stage: str = state.public.get("stage", FALLING if state.terms.format == "hybrid" else "")
    return stage
