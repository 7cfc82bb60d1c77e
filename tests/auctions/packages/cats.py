"""Made-up package auctions of known kinds, after the Combinatorial Auction Test Suite (Leyton-Brown, Pearson, Shoham 2000).

Values are minor units (fen). Every kind takes its dice, so that a seed is an instance.
"""

import random

from auctions.rules.packages import Bid, Instance, Item


def _instance(lots: int, made: list[tuple[str, frozenset[int], float]]) -> Instance:
    bids = tuple(
        Bid(bidder, {f"L{lot}": 1 for lot in sorted(bundle)}, max(1, round(value * 100)), order)
        for order, (bidder, bundle, value) in enumerate(made)
    )
    return Instance(tuple(Item(f"L{lot}") for lot in range(lots)), bids)


def _around(lots: int) -> dict[int, list[int]]:
    """Which lots of a near-square grid touch each other."""
    wide = max(1, round(lots**0.5))
    near: dict[int, list[int]] = {lot: [] for lot in range(lots)}
    for lot in range(lots):
        steps = ([1] if lot % wide + 1 < wide else []) + [wide]
        for other in (lot + step for step in steps):
            if other < lots:
                near[lot].append(other)
                near[other].append(lot)
    return near


def regions(lots: int, bids: int, dice: random.Random, *, touching: bool = True, more: float = 0.9) -> Instance:
    """Neighbouring lots, worth more together, each bidder with one bundle and substitutes for it (CATS `regions`).

    `more` is the chance that a bundle grows by one more lot: 0.9 (as CATS has it) makes ten lots on average, 0.7 three.
    """
    near = _around(lots)
    common = [dice.uniform(1, 100) for _ in range(lots)]
    made: list[tuple[str, frozenset[int], float]] = []
    seen: set[tuple[str, frozenset[int]]] = set()
    number = 0
    while len(made) < bids:
        number += 1
        taste = [dice.uniform(-0.5, 0.5) for _ in range(lots)]
        private = [value * (1 + tilt) for value, tilt in zip(common, taste, strict=True)]
        weights = [tilt + 0.5 for tilt in taste]
        first = dice.choices(range(lots), weights)[0]
        wanted = [_grown(first, near if touching else None, weights, dice, more=more)]
        budget = 1.5 * sum(private[lot] for lot in wanted[0])
        for lot in list(wanted[0])[:4]:
            other = _grown(lot, near if touching else None, weights, dice, size=len(wanted[0]))
            if _worth(other, private) <= budget:
                wanted.append(other)
        for bundle in wanted:
            key = (f"B{number}", bundle)
            if key not in seen and len(made) < bids:
                seen.add(key)
                made.append((*key, _worth(bundle, private)))
    return _instance(lots, made)


def _grown(
    first: int,
    near: dict[int, list[int]] | None,
    weights: list[float],
    dice: random.Random,
    *,
    size: int = 0,
    more: float = 0.9,
) -> frozenset[int]:
    bundle = {first}
    while len(bundle) < size if size else dice.random() < more:
        edge = sorted({other for lot in bundle for other in near[lot]} - bundle) if near else []
        edge = edge or sorted(set(range(len(weights))) - bundle)
        if not edge or len(bundle) > 12:
            break
        bundle.add(dice.choices(edge, [weights[lot] + 1e-9 for lot in edge])[0])
    return frozenset(bundle)


def _worth(bundle: frozenset[int], private: list[float]) -> float:
    return sum(private[lot] for lot in bundle) + len(bundle) ** 1.2


def arbitrary(lots: int, bids: int, dice: random.Random) -> Instance:
    """As `regions`, but any lots go together (CATS `arbitrary`)."""
    return regions(lots, bids, dice, touching=False)


def three_of_all(lots: int, bids: int, dice: random.Random) -> Instance:
    """Three lots at random at any price, each from another bidder (Sandholm's L3): hard for every solver at size."""
    size = min(3, lots)
    return _instance(
        lots, [(f"B{n}", frozenset(dice.sample(range(lots), size)), dice.uniform(0, 1000)) for n in range(bids)]
    )


def weighted(lots: int, bids: int, dice: random.Random) -> Instance:
    """Any number of lots, worth about their number: near ties everywhere (Sandholm's L2 weighted)."""
    bundles = [frozenset(dice.sample(range(lots), dice.randint(1, lots))) for _ in range(bids)]
    return _instance(
        lots, [(f"B{n // 5}", bundle, len(bundle) * dice.uniform(90, 110)) for n, bundle in enumerate(bundles)]
    )
