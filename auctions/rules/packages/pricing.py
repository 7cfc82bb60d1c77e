"""What the winners pay: their bids, Vickrey-Clarke-Groves, or the least that no coalition of bidders would outbid (core).

Core prices have the least total of all that nobody blocks, and of those are nearest (Euclid) to a reference: the VCG prices
or the bids (Day and Milgrom 2008; Day and Cramton 2012). Reserves are a lower bound under every rule.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil, lcm

from auctions.rules.packages.bids import contenders, floor_of
from auctions.rules.packages.projection import Projection
from auctions.rules.packages.solving import allocate, supply_of
from auctions.rules.packages.types import Allocation, Bid, Instance
from market.kernel.errors import Refused, ensure

RULES = ("pay_as_bid", "core_nearest_vcg", "core_nearest_bids", "vcg")
# Far below any price: the point of the core nearest to (reference - FAR) has the least total, and is the nearest of those to
# the reference (a linear programme's least-norm solution is that of its regularised one, Mangasarian and Meyer 1979).
FAR = Fraction(10**100)

Prices = dict[str, Fraction]
# Told how many of how many steps of the pricing are done; the steps of core prices are not known ahead.
Steps = Callable[[int, int | None], None]


def price(
    instance: Instance,
    allocation: Allocation,
    rule: str,
    limit_s: float = 60.0,
    steps: Steps | None = None,
    floors: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """What each winner pays, in whole minor units; between the reserve of the bundle and the bid.

    Whole core prices are in the core to the unit, each less than one unit above the exact one. `limit_s` is for each
    problem solved on the way. `floors` stands in for the reserves of what each winner got, where those are not known.
    Refused `package.rule_unknown`; `package.not_proven` when a rule other than pay_as_bid is asked
    of an allocation, or needs one on the way, that is not proven.
    """
    pricing = _Pricing(instance, allocation, rule, limit_s, steps, floors)
    exact = pricing.exact()
    if all(paid.denominator == 1 for paid in exact.values()):
        return {bidder: int(paid) for bidder, paid in exact.items()}
    return pricing.whole(exact)


def exact_prices(instance: Instance, allocation: Allocation, rule: str, limit_s: float = 60.0) -> Prices:
    """As `price`, before anything is rounded to whole minor units."""
    return _Pricing(instance, allocation, rule, limit_s, None, None).exact()


class _Pricing:
    """One allocation to be priced; remembers which coalitions would block."""

    def __init__(
        self,
        instance: Instance,
        allocation: Allocation,
        rule: str,
        limit_s: float,
        steps: Steps | None,
        floors: Mapping[str, int] | None,
    ) -> None:
        if rule not in RULES:
            raise Refused("package.rule_unknown", rule=rule)
        if rule != "pay_as_bid" and not allocation.optimal:
            raise Refused("package.not_proven")
        self.rule = rule
        self.limit_s = limit_s
        self.told: Steps = steps or (lambda done, of: None)
        self.bids = contenders(instance)
        self.supply = supply_of(instance)
        self.won: dict[str, Bid] = {bid.bidder: bid for bid in allocation.winners}
        self.place = {bidder: at for at, bidder in enumerate(self.won)}
        self.value = allocation.value
        self.floors = floors or {bidder: floor_of(instance, bid.bundle) for bidder, bid in self.won.items()}
        self.blocks: list[tuple[list[str], int]] = []

    def exact(self) -> Prices:
        """The prices as the rule defines them."""
        bids = {bidder: Fraction(bid.value) for bidder, bid in self.won.items()}
        if self.rule == "pay_as_bid" or not bids:
            return bids
        if self.rule == "core_nearest_bids":
            return self._core(bids, {bidder: Fraction(floor) for bidder, floor in self.floors.items()})
        alone = self._vcg()
        least = {bidder: max(paid, Fraction(self.floors[bidder])) for bidder, paid in alone.items()}
        return least if self.rule == "vcg" else self._core(alone, least)

    def _solved(self, bids: list[Bid], worths: Mapping[int, int] | None = None) -> Allocation:
        found = allocate(bids, self.supply, self.limit_s, worths=worths)
        if not found.optimal:
            raise Refused("package.not_proven")
        return found

    def _vcg(self) -> Prices:
        """What the others lose by each winner: the best total without it, less their share of the best total."""
        paid: Prices = {}
        for bidder, bid in self.won.items():
            self.told(len(paid), len(self.won))
            without = self._solved([other for other in self.bids if other.bidder != bidder])
            paid[bidder] = Fraction(without.value - (self.value - bid.value))
        return paid

    def _core(self, reference: Prices, least: Prices) -> Prices:
        """Add the coalition that would pay most above the prices until none would."""
        near = Projection(
            [reference[bidder] - FAR for bidder in self.won],
            [least[bidder] for bidder in self.won],
            [Fraction(bid.value) for bid in self.won.values()],
        )
        while True:
            paid = dict(zip(self.won, near.point, strict=True))
            self.told(len(self.blocks), None)
            block = self._blocking(paid)
            if block is None:
                return paid
            near.add([self.place[bidder] for bidder in block[0]], Fraction(block[1]))

    def _blocking(self, paid: Mapping[str, Fraction]) -> tuple[list[str], int] | None:
        """The winners left out of the coalition that pays most above `paid`, and what they must pay together to stop it.

        Everybody offers again what a bid leaves after the bidder's surplus; if the best of that is more than what is paid,
        the seller and those bidders would rather deal among themselves.
        """
        scale = lcm(*(amount.denominator for amount in paid.values()))
        spare = {bidder: int((bid.value - paid[bidder]) * scale) for bidder, bid in self.won.items()}
        worths = {bid.order: bid.value * scale - spare.get(bid.bidder, 0) for bid in self.bids}
        found = self._solved(self.bids, worths)
        joined = {bid.bidder for bid in found.winners}
        left = [bidder for bidder in self.won if bidder not in joined]
        stake = sum(bid.value for bid in found.winners)
        stake -= sum(bid.value for bidder, bid in self.won.items() if bidder in joined)
        if stake <= sum(paid[bidder] for bidder in left):
            return None
        ensure(left, "an allocation better than the best one")
        self.blocks.append((left, stake))
        return left, stake

    def whole(self, exact: Prices) -> dict[str, int]:
        """The prices rounded up, then, least fraction first, each a unit less that lets no coalition in."""
        up = {bidder: ceil(paid) for bidder, paid in exact.items()}
        order = sorted(
            exact, key=lambda bidder: (ceil(exact[bidder]) - exact[bidder], -self.place[bidder]), reverse=True
        )
        while True:
            paid = dict(up)
            for bidder in (bidder for bidder in order if exact[bidder] < up[bidder]):
                tried = {**paid, bidder: paid[bidder] - 1}
                if all(sum(tried[one] for one in left) >= stake for left, stake in self.blocks):
                    paid = tried
            if self._blocking({bidder: Fraction(amount) for bidder, amount in paid.items()}) is None:
                return paid
