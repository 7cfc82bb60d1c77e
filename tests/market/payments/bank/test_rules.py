"""What a bank line is known by, what its words name, and whether it pays: one line of a table each."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.kernel.ids import ALPHABET
from market.kernel.money import Money
from market.payments import rules as payment_rules
from market.payments.bank import rules
from market.payments.bank.formats.sheet import Entry
from market.payments.bank.rules import Leaving, Owed

DAY = date(2026, 11, 24)
FEN = Money(100, "CNY")
MADE = payment_rules.reference("7K3M9QX")


def entry(**other: object) -> Entry:
    return Entry(**{"row": "1", "booked_on": DAY, "amount": FEN, "credit": True} | other)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "words",
    [
        "{0}",
        "保证金{0}/长春光电",
        "lc 7k3m-9qx{1}",
        "ＬＣ７Ｋ３Ｍ９ＱＸ{1}",
        "REF:IC7K3M9QX{1}.",
        "LC7K3M90X{1}",
        "LC7K3M9\nQX{1}",
    ],
)
def test_a_reference_is_found_however_it_was_written(words: str) -> None:
    assert MADE is not None
    assert rules.references_in(words.format(MADE, MADE[-1]))[0] == MADE


@pytest.mark.parametrize("words", ["", "LC", "LC7K3M9QY2", "货款", "LC0000000000"])
def test_no_reference_is_found_where_none_is(words: str) -> None:
    assert MADE not in rules.references_in(words)


@settings(max_examples=50)
@given(st.text(ALPHABET, min_size=7, max_size=7), st.integers(0, 7), st.sampled_from(ALPHABET))
def test_a_letter_mistaken_for_another_that_does_not_look_alike_names_nobody(
    body: str, place: int, letter: str
) -> None:
    made = payment_rules.reference(body)
    if made is None or made[2 + place] == letter or letter in "258BGSZ6":
        return
    assert made not in rules.references_in(made[: 2 + place] + letter + made[3 + place :])


def test_lines_that_agree_in_all_are_told_apart_by_their_count_only() -> None:
    first, second, other = rules.keys([entry(text="x"), entry(text="x"), entry(text="y")])
    assert len({first, second, other}) == 3
    assert rules.keys([entry(text="y"), entry(text="x", row="9")]) == [other, first]
    assert rules.keys([entry(number="A")]) == rules.keys([entry(number="A", text="other words", name="n")])
    by_direction = [entry(number="A"), entry(number="A", credit=False), entry(number="A", booked_on=date(2026, 11, 25))]
    assert len(set(rules.keys(by_direction))) == 3


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("长春光电科技有限公司", True),
        ("长春光电科技有限公司 ", True),
        ("长春光电科技(有限)公司", True),
        ("", True),
        ("CHANGCHUN PHOTONICS CO., LTD", True),
        ("CHANGCHUN PHOTONICS", False),
        ("长春光电", False),
        ("长春光电科技有限公司吉林分公司", False),
    ],
)
def test_a_payer_is_known_by_its_whole_name(said: str, same: bool) -> None:
    assert rules.same_name(said, "长春光电科技有限公司", "Changchun Photonics Co., Ltd.") is same


def test_a_long_name_may_be_cut_off_by_the_bank() -> None:
    name = "中国科学院长春光学精密机械与物理研究所"
    assert rules.same_name(name[:17], name)
    assert not rules.same_name(name[:10], name)


def owed(**other: object) -> list[Owed]:
    return [Owed(**{"amount": FEN, "state": "due", "payers": ("甲公司",)} | other)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "charges", "reason"),
    [
        (entry(), owed(), ""),
        (entry(), owed(state="reported"), ""),
        (entry(), [], "unknown_reference"),
        (entry(), owed() + owed(), "several"),
        (entry(amount=Money(99, "CNY")), owed(), "under"),
        (entry(amount=Money(101, "CNY")), owed(), "over"),
        (entry(amount=Money(100, "USD")), owed(), "currency"),
        (entry(name="乙公司"), owed(), "third_party"),
        (entry(reversal=True), owed(), "reversal"),
        (entry(), owed(state="cancelled"), "cancelled"),
        (entry(number="N1"), owed(state="confirmed", number="N1"), ""),
        (entry(number="N1"), owed(state="confirmed", number="N2"), "duplicate"),
        (entry(number="N1"), owed(state="confirmed", number="N1", taken=True), "duplicate"),
        (entry(), owed(state="confirmed", number=""), "duplicate"),
    ],
)
def test_only_the_exact_payment_of_one_charge_is_taken_for_it(line: Entry, charges: list[Owed], reason: str) -> None:
    assert rules.judge_receipt(line, charges, named=True) == reason


def leaving(**other: object) -> list[Leaving]:
    return [Leaving(**{"amount": FEN, "released": True} | other)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "payouts", "reason"),
    [
        (entry(), leaving(), ""),
        (entry(), leaving(released=False), "not_released"),
        (entry(number="N1"), leaving(released=False, number="N1"), ""),
        (entry(number="N2"), leaving(number="N1"), "duplicate"),
        (entry(number="N1"), leaving(number="N1", taken=True), "duplicate"),
        (entry(amount=Money(1, "CNY")), leaving(), "payout_amount"),
        (entry(amount=Money(100, "USD")), leaving(), "payout_amount"),
        (entry(reversal=True), leaving(), "reversal"),
        (entry(), leaving() + leaving(), "several"),
        (entry(), [], "no_payout"),
    ],
)
def test_only_a_released_payout_of_the_amount_is_taken_for_sent(
    line: Entry, payouts: list[Leaving], reason: str
) -> None:
    assert rules.judge_payment(line, payouts) == reason


def test_a_payout_is_named_by_its_code() -> None:
    assert rules.payouts_in("退款 o-7k3m9qx2tc") == ["O-7K3M9QX2TC"]
    assert rules.payouts_in("07K3M9QX2TC") == ["O-7K3M9QX2TC"]
    assert rules.payouts_in("O-7K3M9QX2T") == []
