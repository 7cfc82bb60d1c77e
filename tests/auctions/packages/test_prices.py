"""What the winners pay: never above the bid, never below the reserve, and no coalition would pay more."""

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from auctions.rules.packages import RULES, Bid, Instance, Item, price, solve
from auctions.rules.packages.pricing import exact_prices
from market.kernel.errors import Refused
from tests.auctions.packages import cats, oracle
from tests.auctions.packages.core import Core
from tests.effort import some, tries

SEEDS = some(range(400))


def made(seed: int) -> Instance:
    return oracle.instance(random.Random(seed))


@pytest.mark.proof
@pytest.mark.parametrize("rule", RULES)
def test_a_price_is_between_reserve_and_bid_and_within_the_budget(rule: str) -> None:
    for seed in SEEDS:
        instance = made(seed)
        found = solve(instance)
        paid = price(instance, found, rule)
        assert paid.keys() == {bid.bidder for bid in found.winners}
        for bid in found.winners:
            most = min(bid.value, instance.budgets.get(bid.bidder, bid.value))
            assert oracle.floor(instance, bid) <= paid[bid.bidder] <= most, (seed, bid)


@pytest.mark.proof
@pytest.mark.parametrize("rule", ["core_nearest_vcg", "core_nearest_bids"])
def test_no_coalition_blocks_the_core_prices_exact_or_whole(rule: str) -> None:
    for seed in SEEDS[: tries(150)]:
        instance = made(seed)
        found = solve(instance)
        exact, whole = exact_prices(instance, found, rule), price(instance, found, rule)
        assert all(abs(whole[name] - amount) < 1 for name, amount in exact.items())
        for outside, stake in oracle.coalitions(instance, found.winners):
            assert sum(exact[name] for name in outside) >= stake, seed
            assert sum(whole[name] for name in outside) >= stake, seed


@pytest.mark.proof
def test_the_core_never_brings_less_than_vcg_and_both_references_bring_the_same() -> None:
    more = 0
    for seed in SEEDS:
        instance = made(seed)
        found = solve(instance)
        total = {rule: sum(exact_prices(instance, found, rule).values()) for rule in RULES}
        assert total["vcg"] <= total["core_nearest_vcg"] == total["core_nearest_bids"] <= total["pay_as_bid"], seed
        more += total["vcg"] < total["core_nearest_vcg"]
    assert more > tries(5)


@pytest.mark.proof
def test_raising_the_own_winning_bid_never_changes_the_own_vcg_price() -> None:
    for seed in SEEDS:
        instance = replace(made(seed), budgets={})
        found = solve(instance)
        paid = price(instance, found, "vcg")
        for bid in found.winners:
            raised = tuple(replace(one, value=one.value + 7) if one == bid else one for one in instance.bids)
            after = replace(instance, bids=raised)
            again = solve(after)
            assert {one.order for one in again.winners} >= {bid.order}
            assert price(after, again, "vcg")[bid.bidder] == paid[bid.bidder], (seed, bid)


@pytest.mark.proof
def test_core_prices_are_the_least_and_nearest_exact_and_whole() -> None:
    winners: Counter[int] = Counter()
    dearer = 0
    for seed in some(range(1_000, 2_050)):
        dice = random.Random(seed)
        instance = oracle.instance(dice) if seed % 4 == 0 else oracle.contest(dice)
        found = solve(instance)
        if len(found.winners) < 2:
            continue
        core = Core(instance, found.winners)
        winners[len(core.names)] += 1
        dearer += core.least() > sum(core.vcg)
        for rule, reference in (("core_nearest_vcg", core.vcg), ("core_nearest_bids", core.bids)):
            exact, whole = exact_prices(instance, found, rule), price(instance, found, rule)
            near = core.nearest(reference)
            assert tuple(exact[name] for name in core.names) == near, (seed, rule)
            assert [whole[name] for name in core.names] == core.whole(near), (seed, rule)
    assert winners.total() > tries(500)
    assert winners[3] > tries(50)
    assert dearer > tries(200), "where nobody objects to VCG there is nothing to show"


def test_whole_prices_add_up_and_the_fractions_go_to_the_largest() -> None:
    items = (Item("A"), Item("B"))
    bids = (Bid("x", {"A": 1}, 4, 0), Bid("y", {"B": 1}, 4, 1), Bid("both", {"A": 1, "B": 1}, 5, 2))
    instance = Instance(items, bids)
    found = solve(instance)
    assert exact_prices(instance, found, "core_nearest_vcg") == {"x": Fraction(5, 2), "y": Fraction(5, 2)}
    assert price(instance, found, "core_nearest_vcg") == {"x": 2, "y": 3}


def test_what_is_not_proven_is_priced_as_bid_or_not_at_all() -> None:
    instance = cats.three_of_all(100, 1_000, random.Random(1))
    found = solve(instance, limit_s=0.3)
    assert not found.optimal
    assert sum(price(instance, found, "pay_as_bid").values()) == found.value
    for rule in set(RULES) - {"pay_as_bid"}:
        with pytest.raises(Refused, match=r"package\.not_proven"):
            price(instance, found, rule)
    with pytest.raises(Refused, match=r"package\.rule_unknown"):
        price(instance, found, "cheapest")
