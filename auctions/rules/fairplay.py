"""Signs of shill bidding and collusion at a closed lot (拍卖法 22, 30, 37): named, explained by facts, never proof.

Pure functions over the accepted bids and what is known of the parties. They judge no bid and stop none: what they find
may hold the settlement until two people have looked at it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from auctions.rules.chain import Json

LOW, MEDIUM, HIGH = "low", "medium", "high"
POINTS: Mapping[str, int] = {LOW: 1, MEDIUM: 2, HIGH: 4}
REVIEW_AT = 4  # points: one strong sign, or two of middling weight

BIDDER, SELLER, AGENCY = "bidder", "seller", "agency"

LATE = timedelta(hours=24)  # before registration closes
LATE_CLUSTER = 3  # registrations from one network
JUMP_STEPS = 10  # a bid so many increments above the least is a jump
LADDER = 8  # bids in a row by the same two, each the least possible
FAST = timedelta(seconds=3)
FED_LOTS, FED_SECOND = 3, 2  # lots of one seller bid on and lost, of which runner-up
FED_LOTS_MANY, FED_SECOND_MANY = 5, 4


@dataclass(frozen=True, slots=True)
class Raise:
    """An accepted bid: its paddle, its amount and the least it could have been (minor units), the step then, and when."""

    paddle: int
    amount: int
    least: int
    step: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """A party at the lot, in a `role`; `people` are the ids of its members, networks and devices are keyed digests."""

    code: str
    role: str
    paddle: int | None = None
    people: frozenset[int] = frozenset()
    bank: str = ""
    phone: str = ""
    address: str = ""
    networks: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    applied_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What a bidder did at the same seller's earlier lots, and how many purchases it did not complete anywhere."""

    bid_on: int = 0
    won: int = 0
    second: int = 0
    defaults: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """A closed lot: its accepted bids in order, the registered parties, seller and agency, and each bidder's past."""

    raises: Sequence[Raise]
    parties: Sequence[Person]
    register_until: datetime
    winner: int | None = None
    defaulted: bool = False
    past: Mapping[str, Past] = field(default_factory=dict)

    @property
    def bidding(self) -> list[Person]:
        """The bidders whose bids count."""
        paddles = {one.paddle for one in self.raises}
        return [party for party in self.parties if party.role == BIDDER and party.paddle in paddles]

    @property
    def hosts(self) -> list[Person]:
        """The seller's and the agency's side."""
        return [party for party in self.parties if party.role != BIDDER]


@dataclass(frozen=True, slots=True)
class Finding:
    """One sign: its name, how strong it is, and the facts it rests on (paddles, sides, counts; never a secret amount)."""

    name: str
    band: str
    facts: Json

    def as_data(self) -> Json:
        """The finding as the JSON a review keeps."""
        return {"name": self.name, "band": self.band, "facts": self.facts}


def examine(scene: Scene) -> list[Finding]:
    """Every sign at the lot, the strongest first; the same whatever order the parties come in."""
    found = [finding for signal in SIGNALS for finding in signal(scene)]
    return sorted(found, key=lambda one: (-POINTS[one.band], one.name, str(one.facts)))


def points(found: Iterable[Finding]) -> int:
    """How much the signs weigh together."""
    return sum(POINTS[one.band] for one in found)


def asks_review(found: Iterable[Finding]) -> bool:
    """Whether two people should look before the money is shared out."""
    return points(found) >= REVIEW_AT


def ties(scene: Scene) -> list[Finding]:
    """What two bidders, or a bidder and the seller's or agency's side, have in common.

    Among bidders a shared person, account or device is a strong sign, a telephone, address or network a middling one (a
    campus is one network); with the seller or the agency every tie but the network is strong.
    """
    found = []
    for name, strong, marks in _MARKS:
        together: dict[str, list[Person]] = defaultdict(list)
        for party in [*scene.bidding, *scene.hosts]:
            for mark in marks(party):
                together[mark].append(party)
        groups = {frozenset(party.code for party in group): group for group in together.values()}
        for group in groups.values():
            bidders = sorted(party.paddle for party in group if party.paddle is not None)
            sides = sorted(party.role for party in group if party.role != BIDDER)
            if not bidders or len(bidders) + len(sides) < 2:
                continue
            band = HIGH if strong or (sides and name != "one_network") else MEDIUM
            found.append(Finding(name, band, {"paddles": bidders, "sides": sides}))
    return found


_MARKS: tuple[tuple[str, bool, Callable[[Person], Iterable[str]]], ...] = (
    ("one_person", True, lambda party: map(str, party.people)),
    ("one_account", True, lambda party: filter(None, [party.bank])),
    ("one_device", True, lambda party: party.devices),
    ("one_phone", False, lambda party: filter(None, [party.phone])),
    ("one_address", False, lambda party: filter(None, [party.address])),
    ("one_network", False, lambda party: party.networks),
)


def late_cluster(scene: Scene) -> list[Finding]:
    """Several parties registered from one network in the last day of registration."""
    late: dict[str, set[int]] = defaultdict(set)
    for party in scene.parties:
        if party.role != BIDDER or party.paddle is None or party.applied_at is None:
            continue
        if party.applied_at >= scene.register_until - LATE:
            for network in party.networks:
                late[network].add(party.paddle)
    groups = {tuple(sorted(paddles)) for paddles in late.values() if len(paddles) >= LATE_CLUSTER}
    return [Finding("late_cluster", MEDIUM, {"paddles": list(paddles), "sides": []}) for paddles in sorted(groups)]


def never_wins(scene: Scene) -> list[Finding]:
    """A bidder drives up the prices of one seller again and again, and never wins."""
    found = []
    for party in scene.bidding:
        past = scene.past.get(party.code, Past())
        if past.won or party.paddle == scene.winner or past.bid_on < FED_LOTS or past.second < FED_SECOND:
            continue
        many = past.bid_on >= FED_LOTS_MANY and past.second >= FED_SECOND_MANY
        facts = {"paddles": [party.paddle], "sides": [], "lots": past.bid_on, "second": past.second}
        found.append(Finding("never_wins", HIGH if many else MEDIUM, facts))
    return found


def jump_default(scene: Scene) -> list[Finding]:
    """Bids far above the increments, from somebody who does not pay: now, or at an earlier purchase."""
    jumps: dict[int, int] = defaultdict(int)
    for one in scene.raises:
        if one.amount - one.least >= JUMP_STEPS * one.step:
            jumps[one.paddle] += 1
    found = []
    for party in scene.bidding:
        times = jumps.get(party.paddle or 0, 0)
        defaults = scene.past.get(party.code, Past()).defaults
        defaults += scene.defaulted and party.paddle == scene.winner
        if times and defaults:
            facts = {"paddles": [party.paddle], "sides": [], "jumps": times, "defaults": defaults}
            found.append(Finding("jump_default", HIGH, facts))
    return found


def pair_ladder(scene: Scene) -> list[Finding]:
    """Two paddles take turns by the least step, many times in a row with nobody else; in a machine's rhythm it weighs more.

    Alone it is how two honest rivals bid: a weak sign.
    """
    longest: list[Raise] = []
    run: list[Raise] = []
    for one in scene.raises:
        fits = one.amount == one.least and (len(run) < 2 or one.paddle == run[-2].paddle)
        if run and (not fits or one.paddle == run[-1].paddle):
            run = run[-1:] if one.amount == one.least and one.paddle != run[-1].paddle else []
        run.append(one)
        longest = max(longest, run, key=len).copy()
    if len(longest) < LADDER:
        return []
    pause = median((after.at - before.at).total_seconds() for before, after in pairwise(longest))
    facts = {
        "paddles": sorted({one.paddle for one in longest}),
        "sides": [],
        "bids": len(longest),
        "seconds": round(pause),
    }
    return [Finding("pair_ladder", MEDIUM if pause <= FAST.total_seconds() else LOW, facts)]


SIGNALS: tuple[Callable[[Scene], list[Finding]], ...] = (ties, late_cluster, never_wins, jump_default, pair_ladder)
