"""A run goes through the licences chunk by chunk: it goes on where it was cut off, and no licence holds up those behind it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from market.kernel import clock
from market.parties.models import Party, User
from market.royalties import issuing
from market.royalties.models import Licence, ReportingPeriod, Run, SetAside, Statement
from market.royalties.runs import actions
from market.royalties.runs.actions import run, step
from market.trail.models import Fact
from tests import people
from tests.market.royalties import stage
from tests.market.royalties.stage import page, period, reported

NOW = datetime(2026, 2, 10, 4, tzinfo=UTC)  # four quarters since 2025 are over


@pytest.fixture(scope="module")
def kept(kept_rows: None) -> list[Licence]:
    with clock.shifted_to(NOW):
        return stage.licences(4, people.jilin_university(), people.anne_co(), people.changchun_agency())


@pytest.fixture(autouse=True)
def in_february() -> Any:
    with clock.shifted_to(NOW):
        yield


@pytest.fixture
def four(kept: list[Licence], db: None) -> list[Licence]:
    return kept


def broken(licence: Licence) -> None:
    """Let the terms be of a kind the engine does not know."""
    Licence.objects.filter(pk=licence.pk).update(terms=licence.terms | {"interest": {"rate": "much"}})


def test_a_licence_that_fails_is_set_aside_and_holds_up_nobody(
    four: list[Licence], agency: Party, finance_sun: User, client_of: Callable[[User], Client]
) -> None:
    for one in four:
        reported(one, 1, "1000")
    broken(four[1])
    assert run() == 3
    aside = SetAside.objects.get()
    assert (aside.licence, aside.reason) == (four[1], "ValueError: Invalid literal for Fraction: 'much'")
    assert Fact.objects.get(name="royalty.set_aside").audience == [agency.ref]
    assert (Run.objects.latest("number").billed, Run.objects.latest("number").set_aside) == (3, 1)
    assert run() == 0

    client = client_of(finance_sun)
    assert "3 statements" in page(client, "/desk/royalty-runs/")
    Licence.objects.filter(pk=four[0].pk).update(agency=people.jilin_university())
    assert "2 statements" in page(client, "/desk/royalty-runs/")  # what another agency's licences had is not told
    assert "progress" not in page(client, "/desk/royalty-runs/")
    assert four[1].code in page(client, "/desk/royalty-runs/")
    Licence.objects.filter(pk=four[1].pk).update(terms=four[1].terms)
    assert client.post("/desk/royalty-runs/", {"licence": four[1].code}).status_code == 302
    assert four[1].code not in page(client, "/desk/royalty-runs/")
    assert run() == 1
    assert [period(one, 1).state for one in four] == ["billed"] * 4


def test_what_the_database_refuses_is_found_among_the_others(four: list[Licence]) -> None:
    again = reported(four[2], 1, "1000")
    run()
    ReportingPeriod.objects.filter(pk=again.pk).update(state="approved")  # as if it had never been billed
    for one in (four[0], four[1], four[3]):
        reported(one, 1, "1000")
    assert run() == 3
    aside = SetAside.objects.get()
    assert (aside.licence, aside.reason.partition(":")[0]) == (four[2], "IntegrityError")
    assert [one.periods.filter(statements__number=1).count() for one in four] == [1] * 4


def test_licences_that_wait_for_an_earlier_report_hold_up_nobody(
    four: list[Licence], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "CHUNK", 1)
    for one in four[:3]:
        reported(one, 2, "1000")
    reported(four[3], 1, "1000")
    assert run() == 1
    reported(four[0], 1, "1000")
    assert run() == 2  # and the second, whose turn it is then


def test_a_run_that_is_cut_off_goes_on_behind_its_last_chunk(
    four: list[Licence], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "CHUNK", 2)
    for one in four:
        reported(one, 1, "1000")
    while not step():
        pass
    issue = issuing.issue

    def die(statements: Any) -> None:
        issue(statements)
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(issuing, "issue", die)
        with pytest.raises(KeyboardInterrupt):
            step()
    cut = Run.objects.latest("number")
    assert (cut.state, cut.billed, cut.percent, Statement.objects.count()) == ("billing", 2, 50, 2)
    assert run() == 2
    assert (Run.objects.latest("number"), Run.objects.latest("number").billed) == (cut, 4)


def test_a_chunk_asks_as_much_for_one_licence_as_for_four(four: list[Licence]) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            run()
        return len(queries)

    reported(four[0], 1, "1000")
    one = asked()
    for each in four[1:]:
        reported(each, 1, "1000")
    assert asked() == one


def test_strangers_see_no_runs_and_release_nothing(
    four: list[Licence], mallory: User, anne: User, client_of: Callable[[User], Client]
) -> None:
    reported(four[0], 1, "1000")
    broken(four[0])
    run()
    for user in (mallory, anne):
        assert client_of(user).get("/desk/royalty-runs/").status_code == 404
        assert client_of(user).post("/desk/royalty-runs/", {"licence": four[0].code}).status_code == 404
    assert SetAside.objects.filter(released_at=None).count() == 1


def test_where_one_writes_at_a_time_a_chunk_is_brief() -> None:
    assert [actions.at_once(expected) for expected in (3, 100_000)] == [500, 500]
