"""Two workers run the same month at once: each period is opened once and billed once."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from market.kernel import clock
from market.parties.models import Party
from market.royalties import issuing, queries
from market.royalties.models import Licence, ReportingPeriod, Run, SetAside, Statement
from market.royalties.runs import actions
from market.royalties.runs.actions import run, step
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
    answers = race(8, living_at(NOW, lambda _: run()))
    assert sorted(answers) == [0] * 7 + [1]
    assert Statement.objects.count() == 1
    assert Fact.objects.filter(name="royalty.billed").count() == 1
    assert Run.objects.filter(state="done").count() == Run.objects.count() == 2  # one opened, one billed


def test_periods_opened_by_many_are_opened_once(licence: Licence) -> None:
    race(4, living_at(datetime(2026, 5, 1, 4, tzinfo=UTC), lambda _: run()))
    assert licence.periods.count() == 5
    assert Fact.objects.filter(name="royalty.report_due").count() == 5


def test_a_small_run_is_shared_by_two_and_a_large_one_goes_by_the_thousand() -> None:
    assert [actions.at_once(expected) for expected in (3, 1_000, 1_600, 100_000)] == [500, 500, 800, 1_000]


def test_two_workers_bill_two_chunks_of_one_run_at_the_same_time(
    licence: Licence, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "CHUNK", 1)
    with clock.shifted_to(NOW):
        other = stage.licence(licence.licensor, licence.licensee, licence.agency, of=licence.right, number="D-2")
        run()  # the first is billed, for one
        stage.reported(licence, 2, "10000")
        stage.reported(other, 1, "10000")
    Run.objects.create(number=99, day=NOW.date(), state="billing", expected=2)
    both, issue = threading.Barrier(2), issuing.issue

    def issued(drafts: Any) -> None:
        both.wait(5)
        issue(drafts)

    with patch.object(issuing, "issue", issued):
        assert race(2, living_at(NOW, lambda _: step())) == [1, 1]
    assert Run.objects.get(number=99).billed == 2
    assert Statement.objects.count() == 3


def test_what_a_killed_helper_left_is_done_by_the_others(licence: Licence, monkeypatch: pytest.MonkeyPatch) -> None:
    parent, issue = os.getpid(), issuing.issue

    def issued(drafts: Any) -> None:
        issue(drafts)
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    said = StringIO()
    with clock.shifted_to(NOW):
        for number in (2, 3):
            stage.reported(licence, number, "10000")
        with patch.object(issuing, "issue", issued):
            call_command("run_royalties", "--workers", "3", stdout=said)
    assert sorted(Statement.objects.values_list("period__number", "number")) == [(1, 1), (2, 1), (3, 1)]
    assert json.loads(said.getvalue().splitlines()[-1])["state"] == "done"


def together(act: Any) -> Any:
    """`act`, when the other one has come as far."""

    def acted(*args: Any, **named: Any) -> Any:
        answer = act(*args, **named)
        meet()
        return answer

    return acted


def unlocked(self: QuerySet[Any], **_options: Any) -> QuerySet[Any]:
    return self


def test_without_the_locks_two_workers_state_one_period_and_the_database_keeps_one(licence: Licence) -> None:
    run_of, waits = Run.objects.create(number=99, day=NOW.date(), state="billing", expected=1), queries.openings_of
    with patch.object(QuerySet, "select_for_update", unlocked), patch.object(queries, "openings_of", together(waits)):
        race(2, living_at(NOW, lambda _: step()))
    assert Statement.objects.count() == 1
    aside = SetAside.objects.get()  # by the one who came second
    assert (aside.run, aside.reason.partition(":")[0]) == (run_of, "IntegrityError")


@pytest.fixture
def nothing_unique(licence: Licence) -> Iterator[None]:
    """Statements of which the database lets any number be."""
    names = "conrelid = 'royalties_statement'::regclass AND contype = 'u'"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE {names}")
        kept = cursor.fetchall()
        for name, _ in kept:
            cursor.execute(f"ALTER TABLE royalties_statement DROP CONSTRAINT {name}")
        yield
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE royalties_statement CASCADE")
        cursor.execute("SET session_replication_role = origin")
        for name, definition in kept:
            cursor.execute(f"ALTER TABLE royalties_statement ADD CONSTRAINT {name} {definition}")


@pytest.mark.usefixtures("nothing_unique")
def test_without_locks_constraint_and_states_one_period_is_billed_twice(licence: Licence) -> None:
    """The control: the race is there."""
    Run.objects.create(number=99, day=NOW.date(), state="billing", expected=1)
    waits = queries.openings_of
    with (
        patch.object(QuerySet, "select_for_update", unlocked),
        patch.object(queries, "openings_of", together(waits)),
        patch.object(issuing, "move_keys", lambda *_: None),
    ):
        race(2, living_at(NOW, lambda _: step()))
    assert Statement.objects.count() == Fact.objects.filter(name="royalty.billed").count() == 2


def overlapping(licence: Licence) -> Any:
    """Writes a period over days that the other one's has, too, when that one has come as far."""

    def written(number: int) -> None:
        days = {"since": date(2026, 4, 1 + number), "until": date(2026, 6, 30), "report_due_on": date(2026, 7, 30)}
        with transaction.atomic():
            ReportingPeriod.objects.create(licence=licence, number=9 + number, **days)
            meet()

    return written


def test_two_who_write_overlapping_periods_at_once_write_one(licence: Licence) -> None:
    answers = race(2, overlapping(licence))
    assert sorted(type(answer).__name__ for answer in answers) == ["IntegrityError", "NoneType"]
    assert licence.periods.filter(number__gte=9).count() == 1


UNLOCKED = """DO $$ DECLARE was text := pg_get_functiondef('royalties_periods'::regproc);
    BEGIN EXECUTE regexp_replace(was, 'PERFORM[^;]*;', ''); END $$"""


def test_without_the_lock_behind_the_licence_they_write_two(licence: Licence) -> None:
    """The control: the race is there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('royalties_periods'::regproc)")
        (as_it_was,) = cursor.fetchone()
        cursor.execute(UNLOCKED)
        try:
            assert race(2, overlapping(licence)) == [None, None]
        finally:
            cursor.execute(as_it_was)


def test_no_day_lies_in_two_periods(licence: Licence) -> None:
    with (
        pytest.raises(IntegrityError, match="periods_never_overlap"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE royalties_reportingperiod SET until = until + 1 WHERE number = 1")
