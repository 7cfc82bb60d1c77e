"""The command behind a record of the public log, and the least secret that explains what it shows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from auctions.rules import sealing
from auctions.rules.chain import Json, unstamp
from auctions.rules.english import EXACT, FLOOR, PROXY
from auctions.rules.lot import (
    Annul,
    Award,
    Bid,
    Close,
    Command,
    ExtendForOutage,
    ExtendTogether,
    Hammer,
    HandOver,
    LotState,
    Notice,
    Open,
    PassIn,
    Resume,
    Seal,
    Suspend,
    Unseal,
    Warn,
    Withdraw,
)
from market.kernel.money import Money

SEALED = frozenset({"sealed_first", "sealed_second", "hybrid"})
TAKING = {"dutch": "accept", "hybrid": "accept"}


def recalled(state: LotState, records: Sequence[Json], at: int, bidders: int) -> tuple[LotState, Command]:
    """The command that wrote the record at `at`, and `state` with what it must have remembered; ValueError if none could.

    `bidders` counts the paddles seen so far.
    """
    kind, payload = records[at]["kind"], records[at]["payload"]
    if kind == "bid" and state.terms.format in TAKING:
        taking = "best" if "stage" in state.public else TAKING[state.terms.format]
        return state, Bid(payload["paddle"], Money.from_wire(payload["amount"]), kind=taking)
    if kind == "bid":
        return _bid(state, records, at, bidders)
    if state.terms.format == "envelope" and kind in sealing.KINDS:
        return state, sealing.recalled(state, records[at])
    if kind == "sealed":
        return state, _envelope(state, records, at)
    if kind == "stage" and state.terms.format == "free_then_timed":
        return state, Close(reserve_met=True, bidders=bidders, matchable=True)
    if kind in ("closed", "unsealed"):
        return _closing(state, records, at, bidders)
    if kind == "held" and state.terms.format == "auctioneer" and unstamp(records[at]["at"]) >= state.ends_at:
        return state, Close(reserve_met=True, bidders=bidders)
    if kind not in TOLD:
        raise ValueError(f"unexpected {kind!r}")
    return state, TOLD[kind](state, payload)


# The commands that say all they are in the event they write.
TOLD: Mapping[str, Callable[[LotState, Json], Command]] = {
    "opened": lambda state, said: Open(),
    "withdrawn": lambda state, said: Withdraw(said["reason"]),
    "held": lambda state, said: Suspend(said["reason"]),
    "resumed": lambda state, said: Resume(unstamp(said["ends_at"])),
    "extended_for_outage": lambda state, said: ExtendForOutage(said["gap_s"], unstamp(said["ends_at"])),
    "extended_with_group": lambda state, said: ExtendTogether(said["lot"], unstamp(said["ends_at"])),
    "annulled": lambda state, said: Annul(said["reason"]),
    "notice": lambda state, said: Notice(said["text"]),
    "handover": lambda state, said: HandOver(said["operator"]),
    "warning": lambda state, said: Warn(said["count"]),
    "hammer": lambda state, said: Hammer(state.seq),
    "stopped": lambda state, said: PassIn(),
}


def _envelope(state: LotState, records: Sequence[Json], at: int) -> Command:
    """An envelope handed in: closed, or what it turned out to hold where the log goes on to say so."""
    payload = records[at]["payload"]
    if state.terms.format != "uniform":
        return Seal(payload["paddle"], payload.get("commitment", ""))
    shown = next((record["payload"]["bids"] for record in records[at:] if record["kind"] == "unsealed"), None)
    if shown is None:
        return Bid(payload["paddle"], state.terms.money(state.terms.start), kind="units")
    own = shown[state.bids]
    return Bid(own["paddle"], Money.from_wire(own["amount"]), kind="units", units=own["units"])


def _closing(state: LotState, records: Sequence[Json], at: int, bidders: int) -> tuple[LotState, Command]:
    """The closing with the envelopes it opens; of the reserve the log says only whether it was met, or the price it made."""
    outcome: Json = next((r["payload"] for r in records[at : at + 4] if r["kind"] in ("sold", "passed_in")), {})
    if state.terms.format == "package":
        return state, _award(records[at]["payload"], outcome)
    met = outcome.get("reason") != "below_reserve"
    shown: list[Json] = next((r["payload"]["bids"] for r in records[at : at + 2] if r["kind"] == "unsealed"), [])
    amounts = [None if bid["amount"] is None else Money.from_wire(bid["amount"]).minor for bid in shown]
    if state.terms.has_reserve and state.terms.format in SEALED | {"uniform"}:
        above_all = 1 + max(state.price or 0, *(amount or 0 for amount in amounts), 0)
        sold_at = Money.from_wire(outcome["price"]).minor if "price" in outcome else state.terms.start
        state = replace(state, secret={**state.secret, "reserve": sold_at if met else above_all})
    if state.terms.format in SEALED and shown:
        paddles = [bid["paddle"] for bid in shown]
        return state, Unseal(tuple(zip(paddles, amounts, strict=True)))
    return state, Close(reserve_met=met, bidders=bidders)


def _award(end: Json, outcome: Json) -> Command:
    """What the allocation made of a lot of package bids."""
    price = Money.from_wire(outcome["price"]).minor if "price" in outcome else None
    return Award(outcome.get("paddle"), price, end["bids"], end["bidders"], end["allocation"])


def _bid(state: LotState, records: Sequence[Json], at: int, bidders: int) -> tuple[LotState, Command]:
    """A bid with the rows that standing maxima put before or after its own; or the closing that lifts the price."""
    first, second = records[at]["payload"], _payload(records, at + 1, "bid")
    if first.get("auto") and second is None:
        lifted, window = Money.from_wire(first["amount"]).minor, _payload(records, at + 1, "stage") is not None
        return _knowing(state, top=lifted, reserve=lifted), Close(reserve_met=True, bidders=bidders, matchable=window)
    if first.get("auto"):
        own, top, last = second or {}, first, second or {}
    elif second is not None and second.get("auto") and first["paddle"] != state.leader == second["paddle"]:
        own, top, last = first, second, second
    else:
        own, top, last = first, None, first
    told = _payload(records, at + (1 if top is None else 2), "reserve_met") is not None
    kind = next((kind for kind in (PROXY, FLOOR) if kind in own), EXACT)
    amount = Money.from_wire(own["amount"])
    if (
        kind == PROXY and own["paddle"] == state.leader
    ):  # its row is the reserve it reached: the bid was lawful, so more
        amount = max(amount, state.terms.money(state.minimum))
    bid = Bid(own["paddle"], amount, meets_reserve=told, kind=kind, priority=own.get("priority"))
    most = None if top is None else Money.from_wire(top["amount"]).minor
    reserve = Money.from_wire(last["amount"]).minor if told and kind == PROXY else None
    return _knowing(state, top=most, reserve=reserve), bid


def _knowing(state: LotState, *, top: int | None, reserve: int | None) -> LotState:
    """The state with the leader's maximum and the reserve, where the records show them."""
    known = {"max": top, "reserve": reserve}
    return replace(state, secret={name: value for name, value in known.items() if value is not None})


def _payload(records: Sequence[Json], at: int, kind: str) -> Json | None:
    """The payload of the record at `at`, if there is one and it is of the kind."""
    found: Json | None = records[at]["payload"] if at < len(records) and records[at]["kind"] == kind else None
    return found
