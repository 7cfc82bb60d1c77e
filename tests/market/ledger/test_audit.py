"""The audit adds up the books anew and finds what no guard let through."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from market.kernel.money import Money
from market.ledger import books, queries
from market.ledger.models import Account, Hold, Transfer, Void
from tests.guards import guards_down

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _books() -> None:
    books.transfer(Money(10000, "CNY"), debit="bank:P-1", credit="deposit:B-1", ref="in", memo="")
    books.hold(Money(6000, "CNY"), debit="deposit:B-1", credit="escrow:lot:L-1", ref="bond", memo="")
    books.hold(Money(1000, "CNY"), debit="deposit:B-1", credit="escrow:lot:L-1", ref="won", memo="")
    books.post("won")
    books.transfer(Money(700, "USD"), debit="bank:USD", credit="deposit:USD", ref="in usd", memo="")


def audit(*options: str) -> str:
    printed = StringIO()
    call_command("audit_books", *options, stdout=printed)
    return printed.getvalue()


def test_sound_books_are_printed_and_said_to_be_sound() -> None:
    printed = audit()
    assert "The books keep their rules." in printed
    (deposit,) = (line.split() for line in printed.splitlines() if line.startswith("deposit:B-1"))
    assert deposit == ["deposit:B-1", "liability", "10.00", "100.00", "90.00", "60.00", "CNY"]
    assert [line.split() for line in printed.splitlines() if line.startswith("total")] == [
        ["total", "110.00", "110.00", "0.00", "CNY"],
        ["total", "7.00", "7.00", "0.00", "USD"],
    ]


def test_empty_books_are_sound() -> None:
    with guards_down():
        for kind in (Transfer, Hold, Account):
            kind.objects.all()._raw_delete("default")
    assert "The books keep their rules." in audit()


def test_the_audit_speaks_json() -> None:
    document = json.loads(audit("--json"))
    assert document["totals"]["CNY"] == {"debits": "110.00", "credits": "110.00"}
    assert document["differences"] == []
    assert {
        "account": "deposit:B-1",
        "kind": "liability",
        "currency": "CNY",
        "debits": "10.00",
        "credits": "100.00",
        "balance": "90.00",
        "held": "60.00",
    } in document["accounts"]


FORGED = {
    "account.overdrawn": "UPDATE ledger_transfer SET amount_minor = 100 WHERE ref = 'in'",
    "sum.not_zero": "UPDATE ledger_account SET currency = 'USD' WHERE code = 'deposit:B-1'",
    "movement.currency": "UPDATE ledger_transfer SET currency = 'USD' WHERE ref = 'in'",
    "hold.posted_otherwise": "UPDATE ledger_transfer SET amount_minor = 2000 WHERE ref = 'won'",
    "hold.ended_twice": "INSERT INTO ledger_void (hold_id, at) SELECT id, at FROM ledger_hold WHERE ref = 'won'",
}


@pytest.mark.parametrize("code", FORGED)
def test_a_forged_row_is_found(code: str) -> None:
    with guards_down():
        connection.cursor().execute(FORGED[code])
    assert code in {one.code for one in queries.differences(queries.trial_balance())}
    printed = StringIO()
    with pytest.raises(CommandError):
        call_command("audit_books", "--json", stdout=printed)
    assert code in {one["code"] for one in json.loads(printed.getvalue())["differences"]}


def test_a_hold_counts_until_it_ends() -> None:
    books.void("bond")
    assert Void.objects.count() == 1
    (deposit,) = (row for row in queries.trial_balance() if row.code == "deposit:B-1")
    assert (deposit.balance.plain(), deposit.held.plain()) == ("90.00", "0.00")
