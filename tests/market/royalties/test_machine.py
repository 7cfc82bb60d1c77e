"""Whatever licensee, licensor, agency and bank do, in whatever order and however often: each period is billed once and rightly."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from market.kernel import clock
from market.kernel.calendar import add_days
from market.kernel.clock import BEIJING
from market.kernel.errors import Refused
from market.parties.models import User
from market.royalties import actions, issuing, queries
from market.royalties.models import Paid, ReportingPeriod, SetAside, Statement, UsageReport
from market.royalties.rules.terms import Balance
from market.royalties.runs import actions as runs
from market.royalties.runs import queries as runs_queries
from market.trail.models import Fact
from tests import people
from tests.effort import WHOLE, some
from tests.market.deals.terms.papers import running, yuan
from tests.market.royalties import stage

pytestmark = [pytest.mark.django_db, pytest.mark.proof]

FIRST, LAST, CHANGE = (
    date(2025, 10, 31),
    date(2026, 5, 15),
    date(2026, 2, 10),
)  # over a year's end, and a short February
STEP, LOW, HIGH, LATER = 1_000_000, Fraction(1, 20), Fraction(3, 100), Fraction(1, 25)  # fen of a calendar year's base
MINIMUM, DAILY = 10_000, Fraction(73, 1000) / 365
TERMS: dict[str, Any] = {
    "term": {"start": str(FIRST), "end": str(LAST)},
    "payments": [
        running(
            scope="year",
            rates=[
                {"since": str(FIRST), "tiers": [{"up_to": yuan("10000.00"), "rate": "0.05"}, {"rate": "0.03"}]},
                {"since": str(CHANGE), "tiers": [{"rate": "0.04"}]},
            ],
        ),
        {"kind": "minimum", "amount": yuan("100.00"), "scope": "period"},
    ],
    "reports": {"period": "month", "due_days": 30, "payment_days": 15},
    "interest": {"rate": "0.073", "year_days": 365},
}


def months() -> list[tuple[date, date]]:
    """The licence's periods, day by day: one begins with each month, and when the rate changes."""
    found: list[tuple[date, date]] = []
    day = FIRST
    while day <= LAST:
        if not found or day.day == 1 or day == CHANGE:
            found.append((day, day))
        found[-1] = (found[-1][0], day)
        day += timedelta(days=1)
    return found


SPANS = months()


@dataclass
class Said:
    """A statement as it should be: what it asks for, by when, and when that came."""

    due: int
    due_on: date
    paid_on: date | None = None


@dataclass
class Month:
    """A period as it should be. `before` is what it opened with: the year's base and what is carried, and `late` what it
    bears interest for."""

    state: str = "open"
    gross: int = 0
    before: tuple[int, int, Fraction] = (0, 0, Fraction(0))
    after: tuple[int, int, Fraction] = (0, 0, Fraction(0))
    late: Fraction = Fraction(0)
    said: list[Said] = field(default_factory=list)

    def state_it(self, since: date, until: date, today: date) -> None:
        """What a statement of the reported gross adds, in fen."""
        year, base, carry = self.before
        base = base if year == until.year else 0
        if since >= CHANGE:
            royalty = self.gross * LATER
        else:
            low = max(0, min(base + self.gross, STEP) - base)
            royalty = low * LOW + (self.gross - low) * HIGH
        balance = max(royalty, Fraction(MINIMUM)) + carry
        payable = int(max(balance, Fraction(0)) + self.late + Fraction(1, 2))
        charged = sum(one.due for one in self.said)
        carried = min(balance, Fraction(0)) - max(0, charged - payable)
        self.after = (until.year, base + self.gross, carried)
        self.said.append(Said(max(0, payable - charged), add_days(today, 15)))

    def settle(self) -> None:
        self.state = "billed" if any(one.due and one.paid_on is None for one in self.said) else "paid"


class Royalties(RuleBasedStateMachine):
    """One licence from its grant, in a transaction of its own, which each life rolls back."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.today, self.months, self.bore = FIRST, list[Month](), set[tuple[int, int]]()
        jida, anne_co, agency = people.jilin_university(), people.anne_co(), people.changchun_agency()
        self.anne, self.li_wei = people.owner_of(anne_co), people.owner_of(jida)
        self.sun = User.objects.get(username="finance_sun")
        self.licence = self.now(lambda: stage.licence(jida, anne_co, agency, **TERMS))

    def now(self, act: Callable[[], Any]) -> Any:
        with clock.shifted_to(datetime.combine(self.today, time(12), BEIJING)):
            return act()

    def told(self, act: Callable[[], Any]) -> str:
        """Do it twice; the code of the refusal, "" when it was done."""
        try:
            self.now(act)
        except Refused as refused:
            return refused.code
        self.now(act)
        return ""

    def teardown(self) -> None:
        try:
            self.at_last()
            assert all(queries.holds(row) for row in queries.statements())
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def at_last(self) -> None:
        """What every life ends with, so that no slip waits for a lucky order."""
        last_day = SPANS[min(len(self.months), len(SPANS) - 1)][1]
        self.today = max(self.today, last_day)
        self.run()
        self.each_period_is_billed_once_and_rightly()
        self.wait(400)
        self.run()
        self.report(1, 500_000)
        self.approve(1)
        self.run()
        for number in range(4):
            self.report(number, 600_000)
            self.report(number, 700_035)
            self.approve(number)
            self.run()
            self.correct(number, 100_000 if number % 2 else 900_001)
            self.each_period_is_billed_once_and_rightly()
            self.wait(20 - 10 * (number % 2))
            self.pay(number, 0)
            self.pay(number, 1)
            self.each_period_is_billed_once_and_rightly()

    def pick(self, number: int) -> tuple[Month, ReportingPeriod] | None:
        if not self.months:
            return None
        place = number % len(self.months)
        return self.months[place], stage.period(self.licence, place + 1)

    @rule(days=st.sampled_from([1, 9, 17, 31, 62]))
    def wait(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule()
    def run(self) -> None:
        over = sum(until < self.today for _, until in SPANS)
        self.months += [Month() for _ in range(over - len(self.months))]
        billed = 0
        for place, month in enumerate(self.months):
            if month.state == "approved" and (place == 0 or self.months[place - 1].said):
                month.before = self.months[place - 1].after if place else month.before
                month.late = self.interest(place)
                month.state_it(*SPANS[place], self.today)
                month.settle()
                billed += 1
        assert self.now(runs.run) == billed
        assert self.now(runs.run) == 0

    def interest(self, place: int) -> Fraction:
        """On what came late for earlier periods, each once."""
        sums = Fraction(0)
        for earlier, month in enumerate(self.months[:place]):
            for number, one in enumerate(month.said):
                if one.paid_on and one.paid_on > one.due_on and (earlier, number) not in self.bore:
                    self.bore.add((earlier, number))
                    sums += one.due * DAILY * (one.paid_on - one.due_on).days
        return sums

    @rule(number=st.integers(0, 8), gross=st.integers(0, 1_500_000))
    def report(self, number: int, gross: int) -> None:
        if (found := self.pick(number)) is None:
            return
        month, row = found
        figures = stage.sold(f"{gross // 100}.{gross % 100:02}")
        said = self.told(lambda: actions.report(period=row, figures=figures, by=self.anne))
        if month.state in ("open", "reported"):
            assert said == ""
            month.state, month.gross = "reported", gross
        else:
            assert said == "royalty.report_closed"

    @rule(number=st.integers(0, 8))
    def approve(self, number: int) -> None:
        if (found := self.pick(number)) is None:
            return
        month, row = found
        said = self.told(lambda: actions.approve(period=row, by=self.li_wei))
        assert said == ("state.illegal" if month.state == "open" else "")
        month.state = "approved" if month.state == "reported" else month.state

    @rule(number=st.integers(0, 8))
    def dispute(self, number: int) -> None:
        if (found := self.pick(number)) is None:
            return
        month, row = found
        said = self.told(lambda: actions.dispute(period=row, remark=f"{self.today}", by=self.li_wei))
        repeated = month.state == "open" and row.remark == str(self.today)
        assert said == ("" if repeated or month.state == "reported" else "state.illegal")
        month.state = "open" if month.state == "reported" else month.state

    @rule(number=st.integers(0, 8), gross=st.integers(0, 1_500_000))
    def correct(self, number: int, gross: int) -> None:
        if (found := self.pick(number)) is None:
            return
        month, row = found
        figures = stage.sold(f"{gross // 100}.{gross % 100:02}")
        said = self.told(lambda: actions.correct(period=row, figures=figures, reason="审计", by=self.sun))
        place = self.months.index(month)
        if not month.said:
            assert said == "royalty.not_billed"
        elif gross == month.gross:
            assert said == ""
        elif any(later.said for later in self.months[place + 1 :]):
            assert said == "royalty.period_passed"
        else:
            assert said == ""
            month.gross = gross
            month.state_it(*SPANS[place], self.today)
            month.settle()

    @rule(number=st.integers(0, 8), statement=st.integers(0, 2))
    def pay(self, number: int, statement: int) -> None:
        if (found := self.pick(number)) is None or statement >= len(found[0].said):
            return
        month, row = found
        one = month.said[statement]
        if one.due:
            asked = queries.statements().get(period=row, number=statement + 1)
            assert self.told(lambda: actions.paid(statement=asked, on=self.today, actor="system:x")) == ""
            one.paid_on = one.paid_on or self.today
            month.settle()

    @invariant()
    def each_period_is_billed_once_and_rightly(self) -> None:
        rows = list(self.licence.periods.order_by("number"))
        assert [(row.since, row.until) for row in rows] == SPANS[: len(self.months)]
        assert [row.report_due_on for row in rows] == [add_days(row.until, 30) for row in rows]
        assert [row.state for row in rows] == [month.state for month in self.months]
        found = Statement.objects.order_by("period__number", "number").values_list(
            "period__number", "number", "due_minor", "due_on", "paid__on"
        )
        assert list(found) == [
            (place, number, one.due, one.due_on, one.paid_on)
            for place, month in enumerate(self.months, 1)
            for number, one in enumerate(month.said, 1)
        ]
        billed = Fact.objects.filter(name="royalty.billed").values_list("data__statement", flat=True)
        assert sorted(billed) == sorted(Statement.objects.values_list("code", flat=True))
        assert Fact.objects.filter(name="royalty.paid").count() == Paid.objects.count()
        assert not SetAside.objects.exists()


@pytest.mark.parametrize("lives", [1, pytest.param(1, id="postgresql", marks=pytest.mark.postgres)])
def test_each_period_is_billed_once_and_rightly(lives: int) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Royalties,
        settings=settings(
            max_examples=200 if WHOLE else lives,
            stateful_step_count=25 if WHOLE else 8,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def late_again(rows: Any) -> Any:
    """All that ever came late."""
    late = [
        {"statement": one.statement.code, "amount": one.statement.due.wire(), "due_on": str(one.statement.due_on)}
        | {"paid_on": str(one.on)}
        for one in Paid.objects.select_related("statement")
        if one.on > one.statement.due_on
    ]
    return {row.licence_id: late for row in rows}


# What a slip would be: where it is made, and what stands there instead.
MUTANTS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "what is billed stays approved": (issuing, "move_keys", lambda *_: None),
    "a period does not wait for the one before": (
        runs_queries,
        "to_bill",
        lambda: ReportingPeriod.objects.filter(state="approved"),
    ),
    "a period opens with nothing": (queries, "openings_of", lambda rows: {row.pk: Balance() for row in rows}),
    "what came late bears no interest": (queries, "arrears_of", lambda rows: {}),
    "what came late bears interest each time": (queries, "arrears_of", late_again),
    "the first report counts": (
        queries,
        "latest_reports",
        lambda rows: {row.pk: UsageReport.objects.filter(period=row.pk).earliest("pk") for row in rows},
    ),
    "a correction asks for all again": (queries, "charged", lambda period: Statement(currency="CNY", due_minor=0).due),
    "what was paid too much is lost": (
        issuing,
        "against",
        lambda statement, charged: (max(statement.payable - charged, charged - charged), statement),
    ),
    "what was asked for counts as paid": (queries, "owing", lambda rows: set()),
    "rates that change begin no period": (runs, "spans", lambda *a, cuts, act=runs.spans, **also: act(*a, **also)),
    "the last day of a period is left out": (
        runs,
        "add_days",
        lambda day, days, act=runs.add_days: act(day - timedelta(days=1), days),
    ),
    "a period is opened a day early": (
        runs,
        "_next_periods",
        lambda licence, known, day, act=runs._next_periods: act(licence, known, day + timedelta(days=1)),
    ),
}


@pytest.mark.parametrize("slip", some(MUTANTS))
def test_a_slip_is_caught(slip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*MUTANTS[slip])
    with pytest.raises(BaseException):  # noqa: B017, PT011  # whatever it is that catches it
        Royalties().teardown()  # the end of every life is enough
