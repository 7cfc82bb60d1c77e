"""Audits with their cost, licences that end before their time, reports that are overdue, and interest after the end."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.http import Http404
from django.test import Client

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.parties.models import User
from market.royalties import actions, charts, queries
from market.royalties.models import Licence, Statement
from market.royalties.runs.actions import remind_due, run
from market.trail.models import Fact
from tests import people
from tests.market.royalties import stage
from tests.market.royalties.stage import page, period, reported, sold

NOW = datetime(2026, 2, 10, 4, tzinfo=UTC)  # four quarters since 2025 are over
COST = Money(8_000_00, "CNY")
TERMS = {"audit": {"allowed": True, "tolerance": "0.1"}, "interest": {"rate": "0.073", "year_days": 365}}


@pytest.fixture(scope="module")
def kept(kept_rows: None) -> Licence:
    with clock.shifted_to(NOW):
        return stage.licence(people.jilin_university(), people.anne_co(), people.changchun_agency(), **TERMS)


@pytest.fixture(autouse=True)
def in_february() -> Any:
    with clock.shifted_to(NOW):
        yield


@pytest.fixture
def licence(kept: Licence, db: None) -> Licence:
    return kept


def audited(licence: Licence, gross: str, by: User) -> Statement:
    return actions.audit(period=period(licence, 1), figures=sold(gross), cost=COST, reason="审计", by=by)


@pytest.mark.parametrize(("found", "charged"), [("11111", 0), ("11112", 8_000_00), ("9000", 0)])
def test_the_licensee_pays_for_an_audit_that_finds_too_much(
    licence: Licence, finance_sun: User, found: str, charged: int
) -> None:
    reported(licence, 1, "10000")
    run()
    made = audited(licence, found, finance_sun)
    assert audited(licence, found, finance_sun) == made
    royalty = max(0, int(found) * 5 - 500_00)
    assert (made.due.minor, made.said["audit"]["charged"]) == (royalty + charged, Money(charged, "CNY").wire())
    assert all(queries.holds(row) for row in queries.statements())


def test_the_cost_of_an_audit_is_no_royalty_that_a_later_correction_gives_back(
    licence: Licence, finance_sun: User
) -> None:
    reported(licence, 1, "10000")
    run()
    audited(licence, "20000", finance_sun)
    last = actions.correct(period=period(licence, 1), figures=sold("20100"), reason="补报", by=finance_sun)
    assert (last.due, last.closing["carry"]) == (Money(5_00, "CNY"), "0")
    assert all(queries.holds(row) for row in queries.statements())


def test_an_audit_changes_a_statement_only_where_terms_and_the_agency_say_so(
    licence: Licence, finance_sun: User, li_wei: User
) -> None:
    reported(licence, 1, "10000")
    run()
    with pytest.raises(Http404):
        audited(licence, "20000", li_wei)
    Licence.objects.filter(pk=licence.pk).update(terms=licence.terms | {"audit": {"allowed": False}})
    with pytest.raises(Refused, match=r"royalty\.no_audit"):
        audited(licence, "20000", finance_sun)
    assert Statement.objects.count() == 1


def test_a_licence_that_is_terminated_ends_with_a_cut_period(
    licence: Licence, finance_sun: User, client_of: Callable[[User], Client]
) -> None:
    ended = {"licence": licence, "on": date(2026, 2, 9), "reason": "协商解除", "by": finance_sun}
    assert actions.terminate(**ended) == actions.terminate(**ended)
    assert Fact.objects.filter(name="licence.terminated").count() == 1
    for number in range(1, 5):
        reported(licence, number, "10000")
    run()
    last = period(licence, 5)
    assert (last.since, last.until, last.final) == (date(2026, 1, 1), date(2026, 2, 9), True)
    reported(licence, 5, "3000")
    assert run() == 1
    assert Statement.objects.latest("pk").due == Money(150_00, "CNY")
    assert Licence.objects.get(pk=licence.pk).state == "ended"
    assert "协商解除" in page(client_of(finance_sun), f"/licences/{licence.code}/")
    with clock.shifted_to(datetime(2027, 2, 10, 4, tzinfo=UTC)):
        run()
    assert licence.periods.count() == 5


@pytest.mark.parametrize(
    ("on", "reason", "code"),
    [
        (date(2025, 12, 31), "x", "licence.opened_until"),
        (date(2027, 12, 31), "x", "licence.ends_before"),
        (date(2024, 12, 31), "x", "licence.ends_before"),
        (date(2026, 2, 9), " ", "royalty.reason_missing"),
    ],
)
def test_a_licence_is_not_ended_on_any_day(
    licence: Licence, finance_sun: User, on: date, reason: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        actions.terminate(licence=licence, on=on, reason=reason, by=finance_sun)
    licence.refresh_from_db()
    assert (refused.value.code, licence.until) == (code, date(2027, 12, 31))


def test_the_agency_alone_ends_a_licence(
    licence: Licence, anne: User, zhou_min: User, client_of: Callable[[User], Client]
) -> None:
    given = {"on": "2026-03-15", "ended_for": "违约"}
    path = f"/licences/{licence.code}/terminate/"
    assert client_of(anne).post(path, given).status_code == 404
    assert "End the licence early" not in page(client_of(anne), f"/licences/{licence.code}/")
    assert client_of(zhou_min).post(path, given).status_code == 302
    assert Licence.objects.get(pk=licence.pk).until == date(2026, 3, 15)


def test_an_overdue_report_is_told_of_once(licence: Licence) -> None:
    reported(licence, 1, "10000")
    assert remind_due() == 3
    assert remind_due() == 0
    told = Fact.objects.filter(name="royalty.report_overdue")
    assert {fact.data["place"] for fact in told} == {2, 3, 4}


def test_what_came_late_after_the_end_bears_interest_in_one_more_statement(licence: Licence, finance_sun: User) -> None:
    actions.terminate(licence=licence, on=date(2026, 2, 9), reason="协商解除", by=finance_sun)
    run()
    for number in range(1, 6):
        reported(licence, number, "10000")
    run()
    asked = list(Statement.objects.order_by("pk"))
    for _ in range(2):
        for one in asked:
            late = (
                date(2026, 3, 7) if one == asked[-1] else date(2026, 2, 20)
            )  # ten days late: 500 x 7.3 % x 10 / 365 = 1
            actions.paid(statement=one, on=late, actor="system:x")
    more = Statement.objects.exclude(pk__in=[one.pk for one in asked]).get()
    assert (more.period.number, more.number, more.due) == (5, 2, Money(1_00, "CNY"))
    assert period(licence, 5).state == "billed"
    actions.paid(statement=more, on=date(2027, 1, 1), actor="system:x")
    assert (Statement.objects.count(), period(licence, 5).state) == (6, "paid")  # no interest on interest
    assert all(queries.holds(row) for row in queries.statements())


def test_the_licences_page_draws_what_was_asked_for_and_what_arrived(
    licence: Licence, anne: User, client_of: Callable[[User], Client]
) -> None:
    for number in (1, 2, 3):
        reported(licence, number, "10000")
    run()
    actions.paid(statement=Statement.objects.earliest("pk"), on=NOW.date(), actor="system:x")
    text = page(client_of(anne), f"/licences/{licence.code}/")
    assert "The last 3 periods that were stated: ¥1,500 asked for, ¥500 of it arrived." in text
    assert text.count('<rect class="d"') == 3


@pytest.mark.parametrize(
    ("rows", "asked", "arrived"),
    [
        ([], [], []),
        ([(0, 0)], [0.0], [0.0]),
        ([(100, 100), (50, 25), (0, 0)], [140.0, 70.0, 0.0], [140.0, 35.0, 0.0]),
    ],
)
def test_bars_are_as_high_as_their_sums(rows: list[tuple[int, int]], asked: list[float], arrived: list[float]) -> None:
    drawn = charts.bars([("26-03", Money(one, "CNY"), Money(other, "CNY")) for one, other in rows])
    assert ([bar.asked for bar in drawn], [bar.arrived for bar in drawn]) == (asked, arrived)
    assert all(bar.x >= 0 and bar.x + bar.width <= charts.WIDE for bar in drawn)
