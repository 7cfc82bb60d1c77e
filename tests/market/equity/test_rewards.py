"""Inventors' rewards: the plan and its publicity, their line in settlement and royalty, and the unit's yearly report."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from market.deals.models import Deal
from market.deals.rules.figures import quote
from market.equity.rewards import actions, handlers, queries, rules
from market.equity.rewards.models import Income, Reward, RewardPlan
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money, total
from market.kernel.words import sentence
from market.ledger import books
from market.listings.fees.rules import flat
from market.notices.models import Notice
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments import handlers as asked
from market.payments.models import Charge, Claim, Payout, SettlementLine
from market.payments.settlements import rules as settling
from market.rights.models import Right
from market.royalties import actions as royalties
from market.royalties.runs.actions import run
from market.trail.models import Fact
from tests import people
from tests.guards import refuses_to_forget
from tests.market.deals.licences import licensed as licensed_out
from tests.market.equity import stage
from tests.market.equity.stage import PAPER, yuan
from tests.market.filings.stage import Deliver, licence_paid, licence_recorded
from tests.market.payments import stage as money
from tests.market.payments.stage import patent
from tests.market.royalties import stage as licensed
from tests.stage import race

F = Fraction
NOW = datetime(2026, 2, 10, 4, tzinfo=UTC)
AGREED = rules.Terms(F(7, 10), F(1, 2), F(1, 20), 3, yuan(10_000))


def refuses(code: str, act: Callable[[], Any]) -> None:
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    assert "{" not in sentence(caught.value)


def published(right: Right, unit: Party, **changed: Any) -> RewardPlan:
    """Anne's and bob's companies stand for two inventors, two thirds and one third."""
    shares = [(people.anne_co(), F(2, 3)), (people.bob_co(), F(1, 3))]
    said: dict[str, Any] = {"ground": rules.STATUTE, "agreed": AGREED, "people": shares, "paper": None}
    return actions.publish(right=right, unit=unit, by=people.owner_of(unit), **said | changed)


def in_force(right: Right, unit: Party, **changed: Any) -> RewardPlan:
    """The same, made public three weeks ago."""
    with clock.shifted_to(clock.now() - timedelta(days=21)):
        made = published(right, unit, **changed)
    return actions.put_in_force(plan=made, decision="", by=people.owner_of(unit))


def test_contract_and_rule_come_before_the_law_and_a_state_unit_never_gives_less() -> None:
    given = {"patent_type": "utility_model", "state_unit": True}
    assert rules.terms_of("statute", AGREED, **given) == rules.Terms(F(1, 2), F(1, 2), F(1, 20), 5, yuan(1_500))
    assert rules.terms_of("contract", AGREED, **given) == AGREED
    low = rules.Terms(F(2, 5), F(1, 2), F(1, 20), 5, yuan(1))
    refuses("reward.least", lambda: rules.terms_of("unit_rule", low, **given))
    assert rules.terms_of("unit_rule", low, **given | {"state_unit": False}) == low
    two = rules.Terms(F(1, 2), F(1, 2), F(1, 20), 2, yuan(1))
    refuses("reward.years", lambda: rules.terms_of("unit_rule", two, **given))
    assert rules.award_due(date(2026, 3, 31)) == date(2026, 6, 30)
    assert rules.public_until(date(2026, 2, 1)) == date(2026, 2, 16)
    refuses("reward.year", lambda: rules.check_year(2026, None, 5, date(2026, 12, 31)))
    refuses("reward.year", lambda: rules.check_year(2025, 2020, 5, date(2026, 1, 1)))


@given(st.integers(0, 10**10), st.lists(st.integers(1, 30), min_size=1, max_size=4), st.integers(1, 10))
def test_the_waterfall_gives_inventors_no_less_than_their_part_and_adds_up(
    price: int, weights: list[int], tenths: int
) -> None:
    part, zero = F(tenths, 10), Money.zero("CNY")
    claims = [
        settling.Claim("inventors", f"i{place}", zero, "", "jida", part=part * F(weight, sum(weights)))
        for place, weight in enumerate(weights)
    ]
    holders = [settling.Holder("jida", F(2, 3)), settling.Holder("bob", F(1, 3))]
    bill = quote(Money(price + 1, "CNY"), seller=flat(300), buyer=flat(0))
    lines = settling.waterfall(bill, agency="a", seller="jida", holders=holders, claims=claims)
    assert total([line.amount for line in lines], "CNY") == bill.figures.total_due
    theirs = total([line.amount for line in lines if line.kind == "inventors"], "CNY")
    rest = total([line.amount for line in lines if line.payee == "jida"], "CNY")
    assert theirs.minor >= (theirs + rest).minor * part
    assert theirs.minor - 1 < (theirs + rest).minor * part


@pytest.fixture
def right(jida: Party) -> Right:
    return patent({jida: F(1)})


@pytest.mark.django_db
def test_a_plan_is_public_for_fifteen_days_and_an_objection_is_decided(
    right: Right, jida: Party, li_wei: User, anne: User, anne_co: Party, mallory: User
) -> None:
    made = published(right, jida)
    assert (made.award, made.transfer_part) == (yuan(4_000), F(1, 2))
    refuses("reward.taken", lambda: published(right, jida))
    refuses("equity.paper", lambda: published(right, jida, ground="contract"))
    refuses("equity.not_whole", lambda: published(right, jida, people=[(anne_co, F(1, 2))]))
    refuses("reward.holder", lambda: published(right, anne_co))
    refuses("reward.public", lambda: actions.put_in_force(plan=made, decision="", by=li_wei))
    refuses("reward.not_in_force", lambda: actions.profit(plan=made, year=2024, earned=yuan(1), by=li_wei))
    with pytest.raises(Http404):
        actions.object_to(plan=made, by=mallory, party=anne_co, note="x")
    refuses("reward.note", lambda: actions.object_to(plan=made, by=anne, party=anne_co, note=" "))
    actions.object_to(plan=made, by=anne, party=anne_co, note="排名有误")
    with clock.shifted_to(clock.now() + timedelta(days=16)):
        refuses("reward.note", lambda: actions.put_in_force(plan=made, decision="", by=li_wei))
        done = actions.put_in_force(plan=made, decision="核对后维持", by=li_wei)
        assert actions.put_in_force(plan=made, decision="", by=li_wei).state == done.state == "in_force"
        year = clock.today().year - 1
        profits = actions.profit(plan=done, year=year, earned=yuan(300), by=li_wei)
        assert actions.profit(plan=done, year=year, earned=yuan(900), by=li_wei) == profits
        assert [row.amount for row in profits] == [yuan(10), yuan(5)]
        paid = actions.pay(reward=profits[0], on=clock.today(), by=li_wei)
        assert paid.paid_on == clock.today()
    awards = {row.party: row.amount for row in Reward.objects.filter(kind="award")}
    assert sum(amount.minor for amount in awards.values()) == 400_000


@pytest.mark.django_db
def test_a_royalty_goes_to_the_inventors_first(
    right: Right, jida: Party, anne_co: Party, agency: Party, finance_sun: User, deliver: Callable[[], None]
) -> None:
    with clock.shifted_to(NOW):
        plan = in_force(right, jida, ground="contract", paper=PAPER)
        document = licensed.terms(term=licensed.START)
        given = {"granted_for": "deal:D-T", "right": right, "licensor": jida, "licensee": people.carol_co()}
        made = royalties.grant(**given, agency=agency, document=document, by=people.owner_of(agency))
        run()
        licensed.reported(made, 1, "2000.20")
        run()
        deliver()
        charge = Charge.objects.get(purpose="royalty")
        on = clock.today()
        payments.confirm(charge=charge, received=charge.amount, bank_reference="T-0002", on=on, by=finance_sun)
        deliver()
        sent = {(row.payee.name, row.purpose): row.amount.plain() for row in Payout.objects.all()}
        assert sent == {  # 100.01: seven tenths are 70.007, up to the fen
            ("长春光电科技有限公司", "inventors"): "46.67",
            ("吉林新材料股份有限公司", "inventors"): "23.34",
            ("吉林大学", "royalty"): "30.00",
        }
        rows = list(plan.rewards.filter(kind="licence"))
        assert {row.by_market for row in rows} == {True}
        refuses("reward.by_market", lambda: actions.pay(reward=rows[0], on=on, by=people.owner_of(jida)))
        assert books.available(f"royalty:{made.code}", "CNY") == charge.amount
        (line,) = queries.totals(jida, 2026)
        assert (line.count, line.amount.plain(), line.inventors.plain(), line.kept.plain()) == (
            1,
            "100.01",
            "70.01",
            "30.00",
        )


@pytest.mark.django_db
def test_a_settlement_has_a_line_for_each_inventor(
    jida: Party, carol_co: Party, agency: Party, finance_sun: User
) -> None:
    money.deposit("B-C", carol_co, agency, finance_sun, amount=yuan(1_050))
    deal = money.deal(jida, carol_co, agency, price=yuan(1_000))
    in_force(deal.right, jida)
    payments.apply_deposit("B-C", actor="system:x")
    settlement = payments.prepare_settlement(money.walk(deal, "title_passed"), actor="system:x")
    handlers.on_deal_title_passed(money.fact("deal.title_passed", deal))
    asked.on_reward_of_deal(Fact.objects.get(name="reward.of_deal"))
    net = yuan(970)
    lines = SettlementLine.objects.filter(settlement=settlement, kind="inventors")
    assert [claim.part for claim in Claim.objects.filter(deal=deal)] == ["1/3", "1/6"]
    assert [line.amount.plain() for line in lines] == ["323.33", "161.67"]
    payments.post_settlement(settlement=settlement, by=finance_sun)
    handlers.on_settlement_posted(Fact.objects.get(name="settlement.posted"))
    rows = Reward.objects.filter(kind="transfer").order_by("pk")
    assert [(row.base, row.amount) for row in rows] == [(net, line.amount) for line in lines]
    (line,) = queries.totals(jida, clock.today().year)
    assert (line.amount, line.inventors) == (net, yuan(485))


@pytest.mark.django_db
def test_what_a_licence_deal_brings_in_is_shared_with_those_who_made_the_right(
    jida: Party, carol_co: Party, agency: Party, finance_sun: User, deliver: Deliver
) -> None:
    deal = licensed_out(jida, carol_co, agency)
    plan = in_force(deal.right, jida)
    licence_recorded(licence_paid(deal, finance_sun, deliver))
    deliver()
    assert not plan.rewards.filter(kind="licence").exists()  # nothing is due of what is still in escrow
    settlement = payments.post_settlement(settlement=Deal.objects.get(pk=deal.pk).settlement, by=finance_sun)
    for _twice in range(2):
        handlers.on_settlement_posted(Fact.objects.get(name="settlement.posted"))
    deliver()
    lines = {line.payee: line.amount for line in settlement.lines.filter(kind="inventors")}
    net = deal.price - settlement.lines.get(kind="commission").amount
    rows = list(plan.rewards.filter(kind="licence"))
    assert {row.party: row.amount for row in rows} == lines
    assert {(row.base, row.ref, row.by_market) for row in rows} == {(net, f"settlement:{deal.code}", True)}
    theirs = total([row.amount for row in rows], "CNY")
    assert theirs.minor == -(-net.minor // 2)
    (line,) = queries.totals(jida, clock.today().year)
    assert (line.way, line.amount, line.inventors) == (Income.Way.LICENCE.label, net, theirs)
    for reward in rows:  # the person reads the statement, and the money is on its way
        assert Payout.objects.get(purpose="inventors", payee=reward.party).amount == reward.amount


@pytest.mark.django_db
def test_unit_and_person_are_reminded_once_of_an_award_unpaid(
    right: Right, jida: Party, li_wei: User, anne: User, client_of: Callable[[User | None], Client], deliver: Deliver
) -> None:
    plan = in_force(right, jida)
    theirs, other = Reward.objects.filter(kind="award").order_by("pk")
    actions.pay(reward=other, on=clock.today(), by=li_wei)
    assert actions.remind_overdue() == 1  # granted four hundred days ago, due three months later
    assert actions.remind_overdue() == 0
    deliver()
    fact = Fact.objects.get(name="reward.overdue")
    assert sorted(fact.audience) == sorted([jida.ref, theirs.party.ref])
    assert {notice.user for notice in Notice.objects.filter(fact=fact)} == {li_wei, anne}
    for who, path in ((anne, "/rewards/"), (anne, reverse("reward-plan", args=[plan.code])), (li_wei, "/me/")):
        assert "Overdue" in client_of(who).get(path).content.decode(), path


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_an_award_unpaid_four_workers_remind_once() -> None:
    jida = people.jilin_university()
    in_force(patent({jida: F(1)}), jida, people=[(people.anne_co(), F(1))])
    assert sum(race(4, lambda _: actions.remind_overdue())) == 1
    assert Fact.objects.filter(name="reward.overdue").count() == 1


@pytest.mark.django_db
def test_pages_show_a_person_its_own_statements_and_the_unit_its_report(
    right: Right,
    jida: Party,
    client_of: Callable[[User | None], Client],
    li_wei: User,
    anne: User,
    mallory: User,
    anne_co: Party,
) -> None:
    unit = client_of(li_wei)
    typed = {"right": right.pk, "ground": "statute", "profit_years": "5", "people": f"{anne_co.code} 100%"}
    assert unit.post(reverse("reward-plan-new"), typed | {"people": "x"}).status_code == 422
    assert unit.post(reverse("reward-plan-new"), typed).status_code == 302
    made = RewardPlan.objects.get()
    door = reverse("reward-plan", args=[made.code])
    assert client_of(mallory).get(door).status_code == 404
    assert "Object to the plan" in client_of(anne).get(door).content.decode()
    with clock.shifted_to(clock.now() + timedelta(days=16)):
        assert unit.post(door, {"step": "force", "decision": ""}).status_code == 302
        assert "¥4,000.00" in client_of(anne).get(door).content.decode()
        year = clock.today().year
        assert unit.post(door, {"step": "profit", "year": year, "earned": "10"}).status_code == 422
        actions.earned(
            unit=jida, way="licence", ref="x", right=right, amount=yuan(9), inventors=yuan(5), on=clock.today()
        )
        report = reverse("results-report", args=[year])
        assert "¥4.00" in unit.get(report).content.decode()
        book = load_workbook(io.BytesIO(unit.get(report, {"form": "xlsx"}).content))
        assert [cell.value for cell in list(book.worksheets[0].rows)[1]][1:] == [1, "CNY", 9, 5, 4]
        assert "Award for the grant" in client_of(anne).get("/rewards/").content.decode()


@pytest.mark.postgres
@pytest.mark.django_db
def test_postgresql_keeps_what_a_unit_earned(right: Right, jida: Party) -> None:
    given = {"right": right, "amount": yuan(9), "inventors": yuan(5), "on": clock.today()}
    actions.earned(unit=jida, way="licence", ref="x", **given)
    refuses_to_forget("equity_income")


@pytest.mark.django_db
def test_a_contribution_gives_no_less_than_the_plan(jida: Party, anne_co: Party, agency: Party) -> None:
    right = stage.assets.right(jida)
    in_force(right, jida, ground="contract", agreed=rules.Terms(F(1, 2), F(3, 5), F(1, 20), 5, yuan(1)), paper=PAPER)
    stage.refused("equity.inventors_least", lambda: stage.proposed(jida, anne_co, agency, right=right))
    assert stage.proposed(jida, anne_co, agency, right=right, inventors_part=F(3, 5)).state == "proposed"
