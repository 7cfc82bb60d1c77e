"""A falling price, then sealed bids of the others above it, then one last offer of the first taker.

Params are those of `dutch` and `sealed_s`, `best_s`, the seconds of the two later stages. Whoever takes the falling price may,
once the sealed bids are open, offer more than the best of them. `public` holds `stage` ("sealed", "best"; none while the price
falls) and `taker`.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from auctions.rules.chain import stamp
from auctions.rules.dutch import accepted
from auctions.rules.frame import barred, closed, falls, opened, undecidable, unknown
from auctions.rules.lot import Bid, Close, Command, LotState, Open, Outcome, Said, Seal, Unseal
from auctions.rules.outcomes import sealed_outcome
from auctions.rules.sealed import KINDS as SEALED
from auctions.rules.sealed import committed, enclosed, revealed, unsealed, waiting

BEST = frozenset({"best"})


def take(state: LotState, command: Command, now: datetime) -> Outcome:
    """What one command makes of the state, stage by stage."""
    stage = state.public.get("stage")
    if isinstance(command, Open):
        return opened(state, command, now)
    if isinstance(command, Bid):
        return {None: _taken, "sealed": _sealed, "best": _best}[stage](state, command, now)
    if isinstance(command, Seal) and stage == "sealed":
        refused = _waits(state, command.paddle)
        return ([("", {})], refused) if refused else committed(state, command, now)
    if isinstance(command, Close | Unseal) and stage == "sealed":
        return _opened_envelopes(state, command, now)
    if isinstance(command, Close):
        return closed(state, replace(command, bidders=_bidders(state)), now)
    return unknown(state)


def _taken(state: LotState, bid: Bid, now: datetime) -> Outcome:
    said, after = accepted(state, bid, now)
    if isinstance(after, str):
        return said, after
    public = {**after.public, "stage": "sealed", "taker": bid.paddle}
    return _staged(said, replace(after, public=public), now + timedelta(seconds=state.terms.params["sealed_s"]))


def _sealed(state: LotState, bid: Bid, now: datetime) -> Outcome:
    refused = barred(state, bid, now, SEALED)
    waits = _waits(state, bid.paddle)
    return enclosed(state, refused or ((waits, {}) if waits else None), bid, state.minimum)


def _waits(state: LotState, paddle: int | None) -> str:
    """The first taker's turn comes when the envelopes are open."""
    return "bid.taker_waits" if paddle == state.public["taker"] else ""


def _best(state: LotState, bid: Bid, now: datetime) -> Outcome:
    refused = barred(state, bid, now, BEST)
    if refused is None and bid.paddle != state.public["taker"]:
        refused = "bid.only_taker", {}
    if refused is None and bid.amount.minor < state.minimum:
        refused = "bid.too_low", {"minimum": state.terms.money(state.minimum).wire(), "seq": state.seq}
    if refused:
        return [("", refused[1])], refused[0]
    row: Said = ("bid", {"paddle": bid.paddle, "amount": bid.amount.wire()})
    return [row], falls(replace(state, price=bid.amount.minor, leader=bid.paddle, bids=state.bids + 1), now)


def _opened_envelopes(state: LotState, command: Close | Unseal, now: datetime) -> Outcome:
    """The best envelope leads and the first taker is asked; without a lawful envelope the first taker has it."""
    refused = undecidable(state, now)
    if refused:
        return [("", refused[1])], refused[0]
    read = unsealed(state, command)
    if isinstance(read, str):
        return [("", {"waiting": waiting(state)})], read
    lawful = [(paddle, amount) for paddle, amount in read if amount is not None and amount >= state.minimum]
    winner, price = sealed_outcome(lawful, "first", state.minimum)
    shown = [revealed(state, read)] if read else []
    if winner is None:
        said, after = closed(state, Close(reserve_met=True, bidders=_bidders(state)), now)
        return [*shown, *said], after
    public = {**state.public, "stage": "best"}
    after = replace(state, price=price, leader=winner, public=public)
    return _staged(shown, after, now + timedelta(seconds=state.terms.params["best_s"]))


def _staged(said: list[Said], state: LotState, ends_at: datetime) -> Outcome:
    step: Said = ("stage", {"stage": state.public["stage"], "ends_at": stamp(ends_at)})
    return [*said, step], replace(state, ends_at=ends_at)


def _bidders(state: LotState) -> int:
    return len({state.public["taker"], *state.public.get("sealed", [])}) if "taker" in state.public else 0
