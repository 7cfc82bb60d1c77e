"""Two workers run the same month at once: each period is opened once and billed once."""

from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from market.kernel import clock
from market.kernel.errors import Conflict
from market.parties.models import Party
from market.royalties import actions, queries
from market.royalties.models import Licence, ReportingPeriod, Statement
from market.trail.models import Fact
from tests import people
from tests.market.royalties import stage
from tests.stage import meet, race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 2, 10, 4, tzinfo=UTC)


def living_at(moment: datetime, act: Any) -> Any:
    """`act` for a thread, which has a clock of its own."""

    def acted(number: int) -> Any:
        with clock.shifted_to(moment):
            return act(number)

    return acted


@pytest.fixture
def licence(transactional_db: None) -> Licence:
    jida, agency = people.jilin_university(), people.changchun_agency()
    anne_co: Party = people.anne_co()
    with clock.shifted_to(NOW):
        made = stage.licence(jida, anne_co, agency)
        stage.reported(made, 1, "10000")
    return made


def test_a_month_run_by_many_is_billed_once(licence: Licence) -> None:
    answers = race(8, living_at(NOW, lambda _: actions.run()))
    assert sorted(answers) == [0] * 7 + [1]
    assert Statement.objects.count() == 1
    assert Fact.objects.filter(name="royalty.billed").count() == 1


def test_periods_opened_by_many_are_opened_once(licence: Licence) -> None:
    may = datetime(2026, 5, 1, 4, tzinfo=UTC)
    answers = race(4, living_at(may, lambda _: actions.open_periods(licence.pk)))
    assert sorted(len(answer) for answer in answers) == [0, 0, 0, 1]
    assert licence.periods.count() == 5


def test_without_the_lock_two_workers_state_one_period_and_the_database_keeps_one(licence: Licence) -> None:
    opening_of, pk = queries.opening_of, stage.period(licence, 1).pk

    def together(period: ReportingPeriod) -> Any:
        opening = opening_of(period)
        meet()
        return opening

    with (
        patch.object(QuerySet, "select_for_update", lambda self, **options: self),
        patch.object(queries, "opening_of", together),
    ):
        answers = race(2, living_at(NOW, lambda _: actions.bill(pk)))
    assert sum(isinstance(answer, IntegrityError | Conflict) for answer in answers) == 1, answers
    assert Statement.objects.count() == 1
    assert queries.holds(queries.statements().get())


def test_no_day_lies_in_two_periods(licence: Licence) -> None:
    with (
        pytest.raises(IntegrityError, match="periods_never_overlap"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE royalties_reportingperiod SET until = until + 1 WHERE number = 1")
