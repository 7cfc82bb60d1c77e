"""Sealed bids: one envelope a paddle, opened after the end; the highest pays its own price or the second.

An amount waits in the state's secret (`sealed`: [paddle, minor units or null], in order of submission), or outside, encrypted,
with only its commitment in the log; then the closing waits for `Unseal`. `public` holds `sealed`, the paddles in order.
"""

from dataclasses import replace
from datetime import datetime

from auctions.rules.chain import Json, stamp
from auctions.rules.frame import barred, opened, settled, undecidable, unknown
from auctions.rules.lot import SOLD, Bid, Close, Command, LotState, Open, Outcome, Said, Seal, Unseal
from auctions.rules.outcomes import sealed_outcome

KINDS = frozenset({"sealed"})
PRICING = {"sealed_first": "first", "sealed_second": "second"}


def take(state: LotState, command: Command, now: datetime) -> Outcome:
    """What one command makes of the state; `close.sealed` while an envelope has still to be opened."""
    if isinstance(command, Open):
        return opened(state, command, now)
    if isinstance(command, Bid):
        return enclosed(state, barred(state, command, now, KINDS), command, state.terms.start)
    if isinstance(command, Seal):
        return committed(state, command, now)
    if not isinstance(command, Close | Unseal):
        return unknown(state)
    refused = undecidable(state, now)
    if refused:
        return [("", refused[1])], refused[0]
    read = unsealed(state, command)
    if isinstance(read, str):
        return [("", {"waiting": waiting(state)})], read
    return _decided(state, read)


def enclosed(state: LotState, refused: Said | None, bid: Bid, least: int) -> Outcome:
    """A readable envelope: its amount goes into the secret, only its paddle into the log."""
    if refused is None and bid.amount.minor < least:
        refused = "bid.too_low", {"minimum": state.terms.money(least).wire(), "seq": state.seq}
    return _put(state, refused, bid.paddle, bid.amount.minor, {})


def committed(state: LotState, command: Seal, now: datetime) -> Outcome:
    """An envelope that cannot be read here: the log keeps its commitment."""
    asking = Bid(command.paddle, state.terms.money(0), bar=command.bar, kind="sealed")
    said = {"commitment": command.commitment} if command.commitment else {}
    return _put(state, barred(state, asking, now, KINDS), command.paddle, None, said)


def _put(state: LotState, refused: Said | None, paddle: int | None, amount: int | None, also: Json) -> Outcome:
    """One envelope more; a paddle's first one is final, since a bid made is not withdrawn (拍卖法 36)."""
    handed_in = state.public.get("sealed", [])
    if refused is None and paddle in handed_in:
        refused = "bid.sealed_already", {}
    if refused:
        return [("", refused[1])], refused[0]
    public = {**state.public, "sealed": [*handed_in, paddle]}
    secret = {**state.secret, "sealed": [*state.secret.get("sealed", []), [paddle, amount]]}
    said: Said = ("sealed", {"paddle": paddle, **also})
    return [said], replace(state, bids=state.bids + 1, public=public, secret=secret)


def waiting(state: LotState) -> int:
    """How many envelopes only `Unseal` can open."""
    return sum(amount is None for _, amount in state.secret.get("sealed", []))


def unsealed(state: LotState, command: Close | Unseal) -> list[tuple[int, int | None]] | str:
    """Every envelope's paddle and amount in order of submission, None for one that holds no lawful bid; or a refusal's code."""
    kept: list[tuple[int, int | None]] = [(paddle, amount) for paddle, amount in state.secret.get("sealed", [])]
    if isinstance(command, Close):
        return "close.sealed" if waiting(state) else kept
    opened_now = dict(command.amounts)
    if set(opened_now) != {paddle for paddle, amount in kept if amount is None}:
        return "unseal.mismatch"
    return [(paddle, opened_now.get(paddle) if amount is None else amount) for paddle, amount in kept]


def revealed(state: LotState, read: list[tuple[int, int | None]]) -> Said:
    """The event that shows every envelope, in order of submission; an amount is null where none could be read."""
    money = state.terms.money
    bids = [{"paddle": paddle, "amount": None if amount is None else money(amount).wire()} for paddle, amount in read]
    return "unsealed", {"bids": bids}


def _decided(state: LotState, read: list[tuple[int, int | None]]) -> Outcome:
    """The highest lawful bid at or above starting price and reserve; the earlier of equal ones."""
    lawful = [(paddle, amount) for paddle, amount in read if amount is not None and amount >= state.terms.start]
    floor = max(state.terms.start, state.reserve or 0)
    winner, price = sealed_outcome(lawful, PRICING[state.terms.format], floor)
    end: Said = ("closed", {"ends_at": stamp(state.ends_at), "bids": state.bids, "bidders": len(read)})
    sold = state if winner is None else replace(state, price=price, leader=winner)
    last, phase = settled(sold, offered=bool(lawful), met=True, bidders=len(lawful))
    return [end, revealed(state, read), last], replace(sold if phase == SOLD else state, phase=phase)
