"""The command behind a record of the public log, and the least secret that explains what it shows."""

from collections.abc import Sequence
from dataclasses import replace

from auctions.rules.chain import Json
from auctions.rules.english import EXACT, FLOOR, PROXY
from auctions.rules.lot import Bid, Close, Command, LotState, Open
from market.kernel.money import Money


def recalled(state: LotState, records: Sequence[Json], at: int, bidders: int) -> tuple[LotState, Command]:
    """The command that wrote the record at `at`, and `state` with what it must have remembered; ValueError if none could.

    `bidders` counts the paddles seen so far.
    """
    kind = records[at]["kind"]
    if kind == "opened":
        return state, Open()
    if kind == "bid":
        return _bid(state, records, at, bidders)
    if kind == "closed":
        outcome = records[at + 1]["payload"] if at + 1 < len(records) else {}
        return state, Close(reserve_met=outcome.get("reason") != "below_reserve", bidders=bidders)
    raise ValueError(f"unexpected {kind!r}")


def _bid(state: LotState, records: Sequence[Json], at: int, bidders: int) -> tuple[LotState, Command]:
    """A bid with the rows that standing maxima put before or after its own; or the closing that lifts the price."""
    first, second = records[at]["payload"], _payload(records, at + 1, "bid")
    if first.get("auto") and second is None:
        lifted = Money.from_wire(first["amount"]).minor
        return _knowing(state, top=lifted, reserve=lifted), Close(reserve_met=True, bidders=bidders)
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
