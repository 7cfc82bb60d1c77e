"""Two workers look through the register at the same moment: every warning is given once. Needs real row locks."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection

from market.rights import actions
from market.rights.alarms import actions as alarms
from market.rights.alarms.models import Alarm, Round
from market.trail.models import Fact
from tests import assets, people, stage
from tests.market.rights.test_alarms import on

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TODAY = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def owed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A patent whose ninth year is to be paid soon, and the day's round begun, so that nobody waits for its row to be made;
    who has seen what falls due waits for the other to see it."""
    Round.objects.create(day=TODAY)
    right = assets.right(people.jilin_university())
    actions.amend(right, expires_on=None, annuity_paid_to=date(2027, 2, 8), source="收据", actor="system:test")
    seen = alarms.lines_of

    def together(*args: Any) -> Any:
        lines = list(seen(*args))
        stage.meet()
        return lines

    monkeypatch.setattr(alarms, "lines_of", together)


def looked() -> list[Any]:
    """What each worker said it warned of."""

    def look(_number: int) -> int:
        with on(TODAY):
            return alarms.warn_due()

    return stage.race(2, look)


def test_of_two_workers_one_warns_and_the_other_has_nothing_to_do() -> None:
    assert connection.vendor == "postgresql"
    assert sorted(looked()) == [0, 1]
    assert Alarm.objects.count() == Fact.objects.filter(name="right.falls_due").count() == 1


def test_without_the_lock_both_would_warn_and_one_runs_into_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Round.objects, "select_for_update", lambda **_how: Round.objects.all())
    assert {type(said) for said in looked()} == {int, IntegrityError}
