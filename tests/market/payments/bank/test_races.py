"""Two clerks do the same, or two things, at the same moment: a line comes once, and one decision is made of it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet

from market.kernel.errors import Refused
from market.ledger import books
from market.parties.models import Party, User
from market.payments.bank import actions
from market.payments.bank.actions import deciding, intake
from market.payments.bank.models import Decision, Line, StatementFile
from market.payments.models import Charge, Payout
from tests import people
from tests import stage as threads
from tests.market.payments import stage as money
from tests.market.payments.bank import stage
from tests.market.payments.bank.stage import paid

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def agency_(transactional_db: None) -> Party:
    return people.changchun_agency()


@pytest.fixture
def sun(agency_: Party) -> User:
    return User.objects.get(username="finance_sun")


@pytest.fixture
def charge(agency_: Party, sun: User) -> Charge:
    stage.account(agency_, sun)
    return money.ask_deposit("B-ANNE", people.enterprise("anne", "安妮", "长春光电科技有限公司", 11), agency_)


@contextmanager
def unlocked() -> Iterator[None]:
    """Inside the block no row is locked: the control."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows.all())
        yield


def slow(patch: pytest.MonkeyPatch, module: object, name: str) -> None:
    """Everyone waits for the others after `name` has looked, before anything is written."""
    real = getattr(module, name)

    def looked(*args, **options):
        answer = real(*args, **options)
        threads.meet()
        return answer

    patch.setattr(module, name, looked)


def two_decisions(charge: Charge, agency: Party, sun: User, patch: pytest.MonkeyPatch) -> list[object]:
    """One clerk sends the money back while another attaches it to its charge."""
    (line,) = stage.statement(agency, sun, paid(charge, 100_000_01)).statements.get().lines.all()
    slow(patch, deciding, "_again")
    acts = (
        lambda: actions.refund(line=line, note="", by=sun),
        lambda: actions.accept_surplus(lines=[line], charge=charge, note="", by=sun),
    )
    return threads.race(2, lambda number: acts[number]())


def test_two_clerks_decide_one_line_once(charge: Charge, agency_: Party, sun: User, monkeypatch) -> None:
    answers = two_decisions(charge, agency_, sun, monkeypatch)
    assert sum(isinstance(answer, Decision) for answer in answers) == 1
    assert [answer.code for answer in answers if isinstance(answer, Refused)] == ["bank.decided"]
    assert Payout.objects.count() == 1
    stage.accounted(agency_)


def test_without_the_lock_both_go_ahead_and_only_the_database_stops_one(
    charge: Charge, agency_: Party, sun: User, monkeypatch
) -> None:
    with unlocked():
        answers = two_decisions(charge, agency_, sun, monkeypatch)
    assert any(isinstance(answer, IntegrityError) for answer in answers)
    stage.accounted(agency_)


def one_file(charge: Charge, agency: Party, sun: User, patch: pytest.MonkeyPatch) -> list[object]:
    """Four clerks hand in the same days at once, in files that differ in a blank."""
    slow(patch, intake, "_line")
    content = stage.camt(agency.bank_account, [paid(charge)])
    sent = {"agency": agency, "account": None, "by": sun}
    return threads.race(4, lambda n: actions.hand_in(name=f"{n}.xml", content=content + b" " * n, **sent))


def test_the_same_days_handed_in_by_many_come_once(charge: Charge, agency_: Party, sun: User, monkeypatch) -> None:
    answers = one_file(charge, agency_, sun, monkeypatch)
    assert all(isinstance(answer, StatementFile) for answer in answers)
    assert Line.objects.count() == 1
    assert books.balance(f"bank:{agency_.code}") == money.DEPOSIT
    stage.accounted(agency_)


def test_without_the_lock_the_same_days_collide(charge: Charge, agency_: Party, sun: User, monkeypatch) -> None:
    with unlocked():
        answers = one_file(charge, agency_, sun, monkeypatch)
    assert not all(isinstance(answer, StatementFile) for answer in answers)
    assert Line.objects.count() == 1
