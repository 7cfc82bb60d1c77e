"""The ascending auction with soft close: one pure decision, used by the server, the replay and the verifier alike.

Amounts are integer minor units of the lot's currency unless they are Money; spans are seconds; moments are aware.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from auctions.rules.chain import Event, Json, linked, stamp
from market.kernel.money import Money

NOTICED, LIVE, EXTENDED, SUSPENDED = "noticed", "live", "extended", "suspended"
SOLD, PASSED_IN = "sold", "passed_in"
BIDDING = frozenset({LIVE, EXTENDED})


@dataclass(frozen=True, slots=True)
class Terms:
    """What bidding does not change. `increments`: ascending (from, step) pairs, the step that holds from a price on."""

    lot: str
    currency: str
    start: int
    increments: tuple[tuple[int, int], ...]
    opens_at: datetime
    hard_ends_at: datetime | None
    has_reserve: bool
    show_reserve_met: bool
    ruleset: str
    extension_window_s: int
    one_bidder_suffices: bool
    leader_may_raise: bool

    def step(self, price: int) -> int:
        """The increment that holds at `price`."""
        return next((step for since, step in reversed(self.increments) if since <= price), self.increments[0][1])

    def money(self, minor: int) -> Money:
        """`minor` units of the lot's currency."""
        return Money(minor, self.currency)


@dataclass(frozen=True, slots=True)
class LotState:
    """Where bidding stands: what its events add up to. `leader` is a paddle, `head` the last link of the chain.

    `reserve_met` is what the public was told, which the rule set may forbid; the reserve itself never comes here.
    """

    terms: Terms
    phase: str
    ends_at: datetime
    seq: int = 0
    head: str = ""
    price: int | None = None
    leader: int | None = None
    bids: int = 0
    extensions: int = 0
    reserve_met: bool = False

    @property
    def minimum(self) -> int:
        """The lowest amount the next bid may name: the starting price, then one step above the price."""
        return self.terms.start if self.price is None else self.price + self.terms.step(self.price)

    @property
    def step(self) -> int:
        """The increment that holds now."""
        return self.terms.step(self.terms.start if self.price is None else self.price)


@dataclass(frozen=True, slots=True)
class Open:
    """Start the bidding."""


@dataclass(frozen=True, slots=True)
class Bid:
    """Paddle `paddle` offers `amount`; `bar` is the code of what keeps this bidder from bidding, or empty.

    `meets_reserve` is looked up outside, where the reserve is (拍卖法 28).
    """

    paddle: int | None
    amount: Money
    bar: str = ""
    meets_reserve: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """End the bidding: whether there is no reserve or it was met, and how many bidders made an accepted bid."""

    reserve_met: bool
    bidders: int


Command = Open | Bid | Close


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one command: the number of its event, or the code and facts of the refusal."""

    seq: int | None
    code: str
    facts: Json

    @property
    def accepted(self) -> bool:
        """Whether the command took effect."""
        return self.seq is not None


@dataclass(frozen=True, slots=True)
class Decision:
    """The events to append, one answer a command, and the state after."""

    events: list[Event]
    answers: list[Answer]
    state: LotState


Said = tuple[str, Json]


def decide(state: LotState, commands: Sequence[Command], now: datetime) -> Decision:
    """Decide `commands` in order at the moment `now` (the database's, read after the lock); a refusal is an answer.

    A bid counts if it is decided before the end, and the end itself is closed. A refused bid changes nothing; an
    accepted one is never withdrawn, only superseded (拍卖法 36).
    """
    events: list[Event] = []
    answers: list[Answer] = []
    for command in commands:
        said, after = _take(state, command, now)
        if isinstance(after, str):
            answers.append(Answer(None, after, said[0][1]))
            continue
        answers.append(Answer(state.seq + 1, "", {}))
        seq, head = state.seq, state.head
        for kind, payload in said:
            event = linked(state.terms.lot, seq=seq + 1, kind=kind, at=now, payload=payload, prev=head)
            events.append(event)
            seq, head = event.seq, event.hash
        state = replace(after, seq=seq, head=head)
    return Decision(events, answers, state)


def _take(state: LotState, command: Command, now: datetime) -> tuple[list[Said], LotState | str]:
    """What one command makes of the state: events and the state after, or the refusal's facts and its code."""
    if isinstance(command, Open):
        return _open(state, now)
    if isinstance(command, Bid):
        return _bid(state, command, now)
    return _close(state, command, now)


def _open(state: LotState, now: datetime) -> tuple[list[Said], LotState | str]:
    """Open on time; a lot whose whole time passed while nobody could open it is held for the agency to decide."""
    if state.phase != NOTICED or now < state.terms.opens_at:
        return [("", {"opens_at": stamp(state.terms.opens_at)})], "bid.not_open"
    opened: Said = ("opened", opening(state))
    if now >= state.ends_at:
        return [opened, ("held", {"reason": "opened_too_late"})], replace(state, phase=SUSPENDED)
    return [opened], replace(state, phase=LIVE)


def opening(state: LotState) -> Json:
    """The first event's payload: everything a stranger needs to decide the rest again."""
    terms = state.terms
    return {
        "currency": terms.currency,
        "start": terms.money(terms.start).wire(),
        "increments": [[terms.money(since).wire(), terms.money(step).wire()] for since, step in terms.increments],
        "opens_at": stamp(terms.opens_at),
        "ends_at": stamp(state.ends_at),
        "hard_ends_at": stamp(terms.hard_ends_at) if terms.hard_ends_at else None,
        "has_reserve": terms.has_reserve,
        "show_reserve_met": terms.show_reserve_met,
        "ruleset": terms.ruleset,
        "extension_window_s": terms.extension_window_s,
        "one_bidder_suffices": terms.one_bidder_suffices,
        "leader_may_raise": terms.leader_may_raise,
    }


def _bid(state: LotState, bid: Bid, now: datetime) -> tuple[list[Said], LotState | str]:
    refused = refusal(state, bid, now)
    if refused:
        code, facts = refused
        return [("", facts)], code
    said: list[Said] = [("bid", {"paddle": bid.paddle, "amount": bid.amount.wire()})]
    after = replace(state, price=bid.amount.minor, leader=bid.paddle, bids=state.bids + 1)
    if bid.meets_reserve and state.terms.has_reserve and state.terms.show_reserve_met and not state.reserve_met:
        said.append(("reserve_met", {}))
        after = replace(after, reserve_met=True)
    ends_at = extended(state, bid, now)
    if ends_at > state.ends_at:
        count = state.extensions + 1
        said.append(("extended", {"ends_at": stamp(ends_at), "count": count}))
        after = replace(after, ends_at=ends_at, extensions=count, phase=EXTENDED)
    return said, after


def extended(state: LotState, bid: Bid, now: datetime) -> datetime:
    """The end after an accepted bid: bid time + window (法释〔2016〕18号 20), at most the hard end.

    Never earlier than it was; a leader's own raise does not extend.
    """
    if bid.paddle == state.leader:
        return state.ends_at
    moved = now + timedelta(seconds=state.terms.extension_window_s)
    if state.terms.hard_ends_at is not None:
        moved = min(moved, state.terms.hard_ends_at)
    return max(state.ends_at, moved)


def refusal(state: LotState, bid: Bid, now: datetime) -> Said | None:
    """Why the bid cannot be accepted at `now`: a stable code with the facts that tell how to go on; None if it can."""
    terms = state.terms
    if state.phase == SUSPENDED:
        return "bid.suspended", {}
    if state.phase == NOTICED:
        return "bid.not_open", {"opens_at": stamp(terms.opens_at)}
    if state.phase not in BIDDING or now >= state.ends_at:
        return "bid.lot_closed", {"ended_at": stamp(state.ends_at), "seq": state.seq}
    if bid.bar:
        return bid.bar, {}
    if bid.amount.currency != terms.currency:
        return "bid.currency", {"currency": terms.currency}
    if bid.paddle == state.leader and not terms.leader_may_raise:
        return "bid.self", {"price": terms.money(state.price or 0).wire()}
    least = state.minimum
    if bid.amount.minor < least:
        return "bid.too_low", {"minimum": terms.money(least).wire(), "seq": state.seq}
    over = (bid.amount.minor - least) % state.step
    if over:
        below = bid.amount.minor - over
        return "bid.off_grid", {"below": terms.money(below).wire(), "above": terms.money(below + state.step).wire()}
    return None


def _close(state: LotState, close: Close, now: datetime) -> tuple[list[Said], LotState | str]:
    """Sold if there is a leader, the reserve is met (拍卖法 50) and, where two must bid, two did; else passed in."""
    if state.phase not in BIDDING or now < state.ends_at:
        return [("", {"ends_at": stamp(state.ends_at)})], "close.not_due"
    closed: Said = ("closed", {"ends_at": stamp(state.ends_at), "bids": state.bids, "bidders": close.bidders})
    if state.price is None:
        reason = "no_bids"
    elif not close.reserve_met:
        reason = "below_reserve"
    elif close.bidders < 2 and not state.terms.one_bidder_suffices:
        reason = "one_bidder"
    else:
        sold: Said = ("sold", {"paddle": state.leader, "price": state.terms.money(state.price).wire()})
        return [closed, sold], replace(state, phase=SOLD)
    return [closed, ("passed_in", {"reason": reason})], replace(state, phase=PASSED_IN)
