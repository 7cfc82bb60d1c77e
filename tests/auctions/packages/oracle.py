"""The dullest possible package auction: everything is tried. Small random instances to try it on."""

import random
from collections.abc import Iterable, Iterator
from itertools import chain, combinations

from auctions.rules.packages import Bid, Group, Instance, Item

Prices = dict[str, int]


def floor(instance: Instance, bid: Bid) -> int:
    """The reserve of a bundle, group by group."""
    grouped = {name: group for group in instance.groups for name in group.items}
    reserve = {item.name: item.reserve for item in instance.items}
    alone = sum(reserve[name] * units for name, units in bid.bundle.items() if name not in grouped)
    whole = {group.name: group for name, group in grouped.items() if name in bid.bundle}
    return alone + sum(
        max(group.reserve, sum(reserve[name] * bid.bundle[name] for name in group.items)) for group in whole.values()
    )


def eligible(instance: Instance) -> list[Bid]:
    """The bids that may win."""
    most = instance.budgets
    return [bid for bid in instance.bids if floor(instance, bid) <= bid.value <= most.get(bid.bidder, bid.value)]


def allocations(instance: Instance, bids: Iterable[Bid]) -> Iterator[tuple[Bid, ...]]:
    """Every set of bids that fit together."""
    offered = sorted(bids, key=lambda bid: bid.order)
    for chosen in chain.from_iterable(combinations(offered, size) for size in range(len(offered) + 1)):
        once = len({bid.bidder for bid in chosen}) == len(chosen)
        if once and all(sum(b.bundle.get(i.name, 0) for b in chosen) <= i.quantity for i in instance.items):
            yield chosen


def best(instance: Instance, bids: Iterable[Bid]) -> tuple[int, list[int]]:
    """The best total, and the orders of the earliest bids that reach it."""
    ranked = [(-sum(bid.value for bid in one), [bid.order for bid in one]) for one in allocations(instance, bids)]
    value, orders = min(ranked)
    return -value, orders


def coalitions(instance: Instance, winners: Iterable[Bid]) -> Iterator[tuple[frozenset[str], int]]:
    """For every set of bidders: the winners outside it, and what they must pay together so that it does not block."""
    won = {bid.bidder: bid for bid in winners}
    bids = eligible(instance)
    names = sorted({bid.bidder for bid in bids})
    for inside in chain.from_iterable(combinations(names, size) for size in range(len(names) + 1)):
        value, _ = best(instance, [bid for bid in bids if bid.bidder in inside])
        stake = value - sum(won[name].value for name in inside if name in won)
        yield frozenset(won) - frozenset(inside), stake


def instance(dice: random.Random) -> Instance:
    """Two to four items of one or two units, two to five bidders with up to nine bids in all, often equal; sometimes a
    group, reserves, budgets."""
    items = tuple(Item(f"L{n}", dice.choice((1, 1, 1, 2)), dice.choice((0, 0, 3))) for n in range(dice.randint(2, 4)))
    groups: tuple[Group, ...] = ()
    if dice.random() < 0.4:
        groups = (Group("marks", frozenset({"L0", "L1"}), dice.choice((0, 8))),)
    made = [_bid(dice, items, groups, order) for order in range(dice.randint(1, 9))]
    budgets = {f"B{n}": dice.randint(5, 25) for n in range(5) if dice.random() < 0.2}
    return Instance(items, tuple(made), groups, budgets)


def _bid(dice: random.Random, items: tuple[Item, ...], groups: tuple[Group, ...], order: int) -> Bid:
    wanted = dice.sample(items, dice.randint(1, len(items)))
    bundle = {item.name: dice.randint(1, item.quantity) for item in wanted}
    for group in groups:
        if group.items & bundle.keys():
            bundle |= {item.name: item.quantity for item in items if item.name in group.items}
    value = max(1, sum(bundle.values()) * 5 + dice.randint(-4, 8))
    return Bid(f"B{dice.randrange(5)}", bundle, value, order)


def contest(dice: random.Random) -> Instance:
    """Two to four items, for each of which several small bidders bid, and one to three big ones for several: what the small
    pay together is then seldom what each would have to pay alone. Some items twice, some with a reserve."""
    items = tuple(Item(f"L{n}", dice.choice((1, 1, 1, 2)), dice.choice((0, 0, 4))) for n in range(dice.randint(2, 4)))
    small = [(f"small{dice.randrange(4)}", 1) for _ in range(dice.randint(3, 7))]
    big = [(f"big{dice.randrange(3)}", dice.randint(2, len(items))) for _ in range(dice.randint(1, 4))]
    bids = []
    for order, (bidder, size) in enumerate(dice.sample([*small, *big], len(small) + len(big))):
        wanted = dice.sample(items, size)
        value = sum(dice.randint(4, 16) for _ in wanted) + dice.randint(0, 3) * (size - 1)
        bids.append(Bid(bidder, {item.name: 1 for item in wanted}, value, order))
    return Instance(items, tuple(bids))
