"""References nobody mistypes unnoticed, sums that must match, and an escrow shared out to the cent."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.deals.rules.figures import figures
from market.kernel.errors import Refused
from market.kernel.ids import ALPHABET
from market.kernel.money import Money, total
from market.payments import rules

bodies = st.text(ALPHABET, min_size=rules.BODY, max_size=rules.BODY).filter(lambda body: rules.reference(body))


@given(bodies)
def test_a_reference_reads_back_however_it_was_typed(body: str) -> None:
    made = rules.reference(body)
    assert made is not None
    assert len(made) == 10
    for typed in (
        made,
        made.lower(),
        f" {made[:2]} {made[2:6]}-{made[6:]} ",
        "".join(chr(ord(c) + 0xFEE0) for c in made),
    ):
        assert rules.read_reference(typed) == made


@given(bodies, st.integers(2, 9), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(body: str, place: int, wrong: str) -> None:
    made = rules.reference(body)
    assert made is not None
    typed = made[:place] + wrong + made[place + 1 :]
    if typed != made:
        with pytest.raises(Refused, match=r"charge\.reference"):
            rules.read_reference(typed)


@given(bodies, st.integers(2, 9), st.integers(2, 9))
def test_two_swapped_characters_are_always_noticed(body: str, one: int, other: int) -> None:
    made = rules.reference(body)
    assert made is not None
    letters = list(made)
    letters[one], letters[other] = letters[other], letters[one]
    if "".join(letters) != made:
        with pytest.raises(Refused, match=r"charge\.reference"):
            rules.read_reference("".join(letters))


@pytest.mark.parametrize(
    "typed",
    ["", "LC", "7K3M9QXA", "LC7K3M9QX", "LC7K3M9QXAA", "XX7K3M9QXA", "LC7K3M9QX0", "LC7K3M9Q\u4e2dA", "LC7K3M9QIA"],
)
def test_what_is_no_reference_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match=r"charge\.reference"):
        rules.read_reference(typed)


def test_some_bodies_have_no_check_character_and_are_not_used() -> None:
    assert rules.reference("7K3M9QX") == "LC7K3M9QXA"
    without = [
        f"22222{one}{two}" for one in ALPHABET for two in ALPHABET if rules.check_character(f"22222{one}{two}") is None
    ]
    assert without
    assert all(rules.reference(body) is None for body in without)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("2026112300012345", "2026112300012345"),
        (" 2026 1123 0001 ", "202611230001"),
        ("ｆｔ２０２６／１", "FT2026/1"),
        ("a.b-c/1", "A.B-C/1"),
    ],
)
def test_a_transaction_number_has_one_form(typed: str, number: str) -> None:
    assert rules.transaction_number(typed) == number


@pytest.mark.parametrize("typed", ["", "   ", "123", "1" * 61, "<b>1234", "12;34", "=1+1+1", "交易1234"])
def test_what_is_no_transaction_number_is_refused(typed: str) -> None:
    with pytest.raises(Refused, match=r"payment\.number"):
        rules.transaction_number(typed)


def test_today_and_yesterday_may_have_booked_a_transfer_but_not_tomorrow() -> None:
    today = date(2026, 12, 2)
    rules.check_day(today, today)
    rules.check_day(date(2026, 12, 1), today)
    with pytest.raises(Refused, match=r"payment\.date_ahead"):
        rules.check_day(date(2026, 12, 3), today)


@pytest.mark.parametrize(("received", "gap", "short"), [(9999, 1, True), (10001, 1, False), (1, 9999, True)])
def test_a_cent_too_little_or_too_much_is_refused_with_the_gap(received: int, gap: int, short: bool) -> None:
    with pytest.raises(Refused) as caught:
        rules.check_received(Money(10000, "CNY"), Money(received, "CNY"))
    assert caught.value.code == "charge.amount_mismatch"
    assert caught.value.facts["gap"] == Money(gap, "CNY")
    assert caught.value.facts["short"] is short


def test_another_currency_is_refused() -> None:
    with pytest.raises(Refused, match=r"charge\.currency"):
        rules.check_received(Money(10000, "CNY"), Money(10000, "USD"))
    rules.check_received(Money(10000, "CNY"), Money(10000, "CNY"))


weights = st.lists(st.integers(1, 50), min_size=1, max_size=6)


@given(st.integers(1, 10**13), st.integers(0, 5000), st.integers(0, 10_000), weights)
def test_the_lines_add_up_to_price_and_premium_whatever_the_shares(
    price: int, premium_bp: int, commission_bp: int, parts: list[int]
) -> None:
    sums = figures(Money(price, "CNY"), seller_commission_bp=commission_bp, buyer_premium_bp=premium_bp)
    holders = [rules.Holder(f"P-{number}", Fraction(part, sum(parts))) for number, part in enumerate(parts)]
    lines = rules.waterfall(sums, premium_bp=premium_bp, commission_bp=commission_bp, agency="P-A", holders=holders)
    assert total([line.amount for line in lines], "CNY") == sums.total_due
    assert all(line.amount.minor > 0 for line in lines)
    order = [line.kind for line in lines]
    assert order == sorted(order, key=["premium", "commission", "proceeds"].index), (
        "premium, then commission, then proceeds"
    )
    shares = {holder.code: holder.share for holder in holders}
    for line in lines:
        if line.kind == "proceeds":
            assert abs(line.amount.minor - sums.proceeds.minor * shares[line.payee]) < 1


def test_shares_that_do_not_make_a_whole_are_a_fault() -> None:
    sums = figures(Money(100, "CNY"), seller_commission_bp=0, buyer_premium_bp=0)
    with pytest.raises(AssertionError):
        rules.waterfall(
            sums, premium_bp=0, commission_bp=0, agency="P-A", holders=[rules.Holder("P-1", Fraction(1, 2))]
        )


def test_an_escrow_is_shared_out_whole_or_not_at_all() -> None:
    lines = [Money(60, "CNY"), Money(40, "CNY")]
    rules.check_balanced(Money(100, "CNY"), lines)
    for escrow in (99, 101):
        with pytest.raises(Refused, match=r"settlement\.unbalanced"):
            rules.check_balanced(Money(escrow, "CNY"), lines)
