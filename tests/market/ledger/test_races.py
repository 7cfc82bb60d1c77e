"""Thirty-two threads at one account: it never pays what it does not have."""

import pytest
from django.db import IntegrityError

from market.kernel.errors import Refused
from market.kernel.money import Money
from market.ledger import books, queries
from market.ledger.models import Account, Hold, Transfer, Void
from tests import stage

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
THREADS = 32
FEN = Money(1, "CNY")


def fill(minor: int) -> None:
    books.transfer(Money(minor, "CNY"), debit="bank:P-1", credit="payable:P-2", ref="in", memo="")


def pay_out(number: int) -> Transfer:
    return books.transfer(FEN, debit="payable:P-2", credit="bank:P-1", ref=f"out:{number}", memo="")


def test_many_payouts_from_one_account_never_overdraw_it() -> None:
    fill(10)
    answers = stage.race(THREADS, pay_out)
    assert sum(isinstance(answer, Transfer) for answer in answers) == 10
    codes = {answer.code for answer in answers if isinstance(answer, Refused)}
    assert codes == {"ledger.overdrawn"}
    assert books.balance("payable:P-2") == Money.zero("CNY")


def test_without_the_lock_they_race_and_the_database_still_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: more than ten threads see money for ten; the others meet the trigger, which is a fault."""
    fill(10)

    def look_then_wait(code: str, currency: str = "CNY") -> Money:
        free = books.balance(code, currency)
        stage.meet()
        return free

    monkeypatch.setattr(books, "_lock", lambda debit, credit: [debit])
    monkeypatch.setattr(books, "available", look_then_wait)
    answers = stage.race(THREADS, pay_out)
    assert sum(isinstance(answer, Transfer) for answer in answers) == 10
    assert any(isinstance(answer, IntegrityError) for answer in answers), (
        "the race did not happen, so the test above proves nothing"
    )
    assert books.balance("payable:P-2") == Money.zero("CNY")


def test_the_same_payout_asked_for_by_many_is_made_once() -> None:
    fill(10)
    answers = stage.race(THREADS, lambda _: pay_out(1))
    assert {answer.pk for answer in answers} == {Transfer.objects.get(ref="out:1").pk}
    assert books.balance("payable:P-2") == Money(9, "CNY")


def test_the_same_receipt_entered_by_many_counts_once_though_nothing_is_locked() -> None:
    answers = stage.race(
        THREADS, lambda _: books.transfer(FEN, debit="bank:P-1", credit="deposit:B-1", ref="in", memo="")
    )
    assert {answer.pk for answer in answers} == {Transfer.objects.get().pk}


def test_an_account_is_opened_once_whoever_comes_first() -> None:
    answers = stage.race(THREADS, lambda _: books.account("escrow:lot:L-1", "CNY"))
    assert {answer.pk for answer in answers} == {Account.objects.get().pk}


def test_two_accounts_opened_crosswise_do_not_wait_for_each_other() -> None:
    def move(number: int) -> object:
        debit, credit = ("bank:P-1", "bank:P-2") if number % 2 else ("bank:P-2", "bank:P-1")
        return books.transfer(FEN, debit=debit, credit=credit, ref=f"move:{number}", memo="")

    assert all(isinstance(answer, Transfer) for answer in stage.race(THREADS, move))


def test_a_hold_asked_to_end_both_ways_ends_one_way() -> None:
    fill(10)
    for round_ in range(8):
        ref = f"hold:{round_}"
        books.hold(FEN, debit="payable:P-2", credit="commission:P-1", ref=ref, memo="")
        answers = stage.race(4, lambda number, ref=ref: books.post(ref) if number % 2 else books.void(ref))
        codes = {answer.code for answer in answers if isinstance(answer, Refused)}
        assert codes == {"ledger.hold_ended"}
    assert Transfer.objects.exclude(hold=None).count() + Void.objects.count() == Hold.objects.count() == 8
    assert queries.differences(queries.trial_balance()) == []
