"""How one negotiates: rule sets as data, what each side may do now, and what changed between two versions.

An offer binds whoever made it from the moment the other side has seen it until its clock runs out (民法典 472, 474, 476).
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any

from market.kernel.errors import Conflict, Refused
from market.kernel.money import Money

BUYER, SELLER = "buyer", "seller"
OTHER = {BUYER: SELLER, SELLER: BUYER}
OPEN = "open"
LICENCE = "licence"  # the mode of a listing whose offers may name no sum
ACCEPT, COUNTER, DECLINE, CHANGE, WITHDRAW = VERBS = ("accept", "counter", "decline", "change", "withdraw")


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What a negotiation obeys, copied into it when it begins.

    `rounds` are the offers of both sides together, `valid_h` the periods in hours an offer may name for its acceptance.
    `tries`: how many negotiations a buyer may begin about a listing in `tries_days`. `at_asking`: nothing but the asking
    price is taken. `floor`: the seller's floor declines at once. `revocable`: an offer names no period for acceptance and
    may be taken back until it is accepted (民法典 476, 477); otherwise only before the other side has seen it (475, 141).
    `span_h`: how long a private round lasts; 0 where there is none.
    """

    name: str
    version: str
    rounds: int
    valid_h: tuple[int, ...]
    tries: int
    tries_days: int
    at_asking: bool = False
    floor: bool = False
    revocable: bool = False
    span_h: int = 0

    def as_data(self) -> dict[str, Any]:
        """The rule set as the JSON a negotiation keeps."""
        return asdict(self) | {"valid_h": list(self.valid_h)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "RuleSet":
        """The rule set back from its JSON, whenever it was stored."""
        known = {one.name for one in fields(cls)}
        stored = {name: value for name, value in data.items() if name in known}
        return cls(**(stored | {"valid_h": tuple(stored["valid_h"])}))


NEGOTIATED = RuleSet("negotiated", "1", rounds=8, valid_h=(72, 24, 168, 336), tries=3, tries_days=30, floor=True)
FIXED = RuleSet("fixed_price", "1", rounds=1, valid_h=(72,), tries=10, tries_days=30, at_asking=True, revocable=True)
PRIVATE_ROUND = RuleSet("private_round", "1", rounds=4, valid_h=(24, 48, 72), tries=2, tries_days=30, span_h=72)
PRESETS = {rules.name: rules for rules in (NEGOTIATED, FIXED, PRIVATE_ROUND)}
_BY_PRICING = {"negotiable": NEGOTIATED, "fixed": FIXED}


def rules_for(pricing: str, *, invited: bool) -> RuleSet:
    """The rule set for offers on a listing so priced. What is sold by auction takes none but those of bidders `invited` to
    the private round after it was passed in. Refused `offer.by_auction`."""
    if pricing in _BY_PRICING:
        return _BY_PRICING[pricing]
    if not invited:
        raise Refused("offer.by_auction")
    return PRIVATE_ROUND


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a negotiation stands: its state, and of the offer that counts the side that made it, its number among the
    rounds, whether the other side has seen it, its hash and its end."""

    state: str
    side: str
    number: int
    seen: bool
    sha256: str
    expires_at: datetime


def refusal(verb: str, standing: Standing, rules: RuleSet, side: str, now: datetime) -> str:
    """Why `side` may not do `verb` now, as a refusal's code; "" when it may."""
    if standing.state != OPEN:
        return "offer.over"
    if now >= standing.expires_at:
        return "offer.expired"
    if (standing.side == side) is not (verb in (CHANGE, WITHDRAW)):
        return "offer.not_yours" if verb in (CHANGE, WITHDRAW) else "offer.their_turn"
    if verb == COUNTER and standing.number >= rules.rounds:
        return "offer.rounds"
    if standing.seen and (verb == CHANGE or (verb == WITHDRAW and not rules.revocable)):
        return "offer.seen"
    return ""


def check(verb: str, standing: Standing, rules: RuleSet, side: str, now: datetime, seen: str = "") -> None:
    """Refused as `refusal` says; Conflict `offer.changed` when an answer is to another version than the one that stands,
    whose hash `seen` is what the person read."""
    if code := refusal(verb, standing, rules, side, now):
        raise Refused(code, rounds=rules.rounds)
    if verb in (ACCEPT, COUNTER, DECLINE) and seen != standing.sha256:
        raise Conflict("offer.changed")


def verbs(standing: Standing, rules: RuleSet, side: str, now: datetime) -> list[str]:
    """What `side` may do now."""
    return [verb for verb in VERBS if not refusal(verb, standing, rules, side, now)]


def check_first(
    rules: RuleSet, amount: Money, *, asking: Money | None, declined: Collection[Money], tries: int
) -> None:
    """Whether a buyer may begin a negotiation with `amount`, after `tries` in the last days of which offers of `declined`
    came to nothing.

    Refused `offer.asking` for another sum where only the asking price is taken, `offer.tries`, `offer.not_higher` unless
    it is more than what the seller declined before, or no sum at all: royalties alone are compared by nobody.
    """
    if rules.at_asking and amount != asking:
        raise Refused("offer.asking", asking=asking)
    if tries >= rules.tries:
        raise Refused("offer.tries", tries=rules.tries, days=rules.tries_days)
    highest = max(declined, default=None)
    if highest is not None and amount and amount <= highest and not rules.at_asking:
        raise Refused("offer.not_higher", highest=highest)


def check_amount(amount: Money, mode: str) -> None:
    """Refused `offer.nothing` for no sum, unless what is offered is a licence, which royalties alone may pay for (民法典 846)."""
    if not amount and mode != LICENCE:
        raise Refused("offer.nothing")


def check_next(verb: str, rules: RuleSet, side: str, amount: Money, terms: Any, before: tuple[Money, Any]) -> None:
    """Whether `amount` and `terms` may follow the standing offer (`before`).

    Refused `offer.currency`, `offer.same` for a counter-offer that is an acceptance or a change of nothing,
    `offer.not_lower` for a buyer who lowers an offer nobody has seen, which would feel for the seller's floor.
    """
    if amount.currency != before[0].currency:
        raise Refused("offer.currency", currency=before[0].currency)
    if (amount, terms) == before:
        raise Refused("offer.same")
    if verb == CHANGE and side == BUYER and amount < before[0]:
        raise Refused("offer.not_lower", amount=before[0])


def check_valid(rules: RuleSet, hours: int) -> None:
    """Refused `offer.validity` for a period the rule set does not know."""
    if hours not in rules.valid_h:
        raise Refused("offer.validity")


def is_below(floor: Money | None, amount: Money, rules: RuleSet) -> bool:
    """Whether the seller's floor declines the amount at once."""
    return rules.floor and floor is not None and amount < floor


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of the content with sorted keys."""
    return sha256(json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions: the place ("payments.0.rate"), what stood there and what stands there now; None
    where there was or is nothing."""

    place: str
    before: Any
    after: Any


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Every difference between two documents, place by place in the order of the later one, what is gone at the end."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    changed = [Change(place, old.get(place), value) for place, value in new.items() if old.get(place) != value]
    return changed + [Change(place, value, None) for place, value in old.items() if place not in new]


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """What the document says, place by place; a sum with its currency is one thing, and so is an empty list."""
    inner: Iterator[tuple[Any, Any]] | None = None
    if isinstance(value, Mapping) and set(value) != {"amount", "currency"}:
        inner = iter(value.items())
    elif isinstance(value, list) and value:
        inner = iter(enumerate(value))
    if inner is None:
        yield place, value
        return
    for key, one in inner:
        yield from _leaves(one, f"{place}.{key}" if place else str(key))
