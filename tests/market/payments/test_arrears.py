"""What is owed to an agency: its age as of a day, and reminders that go out once at each level and then stop."""

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from market.deals.models import Deal
from market.kernel import clock
from market.kernel.clock import BEIJING
from market.kernel.errors import Refused
from market.notices import queries as notices
from market.notices.handlers import tell
from market.notices.models import Notice
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments import queries as reads
from market.payments.arrears import actions, queries, rules
from market.payments.arrears.models import Reminder
from market.payments.models import Charge
from market.trail.models import Fact
from tests.market.payments import stage
from tests.market.payments.stage import yuan

ClientOf = Callable[[User | None], Client]
DUE = date(2026, 12, 10)


def on(day: date) -> "clock.shifted_to":
    """That morning in Beijing."""
    return clock.shifted_to(datetime(day.year, day.month, day.day, 9, tzinfo=BEIJING))


@pytest.mark.parametrize(
    ("late", "age"),
    [
        (-1, "not_due"),
        (0, "not_due"),
        (1, "to_30"),
        (30, "to_30"),
        (31, "to_60"),
        (60, "to_60"),
        (61, "to_90"),
        (90, "to_90"),
        (91, "over_90"),
        (999, "over_90"),
    ],
)
def test_a_debt_ages_from_its_due_day(late: int, age: str) -> None:
    assert rules.age(DUE, DUE + timedelta(days=late)) == age


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_every_due_day_lies_in_the_span_of_its_age_and_in_no_other(due_on: date, day: date) -> None:
    within = [
        name
        for name, (first, last) in rules.spans(day).items()
        if (first is None or first <= due_on) and (last is None or due_on <= last)
    ]
    assert within == [rules.age(due_on, day)]


@pytest.mark.parametrize(
    ("asked", "today", "step"),
    [
        (-10, -4, None),
        (-10, -3, -3),
        (-10, -1, -3),
        (-10, 0, 0),
        (-10, 2, 0),
        (-10, 3, 3),
        (-10, 7, 7),
        (-10, 400, 7),
        (-3, -3, None),
        (-1, -1, None),
        (-1, 0, 0),
        (0, 0, None),
    ],
)
def test_each_day_of_the_schedule_calls_for_its_reminder(asked: int, today: int, step: int | None) -> None:
    days = [DUE + timedelta(days=number) for number in (asked, today)]
    assert rules.step_of(DUE, *days, rules.PRESET) == step


@pytest.mark.parametrize("days", [[-61], [181], list(range(13))])
def test_a_schedule_has_its_bounds(days: list[int]) -> None:
    with pytest.raises(Refused, match=r"reminder\.days"):
        rules.schedule(days)
    assert rules.schedule([7, -3, 7, 0]) == [-3, 0, 7]


def ask(payer: Party, agency: Party, subject: str, amount: int, due_on: date, **other: Any) -> Charge:
    said = {"purpose": "price", "subject": subject, "payer": payer, "agency": agency, "account": "escrow:x"} | other
    due_at = datetime(due_on.year, due_on.month, due_on.day, 17, tzinfo=BEIJING)
    return payments.request(amount=yuan(amount), due_at=due_at, actor="system:test", **said)


@pytest.fixture
def price(jida: Party, anne_co: Party, agency: Party) -> Charge:
    """The price of a deal, asked for on 1 December and due on the tenth."""
    with on(date(2026, 12, 1)):
        deal = stage.deal(jida, anne_co, agency)
        Deal.objects.filter(pk=deal.pk).update(state="signed")
        return ask(anne_co, agency, deal.ref, 100, DUE)


@pytest.fixture(autouse=True)
def no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rulebook has nothing against the deal unless a test says so."""
    monkeypatch.setattr(reads, "bars_of", lambda charge: ())


def steps() -> list[int]:
    return list(Reminder.objects.order_by("pk").values_list("step", flat=True))


@pytest.mark.django_db
def test_each_level_goes_out_once_and_in_time(price: Charge, anne: User) -> None:
    for day, gone in [
        (date(2026, 12, 6), []),
        (date(2026, 12, 7), [-3]),
        (date(2026, 12, 9), [-3]),
        (DUE, [-3, 0]),
        (date(2026, 12, 15), [-3, 0, 3]),
        (date(2027, 3, 1), [-3, 0, 3, 7]),
        (date(2027, 3, 2), [-3, 0, 3, 7]),
    ]:
        with on(day):
            actions.remind_due()
            actions.remind_due()
        assert steps() == gone, day
    facts = list(Fact.objects.filter(name="charge.reminded").order_by("pk"))
    assert [(fact.data["stage"], fact.data["days"]) for fact in facts] == [
        ("before", 3),
        ("today", 0),
        ("after", 5),
        ("after", 81),
    ]
    assert all(fact.audience == [price.payer.ref] for fact in facts)
    for fact in facts:
        tell(fact)
    said = [notices.render(notice) for notice in Notice.objects.filter(user=anne).order_by("pk")]
    assert [words.subject for words in said] == [
        "距到期还有 3 天：¥100",
        "今日到期：¥100",
        "已逾期 5 天：¥100",
        "已逾期 81 天：¥100",
    ]
    assert "第五百七十九条" in said[-1].body
    assert "第五百七十九条" not in said[0].body


@pytest.mark.django_db
def test_nothing_goes_out_to_who_has_paid_reported_or_must_not_pay(
    price: Charge, anne: User, anne_co: Party, agency: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on(date(2026, 12, 2)):
        cancelled = ask(anne_co, agency, "deal:D-OFF", 1, DUE)
        payments.cancel(charge=cancelled, actor="system:x")
        reported = ask(anne_co, agency, "deal:D-REP", 1, DUE)
    Charge.objects.filter(pk=reported.pk).update(state="reported")
    monkeypatch.setattr(reads, "bars_of", lambda charge: ("a bar",))
    with on(DUE):
        actions.remind_due()
    assert steps() == []


@pytest.mark.django_db
def test_a_deposit_is_reminded_of_up_to_its_day_only(anne_co: Party, agency: Party) -> None:
    with on(date(2026, 12, 1)):
        ask(anne_co, agency, "bidder:B-A", 10, DUE, purpose="deposit", account="deposit:B-A")
    for day in (date(2026, 12, 8), DUE, date(2026, 12, 14)):
        with on(day):
            actions.remind_due()
    assert steps() == [-3, 0]


@pytest.mark.django_db
def test_the_agency_says_when_it_reminds(price: Charge, finance_sun: User, agency: Party) -> None:
    actions.keep_schedule(agency=agency, days=[5, -1], by=finance_sun)
    for day in range(6, 31):
        with on(date(2026, 12, day)):
            actions.remind_due()
    assert steps() == [-1, 5]
    with pytest.raises(Refused, match=r"reminder\.days"):
        actions.keep_schedule(agency=agency, days=[500], by=finance_sun)
    assert queries.days_of(agency) == [-1, 5]


@pytest.mark.django_db
def test_the_ageing_sums_to_what_is_owed_as_of_any_day(
    price: Charge, anne_co: Party, bob_co: Party, agency: Party, finance_sun: User
) -> None:
    with on(date(2026, 12, 1)):
        paid = ask(bob_co, agency, "deal:D-PAID", 20, date(2026, 12, 5), purpose="price")
        off = ask(bob_co, agency, "deal:D-OFF", 3, date(2026, 12, 5), purpose="price")
        ask(bob_co, agency, "bidder:B-B", 7, DUE, purpose="deposit")
    Charge.objects.filter(pk=paid.pk).update(
        state="confirmed", bank_reference="X1", received_on=date(2027, 1, 20), confirmed_by=finance_sun
    )
    with on(date(2027, 1, 10)):
        payments.cancel(charge=off, actor="system:x")
    for day, expected in {
        date(2026, 11, 30): {},
        date(2026, 12, 6): {anne_co: (100, 0, 0, 0, 0), bob_co: (0, 23, 0, 0, 0)},
        date(2027, 1, 9): {anne_co: (0, 100, 0, 0, 0), bob_co: (0, 0, 23, 0, 0)},
        date(2027, 1, 10): {anne_co: (0, 0, 100, 0, 0), bob_co: (0, 0, 20, 0, 0)},
        date(2027, 1, 20): {anne_co: (0, 0, 100, 0, 0)},
        date(2027, 6, 1): {anne_co: (0, 0, 0, 0, 100)},
    }.items():
        rows = queries.ageing(agency, day)
        assert {row.payer: row.ages for row in rows} == {
            payer: tuple(yuan(figure) for figure in figures) for payer, figures in expected.items()
        }, day
        for row in (*rows, *queries.sums(rows)):
            assert sum(amount.minor for amount in row.ages) == row.whole.minor


@pytest.mark.django_db
def test_the_desk_reads_what_is_owed_and_takes_it_home(
    price: Charge, finance_sun: User, mallory: User, anne: User, client_of: ClientOf
) -> None:
    with on(date(2026, 12, 13)):
        actions.remind_due()
        desk = client_of(finance_sun)
        page = desk.get(reverse("desk-ageing"), {"on": "2026-12-12"}).content.decode()
        assert page.count("¥100.00") == 4
        debts = desk.get(reverse("desk-debts", args=[price.payer.code])).content.decode()
        assert price.reference in debts
        assert "2026-12-13" in debts
        rows = list(csv.reader(io.StringIO(desk.get("/desk/ageing/table.csv").content.decode("utf-8-sig"))))
        assert rows[-1] == ["合计 Total", "CNY", "0.00", "100.00", "0.00", "0.00", "0.00", "100.00"]
        assert desk.get("/desk/ageing/table.xlsx").content[:2] == b"PK"
        assert "3 days after the due day" in desk.get(reverse("desk-payment", args=[price.code])).content.decode()
        assert "3 days after the due day" in client_of(anne).get(reverse("charge", args=[price.code])).content.decode()
    for typed, status in (("3，7", 302), ("x", 422), ("999", 422)):
        assert desk.post(reverse("desk-reminders"), {"before": "3", "after": typed}).status_code == status
    assert queries.days_of(price.agency) == [-3, 3, 7]
    for name, args in (("desk-ageing", []), ("desk-debts", [price.payer.code]), ("desk-reminders", [])):
        assert client_of(mallory).get(reverse(name, args=args)).status_code == 404
    assert desk.get(reverse("desk-debts", args=["P-NONE"])).status_code == 404
