"""A statement comes in: what pays exactly is confirmed, everything else stands in suspense for a reason, nothing comes twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404

from market.kernel import clock
from market.kernel.money import Money
from market.ledger import books
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.bank import actions
from market.payments.bank.models import Line, Statement, StatementFile
from market.payments.models import Charge
from market.payments.rules import check_character
from tests.market.payments import stage as money
from tests.market.payments.bank import stage
from tests.market.payments.bank.stage import Moved, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def charge(agency: Party, anne_co: Party, finance_sun: User) -> Charge:
    """A deposit Anne owes, on an account the desk knows."""
    stage.account(agency, finance_sun)
    return money.ask_deposit("B-ANNE", anne_co, agency)


def suspense(agency: Party, currency: str = "") -> Money:
    return books.balance(f"suspense:{agency.code}{currency}", currency.strip(":") or "CNY")


def test_a_payment_under_its_reference_confirms_the_charge(charge: Charge, agency: Party, finance_sun: User) -> None:
    stage.statement(agency, finance_sun, paid(charge, number="TX0001"))
    charge.refresh_from_db()
    assert (charge.state, charge.bank_reference, charge.received_on) == ("confirmed", "TX0001", clock.today())
    assert stage.lines() == [("100000.00", "")]
    assert money.standing() == {f"bank:{agency.code}": money.DEPOSIT, "deposit:B-ANNE": money.DEPOSIT}
    stage.accounted(agency)


def test_the_same_file_and_overlapping_days_add_nothing(charge: Charge, agency: Party, finance_sun: User) -> None:
    yesterday = clock.today() - timedelta(days=1)
    first = [Moved(500, "interest", on=yesterday), Moved(500, "interest", on=yesterday)]
    file = stage.statement(agency, finance_sun, *first)
    assert stage.statement(agency, finance_sun, *first, opening=stage.OPENING) == file
    longer = stage.statement(agency, finance_sun, *first, paid(charge), opening=stage.OPENING)
    assert stage.lines() == [("5.00", "no_reference")] * 2 + [("100000.00", "")]
    (statement,) = longer.statements.all()
    assert (statement.entries, statement.known) == (3, 2)
    assert actions.take_in(file=file, sheets=(), by=finance_sun) == list(file.statements.all())
    stage.accounted(agency)


CASES: list[tuple[str, dict[str, Any]]] = [
    ("under", {"minor": 99_999_99}),
    ("over", {"minor": 100_000_01}),
    ("third_party", {"name": "通化无关贸易有限公司"}),
]


@pytest.mark.parametrize(("reason", "other"), CASES)
def test_what_does_not_pay_exactly_is_kept(
    reason: str, other: dict[str, Any], charge: Charge, agency: Party, finance_sun: User
) -> None:
    entry = paid(charge, **other)
    stage.statement(agency, finance_sun, entry)
    charge.refresh_from_db()
    (line,) = Line.objects.all()
    assert (line.reason, line.charge, charge.state) == (reason, charge, "due")
    assert money.standing() == {f"bank:{agency.code}": line.amount, f"suspense:{agency.code}": line.amount}
    stage.accounted(agency)


def test_no_reference_a_strange_one_and_two_are_kept(
    charge: Charge, agency: Party, bob_co: Party, finance_sun: User
) -> None:
    other = money.ask_deposit("B-BOB", bob_co, agency)
    strange = f"LC2222222{check_character('2222222')}"
    entries = [Moved(100, "thanks"), Moved(100, strange), Moved(100, f"{charge.reference} {other.reference}")]
    stage.statement(agency, finance_sun, *entries)
    assert [reason for _, reason in stage.lines()] == ["no_reference", "unknown_reference", "several"]
    stage.accounted(agency)


def test_twice_cancelled_and_taken_back_are_kept(
    charge: Charge, agency: Party, bob_co: Party, finance_sun: User
) -> None:
    other = money.ask_deposit("B-BOB", bob_co, agency)
    payments.cancel(charge=other, actor="system:test")
    stage.statement(agency, finance_sun, paid(charge, number="TX0001"))
    again, back = paid(charge, number="TX0002"), Moved(-100_000_00, "冲正", "TX0003", reversal=True)
    stage.statement(agency, finance_sun, again, paid(other), back)
    assert [reason for _, reason in stage.lines()] == ["", "duplicate", "cancelled", "reversal"]
    assert books.balance(f"unexplained:{agency.code}") == money.DEPOSIT
    stage.accounted(agency)


def test_parts_of_one_payment_wait_together(charge: Charge, agency: Party, finance_sun: User) -> None:
    halves = [paid(charge, 40_000_00, number="TX0001"), paid(charge, 60_000_00, number="TX0002")]
    stage.statement(agency, finance_sun, *halves)
    assert [reason for _, reason in stage.lines()] == ["under", "under"]
    twice = [paid(charge, number="TX0003"), paid(charge, number="TX0004")]
    stage.statement(agency, finance_sun, *twice)
    assert [reason for _, reason in stage.lines()[2:]] == ["together", "together"]
    stage.accounted(agency)


def test_money_in_another_currency_is_kept_in_its_own_books(charge: Charge, agency: Party, finance_sun: User) -> None:
    stage.account(agency, finance_sun, "USD")
    stage.statement(agency, finance_sun, paid(charge), currency="USD")
    assert stage.lines() == [("100000.00", "currency")]
    assert suspense(agency, ":USD") == Money(100_000_00, "USD")
    stage.accounted(agency)


def test_what_was_confirmed_by_hand_before_is_recognised_and_not_entered_twice(
    charge: Charge, agency: Party, finance_sun: User
) -> None:
    money.confirm(charge, finance_sun, bank_reference="TX0001")
    stage.accounted(agency)
    stage.statement(agency, finance_sun, Moved(100_000_00, "no words", "TX0001", charge.payer.name))
    assert stage.lines() == [("100000.00", "")]
    assert books.balance(f"bank:{agency.code}") == money.DEPOSIT
    stage.accounted(agency)


def test_a_charge_the_room_will_not_confirm_leaves_the_money_in_suspense(
    charge: Charge, agency: Party, bob_co: Party, finance_sun: User
) -> None:
    taken = money.ask_deposit("B-BOB", bob_co, agency)
    money.confirm(taken, finance_sun, bank_reference="TX0001")
    stage.statement(agency, finance_sun, paid(charge, number="TX0001"))
    assert stage.lines() == [("100000.00", "barred")]
    stage.accounted(agency)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (stage.camt("999", [Moved(1)]), "bank.account"),
        (stage.camt("070101200000066", [Moved(1)]).replace(b"0.01<", b"0.02<", 1), "bank.unbalanced"),
        (b"Date,Amount\n2026-11-24,1\n", "bank.account_missing"),
    ],
)
def test_a_refused_file_leaves_nothing(
    content: bytes, code: str, charge: Charge, agency: Party, finance_sun: User
) -> None:
    name = "x.xml" if content.startswith(b"<") else "x.csv"
    money.refused(
        code, lambda: actions.hand_in(agency=agency, name=name, content=content, account=None, by=finance_sun)
    )
    assert not StatementFile.objects.exists()


def test_only_those_who_pay_for_the_agency_hand_in(
    charge: Charge, agency: Party, agent_chen: User, mallory: User
) -> None:
    content = stage.camt(agency.bank_account, [paid(charge)])
    hand_in = {"agency": agency, "name": "x.xml", "content": content, "account": None}
    money.refused("role.missing", lambda: actions.hand_in(**hand_in, by=agent_chen))
    with pytest.raises(Http404):
        actions.hand_in(**hand_in, by=mallory)
    assert not Line.objects.exists()


def test_the_database_keeps_what_the_bank_said(charge: Charge, agency: Party, finance_sun: User) -> None:
    stage.statement(agency, finance_sun, paid(charge))
    for table in (Line, Statement):
        for act in (lambda rows: rows.update(currency="USD"), lambda rows: rows.all()._raw_delete("default")):
            with pytest.raises(DatabaseError), transaction.atomic():
                act(table.objects.all())
