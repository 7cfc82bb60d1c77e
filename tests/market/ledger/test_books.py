"""Money moves from one account to another, once for each ref, and nobody spends what is not there."""

import pytest

from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.ledger import books
from market.ledger.models import Account, Hold, Transfer, Void

pytestmark = pytest.mark.django_db


def yuan(amount: int) -> Money:
    return Money(amount * 100, "CNY")


def receive(amount: int, account: str = "deposit:B-1", ref: str = "in:1") -> Transfer:
    return books.transfer(yuan(amount), debit="bank:P-1", credit=account, ref=ref, memo="received")


def snapshot() -> tuple[int, int, int, int]:
    return Account.objects.count(), Transfer.objects.count(), Hold.objects.count(), Void.objects.count()


def refused(code: str, act: object, *args: object, **kwargs: object) -> Refused:
    """Call `act`, expect the refusal `code` with its sentence, and find the books as they were."""
    before = snapshot()
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)  # type: ignore[operator]
    assert caught.value.code == code
    assert sentence(caught.value)
    assert snapshot() == before
    return caught.value


def test_a_receipt_stands_on_both_accounts() -> None:
    receive(100)
    assert books.balance("bank:P-1") == books.balance("deposit:B-1") == yuan(100)


def test_the_same_ref_moves_money_once() -> None:
    assert receive(100) == receive(100)
    assert books.balance("deposit:B-1") == yuan(100)


@pytest.mark.parametrize(
    "other",
    [
        {"amount": Money(99, "CNY")},
        {"amount": Money(10000, "USD")},
        {"credit": "deposit:B-2"},
        {"debit": "bank:P-2"},
    ],
)
def test_a_ref_is_not_reused_for_something_else(other: dict[str, object]) -> None:
    receive(100)
    first = {"amount": yuan(100), "debit": "bank:P-1", "credit": "deposit:B-1", "ref": "in:1", "memo": "received"}
    call = first | other
    refused("ledger.ref_reused", books.transfer, call.pop("amount"), **call)


def test_an_account_that_may_not_be_overdrawn_pays_what_it_has_and_no_more() -> None:
    receive(100)
    caught = refused(
        "ledger.overdrawn", books.transfer, yuan(101), debit="deposit:B-1", credit="bank:P-1", ref="out:1", memo="back"
    )
    assert caught.facts == {"account": "deposit:B-1", "available": yuan(100)}
    books.transfer(yuan(100), debit="deposit:B-1", credit="bank:P-1", ref="out:2", memo="back")
    assert books.balance("deposit:B-1") == yuan(0)


def test_what_is_held_cannot_be_spent_or_held_again() -> None:
    receive(100)
    books.hold(yuan(60), debit="deposit:B-1", credit="escrow:lot:L-1", ref="bond", memo="bond")
    assert (books.balance("deposit:B-1"), books.held("deposit:B-1"), books.available("deposit:B-1")) == (
        yuan(100),
        yuan(60),
        yuan(40),
    )
    out = {"debit": "deposit:B-1", "credit": "bank:P-1", "memo": "back"}
    refused("ledger.overdrawn", books.transfer, yuan(41), ref="out:1", **out)
    refused("ledger.overdrawn", books.hold, yuan(41), ref="bond:2", **out)
    books.transfer(yuan(40), ref="out:2", **out)
    assert books.available("deposit:B-1") == yuan(0)


def held_bond(amount: int = 100) -> Hold:
    receive(amount)
    return books.hold(yuan(amount), debit="deposit:B-1", credit="escrow:lot:L-1", ref="bond", memo="bond")


def test_posting_a_hold_of_the_whole_account_moves_it() -> None:
    held_bond()
    assert books.post("bond") == books.post("bond")
    assert books.balance("deposit:B-1") == books.held("deposit:B-1") == yuan(0)
    assert books.balance("escrow:lot:L-1") == yuan(100)


def test_voiding_a_hold_frees_it() -> None:
    held_bond()
    books.void("bond")
    books.void("bond")
    assert books.available("deposit:B-1") == yuan(100)


def test_a_hold_ends_once() -> None:
    held_bond()
    books.void("bond")
    refused("ledger.hold_ended", books.post, "bond")
    receive(50, ref="in:2")
    books.hold(yuan(50), debit="deposit:B-1", credit="escrow:lot:L-1", ref="bond:2", memo="bond")
    books.post("bond:2")
    refused("ledger.hold_ended", books.void, "bond:2")


def test_the_same_hold_again_is_the_first_one_even_after_it_ended() -> None:
    first = held_bond()
    books.post("bond")
    assert books.hold(yuan(100), debit="deposit:B-1", credit="escrow:lot:L-1", ref="bond", memo="bond") == first
    refused(
        "ledger.ref_reused", books.hold, yuan(1), debit="deposit:B-1", credit="escrow:lot:L-1", ref="bond", memo="b"
    )


def test_an_account_keeps_its_currency() -> None:
    receive(100)
    refused("ledger.currency", books.account, "deposit:B-1", "USD")
    refused(
        "ledger.currency",
        books.transfer,
        Money(100, "USD"),
        debit="bank:P-1",
        credit="deposit:B-1",
        ref="in:2",
        memo="dollars",
    )


def test_an_account_nobody_opened_holds_nothing_of_the_currency_asked_for() -> None:
    assert books.balance("escrow:lot:L-9") == books.held("escrow:lot:L-9") == yuan(0)
    assert books.available("escrow:lot:L-9", "USD") == Money.zero("USD")
    assert not Account.objects.exists()


@pytest.mark.parametrize("minor", [0, -1])
def test_a_movement_of_nothing_or_less_is_a_fault(minor: int) -> None:
    with pytest.raises(AssertionError):
        books.transfer(Money(minor, "CNY"), debit="bank:P-1", credit="deposit:B-1", ref="in:1", memo="")
    assert snapshot() == (0, 0, 0, 0)


def test_an_account_of_no_family_is_a_fault() -> None:
    with pytest.raises(AssertionError, match="slush"):
        books.account("slush:fund", "CNY")
    assert not Account.objects.exists()
