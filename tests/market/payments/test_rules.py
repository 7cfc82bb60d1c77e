"""References nobody mistypes unnoticed, and sums that must match."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.kernel.errors import Refused
from market.kernel.ids import ALPHABET
from market.kernel.money import Money
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
