"""An allocation problem in numbers: offers packed into integers, and prices that bound what any allocation is worth."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auctions.rules.packages.bids import dominated
from auctions.rules.packages.types import Bid

ROUNDS = 250
FINE = 1 << 20  # the dearest offer is stretched to about this, so that integer prices can be fine


@dataclass(frozen=True, slots=True)
class Offer:
    """A bid in a problem: `takes` holds its units in the fields of the supply, `worth` what it adds to the total."""

    bid: Bid
    bidder: int
    takes: int
    items: int
    worth: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Offers, earliest first, over a supply packed into one integer: a field for each item, a guard bit above each field.

    Offers fit into `free` when `(free | guards) - takes` still has every guard bit.
    """

    names: tuple[str, ...]
    supply: tuple[int, ...]
    bidders: tuple[str, ...]
    offers: tuple[Offer, ...]
    shifts: tuple[int, ...]
    free: int
    guards: int


def problem(bids: Iterable[Bid], supply: Mapping[str, int], worths: Mapping[int, int] | None = None) -> Problem:
    """The problem of `bids` without those that nobody needs. `worths` (order -> total added) stands in for the values.

    A bid that adds nothing is left out.
    """
    counted = list(bids)
    gone = dominated(counted, supply) if worths is None else set[int]()
    worth = {bid.order: bid.value for bid in counted} if worths is None else worths
    kept = [bid for bid in counted if bid.order not in gone and worth[bid.order] > 0]
    kept.sort(key=lambda bid: bid.order)
    shifts, guards, free, at = [], 0, 0, 0
    for units in supply.values():
        shifts.append(at)
        free |= units << at
        guards |= 1 << (at + units.bit_length())
        at += units.bit_length() + 1
    place = {name: number for number, name in enumerate(supply)}
    who = {name: number for number, name in enumerate(dict.fromkeys(bid.bidder for bid in kept))}
    offers = tuple(
        Offer(
            bid=bid,
            bidder=who[bid.bidder],
            takes=sum(units << shifts[place[name]] for name, units in bid.bundle.items()),
            items=sum(1 << place[name] for name in bid.bundle),
            worth=worth[bid.order],
        )
        for bid in kept
    )
    return Problem(tuple(supply), tuple(supply.values()), tuple(who), offers, tuple(shifts), free, guards)


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of one unit of each item and of serving each bidder that no offer exceeds: every allocation is worth at most
    their sum over the supply and the bidders (`bound`). `scale` of these make one minor unit.

    `slack` is, for each offer, by how much its prices exceed its worth: an allocation with it is worth that much less than
    the bound at least.
    """

    items: tuple[int, ...]
    bidders: tuple[int, ...]
    slack: tuple[int, ...]
    bound: int
    scale: int


def priced(problem: Problem, items: Iterable[float], scale: int) -> Prices:
    """The prices of bidders and the bound that go with any non-negative prices of items (weak duality), exactly."""
    each = tuple(max(0, int(price)) for price in items)
    places = {name: number for number, name in enumerate(problem.names)}
    above = [0] * len(problem.bidders)
    over = []
    for offer in problem.offers:
        cost = sum(each[places[name]] * units for name, units in offer.bid.bundle.items())
        surplus = offer.worth * scale - cost
        over.append(surplus)
        above[offer.bidder] = max(above[offer.bidder], surplus)
    bound = sum(price * units for price, units in zip(each, problem.supply, strict=True)) + sum(above)
    slack = tuple(above[offer.bidder] - surplus for offer, surplus in zip(problem.offers, over, strict=True))
    return Prices(each, tuple(above), slack, bound, scale)


def good_prices(problem: Problem) -> Prices:
    """Prices with a low bound, by subgradient steps on the Lagrangian dual (Held and Karp): a heuristic whose result is exact."""
    dearest = max((offer.worth for offer in problem.offers), default=1)
    scale = max(1, FINE // dearest)
    places = {name: number for number, name in enumerate(problem.names)}
    wants = [[(places[name], units) for name, units in offer.bid.bundle.items()] for offer in problem.offers]
    worths = [float(offer.worth * scale) for offer in problem.offers]
    whose = [offer.bidder for offer in problem.offers]
    now = [0.0] * len(problem.supply)
    best, best_bound, step, stale = now, float("inf"), 1.0, 0
    for _ in range(ROUNDS):
        top: dict[int, tuple[float, int]] = {}
        for number, want in enumerate(wants):
            surplus = worths[number] - sum(now[item] * units for item, units in want)
            if surplus > 0 and surplus > top.get(whose[number], (0.0, 0))[0]:
                top[whose[number]] = surplus, number
        bound = sum(price * units for price, units in zip(now, problem.supply, strict=True))
        bound += sum(surplus for surplus, _ in top.values())
        stale = 0 if bound < best_bound * (1 - 1e-6) else stale + 1
        if bound < best_bound:
            best, best_bound = now, bound
        if stale >= 8:
            step, stale, now = step / 2, 0, best
        lack = [-float(units) for units in problem.supply]
        for _, number in top.values():
            for item, units in wants[number]:
                lack[item] += units
        lack = [amount if amount > 0 or price > 0 else 0.0 for amount, price in zip(lack, now, strict=True)]
        norm = sum(amount * amount for amount in lack)
        if not norm or step < 1e-4:
            break
        move = step * 0.1 * best_bound / norm
        now = [max(0.0, price + move * amount) for price, amount in zip(now, lack, strict=True)]
    return priced(problem, best, scale)
