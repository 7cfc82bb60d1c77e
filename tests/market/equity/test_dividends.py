"""Dividend rights: each period declared once, to the minor unit, asked of the payer and passed on to each person."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet
from django.http import Http404
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from market.equity.dividends import actions, queries, rules
from market.equity.dividends.models import Declaration, DividendPlan, DividendStatement
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money, total
from market.ledger import books
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.models import Charge, Payout
from market.trail.models import Fact
from tests import people
from tests.guards import refuses_to_forget
from tests.market.equity.stage import PAPER, yuan
from tests.stage import meet, race

F = Fraction
NOW = datetime(2026, 2, 10, 4, tzinfo=UTC)
KEY = UUID(int=7)


def plan(**changed: Any) -> DividendPlan:
    """吉林大学 gives anne and bob's companies a fifth of the net income of each year since 2024, a third and two thirds."""
    jida = people.jilin_university()
    said: dict[str, Any] = {
        "key": KEY,
        "payer": jida,
        "agency": people.changchun_agency(),
        "title": "固态电解质项目分红",
        "base": "net_income",
        "part": F(1, 5),
        "cap": yuan(300),
        "currency": "CNY",
        "since": date(2024, 1, 1),
        "until": date(2026, 12, 31),
        "months": 12,
        "beneficiaries": [(people.anne_co(), F(1, 3)), (people.bob_co(), F(2, 3))],
    }
    return actions.plan(**said | changed, by=people.owner_of(jida))


def declared(found: DividendPlan, number: int, base: Money, **changed: Any) -> Declaration:
    by = people.owner_of(found.payer)
    return actions.declare(plan=found, number=number, base=base, **{"evidence": PAPER, "by": by} | changed)


def refuses(code: str, act: Callable[[], Any]) -> None:
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code


@given(
    st.integers(-(10**9), 10**12),
    st.integers(1, 100),
    st.integers(0, 10**10),
    st.lists(st.integers(1, 50), min_size=1, max_size=6),
)
def test_a_declaration_is_shared_to_the_minor_unit(base: int, percent: int, cap: int, weights: list[int]) -> None:
    zero = Money.zero("CNY")
    amount = rules.declared(Money(base, "CNY"), F(percent, 100), cap=Money(cap, "CNY"), before=zero)
    assert zero <= amount <= Money(cap, "CNY")
    shares = amount.shared([F(weight, sum(weights)) for weight in weights])
    assert total(shares, "CNY") == amount
    assert min(shares) >= zero


def test_periods_follow_one_another_until_the_plan_ends() -> None:
    term = (date(2024, 1, 31), date(2024, 9, 15), 3)
    assert rules.period_of(*term, 1) == (date(2024, 1, 31), date(2024, 4, 29))
    assert rules.period_of(*term, 2) == (date(2024, 4, 30), date(2024, 7, 30))
    assert rules.period_of(*term, 3) == (date(2024, 7, 31), date(2024, 9, 15))
    refuses("dividend.ended", lambda: rules.period_of(*term, 4))


@pytest.mark.django_db
def test_a_period_is_declared_asked_for_and_passed_on(deliver: Callable[[], None], finance_sun: User) -> None:
    with clock.shifted_to(NOW):
        made = plan()
        assert plan() == made
        first = declared(made, 1, Money(100_001, "CNY"))
        assert declared(made, 1, Money(100_001, "CNY")) == first
        assert first.amount == Money(20_000, "CNY")
        refuses("dividend.declared", lambda: declared(made, 1, yuan(1)))
        refuses("dividend.order", lambda: declared(made, 3, yuan(1)))
        refuses("equity.paper", lambda: declared(made, 2, yuan(1), evidence=None))
        with pytest.raises(Http404):
            declared(made, 2, yuan(1), by=people.owner_of(people.anne_co()))
        second = declared(made, 2, yuan(10_000))
        assert second.amount == yuan(100)  # what the cap of 300 leaves
        made.refresh_from_db()
        assert made.state == "ended"
        deliver()
        charge = Charge.objects.get(subject=first.ref)
        assert (charge.payer, charge.amount, charge.purpose) == (made.payer, first.amount, "dividend")
        on = date(2026, 2, 10)
        payments.confirm(charge=charge, received=first.amount, bank_reference="T-0001", on=on, by=finance_sun)
        deliver()
    first.refresh_from_db()
    assert (first.state, first.paid_on) == ("paid", on)
    sent = {row.payee: row.amount for row in Payout.objects.filter(subject=first.ref)}
    assert sent == {people.anne_co(): Money(6_667, "CNY"), people.bob_co(): Money(13_333, "CNY")}
    assert books.available(f"dividend:{made.code}", "CNY") == first.amount
    assert [row.amount for row in queries.statements_of(people.anne_co())] == [Money(3_333, "CNY"), Money(6_667, "CNY")]


@pytest.mark.django_db
def test_a_plan_shares_out_the_whole_and_no_period_before_it_is_over() -> None:
    anne_co = people.anne_co()
    with clock.shifted_to(NOW):
        refuses("equity.not_whole", lambda: plan(beneficiaries=[(anne_co, F(1, 3))]))
        refuses("equity.twice", lambda: plan(beneficiaries=[(anne_co, F(1, 3)), (anne_co, F(2, 3))]))
        refuses("dividend.dates", lambda: plan(until=date(2023, 1, 1)))
        late = plan(since=date(2026, 1, 1))
        refuses("dividend.not_over", lambda: declared(late, 1, yuan(1)))
        loss = plan(key=UUID(int=8))
        assert declared(loss, 1, Money.zero("CNY")).amount == Money.zero("CNY")


@pytest.mark.django_db
def test_each_person_reads_its_own_statement_and_strangers_nothing(
    client_of: Callable[[User | None], Client], li_wei: User, anne: User, mallory: User, anne_co: Party, bob_co: Party
) -> None:
    with clock.shifted_to(NOW):
        payer = client_of(li_wei)
        typed = {
            "key": str(KEY),
            "title": "项目分红",
            "agency": people.changchun_agency().pk,
            "base": "profit",
            "part": "20%",
            "since": "2024-01-01",
            "months": "12",
            "beneficiaries": f"{anne_co.code} 1/3\n{bob_co.code} 2/3",
        }
        assert (
            payer.post(reverse("dividend-plan-new"), typed | {"beneficiaries": f"{anne_co.code} 1/3"}).status_code
            == 422
        )
        assert payer.post(reverse("dividend-plan-new"), typed).status_code == 302
        made = DividendPlan.objects.get()
        door = reverse("dividend-plan", args=[made.code])
        assert "Declare the next period" in payer.get(door).content.decode()
        assert "Declare the next period" not in client_of(anne).get(door).content.decode()
        assert "Declare the dividend of the period until" in payer.get("/me/").content.decode()
        assert "Declare the dividend of the period until" not in client_of(anne).get("/me/").content.decode()
        assert payer.post(door, {"base": "9,000"}).status_code == 422
        first = declared(made, 1, yuan(9_000))
        page = reverse("dividend", args=[first.code])
        assert client_of(mallory).get(door).status_code == 404
        assert client_of(mallory).get(page).status_code == 404
        assert "¥600.00" in client_of(anne).get(page).content.decode()
        assert "¥1,200.00" not in client_of(anne).get(page).content.decode()
        assert "¥1,200.00" in payer.get(page).content.decode()
        assert first.code in client_of(anne).get("/dividends/").content.decode()


@pytest.mark.postgres
@pytest.mark.django_db
def test_postgresql_keeps_what_everybody_was_told() -> None:
    with clock.shifted_to(NOW):
        declared(plan(), 1, yuan(500))
        refuses_to_forget("equity_dividendstatement")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestRace:
    """Two people declare the same period at the same moment."""

    def test_a_period_is_declared_once(self) -> None:
        with clock.shifted_to(NOW):
            made = plan()
        answers = race(4, lambda _: self.act(made))
        assert len({answer.pk for answer in answers}) == 1, answers
        assert (Declaration.objects.count(), DividendStatement.objects.count()) == (1, 2)
        assert Fact.objects.filter(name="dividend.declared").count() == 1

    def test_without_the_lock_both_begin_and_the_database_keeps_one(self) -> None:
        with clock.shifted_to(NOW):
            made = plan()
        before = queries.declared_before

        def together(found: DividendPlan) -> Money:
            meet()
            return before(found)

        with (
            patch.object(QuerySet, "select_for_update", lambda self, **options: self),
            patch.object(queries, "declared_before", together),
        ):
            answers = race(2, lambda _: self.act(made))
        assert sum(isinstance(answer, IntegrityError) for answer in answers) == 1, answers
        assert Declaration.objects.count() == 1

    @staticmethod
    def act(made: DividendPlan) -> Declaration:
        with clock.shifted_to(NOW):
            return declared(made, 1, yuan(1_000))
