"""A set of transfers is entered whole or not at all, once for its ref."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.ledger import books
from market.ledger.books import Leg
from market.ledger.models import Account, Transfer

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def leg(minor: int, debit: str, credit: str, currency: str = "CNY") -> Leg:
    return Leg(Money(minor, currency), debit, credit, "royalty\tof 2026 \\N")


SOLD = [
    leg(100, "bank:P-1", "escrow:1"),
    leg(5, "escrow:1", "commission:P-1"),
    leg(95, "escrow:1", "payable:P-2"),
    leg(60, "payable:P-2", "bank:P-1"),
]


def refused(code: str, legs: list[Leg], ref: str = "sale") -> Refused:
    before = [*Transfer.objects.values()]
    with pytest.raises(Refused) as caught, transaction.atomic():
        books.transfer_many(legs, ref=ref)
    assert caught.value.code == code
    assert sentence(caught.value)
    assert [*Transfer.objects.values()] == before
    return caught.value


def test_what_comes_in_by_one_leg_goes_out_by_the_next() -> None:
    books.transfer_many(SOLD, ref="sale")
    rows = Transfer.objects.select_related("debit", "credit").order_by("pk")
    assert [(row.ref, row.amount, row.debit.code, row.credit.code, row.memo) for row in rows] == [
        (f"sale:{number}", *leg) for number, leg in enumerate(SOLD, 1)
    ]
    assert books.balance("payable:P-2") == Money(35, "CNY")


@pytest.mark.parametrize(
    "again",
    [
        SOLD[:3],
        [*SOLD, leg(1, "bank:P-1", "escrow:1")],
        [SOLD[0], SOLD[2], SOLD[1], SOLD[3]],
        [leg(101, "bank:P-1", "escrow:1"), *SOLD[1:]],
    ],
    ids=["shorter", "longer", "another order", "another amount"],
)
def test_the_same_set_is_entered_once_and_no_other_under_its_ref(again: list[Leg]) -> None:
    books.transfer_many(SOLD, ref="sale")
    books.transfer_many(SOLD, ref="sale")
    assert Transfer.objects.count() == 4
    refused("ledger.ref_reused", again)


def test_one_leg_too_many_and_nothing_is_entered() -> None:
    short = refused("ledger.overdrawn", [*SOLD, leg(36, "payable:P-2", "bank:P-1")])
    assert short.facts == {"account": "payable:P-2", "available": Money(35, "CNY")}
    assert not Account.objects.exists()


def test_an_account_keeps_one_currency() -> None:
    refused("ledger.currency", [*SOLD, leg(1, "bank:P-1", "escrow:2", "USD")])
    books.transfer_many(SOLD, ref="sale")
    refused("ledger.currency", [leg(1, "bank:P-1", "escrow:2", "USD")], ref="other")


def test_what_a_hold_set_aside_no_set_takes() -> None:
    books.transfer_many(SOLD, ref="sale")
    books.hold(Money(30, "CNY"), debit="payable:P-2", credit="escrow:2", ref="hold", memo="")
    refused("ledger.overdrawn", [leg(6, "payable:P-2", "bank:P-1")], ref="out")


def test_the_database_refuses_a_set_that_overdraws_whoever_wrote_it(monkeypatch: Any) -> None:
    books.transfer_many(SOLD, ref="sale")
    monkeypatch.setattr(books, "_refuse_short", lambda *_: None)
    with pytest.raises(IntegrityError, match="overdrawn"), transaction.atomic():
        books.transfer_many([leg(1, "bank:P-1", "payable:P-2"), leg(37, "payable:P-2", "bank:P-1")], ref="out")
    assert books.balance("payable:P-2") == Money(35, "CNY")
