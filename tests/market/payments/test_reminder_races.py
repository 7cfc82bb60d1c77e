"""Two workers remind at the same moment: each level goes out once. Needs real row locks."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from market.kernel import clock
from market.payments import queries as reads
from market.payments.arrears import actions
from market.payments.arrears.models import Reminder
from market.payments.models import Charge
from market.trail.models import Fact
from tests import people
from tests import stage as threads
from tests.market.payments import stage

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
RUNNERS = 4


@pytest.fixture
def due(monkeypatch: pytest.MonkeyPatch) -> Charge:
    """A deposit due in two days, asked for a week ago; who has looked waits for the others to look."""
    anne = people.enterprise("anne", "安妮", "长春光电科技有限公司", 11)
    charge = stage.ask_deposit("B-ANNE", anne, people.changchun_agency())
    Charge.objects.filter(pk=charge.pk).update(created_at=clock.now() - timedelta(days=7))

    def together(charge: Any) -> tuple[()]:
        threads.meet()
        return ()

    monkeypatch.setattr(reads, "bars_of", together)
    return charge


def test_a_level_goes_out_once_however_many_workers_look(due: Charge) -> None:
    assert sorted(threads.race(RUNNERS, lambda _: actions.remind_due())) == [0, 0, 0, 1]
    assert Reminder.objects.count() == Fact.objects.filter(name="charge.reminded").count() == 1


def test_without_the_lock_all_of_them_try_and_the_database_lets_one(
    due: Charge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race the lock is for: each has seen that none went out; all but one run into the constraint."""
    monkeypatch.setattr(Charge.objects, "select_for_update", lambda **_: Charge.objects.all())
    answers = threads.race(RUNNERS, lambda _: actions.remind_due())
    assert sum(isinstance(answer, IntegrityError) for answer in answers) == RUNNERS - 1
    assert Reminder.objects.count() == 1
