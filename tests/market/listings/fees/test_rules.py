"""Tiers, least fees and the law's cap: to the cent, never rising, never more than a higher price adds."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from market.deals.rules.figures import quote
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.listings.fees import rules

ZERO = Money.zero("CNY")
FOLDERS = [folder / "shared" / "cases" for folder in Path(settings.ROOT).parents]
CASES = next((folder / "auctions.json" for folder in FOLDERS if folder.is_dir()), None)


def yuan(amount: int) -> Money:
    return Money(amount * 100, "CNY")


@pytest.mark.parametrize(
    ("typed", "least", "price", "fee", "formula"),
    [
        ("5", 0, 1_180_000, 59_000, "¥1,180,000.00 × 5%"),
        ("5; 1000000: 3", 0, 1_180_000, 55_400, "¥1,000,000.00 × 5% + ¥180,000.00 × 3%"),
        ("5；1,000,000：3%", 0, 1_000_000, 50_000, "¥1,000,000.00 × 5%"),
        ("5; 1000000: 3; 2000000: 0.5", 0, 3_000_000, 85_000, None),
        ("2", 500, 1_000, 500, "¥500.00"),
        ("2", 500, 300, 300, "¥300.00 × 100%"),
        ("0", 0, 1_000, 0, "¥1,000.00 × 0%"),
    ],
)
def test_a_fee_is_the_sum_of_its_tiers_at_least_the_least_at_most_the_price(
    typed: str, least: int, price: int, fee: int, formula: str | None
) -> None:
    made = rules.fee(yuan(price), rules.read(typed, yuan(least)))
    assert made.amount == yuan(fee)
    assert formula is None or made.formula == formula


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        *(("", "fees.format"), ("x", "fees.format"), ("5: 3", "fees.format"), ("5; 3", "fees.format")),
        *(("5; 100: 3; 100: 2", "fees.order"), ("3; 1000000: 5", "fees.rising"), ("101", "fees.rate")),
        (";".join(["5", *(f"{place}: 5" for place in range(1, 9))]), "fees.format"),
    ],
)
def test_what_is_no_schedule_is_refused(typed: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        rules.read(typed, ZERO)
    assert caught.value.code == code


def test_where_nothing_was_agreed_the_published_cap_holds() -> None:
    assert rules.fee(yuan(900_000), rules.unagreed("CNY")).amount == yuan(45_000)
    if CASES is None:
        pytest.skip("no cases")
    raw = json.loads(CASES.read_text(encoding="utf-8"))
    found = [case for case in raw["cases"] if "commission_cap_each_side" in case.get("expected", {})]
    assert found
    for case in found:
        hammer = yuan(int(case["inputs"]["hammer"]))
        made = rules.fee(hammer, rules.unagreed("CNY"))
        assert made.amount.minor == round(case["expected"]["commission_cap_each_side"] * 100)


tiers = st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 10_000)), max_size=5)


@given(tiers, st.integers(0, 10_000), st.integers(0, 10**6), st.integers(1, 10**10), st.integers(0, 10**6))
def test_a_higher_price_costs_no_less_and_never_more_than_it_adds(
    drawn: list[tuple[int, int]], first: int, least: int, price: int, more: int
) -> None:
    steps = sorted({above for above, _bp in drawn})
    rates = sorted([first, *(bp for _above, bp in drawn)], reverse=True)
    made = [rules.Tier(Money(above, "CNY"), bp) for above, bp in zip([0, *steps], rates, strict=False)]
    assert all(one.bp >= other.bp for one, other in pairwise(made))
    agreed = rules.schedule(made, Money(least, "CNY"))
    low, high = (rules.fee(Money(minor, "CNY"), agreed).amount for minor in (price, price + more))
    assert 0 <= low.minor <= high.minor <= low.minor + more
    made_at = quote(Money(price, "CNY"), seller=agreed, buyer=rules.unagreed("CNY"))
    assert made_at.figures.proceeds + made_at.commission.amount == Money(price, "CNY")
    assert made_at.figures.total_due - made_at.premium.amount == Money(price, "CNY")


def test_anybody_asks_the_calculator(client: Client, db: None) -> None:
    address = reverse("fees")
    assert client.get(address).status_code == 200
    page = client.get(address, {"price": "1180000", "seller": "3; 1000000: 2", "buyer": ""}).content.decode()
    for said in ("¥59,000.00", "¥33,600.00", "¥1,239,000.00", "¥1,146,400.00"):
        assert said in page
    assert client.get(address, {"price": "1180000", "seller": "2; 100: 3"}).status_code == 422
