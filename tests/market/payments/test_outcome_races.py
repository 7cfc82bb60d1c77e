"""The price is paid and the default declared at the same moment: the deposit has one outcome, and its money goes one way."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from market.deals.models import Deal
from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.models import Party, User
from market.payments import actions
from market.payments.actions import outcomes
from market.payments.models import DepositOutcome, Payout
from tests import people
from tests import stage as threads
from tests.guards import guards_down
from tests.market.payments import stage

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
RUNNERS = 6
TABLE = "payments_depositoutcome"


@pytest.fixture
def won(transactional_db: None) -> Deal:
    """Anne's deposit is in the escrow of the deal she won."""
    agency, anne = people.changchun_agency(), people.anne_co()
    stage.deposit("B-ANNE", anne, agency, User.objects.get(username="finance_sun"))
    deal = stage.deal(people.jilin_university(), anne, agency)
    actions.apply_deposit("B-ANNE", actor="system:test")
    return deal


def race(deal: Deal, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Half of them apply the deposit for good, half forfeit it to the seller, all having seen that it has no outcome yet."""
    look = outcomes._known

    def look_together(*call: Any) -> dict[int, DepositOutcome]:
        seen = look(*call)
        threads.meet()
        return seen

    monkeypatch.setattr(outcomes, "_known", look_together)
    seller: Party = deal.seller
    parts = [actions.Part("damages", Payout.Purpose.DAMAGES, seller, stage.DEPOSIT)]

    def act(number: int) -> object:
        if number % 2:
            return actions.applied(deal, actor="system:test")
        return actions.forfeit(deal, parts=parts, due_at=clock.now(), actor="system:test")

    return threads.race(RUNNERS, act)


def test_the_first_outcome_is_the_only_one(won: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = race(won, monkeypatch)
    outcome = DepositOutcome.objects.get()
    lost = [answer for answer in answers if isinstance(answer, Exception)]
    assert {getattr(error, "code", error) for error in lost} == {"deposit.ended"}
    assert all(isinstance(error, Refused) for error in lost)
    assert len(lost) == RUNNERS // 2
    forfeited = outcome.kind == DepositOutcome.Kind.FORFEITED
    assert Payout.objects.count() == forfeited
    where = f"payable:{won.seller.code}" if forfeited else f"escrow:{won.origin}"
    assert stage.standing()[where] == stage.DEPOSIT


def test_without_the_databases_word_it_would_have_two(won: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
    with anything_goes():
        race(won, monkeypatch)
        assert set(DepositOutcome.objects.values_list("kind", flat=True)) == {"applied", "forfeited"}


@contextmanager
def anything_goes() -> Iterator[None]:
    """Inside the block the database takes a second outcome."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT conname FROM pg_constraint WHERE conrelid = '{TABLE}'::regclass AND contype = 'u'")
        (name,) = cursor.fetchone() or ("",)
        cursor.execute(f'ALTER TABLE {TABLE} DROP CONSTRAINT "{name}"')
        try:
            yield
        finally:
            with guards_down():
                DepositOutcome.objects.all().delete()
            cursor.execute(f'ALTER TABLE {TABLE} ADD CONSTRAINT "{name}" UNIQUE (hold_id)')
