"""A licence from its grant over its periods to the money: each period opened, reported, billed and paid once."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.ledger import queries as ledger
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.models import Charge, Payout
from market.royalties import actions, queries
from market.royalties.models import Licence, ReportingPeriod, Statement, UsageReport
from market.royalties.rules.corrections import audited
from market.royalties.runs.actions import run
from market.trail.models import Fact
from tests.guards import refuses_to_forget
from tests.market.deals.terms.papers import yuan
from tests.market.royalties import stage
from tests.market.royalties.stage import period, reported, sold

NOW = datetime(2026, 2, 10, 4, tzinfo=UTC)  # four quarters since 2025 are over


@pytest.fixture(autouse=True)
def in_february() -> Any:
    with clock.shifted_to(NOW):
        yield


@pytest.fixture
def licence(jida: Party, anne_co: Party, agency: Party) -> Licence:
    return stage.licence(jida, anne_co, agency)


def test_the_periods_that_are_over_are_opened_once(licence: Licence, anne_co: Party) -> None:
    rows = list(licence.periods.values_list("number", "since", "until", "final", "report_due_on"))
    assert [row[0] for row in rows] == [1, 2, 3, 4]
    assert rows[0][1:] == (date(2025, 1, 1), date(2025, 3, 31), False, date(2025, 4, 30))
    assert rows[3][2] == date(2025, 12, 31)
    assert run() == 0
    assert licence.periods.count() == 4
    told = Fact.objects.filter(name="royalty.report_due")
    assert [fact.audience for fact in told] == [[anne_co.ref]] * 4


def test_the_last_period_ends_the_licence(jida: Party, anne_co: Party, agency: Party) -> None:
    ended = stage.licence(jida, anne_co, agency, term={"start": "2025-11-15", "end": "2026-01-20"})
    assert [(row.since, row.until, row.final) for row in ended.periods.all()] == [
        (date(2025, 11, 15), date(2025, 12, 31), False),
        (date(2026, 1, 1), date(2026, 1, 20), True),
    ]
    assert ended.state == "ended"


def test_the_same_grant_again_is_the_first_and_void_terms_are_none(
    licence: Licence, jida: Party, anne_co: Party, agency: Party, zhou_min: User
) -> None:
    given = {"right": licence.right, "licensor": jida, "licensee": anne_co, "agency": agency, "by": zhou_min}
    assert actions.grant(granted_for="deal:D-TEST", document={}, **given) == licence
    void = {**licence.terms, "improvements": {"grantback": "exclusive"}}
    with pytest.raises(Refused, match=r"licence\.void"):
        actions.grant(granted_for="deal:D-2", document=void, **given)
    unreported = {name: said for name, said in licence.terms.items() if name != "reports"}
    with pytest.raises(Refused, match=r"licence\.no_reports"):
        actions.grant(granted_for="deal:D-2", document=unreported, **given)
    assert Licence.objects.count() == 1


def test_a_period_is_reported_approved_billed_and_paid(
    licence: Licence, anne: User, finance_sun: User, deliver: Callable[[], None], jida: Party
) -> None:
    reported(licence, 1, "12345.67")
    assert run() == 1
    statement = Statement.objects.get()
    assert (statement.due, statement.due_on) == (Money(617_28, "CNY"), date(2026, 2, 25))
    assert queries.holds(statement)
    assert run() == 0

    deliver()
    charge = Charge.objects.get(purpose="royalty")
    assert (charge.payer, charge.amount, charge.subject) == (licence.licensee, statement.due, statement.ref)
    payments.confirm(
        charge=charge, received=charge.amount, bank_reference="TX0001", on=date(2026, 2, 9), by=finance_sun
    )
    deliver()
    assert period(licence, 1).state == "paid"
    payout = Payout.objects.get(purpose="royalty")
    assert (payout.payee, payout.amount, payout.account) == (jida, statement.due, f"royalty:{licence.code}")
    assert ledger.differences(ledger.trial_balance()) == []


def test_co_owners_share_the_royalty_to_the_fen(
    jida: Party, anne_co: Party, agency: Party, carol_co: Party, finance_sun: User, deliver: Callable[[], None]
) -> None:
    shares = {jida: Fraction(2, 3), carol_co: Fraction(1, 3)}
    stage.reported(stage.licence(jida, anne_co, agency, shares=shares), 1, "2000.20")
    run()
    deliver()
    charge = Charge.objects.get(purpose="royalty")
    payments.confirm(
        charge=charge, received=charge.amount, bank_reference="TX0001", on=date(2026, 2, 9), by=finance_sun
    )
    deliver()
    assert {row.payee: row.amount.plain() for row in Payout.objects.all()} == {jida: "66.67", carol_co: "33.34"}


def test_periods_are_billed_in_their_order(licence: Licence) -> None:
    reported(licence, 2, "1000")
    assert run() == 0  # the first has not been billed
    reported(licence, 1, "1000")
    assert run() == 2
    assert list(Statement.objects.values_list("period__number", flat=True)) == [1, 2]


def test_a_period_without_royalty_asks_for_nothing_and_is_paid(licence: Licence, deliver: Callable[[], None]) -> None:
    reported(licence, 1, "0")
    run()
    deliver()
    assert period(licence, 1).state == "paid"
    assert not Charge.objects.filter(purpose="royalty").exists()


def test_reports_may_be_replaced_until_they_are_approved(licence: Licence, anne: User, li_wei: User) -> None:
    first = period(licence, 1)
    actions.report(period=first, figures=sold("10"), by=anne)
    actions.report(period=first, figures=sold("10"), by=anne)
    assert UsageReport.objects.count() == 1
    actions.report(period=first, figures=sold("20"), by=anne)
    actions.dispute(period=first, remark="数量与发货单不符", by=li_wei)
    assert (period(licence, 1).state, period(licence, 1).remark) == ("open", "数量与发货单不符")
    actions.report(period=first, figures=sold("30"), by=anne)
    actions.approve(period=first, by=li_wei)
    with pytest.raises(Refused, match=r"royalty\.report_closed"):
        actions.report(period=first, figures=sold("40"), by=anne)
    assert UsageReport.objects.count() == 3


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ({"lamp": {"gross": yuan("5")}}, "royalty.product"),
        (sold("5", deductions={"freight": yuan("1")}), "royalty.deduction"),
    ],
)
def test_what_the_licence_does_not_name_is_not_reported(
    licence: Licence, anne: User, figures: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        actions.report(period=period(licence, 1), figures=figures, by=anne)
    assert (refused.value.code, UsageReport.objects.count()) == (code, 0)


def test_a_correction_is_a_new_statement_that_asks_for_the_difference_or_leaves_a_credit(
    licence: Licence, finance_sun: User, deliver: Callable[[], None]
) -> None:
    reported(licence, 1, "10000")
    run()
    first, kept = Statement.objects.get(), period(licence, 1)
    with pytest.raises(Refused, match=r"royalty\.reason_missing"):
        actions.correct(period=kept, figures=sold("12000"), reason=" ", by=finance_sun)
    more = actions.correct(period=kept, figures=sold("12000"), reason="审计", by=finance_sun)
    assert (more.number, more.payable, more.due) == (2, Money(600_00, "CNY"), Money(100_00, "CNY"))
    assert actions.correct(period=kept, figures=sold("12000"), reason="审计", by=finance_sun) == more
    less = actions.correct(period=kept, figures=sold("9000"), reason="退货", by=finance_sun)
    assert (less.due, less.closing["carry"]) == (Money.zero("CNY"), "-15000")  # 600 asked for, 450 owed
    assert all(queries.holds(row) for row in Statement.objects.all())
    first.refresh_from_db()
    assert first.due == Money(500_00, "CNY")
    deliver()
    assert sorted(row.amount.minor for row in Charge.objects.filter(purpose="royalty")) == [100_00, 500_00]

    reported(licence, 2, "10000")
    run()
    assert Statement.objects.latest("pk").due == Money(350_00, "CNY")
    with pytest.raises(Refused, match=r"royalty\.period_passed"):
        actions.correct(period=kept, figures=sold("1"), reason="审计", by=finance_sun)


def test_what_came_late_bears_interest_once_in_the_next_statement(jida: Party, anne_co: Party, agency: Party) -> None:
    licence = stage.licence(jida, anne_co, agency, interest={"rate": "0.073", "year_days": 365})
    for number in (1, 2, 3):
        reported(licence, number, "10000")
    assert run() == 3
    first = Statement.objects.get(period__number=1)
    actions.paid(statement=first, on=date(2026, 3, 7), actor="system:x")  # ten days late: 500 x 7.3 % x 10 / 365 = 1
    reported(licence, 4, "10000")
    run()
    last = Statement.objects.latest("pk")
    assert last.due == Money(501_00, "CNY")
    assert queries.holds(last)
    assert queries.arrears_of(queries.dues(licence.periods.filter(number=4))) == {}


@pytest.mark.parametrize("table", ["royalties_usagereport", "royalties_statement", "royalties_paid"])
def test_the_database_keeps_what_was_said(licence: Licence, table: str) -> None:
    reported(licence, 1, "10000")
    run()
    actions.paid(statement=Statement.objects.get(), on=date(2026, 2, 9), actor="system:x")
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.postgres
def test_postgresql_keeps_what_was_said(licence: Licence) -> None:
    reported(licence, 1, "10000")
    run()
    actions.paid(statement=Statement.objects.get(), on=date(2026, 2, 9), actor="system:x")
    for what in ("usagereport", "statement", "paid"):
        refuses_to_forget(f"royalties_{what}")


def test_only_their_own_sides_act(licence: Licence, anne: User, li_wei: User, mallory: User, zhou_min: User) -> None:
    first = period(licence, 1)
    with pytest.raises(Http404):
        actions.report(period=first, figures=sold("1"), by=mallory)
    actions.report(period=first, figures=sold("1"), by=anne)
    for act in (
        lambda: actions.approve(period=first, by=anne),
        lambda: actions.dispute(period=first, remark="x", by=zhou_min),
        lambda: actions.correct(period=first, figures=sold("2"), reason="x", by=li_wei),
    ):
        with pytest.raises(Http404):
            act()
    assert period(licence, 1).state == ReportingPeriod.State.REPORTED


def test_who_pays_for_an_audit_hangs_on_the_tolerance() -> None:
    twentieth = Fraction(1, 20)
    within = audited(Money(95_00, "CNY"), Money(100_00, "CNY"), twentieth)
    beyond = audited(Money(94_99, "CNY"), Money(100_00, "CNY"), twentieth)
    assert (within.difference, within.licensee_pays_audit) == (Money(5_00, "CNY"), False)
    assert (beyond.difference, beyond.licensee_pays_audit) == (Money(5_01, "CNY"), True)
