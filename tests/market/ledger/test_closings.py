"""A closed month takes no transfer any more, whoever writes it, and what it came to is sealed."""

from datetime import date, datetime, timedelta
from fractions import Fraction
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from market.kernel import clock
from market.kernel.calendar import Month
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.ledger import books, closings, fx, queries
from market.ledger.models import Closing, Transfer
from market.parties.models import User
from tests import stage
from tests.guards import guards_down

SEPTEMBER, OCTOBER = Month(date(2026, 9, 1)), Month(date(2026, 10, 1))
CHEN = "user:1"


def receive(minor: int, ref: str, at: datetime) -> Transfer:
    with clock.shifted_to(at):
        return books.transfer(Money(minor, "CNY"), debit="bank:P-1", credit="escrow:1", ref=ref, memo="")


def first_of(month: Month) -> datetime:
    return month.span[0] + timedelta(hours=1)


@pytest.fixture
def two_months(db: None) -> None:
    """70 received in September, 30 in October, and both closed."""
    receive(70, "september", first_of(SEPTEMBER))
    receive(30, "october", first_of(OCTOBER))
    closings.close(SEPTEMBER, by=CHEN)
    closings.close(OCTOBER, by=CHEN)


def found() -> set[str]:
    return {one.code for one in queries.differences(queries.trial_balance())}


def test_a_closing_writes_down_what_every_account_came_to(two_months: None) -> None:
    sums = [
        {line.account.code: (line.debits_minor, line.credits_minor) for line in row.lines.all()}
        for row in Closing.objects.all()
    ]
    assert sums == [
        {"bank:P-1": (70, 0), "escrow:1": (0, 70)},
        {"bank:P-1": (100, 0), "escrow:1": (0, 100)},
    ]
    assert found() == set()
    assert closings.close(OCTOBER, by="user:2") == Closing.objects.last()
    assert Closing.objects.count() == 2


def test_nothing_is_dated_into_a_closed_month(two_months: None) -> None:
    with pytest.raises(Refused) as caught:
        receive(1, "late", OCTOBER.span[1] - timedelta(minutes=1))
    assert caught.value.code == "ledger.closed"
    assert sentence(caught.value)
    first = Transfer.objects.get(ref="october")
    with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
        Transfer.objects.create(
            ref="x", debit=first.debit, credit=first.credit, amount_minor=1, currency="CNY", memo="", at=first.at
        )
    receive(1, "in time", OCTOBER.span[1])


@pytest.mark.parametrize(
    ("code", "act"),
    [
        ("closing.not_over", lambda: closings.close(Month.of("", clock.today()), by=CHEN)),
        ("closing.closed", lambda: closings.close(SEPTEMBER, by=CHEN)),
        ("closing.reason", lambda: closings.reopen(OCTOBER, by=CHEN, reason=" ")),
        ("closing.not_closed", lambda: closings.reopen(OCTOBER.after, by=CHEN, reason="why")),
    ],
)
def test_what_is_not_closed_or_opened(two_months: None, code: str, act: object) -> None:
    with pytest.raises(Refused) as caught:
        act()  # type: ignore[operator]
    assert caught.value.code == code
    assert sentence(caught.value)
    assert Closing.objects.count() == 2


def test_a_month_is_opened_by_one_more_row_and_closed_anew(two_months: None) -> None:
    opened = closings.reopen(SEPTEMBER, by=CHEN, reason="bank statement of 28 September came late")
    assert closings.reopen(SEPTEMBER, by=CHEN, reason="bank statement of 28 September came late") == opened
    receive(5, "late", first_of(SEPTEMBER))
    assert found() == set()
    closings.close(OCTOBER, by=CHEN)
    assert found() == set()
    assert [row.until for row in Closing.objects.all()] == [
        SEPTEMBER.span[1],
        OCTOBER.span[1],
        SEPTEMBER.span[0],
        OCTOBER.span[1],
    ]


FORGED = {
    "closing.seal": "UPDATE ledger_closing SET reason = 'forged'",
    "closing.balance": "UPDATE ledger_transfer SET amount_minor = 71 WHERE ref = 'september'",
    "closing.journal": "UPDATE ledger_transfer SET memo = 'forged' WHERE ref = 'october'",
}


@pytest.mark.parametrize(
    ("code", "forgery"),
    [
        *FORGED.items(),
        ("closing.seal", "UPDATE ledger_closingline SET debits_minor = 71 WHERE debits_minor = 70"),
        ("closing.seal", "DELETE FROM ledger_closingline WHERE debits_minor = 70"),
        ("closing.journal", "UPDATE ledger_transfer SET at = '2026-09-30 12:00:00' WHERE ref = 'october'"),
    ],
)
def test_a_forged_byte_of_a_closed_month_is_found(two_months: None, code: str, forgery: str) -> None:
    with guards_down():
        connection.cursor().execute(forgery)
    assert code in found()
    with pytest.raises(CommandError):
        call_command("audit_books", stdout=StringIO())


@pytest.mark.parametrize("table", ["closing", "closingline", "rate"])
@pytest.mark.postgres
def test_the_database_lets_no_closing_change(two_months: None, table: str) -> None:
    fx.note_rate(base="USD", quote="CNY", value=Fraction("7.1"), on=OCTOBER.first, source="bank", by=CHEN)
    for statement in (f"DELETE FROM ledger_{table}", f"UPDATE ledger_{table} SET id = id + 100"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            connection.cursor().execute(statement)


def test_the_command_closes_and_opens(db: None, finance_sun: User) -> None:
    printed = StringIO()
    call_command("close_period", "2026-10", "--by", "finance_sun", stdout=printed)
    call_command("close_period", "2026-10", "--by", "finance_sun", "--reopen", "a late statement", stdout=printed)
    assert [row.by for row in Closing.objects.all()] == [finance_sun.ref] * 2
    assert Closing.objects.first().seal in printed.getvalue()  # type: ignore[union-attr]
    for wrong in (
        ["2026-13", "--by", "finance_sun"],
        ["2026-10", "--by", "nobody"],
        ["2199-01", "--by", "finance_sun"],
    ):
        with pytest.raises(CommandError):
            call_command("close_period", *wrong, stdout=printed)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("waits", [True, False], ids=["waits", "control"])
def test_a_closing_waits_for_who_is_writing(waits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transfer of the month's last moment is on its way while the month is closed: it is counted. Without the wait not."""
    if not waits:
        monkeypatch.setattr(closings, "_wait_for_writers", lambda: None)

    def act(number: int) -> None:
        if number == 0:
            with transaction.atomic():
                receive(1, "last", OCTOBER.span[1] - timedelta(minutes=1))
                stage.meet()
                connection.cursor().execute("SELECT pg_sleep(0.2)")
        else:
            stage.meet()
            closings.close(OCTOBER, by=CHEN)

    assert stage.race(2, act) == [None, None]
    assert (found() == set()) is waits
