"""The statement engine against scenarios computed by hand, and what holds for every statement."""

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.kernel.errors import Refused
from market.kernel.money import Money
from market.royalties.rules import corrections
from market.royalties.rules.corrections import against
from market.royalties.rules.lines import MODES, ORDER, RULES, rounded
from market.royalties.rules.periods import MONTHS, spans
from market.royalties.rules.statement import Statement, canonical, plain_balance, read_balance, state
from market.royalties.rules.terms import Balance, Limit, Report, RoyaltyTerms, Sales
from tests.market.royalties.golden import FIRST, FIVE, GOLDEN, Golden, sold, terms, yuan


def statements(golden: Golden) -> list[Statement]:
    """The scenario's statements, one quarter after the other."""
    balance, made = Balance(), []
    for number, quarter in enumerate(spans(FIRST, None, "quarter", through=date(2030, 1, 1))):
        if number == len(golden.quarters):
            break
        last = golden.final and number == len(golden.quarters) - 1
        brought = {name: yuan(text) for one in golden.sublicensed[number : number + 1] for name, text in one.items()}
        report = Report(quarter.since, quarter.until, golden.quarters[number], golden.arrears, last, brought)
        made.append(state(golden.terms, balance, report))
        balance = made[-1].closing
    return made


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)
def test_a_scenario_reconciles_to_the_fen(golden: Golden) -> None:
    made = statements(golden)
    assert [one.payable.plain() for one in made] == golden.paid
    assert [one.withheld.plain() for one in made] == (golden.withheld or ["0.00"] * len(made))


def test_there_are_scenarios_enough_and_every_rule_and_step_is_in_one() -> None:
    lines = [line for golden in GOLDEN for one in statements(golden) for line in one.lines]
    assert len(GOLDEN) >= 30
    assert {line.step for line in lines} == set(ORDER)
    assert {line.rule for line in lines} == set(RULES)


def test_every_line_can_be_computed_again_and_the_steps_never_go_back() -> None:
    for golden in GOLDEN:
        for one in statements(golden):
            for line in one.lines:
                assert line.computed_again() == line.value
            if len(golden.terms.running) < 2:
                steps = [ORDER.index(line.step) for line in one.lines]
                assert steps == sorted(steps)


def test_of_whole_figures_no_rule_makes_a_float() -> None:
    lines = [line for golden in GOLDEN for one in statements(golden) for line in one.lines]
    for line in lines:
        made = RULES[line.rule]({name: number for number, name in enumerate(line.inputs, 2)})
        assert isinstance(made, int | Fraction)


def test_the_same_inputs_give_the_same_hash_and_balances_survive_json() -> None:
    for golden in GOLDEN:
        first, again = statements(golden), statements(golden)
        assert [canonical(one.plain()) for one in first] == [canonical(one.plain()) for one in again]
        kept = json.loads(json.dumps(plain_balance(first[-1].closing)))
        assert read_balance(kept) == first[-1].closing


def test_what_was_not_agreed_is_refused() -> None:
    with pytest.raises(Refused, match=r"royalty\.deduction"):
        state(terms(FIVE), Balance(), Report(FIRST, date(2026, 3, 31), sold("10", freight="1")))
    with pytest.raises(Refused, match=r"royalty\.product"):
        state(terms(FIVE), Balance(), Report(FIRST, date(2026, 3, 31), {"lamp": Sales(Fraction(1))}))


FIGURES = st.integers(-(10**7), 10**9).map(Fraction)
SMOOTH = [golden.terms for golden in GOLDEN if set(golden.terms.running) == {""}]


@given(st.sampled_from(SMOOTH), st.lists(st.tuples(FIGURES, st.integers(0, 500)), min_size=1, max_size=6))
def test_statements_add_up_whatever_is_sold(agreed: RoyaltyTerms, sales: list[tuple[Fraction, int]]) -> None:
    balance = Balance()
    quarters = spans(FIRST, None, "quarter", through=date(2040, 1, 1))
    for quarter, (gross, units) in zip(quarters, sales, strict=False):
        report = Report(quarter.since, quarter.until, {"": Sales(gross, Fraction(units))})
        one = state(agreed, balance, report)
        assert one.payable >= Money.zero("CNY")
        assert all(line.computed_again() == line.value for line in one.lines)
        assert len(set(one.closing.fired)) == len(one.closing.fired)
        assert all(advance >= 0 for advance in one.closing.advances.values())
        balance = one.closing


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6))
def test_cumulative_tiers_earn_the_same_however_sales_fall_into_quarters(sales: list[int]) -> None:
    agreed = next(golden.terms for golden in GOLDEN if golden.name == "tiers since the beginning")
    balance, quarters = Balance(), spans(FIRST, None, "quarter", through=date(2040, 1, 1))
    for quarter, gross in zip(quarters, sales, strict=False):
        balance = state(agreed, balance, Report(quarter.since, quarter.until, {"": Sales(Fraction(gross))})).closing
    at_once = state(agreed, Balance(), Report(FIRST, date(2026, 3, 31), {"": Sales(Fraction(sum(sales)))}))
    assert balance.earned == at_once.closing.earned


CAPPED = replace(terms(FIVE), cap=Limit(Fraction(3_000), "cumulative"))
SALES = st.lists(st.lists(st.sampled_from([0, 999, 20_000, 45_001]), min_size=1, max_size=3), min_size=1, max_size=5)


def asked_and_owed(quarters: list[list[int]]) -> tuple[int, Fraction]:
    """What all statements together ask for, less the credit that is left; and five percent of what was sold in the end, not
    above the cap. Each quarter's sales are reported and then corrected as often as the list says."""
    balance, asked = Balance(), 0
    for quarter, reports in zip(spans(FIRST, None, "quarter", through=date(2040, 1, 1)), quarters, strict=False):
        charged = Money.zero("CNY")
        for gross in reports:
            made = state(CAPPED, balance, Report(quarter.since, quarter.until, {"": Sales(Fraction(gross))}))
            due, made = corrections.against(made, charged)
            charged += due
        asked += charged.minor
        balance = made.closing
    return asked + int(balance.carry), min(Fraction(sum(reports[-1] for reports in quarters), 20), Fraction(3_000))


def reconciles(quarters: list[list[int]]) -> bool:
    asked, owed = asked_and_owed(quarters)
    return abs(asked - owed) <= sum(map(len, quarters))  # each statement is rounded to the fen


@given(SALES)
def test_whatever_is_corrected_the_sums_asked_for_come_to_the_rate_on_all_sales(quarters: list[list[int]]) -> None:
    assert reconciles(quarters)


@pytest.mark.parametrize(
    "slip",
    [
        lambda made, asked: (made.payable, made),  # asks for everything again
        lambda made, asked: (max(made.payable - asked, Money.zero("CNY")), made),  # forgets the credit
        lambda made, asked: (against(made, asked)[0], replace(made, closing=Balance())),  # the next opens with nothing
    ],
)
def test_a_slip_in_the_chain_does_not_reconcile(slip: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lives = [[[45_001, 999], [20_000]], [[45_001], [45_001]], [[20_000, 45_001, 0], [0]]]
    assert all(map(reconciles, lives))
    monkeypatch.setattr(corrections, "against", slip)
    assert not all(map(reconciles, lives))


@given(
    st.dates(date(2020, 1, 1), date(2029, 12, 31)),
    st.integers(0, 1500),
    st.sampled_from(sorted(MONTHS)),
    st.lists(st.dates(date(2020, 1, 1), date(2035, 12, 31)), max_size=4),
)
def test_periods_cover_a_licence_without_gap_or_overlap(since: date, days: int, every: str, cuts: list[date]) -> None:
    last = date.fromordinal(since.toordinal() + days)
    made = list(spans(since, last, every, cuts=cuts, through=last))
    covered = [day for span in made for day in range(span.since.toordinal(), span.until.toordinal() + 1)]
    assert covered == list(range(since.toordinal(), last.toordinal() + 1))
    assert [span.final for span in made] == [False] * (len(made) - 1) + [True]
    assert {span.since for span in made} >= {cut for cut in cuts if since <= cut <= last}
    assert all((span.until.year, span.until.month) <= (span.since.year, 12) for span in made)


@pytest.mark.parametrize(
    ("exact", "half_up", "half_even", "down", "up"),
    [("5/2", 3, 2, 2, 3), ("-5/2", -3, -2, -2, -3), ("7/3", 2, 2, 2, 3), ("8/3", 3, 3, 2, 3), ("2", 2, 2, 2, 2)],
)
def test_rounding(exact: str, half_up: int, half_even: int, down: int, up: int) -> None:
    got = {mode: rounded(Fraction(exact), Fraction(1), mode) for mode in MODES}
    assert got == {"half_up": half_up, "half_even": half_even, "down": down, "up": up}


def test_a_milestone_does_not_fire_again_after_returns() -> None:
    golden = next(golden for golden in GOLDEN if golden.name == "a milestone once")
    again = replace(golden, quarters=[*golden.quarters, sold("90000")], paid=[])
    assert sum(line.step == "milestone" for one in statements(again) for line in one.lines) == 1


def test_the_engine_reads_no_clock_and_a_day_of_change_begins_a_period() -> None:
    made = list(
        spans(date(2026, 2, 10), date(2026, 8, 5), "quarter", cuts=[date(2026, 5, 1)], through=date(2027, 1, 1))
    )
    assert [(span.since.isoformat(), span.until.isoformat(), span.final) for span in made] == [
        ("2026-02-10", "2026-03-31", False),
        ("2026-04-01", "2026-04-30", False),
        ("2026-05-01", "2026-06-30", False),
        ("2026-07-01", "2026-08-05", True),
    ]
