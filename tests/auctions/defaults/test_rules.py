"""What a default costs: when it may be declared, what is forfeited, what is claimed and covered."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auctions.defaults import rules
from auctions.defaults.rules import First, Standing
from auctions.rules.presets import COMMERCIAL, JUDICIAL_ONLINE
from auctions.rules.sales import check_again
from market.kernel.errors import Refused
from market.kernel.money import Money

DAY = date(2026, 11, 27)
LATE = Standing(waits_for=("buyer",), due_on=DAY - timedelta(days=1), barred=False, grace_days=0, grace_until=None)


def yuan(figure: int) -> Money:
    return Money(figure * 100, "CNY")


def changed(**told: object) -> Standing:
    return Standing(**{name: getattr(LATE, name) for name in LATE.__slots__} | told)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({}, ""),
        ({"due_on": DAY}, "default.not_overdue"),
        ({"due_on": None}, "default.not_overdue"),
        ({"waits_for": ("seller", "buyer")}, "default.not_buyer"),
        ({"waits_for": ("agency",)}, "default.not_buyer"),
        ({"waits_for": ()}, "default.not_buyer"),
        ({"barred": True}, "default.barred"),
        ({"grace_days": 3}, "default.no_notice"),
        ({"grace_days": 3, "grace_until": DAY}, "default.grace"),
        ({"grace_days": 3, "grace_until": DAY - timedelta(days=1)}, ""),
    ],
)
def test_only_a_late_buyer_that_was_warned_is_in_default(told: dict[str, object], code: str) -> None:
    if not code:
        rules.check_default(changed(**told), "未付款", DAY)
        return
    with pytest.raises(Refused) as caught:
        rules.check_default(changed(**told), "未付款", DAY)
    assert caught.value.code == code


def test_a_default_has_a_reason() -> None:
    with pytest.raises(Refused, match=r"default\.reason_missing"):
        rules.check_default(LATE, "  ", DAY)


FIRST = First(yuan(1_000_000), yuan(30_000), yuan(50_000), yuan(100_000), yuan(0))


@pytest.mark.parametrize(
    ("second", "waits", "owed", "outstanding", "excess"),
    [
        (None, True, 80_000, 0, 20_000),
        (None, False, 80_000, 0, 20_000),
        (900_000, False, 180_000, 80_000, 0),
        (980_000, False, 100_000, 0, 0),
        (1_200_000, False, 80_000, 0, 20_000),
    ],
)
def test_both_first_commissions_and_the_shortfall_less_the_deposit(
    second: int | None, waits: bool, owed: int, outstanding: int, excess: int
) -> None:
    claim = rules.claim(FIRST, second=None if second is None else yuan(second), waits=waits)
    assert (claim.owed, claim.outstanding, claim.excess) == (yuan(owed), yuan(outstanding), yuan(excess))
    assert [line.amount for line in claim.lines if line.kind == "shortfall"] == (
        [None] if waits else [] if second is None else [yuan(max(0, 1_000_000 - second))]
    )
    assert {line.article for line in claim.lines} == {"拍卖法 39"}


def test_the_deposit_pays_the_first_commissions_and_then_the_seller() -> None:
    assert rules.share(yuan(100), yuan(80), ("agency", "seller")) == {"agency": yuan(80), "seller": yuan(20)}
    assert rules.share(yuan(60), yuan(80), ("agency", "seller")) == {"agency": yuan(60)}
    assert rules.share(yuan(60), yuan(80), ("seller",)) == {"seller": yuan(60)}


sums = st.integers(0, 10**9).map(lambda minor: Money(minor, "CNY"))


@given(st.lists(st.integers(1, 10**9), min_size=2, max_size=5), sums, sums, sums, sums)
@settings(max_examples=40)
def test_nothing_is_claimed_or_covered_twice(
    prices: list[int], seller: Money, buyer: Money, deposit: Money, advance: Money
) -> None:
    """Of falling prices, each defaulter owes its own fall: together the whole; and every yuan paid goes one way."""
    prices = sorted(prices, reverse=True)
    falls = Money.zero("CNY")
    for before, after in pairwise(prices):
        first = First(Money(before, "CNY"), seller, buyer, deposit, advance)
        claim = rules.claim(first, second=Money(after, "CNY"), waits=False)
        covered = sum((line.amount.minor for line in claim.covered if line.amount), 0)
        assert claim.owed.minor == covered + claim.outstanding.minor
        assert (deposit + advance).minor == covered + claim.excess.minor + claim.back.minor
        assert min(claim.outstanding.minor, claim.excess.minor, claim.back.minor) >= 0
        assert not (claim.outstanding and (claim.excess or claim.back))
        falls += claim.owed - seller - buyer
    assert falls.minor == prices[0] - prices[-1]


def test_a_second_sale_starts_no_lower_than_the_rule_sets_cut() -> None:
    check_again(JUDICIAL_ONLINE, start=yuan(800), previous=yuan(1000))
    with pytest.raises(Refused, match=r"lot\.start_too_low") as caught:
        check_again(JUDICIAL_ONLINE, start=yuan(799), previous=yuan(1000))
    assert caught.value.facts["least"] == yuan(800)
    check_again(COMMERCIAL, start=yuan(1), previous=yuan(1000))
