"""Which bids may win at all, and which need not be looked at: pure checks over bundles."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from auctions.rules.packages.types import Bid, Group, Instance, Item
from market.kernel.errors import Refused


def check_bid(items: Sequence[Item], groups: Sequence[Group], bundle: Mapping[str, int], value: int) -> None:
    """Whether a bid can be meant. A bundle that takes part of a group only is refused (商标法 42).

    Refused: `package.empty`, `package.item_unknown`, `package.quantity`, `package.splits_group`, `package.amount`.
    """
    supply = {item.name: item.quantity for item in items}
    if not bundle:
        raise Refused("package.empty")
    for name, units in bundle.items():
        if name not in supply:
            raise Refused("package.item_unknown", item=name)
        if not 0 < units <= supply[name]:
            raise Refused("package.quantity", item=name, most=supply[name])
    for group in groups:
        taken = {name: bundle.get(name, 0) for name in group.items}
        if any(taken.values()) and any(taken[name] != supply[name] for name in group.items):
            raise Refused("package.splits_group", group=group.name)
    if value <= 0:
        raise Refused("package.amount")


def check_groups(items: Sequence[Item], groups: Sequence[Group]) -> None:
    """Groups are of items there are, and share none. Refused `package.item_unknown`, `package.groups_overlap`."""
    known, seen = {item.name for item in items}, set[str]()
    for group in groups:
        for name in sorted(group.items):
            if name not in known:
                raise Refused("package.item_unknown", item=name)
            if name in seen:
                raise Refused("package.groups_overlap", item=name)
            seen.add(name)


def floor_of(instance: Instance, bundle: Mapping[str, int]) -> int:
    """The lowest price of a bundle: the reserves of its groups and of its other items."""
    own = {item.name: item.reserve * bundle.get(item.name, 0) for item in instance.items}
    total = sum(own.values())
    for group in instance.groups:
        if group.items <= bundle.keys():
            total += max(0, group.reserve - sum(own[name] for name in group.items))
    return total


def contenders(instance: Instance) -> list[Bid]:
    """The bids that may win, earliest first: those that meet the reserves of their bundle and their bidder's budget.

    Refused, because it is a mistake in the instance and not a bid that loses: what `check_bid` and `check_groups` refuse,
    and `package.order` when two bids claim the same place.
    """
    check_groups(instance.items, instance.groups)
    if len({bid.order for bid in instance.bids}) != len(instance.bids):
        raise Refused("package.order")
    for bid in instance.bids:
        check_bid(instance.items, instance.groups, bid.bundle, bid.value)
    most = instance.budgets
    able = [bid for bid in instance.bids if bid.value <= most.get(bid.bidder, bid.value)]
    return sorted((bid for bid in able if bid.value >= floor_of(instance, bid.bundle)), key=lambda bid: bid.order)


def dominated(bids: Iterable[Bid], supply: Mapping[str, int]) -> set[int]:
    """The orders of the bids that no best allocation with the earliest bids needs.

    A bid is not needed when one that asks for no more units pays more, or as much and came earlier; and that one is the
    same bidder's, or the only one of a bidder who cannot win beside it.
    """
    bit = {name: 1 << place for place, name in enumerate(supply)}
    masks: dict[int, int] = {}
    own: defaultdict[str, list[Bid]] = defaultdict(list)
    gone: set[int] = set()
    ranked = sorted(bids, key=lambda bid: (-bid.value, bid.order))
    for bid in ranked:
        masks[bid.order] = sum(bit[name] for name in bid.bundle)
        if any(_within(better, bid, masks) for better in own[bid.bidder]):
            gone.add(bid.order)
        else:
            own[bid.bidder].append(bid)
    common = Counter(name for bid in ranked for name in bid.bundle)
    lone: defaultdict[str, list[Bid]] = defaultdict(list)  # the only bids of their bidders, by their rarest item
    for bid in (bid for bid in ranked if bid.order not in gone):
        if any(_outbids(better, bid, masks, supply) for name in bid.bundle for better in lone.get(name, ())):
            gone.add(bid.order)
        elif len(own[bid.bidder]) == 1:
            lone[min(bid.bundle, key=lambda name: (common[name], name))].append(bid)
    return gone


def _within(small: Bid, big: Bid, masks: Mapping[int, int]) -> bool:
    if masks[small.order] & ~masks[big.order]:
        return False
    return all(units <= big.bundle[name] for name, units in small.bundle.items())


def _outbids(better: Bid, bid: Bid, masks: Mapping[int, int], supply: Mapping[str, int]) -> bool:
    if not _within(better, bid, masks):
        return False
    return any(units + bid.bundle[name] > supply[name] for name, units in better.bundle.items())
