"""The database refuses to break the books, whoever asks and in whatever words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from market.kernel.money import Money
from market.ledger import books, queries
from market.ledger.models import Account, Hold, Transfer, Void

pytestmark = pytest.mark.django_db
TABLES = ("account", "hold", "transfer", "void")


@pytest.fixture(autouse=True)
def _books() -> None:
    """100 received, 60 of it held; 30 more held and void; another 10 held and posted."""
    books.transfer(Money(10000, "CNY"), debit="bank:P-1", credit="deposit:B-1", ref="in", memo="")
    for ref, minor in (("bond", 6000), ("freed", 3000), ("won", 1000)):
        books.hold(Money(minor, "CNY"), debit="deposit:B-1", credit="escrow:lot:L-1", ref=ref, memo="")
    books.void("freed")
    books.post("won")
    books.account("deposit:USD", "USD")
    books.account("bank:USD", "USD")


def pk(code: str) -> int:
    return Account.objects.get(code=code).pk


def row(minor: int, debit: str = "deposit:B-1", credit: str = "bank:P-1", **columns: Any) -> dict[str, Any]:
    """The columns of a movement as somebody at a console would write them."""
    return {"ref": "x", "debit_id": pk(debit), "credit_id": pk(credit), "amount_minor": minor, "memo": ""} | columns


def bond(**columns: Any) -> dict[str, Any]:
    """The columns of a transfer that posts the open hold."""
    hold = Hold.objects.get(ref="bond")
    return row(6000, credit="escrow:lot:L-1", ref="bond", hold_id=hold.pk) | columns


def refused(message: str, write: Callable[[], object]) -> None:
    """The database refuses the write, says why, and the books are as they were."""
    before = queries.trial_balance(), [list(kind.objects.values()) for kind in (Account, Hold, Transfer, Void)]
    with pytest.raises(IntegrityError, match=message), transaction.atomic():
        write()
    after = queries.trial_balance(), [list(kind.objects.values()) for kind in (Account, Hold, Transfer, Void)]
    assert after == before


@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_deleted(table: str) -> None:
    refused("append-only", lambda: connection.cursor().execute(f"DELETE FROM ledger_{table}"))


@pytest.mark.parametrize(
    "change",
    [
        "account SET kind = 'income'",
        "account SET currency = 'USD'",
        "account SET overdraft = NOT overdraft",
        "account SET code = 'deposit:mine' WHERE code = 'deposit:B-1'",
        "account SET id = id + 100",
        "transfer SET amount_minor = 1",
        "transfer SET credit_id = debit_id",
        "hold SET amount_minor = amount_minor + 1",
        "void SET hold_id = hold_id + 1",
    ],
)
def test_no_row_is_changed(change: str) -> None:
    refused("append-only", lambda: connection.cursor().execute(f"UPDATE ledger_{change}"))


@pytest.mark.postgres
@pytest.mark.parametrize("table", TABLES)
def test_no_table_is_emptied(table: str) -> None:
    truncate = f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE ledger_{table} CASCADE"
    refused("append-only", lambda: connection.cursor().execute(truncate))


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite replaces a row behind its triggers' back")
@pytest.mark.parametrize("table", TABLES)
def test_no_row_is_replaced(table: str) -> None:
    copy = f"INSERT OR REPLACE INTO ledger_{table} SELECT * FROM ledger_{table}"
    refused("append-only", lambda: connection.cursor().execute(copy))


@pytest.mark.parametrize("kind", [Transfer, Hold])
def test_a_movement_beyond_what_is_free_is_refused(kind: Any) -> None:
    refused("overdrawn", lambda: kind.objects.create(**row(3001)))
    kind.objects.create(**row(3000))
    refused("overdrawn", lambda: kind.objects.create(**row(1, ref="y")))


def test_an_asset_that_may_not_be_overdrawn_is_guarded_on_its_own_side() -> None:
    till = Account.objects.create(code="till", kind="asset", overdraft=False)
    refused("overdrawn", lambda: Transfer.objects.create(**row(1, "bank:P-1", "till")))
    Transfer.objects.create(**row(5, "till", "bank:P-1", ref="float"))
    Hold.objects.create(**row(3, "bank:P-1", "till", ref="change"))
    refused("overdrawn", lambda: Transfer.objects.create(**row(3, "bank:P-1", "till")))
    Transfer.objects.create(**row(2, "bank:P-1", "till"))
    (standing,) = (one for one in queries.trial_balance() if one.code == till.code)
    assert (standing.balance.minor, standing.held.minor) == (3, 3)


@pytest.mark.parametrize("kind", [Transfer, Hold])
@pytest.mark.parametrize(
    ("debit", "credit", "currency"),
    [("bank:P-1", "deposit:B-1", "USD"), ("bank:USD", "deposit:B-1", "USD"), ("bank:P-1", "deposit:USD", "CNY")],
)
def test_a_movement_and_both_its_accounts_have_one_currency(kind: Any, debit: str, credit: str, currency: str) -> None:
    refused("currency", lambda: kind.objects.create(**row(1, debit, credit, currency=currency)))


def test_an_account_that_does_not_exist_takes_part_in_nothing() -> None:
    refused("currency", lambda: Transfer.objects.create(**row(1) | {"credit_id": 0}))


@pytest.mark.parametrize("minor", [0, -1])
def test_a_movement_is_of_more_than_nothing(minor: int) -> None:
    refused("amount_is_positive", lambda: Transfer.objects.create(**row(minor)))


def test_a_posting_repeats_its_hold_exactly() -> None:
    others = {
        "ref": "other",
        "amount_minor": 5999,
        "credit_id": pk("bank:P-1"),
        "hold_id": 10_000,
    }
    for column, value in others.items():
        refused(
            "repeats its open hold",
            lambda column=column, value=value: Transfer.objects.create(**bond(**{column: value})),
        )
    Transfer.objects.create(**bond())
    assert books.held("deposit:B-1") == Money.zero("CNY")


def test_a_hold_is_posted_once() -> None:
    Transfer.objects.create(**bond())
    refused("append-only|duplicate key", lambda: Transfer.objects.create(**bond()))


def test_a_void_hold_is_not_posted() -> None:
    freed = Hold.objects.get(ref="freed")
    columns = row(3000, credit="escrow:lot:L-1", ref="freed", hold_id=freed.pk)
    refused("repeats its open hold", lambda: Transfer.objects.create(**columns))


def test_a_posted_hold_is_not_void_and_a_void_one_not_twice() -> None:
    refused("posted hold is not void", lambda: Void.objects.create(hold=Hold.objects.get(ref="won")))
    refused("append-only|duplicate key", lambda: Void.objects.create(hold=Hold.objects.get(ref="freed")))


def test_only_assets_may_be_overdrawn() -> None:
    refused(
        "only_assets_are_overdrawn",
        lambda: Account.objects.create(code="escrow:free", kind="liability", overdraft=True),
    )


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_snapshot_older_than_the_lock_decides_nothing() -> None:
    def write() -> None:
        connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        Transfer.objects.create(**row(1))

    refused("read committed", write)
