"""A lot as every format of bidding sees it, and the one decision: commands in, events, answers and the state after out.

The server, the replay and the public verifier call the same `decide`. Each format is a module with one function,
`take(state, command, now)`, found by the name in the lot's terms (`FORMATS`). Amounts are integer minor units of the lot's
currency unless they are Money; spans are seconds; moments are aware.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib import import_module

from auctions.rules.chain import Event, Json, linked, unstamp
from market.kernel.money import Money

NOTICED, LIVE, EXTENDED, SUSPENDED = "noticed", "live", "extended", "suspended"
SOLD, PASSED_IN = "sold", "passed_in"
WITHDRAWN, ANNULLED = "withdrawn", "annulled"
BIDDING = frozenset({LIVE, EXTENDED})


@dataclass(frozen=True, slots=True)
class Terms:
    """What bidding does not change. `increments`: ascending (from, step) pairs, the step that holds from a price on.

    `format` names the module that decides; `params` are that format's own public terms. `priority_window_s`: for so long
    after the bidding holders of a priority right may match (and only then); 0 where they match during the bidding.
    """

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
    format: str = "english"
    params: Json = field(default_factory=dict)
    priority_match: bool = False
    priority_window_s: int = 0

    def step(self, price: int) -> int:
        """The increment that holds at `price`."""
        return next((step for since, step in reversed(self.increments) if since <= price), self.increments[0][1])

    @property
    def least_bidders(self) -> int:
        """How many must have bid for a sale; whoever takes a falling price is alone by nature."""
        return 1 if self.one_bidder_suffices or self.format in ("dutch", "hybrid") else 2

    def money(self, minor: int) -> Money:
        """`minor` units of the lot's currency."""
        return Money(minor, self.currency)


@dataclass(frozen=True, slots=True)
class LotState:
    """Where bidding stands: what its events add up to. `leader` is a paddle, `head` the last link of the chain.

    `reserve_met` is what the public was told, which the rule set may forbid. `public` is what a format adds for everybody;
    `secret` is what it must remember and nobody may see before the rules say so (proxy maxima, sealed amounts, the reserve):
    it is in the row, never in an event, a frame or a page.
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
    public: Json = field(default_factory=dict)
    secret: Json = field(default_factory=dict)

    @property
    def minimum(self) -> int:
        """The lowest amount the next bid may name: the starting price, then one step above the price."""
        return self.terms.start if self.price is None else self.price + self.terms.step(self.price)

    @property
    def step(self) -> int:
        """The increment that holds now."""
        return self.terms.step(self.terms.start if self.price is None else self.price)

    @property
    def most(self) -> int | None:
        """The most the leader would pay: a proxy's maximum, or the price."""
        most: int | None = self.secret.get("max", self.price)
        return most

    @property
    def reserve(self) -> int | None:
        """The reserve in minor units, where the notice or the opening put it into the secret."""
        reserve: int | None = self.secret.get("reserve")
        return reserve

    @property
    def hard_ends_at(self) -> datetime | None:
        """What bounds all extensions together: as announced, moved along by pauses and outages."""
        moved = self.public.get("hard_ends_at")
        return self.terms.hard_ends_at if moved is None else unstamp(moved)

    @property
    def paused(self) -> timedelta:
        """How long the bidding was held, all pauses together."""
        return timedelta(microseconds=self.public.get("paused_us", 0))

    @property
    def fallen(self) -> bool:
        """Whether the hammer fell, or a price was taken: no bid counts any more, only the closing is missing."""
        return "fallen" in self.public


@dataclass(frozen=True, slots=True)
class Open:
    """Start the bidding. `reserve` in minor units goes into the state's secret; None when there is none or it is there."""

    reserve: int | None = None


@dataclass(frozen=True, slots=True)
class Bid:
    """Paddle `paddle` offers `amount`; `bar` is the code of what keeps this bidder from bidding, or empty.

    `kind` says what the amount is: "exact" the very price offered, "proxy" the most the bidder would pay, "floor" an exact
    bid called in the room, "sealed" a price in an envelope, "accept" the falling price as the bidder saw it, "best" the
    final offer of a hybrid's first taker, "units" the price of each of `units` licences. `priority` is the bidder's rank
    among those who may take the lot at the same price (1 is first), None without such a right. `meets_reserve` is looked
    up outside, where the reserve is (拍卖法 28), and only read where the secret does not hold the reserve. `halted` is why a
    lot that is due to open does not, or empty.
    """

    paddle: int | None
    amount: Money
    bar: str = ""
    meets_reserve: bool = False
    kind: str = "exact"
    units: int = 1
    priority: int | None = None
    halted: str = ""


@dataclass(frozen=True, slots=True)
class Close:
    """End the bidding: whether there is no reserve or it was met, and how many bidders made an accepted bid.

    `matchable`: whether somebody has a priority right that beats the leader's, and may still match where a window is kept.
    """

    reserve_met: bool
    bidders: int
    matchable: bool = False


@dataclass(frozen=True, slots=True)
class Seal:
    """An envelope nobody here can read: `commitment` is the SHA-256 of what the paddle handed in. See `Bid` for `bar`."""

    paddle: int | None
    commitment: str
    bar: str = ""


@dataclass(frozen=True, slots=True)
class Unseal:
    """The envelopes opened after the end: (paddle, amount) of each, minor units; None for one that could not be read."""

    amounts: tuple[tuple[int, int | None], ...]


@dataclass(frozen=True, slots=True)
class Award:
    """What the allocation of package bids makes of a lot: a paddle and its price, or None for both; `bids` and `bidders` of
    the packages with the lot in them, and the hash of the published allocation."""

    paddle: int | None
    price: int | None
    bids: int
    bidders: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Warn:
    """The auctioneer's fair warning: 1, then 2, before the hammer."""

    count: int


@dataclass(frozen=True, slots=True)
class Hammer:
    """The hammer falls on the price at `seen_seq`, the last event the auctioneer saw; a later bid wins over it."""

    seen_seq: int


@dataclass(frozen=True, slots=True)
class PassIn:
    """The auctioneer stops a lot without a bid or below its reserve (拍卖法 50)."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """Another operator takes the console, by an alias that is no name."""

    operator: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Words for the whole room."""

    text: str


@dataclass(frozen=True, slots=True)
class Suspend:
    """Hold the lot: no bid and no closing, and the time stands still (法释〔2016〕18号 28 wants the reason published)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on after a pause, until `ends_at`, which is never earlier than before."""

    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ExtendForOutage:
    """Move the end because bids could not be taken for `gap_s` seconds before it."""

    gap_s: int
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ExtendTogether:
    """Move the end to `ends_at`, at most the lot's own hard end, because a bid on `lot` of the same group moved that one's."""

    lot: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take the lot back before its bidding starts (拍卖法 29)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Annul:
    """Declare the bidding void (法释〔2016〕18号 31; 拍卖法 37)."""

    reason: str


# What any lot can be told, however one bids for it.
Control = HandOver | Notice | Suspend | Resume | ExtendForOutage | ExtendTogether | Withdraw | Annul
Command = Open | Bid | Close | Seal | Unseal | Award | Warn | Hammer | PassIn | Control


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one command: the number of its event, or the code and facts of the refusal.

    A command that took effect without a public event (a leader raising its own maximum) has neither number nor code.
    """

    seq: int | None
    code: str
    facts: Json

    @property
    def accepted(self) -> bool:
        """Whether the command took effect."""
        return not self.code


@dataclass(frozen=True, slots=True)
class Decision:
    """The events to append, one answer a command, and the state after."""

    events: list[Event]
    answers: list[Answer]
    state: LotState


Said = tuple[str, Json]
# Events and the state after; or the refusal's facts, under no kind, and its code.
Outcome = tuple[list[Said], LotState | str]
Take = Callable[[LotState, Command, datetime], Outcome]

FORMATS: Mapping[str, str] = {
    "english": "auctions.rules.english",
    "free_then_timed": "auctions.rules.timed",
    "auctioneer": "auctions.rules.auctioneer",
    "sealed_first": "auctions.rules.sealed",
    "sealed_second": "auctions.rules.sealed",
    "envelope": "auctions.rules.sealing",
    "dutch": "auctions.rules.dutch",
    "hybrid": "auctions.rules.hybrid",
    "uniform": "auctions.rules.uniform",
    "package": "auctions.rules.package",
}
CONTROL = "auctions.rules.control"


def decide(state: LotState, commands: Sequence[Command], now: datetime) -> Decision:
    """Decide `commands` in order at the moment `now` (the database's, read after the lock); a refusal is an answer.

    A bid counts if it is decided before the end, and the end itself is closed. A refused bid changes nothing; an
    accepted one is never withdrawn, only superseded (拍卖法 36). An answer's number is that of the command's own event,
    not of one that a standing maximum put beside it.
    """
    bidding: Take = import_module(FORMATS[state.terms.format]).take
    control: Take = import_module(CONTROL).take
    events: list[Event] = []
    answers: list[Answer] = []
    for command in commands:
        said, after = (control if isinstance(command, Control) else bidding)(state, command, now)
        if isinstance(after, str):
            answers.append(Answer(None, after, said[0][1]))
            continue
        own = (place for place, (_, payload) in enumerate(said, state.seq + 1) if "auto" not in payload)
        answers.append(Answer(next(own, None), "", {}))
        seq, head = state.seq, state.head
        for kind, payload in said:
            event = linked(state.terms.lot, seq=seq + 1, kind=kind, at=now, payload=payload, prev=head)
            events.append(event)
            seq, head = event.seq, event.hash
        state = replace(after, seq=seq, head=head)
    return Decision(events, answers, state)
