"""A bid on its way through the engine: what is offered, and what became of it."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from auctions.rules.chain import Json
from auctions.rules.receipts import Place
from market.kernel.errors import Refused
from market.kernel.money import Money

Name = tuple[int, int, UUID]  # lot, bidder, key: two offers of one name are the same bid sent twice


@dataclass(frozen=True, slots=True)
class Offer:
    """A bid as it waits to be decided: what `kind` its amount is, see `rules.lot.Bid`. Refused `amount.range` for nothing.

    `received_at` and `seen_seq`, the state the bidder looked at, are kept for disputes and decide nothing.
    """

    lot_id: int
    bidder_id: int
    key: UUID
    amount: Money
    received_at: datetime
    seen_seq: int | None = None
    kind: str = "exact"
    units: int = 1

    def __post_init__(self) -> None:
        if self.amount.minor <= 0:
            raise Refused("amount.range")

    @property
    def name(self) -> Name:
        """What it has in common with its own repetition."""
        return self.lot_id, self.bidder_id, self.key

    @property
    def whose(self) -> int:
        """Of whom only so many may wait."""
        return self.bidder_id


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a bid: accepted under `seq` at the moment `at`, or refused with a code and the facts to go on.

    A leader who raised its own maximum has neither number nor code. `place` is where an accepted bid stands in the chain,
    for its receipt; `expired` says that the bid came to a lot whose end had passed and that nobody had closed. Whoever took
    a falling price was told in `facts` which one (`price`): it may have fallen below `amount`.
    """

    key: UUID
    amount: Money
    at: datetime
    seq: int | None
    code: str
    facts: Json
    place: Place | None = field(default=None, compare=False)  # asked again, the same bid stands below a later head
    expired: bool = field(default=False, compare=False)
    kind: str = "exact"
    units: int = 1

    @property
    def accepted(self) -> bool:
        """Whether the bid counts."""
        return not self.code

    @property
    def binding(self) -> Money:
        """What an accepted bid binds its bidder to: the amount, or the falling price that was taken."""
        return binding(self.amount, self.facts)

    def again(self, offer: Offer) -> "Answer":
        """The answer to the same key once more: the same, or `bid.key_reused` when it now stands for another offer."""
        if (offer.amount, offer.kind, offer.units) == (self.amount, self.kind, self.units):
            return self
        facts = {"amount": self.amount.wire()}
        return Answer(
            self.key, offer.amount, self.at, None, "bid.key_reused", facts, kind=offer.kind, units=offer.units
        )


def binding(amount: Money, facts: Json) -> Money:
    """`Answer.binding` of an accepted bid as it is stored."""
    return Money.from_wire(facts["price"]) if "price" in facts else amount
