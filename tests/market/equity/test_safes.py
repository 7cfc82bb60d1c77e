"""Cap tables and conversions: exact parts that make up one, replayed in whatever order a file lists them."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.equity.rules import safes
from market.equity.rules.cap_table import CANCEL, ISSUE, TRANSFER, Event, replay
from market.kernel.errors import Refused

DAY = date(2026, 1, 5)
FOUNDED = [
    Event(ISSUE, date(2025, 1, 1), "01", 600_000, "jida"),
    Event(ISSUE, date(2025, 1, 1), "02", 300_000, "anne"),
]


@given(st.permutations([*FOUNDED, Event(TRANSFER, DAY, "02", 100_000, "li_wei", "03", "04")]))
def test_a_file_is_replayed_by_date(events: list[Event]) -> None:
    table = replay(events)
    assert (table.outstanding, table.holders) == (900_000, {"jida": 600_000, "anne": 200_000, "li_wei": 100_000})
    assert sum(table.parts().values()) == 1
    assert table.parts()["anne"] == Fraction(2, 9)


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (Event(TRANSFER, DAY, "09", 1, "anne", "03", "04"), "equity.security"),
        (Event(TRANSFER, DAY, "02", 300_001, "jida", "03"), "equity.quantity"),
        (Event(CANCEL, DAY, "02", 0), "equity.quantity"),
        (Event(TRANSFER, DAY, "02", 100, "jida", "03"), "equity.security"),  # nowhere for the balance
        (Event(ISSUE, DAY, "02", 100, "jida"), "equity.security"),  # issued twice
    ],
)
def test_what_nobody_holds_is_neither_transferred_nor_cancelled(event: Event, code: str) -> None:
    with pytest.raises(Refused, match=code.replace(".", r"\.")):
        replay([*FOUNDED, event])


def test_the_lower_of_cap_and_discount_wins_and_they_are_never_stacked() -> None:
    # cap 3m: 500k hold 1/6; price 3m x 5/6 / 1m = 2.50, below 5 x 80 % = 4.00
    won_by_cap = safes.post_money(*map(Fraction, (500_000, 3_000_000, 5_000_000, "0.2", 1_000_000)))
    assert (won_by_cap.price, won_by_cap.shares) == (Fraction(5, 2), 200_000)
    # cap 30m: price 30m x 59/60 / 1m = 29.50, so the discount's 4.00
    by_discount = safes.post_money(*map(Fraction, (500_000, 30_000_000, 5_000_000, "0.2", 1_000_000)))
    assert by_discount == safes.Conversion(Fraction(4), Fraction(125_000))


def test_a_round_dilutes_everybody_alike() -> None:
    parts = safes.diluted([Fraction(2, 3), Fraction(1, 3)], Fraction(1, 5))
    assert [*parts, Fraction(1, 5)] == [Fraction(8, 15), Fraction(4, 15), Fraction(3, 15)]
