"""What Stripe says, as plain values: read by the gate, judged by the rules."""

from dataclasses import dataclass
from datetime import datetime

from market.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as it stands at Stripe: `state` is one of `rules.PAYMENT`; `received` and `fee` only once it is paid."""

    ref: str
    state: str
    session: str
    intent: str
    url: str
    received: Money | None
    fee: Money | None
    method: str
    paid_at: datetime | None
    live: bool


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund as it stands at Stripe: `state` is one of `rules.OUTGOING`."""

    ref: str
    id: str
    intent: str
    state: str
    amount: Money
    reason: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer to a connected account; it is made or it is not."""

    ref: str
    id: str
    account: str


@dataclass(frozen=True, slots=True)
class Onboarding:
    """A connected account, and whether it can be paid."""

    ref: str
    id: str
    ready: bool


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute as it stands at Stripe: `state` is one of `rules.DISPUTE`; `fee` is what Stripe takes for it."""

    id: str
    intent: str
    state: str
    reason: str
    amount: Money
    fee: Money


@dataclass(frozen=True, slots=True)
class Movement:
    """A balance transaction: `amount` in (out below zero) for the object `source`, and the fee on it.

    `ref` is what we asked for under, `intent` the payment it belongs to, `agency` whose own money a bank payout is; each is
    empty when the source does not say.
    """

    id: str
    kind: str
    source: str
    ref: str
    intent: str
    agency: str
    amount: Money
    fee: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """A webhook: that something of the `kind` happened to the object `about`; what it is now, we ask."""

    id: str
    kind: str
    about: str
    account: str
    live: bool
    intent: str
    sha256: str
