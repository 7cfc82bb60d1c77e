"""Who is paid in which order, how much, and that it adds up to the cent whatever is claimed."""

from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.deals.rules.figures import Quote, quote
from market.kernel.errors import Refused
from market.kernel.money import Money, total
from market.listings.fees.rules import flat
from market.payments.settlements import rules, taxes
from market.payments.settlements.rules import Claim, Holder, Line

ORDER = ["pledge", "premium", "commission", "fee", "tax", "co-owner", "inventors", "seller"]


def yuan(amount: int) -> Money:
    return Money(amount * 100, "CNY")


def sides(price: Money, premium_bp: int, commission_bp: int) -> Quote:
    return quote(price, seller=flat(commission_bp), buyer=flat(premium_bp))


def shared(price: int, claims: list[Claim], *, holders: list[Holder] | None = None, premium: int = 5) -> list[Line]:
    """The lines of a price at 3 % commission, for the seller "S" alone unless told; all in whole yuan."""
    owners = holders or [Holder("S", Fraction(1))]
    return rules.waterfall(
        sides(yuan(price), premium * 100, 300), agency="A", seller="S", holders=owners, claims=claims
    )


def claim(kind: str, amount: int, *, payee: str = "X", of: str = "") -> Claim:
    return Claim(kind, payee, yuan(amount), f"{amount}", of)


def paid(lines: list[Line]) -> list[tuple[str, str, int, int]]:
    """Kind, payee, amount and what is missing, in whole yuan."""
    return [(line.kind, line.payee, line.amount.minor // 100, line.short.minor // 100) for line in lines]


HALVES = [Holder("S", Fraction(1, 2)), Holder("C", Fraction(1, 2))]


@pytest.mark.parametrize(
    ("claims", "holders", "expected"),
    [
        pytest.param(
            [], None, [("premium", "A", 50, 0), ("commission", "A", 30, 0), ("proceeds", "S", 970, 0)], id="x"
        ),
        pytest.param(
            [claim("tax", 10, of="S"), claim("fee", 20, payee="A"), claim("pledge", 400, payee="BANK")],
            None,
            [
                ("pledge", "BANK", 400, 0),
                *(("premium", "A", 50, 0), ("commission", "A", 30, 0), ("fee", "A", 20, 0)),
                *(("tax", "X", 10, 0), ("proceeds", "S", 540, 0)),
            ],
            id="in the order of the law, however it was entered",
        ),
        pytest.param(
            [claim("pledge", 1_200, payee="BANK"), claim("fee", 20, payee="A")],
            None,
            [
                ("pledge", "BANK", 1_000, 200),
                *(("premium", "A", 50, 0), ("commission", "A", 0, 30), ("fee", "A", 0, 20)),
            ],
            id="a pledge beyond the price takes it whole, never the buyer's premium",
        ),
        pytest.param(
            [claim("pledge", 700, payee="BANK1"), claim("pledge", 700, payee="BANK2")],
            None,
            [
                *(("pledge", "BANK1", 700, 0), ("pledge", "BANK2", 300, 400)),
                *(("premium", "A", 50, 0), ("commission", "A", 0, 30)),
            ],
            id="the pledge registered first is paid first",
        ),
        pytest.param(
            [claim("inventors", 100, payee="I", of="S"), claim("tax", 40, of="C")],
            HALVES,
            [
                *(("premium", "A", 50, 0), ("commission", "A", 30, 0), ("tax", "X", 40, 0)),
                *(("proceeds", "C", 445, 0), ("inventors", "I", 100, 0), ("proceeds", "S", 385, 0)),
            ],
            id="what is one holder's comes off that share alone",
        ),
        pytest.param(
            [claim("inventors", 600, payee="I", of="S")],
            HALVES,
            [
                *(("premium", "A", 50, 0), ("commission", "A", 30, 0)),
                *(("proceeds", "C", 485, 0), ("inventors", "I", 485, 115)),
            ],
            id="and no further than that share goes",
        ),
    ],
)
def test_each_is_paid_in_turn_as_far_as_the_money_goes(
    claims: list[Claim], holders: list[Holder] | None, expected: list[tuple[str, str, int, int]]
) -> None:
    assert paid(shared(1_000, claims, holders=holders)) == expected


def test_a_formula_says_what_went_before() -> None:
    lines = shared(1_000, [claim("pledge", 400, payee="BANK"), claim("tax", 10, of="S")], holders=HALVES)
    formulas = {(line.kind, line.payee): line.formula for line in lines}
    assert formulas["proceeds", "C"] == "(¥1,000.00 − ¥400.00 − ¥30.00) × 1/2"
    assert formulas["proceeds", "S"] == "(¥1,000.00 − ¥400.00 − ¥30.00) × 1/2 − ¥10.00"


def test_shares_that_do_not_make_a_whole_are_a_fault() -> None:
    with pytest.raises(AssertionError):
        shared(100, [], holders=[Holder("S", Fraction(1, 2))])


amounts = st.integers(0, 10**9)
claims = st.lists(
    st.builds(
        lambda kind, minor, place: Claim(
            kind, f"X{minor % 3}", Money(minor, "CNY"), "", "" if kind in ("pledge", "fee") else f"H{place}"
        ),
        st.sampled_from(["pledge", "fee", "tax", "inventors"]),
        amounts,
        st.integers(0, 1),
    ),
    max_size=6,
)
shares = st.lists(st.integers(1, 50), min_size=2, max_size=5)


def drawn(price: int, premium_bp: int, commission_bp: int, parts: list[int], made: list[Claim]) -> list[Line]:
    whole = Money(price, "CNY")
    holders = [Holder(f"H{place}", Fraction(part, sum(parts))) for place, part in enumerate(parts)]
    return rules.waterfall(
        sides(whole, premium_bp, commission_bp), agency="A", seller="H0", holders=holders, claims=made
    )


def rank(line: Line) -> int:
    return ORDER.index({"proceeds": "seller" if line.payee == "H0" else "co-owner"}.get(line.kind, line.kind))


@given(st.integers(1, 10**10), st.integers(0, 5000), st.integers(0, 10_000), shares, claims)
def test_lines_add_up_keep_their_order_and_are_never_negative(
    price: int, premium_bp: int, commission_bp: int, parts: list[int], made: list[Claim]
) -> None:
    lines = drawn(price, premium_bp, commission_bp, parts, made)
    whole = Money(price, "CNY")
    assert total([line.amount for line in lines], "CNY") == whole + whole.portion(premium_bp)
    assert all(line.amount.minor >= 0 and line.short.minor >= 0 and (line.amount or line.short) for line in lines)
    assert all(rank(one) <= rank(other) for one, other in pairwise(lines))
    asked = total([one.amount for one in made], "CNY")
    of_claims = [line for line in lines if line.kind in rules.CLAIMED]
    assert total([line.amount + line.short for line in of_claims], "CNY") == asked
    pledged = total([one.amount for one in made if one.kind == "pledge"], "CNY")
    assert total([line.amount for line in lines if line.kind == "pledge"], "CNY") == min(pledged, whole)


@given(st.integers(1, 10**10), st.integers(0, 10**6), st.integers(0, 10_000), shares, claims)
def test_a_higher_price_leaves_nobody_worse_off_in_sum(
    price: int, more: int, commission_bp: int, parts: list[int], made: list[Claim]
) -> None:
    def sums(at: int) -> dict[str, int]:
        lines = drawn(at, 0, commission_bp, parts, made)
        kinds = {kind: [line for line in lines if line.kind == kind] for kind in ("pledge", "commission", "fee")}
        found = {kind: sum(line.amount.minor for line in rows) for kind, rows in kinds.items()}
        holders = [line for line in lines if line.kind not in kinds]
        return found | {"holders": sum(line.amount.minor for line in holders)}

    before, after = sums(price), sums(price + more)
    assert all(after[kind] >= before[kind] for kind in before)


@pytest.mark.parametrize(
    ("fees", "expected"),
    [
        (0, [("price_back", 950, 0), ("deposit_back", 100, 0)]),
        (200, [("fee", 200, 0), ("price_back", 750, 0), ("deposit_back", 100, 0)]),
        (1_000, [("fee", 1_000, 0), ("deposit_back", 50, 0)]),
        (2_000, [("fee", 1_050, 950)]),
    ],
)
def test_an_undone_deal_gives_everything_back_less_what_was_laid_out(fees: int, expected: list[Any]) -> None:
    made = [claim("fee", fees, payee="A")] if fees else []
    lines = rules.undone(paid=yuan(950), deposit=yuan(100), buyer="B", source="rescinded", claims=made)
    assert [(kind, amount, short) for kind, _payee, amount, short in paid(lines)] == expected
    assert {line.payee for line in lines if line.kind != "fee"} <= {"B"}


def test_a_tax_is_the_one_in_force_that_day() -> None:
    assert taxes.tax_of("eit", date(2026, 12, 1)).on(yuan(1_000)) == yuan(100)
    assert "vat" in {tax.code for tax in taxes.in_force(date(2026, 1, 1))}
    with pytest.raises(Refused, match=r"claim\.tax"):
        taxes.tax_of("vat", date(2025, 12, 31))
    with pytest.raises(Refused, match=r"claim\.tax"):
        taxes.tax_of("poll", date(2026, 12, 1))
    assert all(tax.law[0] and tax.law[1] and tax.rate_bp > 0 for tax in taxes.taxes())
