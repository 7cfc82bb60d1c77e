"""What online payment decides, and that the books are the same in whatever order the news comes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from market.kernel.errors import Refused
from market.kernel.money import EXPONENTS, Money
from market.payments.online import rules
from market.payments.online.rules import DISPUTE, OUTGOING, PAYMENT, Entry

TEN, FEE = Money(10_00, "CNY"), Money(29, "CNY")
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
# Six events of one payment, each with what the object was when the event was sent.
EVENTS = [
    (PAYMENT, "processing"),
    (PAYMENT, "paid"),
    (OUTGOING, "pending"),
    (OUTGOING, "failed"),
    (DISPUTE, "opened"),
    (DISPUTE, "won"),
]
START = {PAYMENT: "open", OUTGOING: "asked", DISPUTE: "inquiry"}


def books(known: dict[tuple[str, ...], str]) -> set[Entry]:
    """What the books hold when this is known."""
    paid = rules.payment_entries("p", agency="A", received=TEN, fee=FEE, into="deposit:B", memo="")
    entries = paid if known[PAYMENT] == "paid" else []
    entries += rules.refund_entries("r", known[OUTGOING], agency="A", amount=TEN, out_of="deposit:B", memo="")
    return {
        *entries,
        *rules.dispute_entries("d", known[DISPUTE], agency="A", payer="B", amount=TEN, fee=FEE, memo=""),
    }


def test_all_720_orders_with_duplicates_end_in_the_same_books_and_nothing_is_ever_taken_out_of_them() -> None:
    ends = set()
    for order in permutations(EVENTS):
        known, held = dict(START), books(START)
        for place, (ladder, seen) in enumerate(order):
            for again, state in ((ladder, seen), order[place // 2], (ladder, seen)):
                known[again] = rules.later(again, known[again], state)
                assert held <= books(known)
                held = books(known)
        ends.add((tuple(sorted(known.values())), frozenset(held)))
    assert len(ends) == 1
    assert len(ends.pop()[1]) == 8


def test_a_machine_that_believes_the_last_arrival_is_caught() -> None:
    """The control: without the ladder the end depends on the order."""
    ends = {tuple({**START, **dict(order)}.values()) for order in permutations(EVENTS)}
    assert len(ends) == 8


@pytest.mark.parametrize("state", DISPUTE)
def test_a_dispute_moves_nothing_that_clients_are_owed(state: str) -> None:
    entries = rules.dispute_entries("d", state, agency="A", payer="B", amount=TEN, fee=FEE, memo="")
    touched = {code.split(":")[0] for entry in entries for code in (entry.debit, entry.credit)}
    assert touched <= {"stripe", "disputed", "fees", "claim"}


@pytest.mark.parametrize(
    ("amount", "payable"),
    [
        (Money(99_999_999, "CNY"), True),
        (Money(100_000_000, "CNY"), False),
        (Money(400, "CNY"), True),
        (Money(399, "CNY"), False),
        (Money(50, "JPY"), True),
        (Money(12_340, "KWD"), True),
        (Money(12_345, "KWD"), False),
        (Money(99_999_990, "KWD"), True),
    ],
)
def test_what_stripe_takes(amount: Money, payable: bool) -> None:
    assert rules.is_payable(amount) is payable
    if not payable:
        with pytest.raises(Refused, match=r"online\.amount"):
            rules.check_payable(amount)


def test_every_currency_of_the_market_has_a_smallest_sum() -> None:
    assert set(rules.SMALLEST) == set(EXPONENTS)


@pytest.mark.parametrize(
    ("due", "closes"),
    [
        (timedelta(minutes=5), timedelta(minutes=31)),
        (timedelta(hours=3), timedelta(hours=3)),
        (timedelta(days=9), timedelta(hours=23)),
    ],
)
def test_a_page_closes_when_the_sum_is_due_as_far_as_stripe_lets_it(due: timedelta, closes: timedelta) -> None:
    assert rules.page_closes(NOW + due, NOW) == NOW + closes


@pytest.mark.parametrize(
    ("method", "days", "returned", "goes"),
    [
        ("card", 400, 0, True),
        ("wechat_pay", 179, 0, True),
        ("wechat_pay", 180, 0, False),
        ("alipay", 89, 0, True),
        ("alipay", 90, 0, False),
        ("card", 1, 1, False),
    ],
)
def test_what_can_go_back_where_it_came_from(method: str, days: int, returned: int, goes: bool) -> None:
    back: Callable[[Money], bool] = lambda amount: rules.can_go_back(  # noqa: E731
        amount,
        received=TEN,
        returned=Money(returned, "CNY"),
        method=method,
        paid_at=NOW - timedelta(days=days),
        now=NOW,
    )
    assert back(TEN) is goes
    assert not back(Money(10_00, "USD"))
