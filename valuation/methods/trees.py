"""Chances and stages: expected values with and without the right to stop (决策树, rNPV)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from valuation.methods.amounts import Amount, Rate, share
from valuation.methods.discount import above_minus_one
from valuation.methods.errors import ValuationError
from valuation.methods.working import Result, Working


@dataclass(frozen=True, slots=True)
class Chance:
    """Something that must go well, with its probability `p`."""

    name: str
    p: Rate


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of development: its cost at its start, how many years it takes, and the chance to come through."""

    name: str
    cost: Amount
    years: Decimal
    p_success: Rate


def decision_tree(*, stages: Sequence[Chance], payoff_success: Amount, payoff_failure: Amount) -> Result:
    """The expected value where everything must go well in turn: p x success + (1 - p) x failure."""
    work = Working("decision_tree", stages=stages, payoff_success=payoff_success, payoff_failure=payoff_failure)
    _some(stages)
    for stage in stages:
        share(stage.p, "stages")
    work.take("p", tuple(stage.p.value for stage in stages))
    work.rate("p_success", "product(p)")
    work.money("expected_value", "p_success * payoff_success + (1 - p_success) * payoff_failure")
    work.money("value", "expected_value")
    return work.result()


def staged(*, stage_cost: Amount, success_probabilities: Sequence[Rate], payoff: Amount, discount_rate: Rate) -> Result:
    """Attempts one after the other until one succeeds, always going on, and stopping when the next is not worth its cost.

    Each attempt costs `stage_cost` at its start, and pays or is followed by the next one a year later. The value is that with the
    right to stop.
    """
    work = Working(
        "staged",
        stage_cost=stage_cost,
        success_probabilities=success_probabilities,
        payoff=payoff,
        discount_rate=discount_rate,
    )
    _some(success_probabilities)
    above_minus_one(discount_rate, "discount_rate")
    work.money("go_on", "0")
    work.money("may_stop", "0")
    for place in range(len(success_probabilities), 0, -1):
        share(success_probabilities[place - 1], "success_probabilities")
        work.take(f"p_{place}", success_probabilities[place - 1].value)
        attempt = f"(p_{place} * payoff + (1 - p_{place}) * %s) / (1 + discount_rate) - stage_cost"
        last = place == len(success_probabilities)
        work.money(f"go_on_{place}", attempt % ("go_on" if last else f"go_on_{place + 1}"))
        work.money(f"may_stop_{place}", f"greatest(0, {attempt % ('may_stop' if last else f'may_stop_{place + 1}')})")
    work.money("npv_always_reinvest", "go_on_1")
    work.money("npv_with_abandonment", "may_stop_1")
    work.money("value", "npv_with_abandonment")
    work.assume("attempt_a_year")
    return work.result(low="npv_always_reinvest", high="npv_with_abandonment")


def rnpv(*, stages: Sequence[Stage], annual_cash_flow: Amount, years_of_cash_flow: int, discount_rate: Rate) -> Result:
    """Net present value weighed by the chance to get so far: stage costs at their starts, then yearly income in arrears.

    The value always goes on; "rnpv_with_abandonment" stops before a stage that is no longer worth its cost.
    """
    work = Working(
        "rnpv",
        stages=stages,
        annual_cash_flow=annual_cash_flow,
        years_of_cash_flow=years_of_cash_flow,
        discount_rate=discount_rate,
    )
    _some(stages)
    above_minus_one(discount_rate, "discount_rate")
    if years_of_cash_flow < 1:
        raise ValuationError("valuation.not_positive", field="years_of_cash_flow")
    for stage in stages:
        share(stage.p_success, "stages")
        if stage.years < 0:
            raise ValuationError("valuation.not_positive", field="stages")
    work.take("cost", tuple(stage.cost.figure for stage in stages))
    work.take("p", tuple(stage.p_success.value for stage in stages))
    work.take("duration", tuple(stage.years for stage in stages))
    work.number("starts_at", "starts(duration)")
    work.rate("reached", "before(p)")
    work.rate("p_launch", "product(p)")
    work.money("expected_costs", "total(cost * reached / (1 + discount_rate) ** starts_at)")
    work.money("at_launch", "total(annual_cash_flow / (1 + discount_rate) ** count_to(years_of_cash_flow))")
    work.money("expected_income", "p_launch * at_launch / (1 + discount_rate) ** total(duration)")
    work.money("rnpv", "expected_income - expected_costs")
    _add_abandonment(work, stages)
    work.money("value", "rnpv")
    return work.result(low="rnpv", high="rnpv_with_abandonment")


def _add_abandonment(work: Working, stages: Sequence[Stage]) -> None:
    worth = "at_launch"
    for place in range(len(stages), 0, -1):
        stage = stages[place - 1]
        work.take(f"p_{place}", stage.p_success.value)
        work.take(f"years_{place}", stage.years)
        work.take(f"cost_{place}", stage.cost.figure)
        ahead = f"p_{place} * {worth} / (1 + discount_rate) ** years_{place} - cost_{place}"
        worth = f"worth_{place}"
        work.money(worth, f"greatest(0, {ahead})")
    work.money("rnpv_with_abandonment", worth)


def pipeline_of_patents(
    *, first_year_value: Amount, first_year_cost: Amount, growth: Rate, discount_rate: Rate, years: int
) -> Result:
    """The patents still to come: each year's value over cost, growing, discounted from its year's end (Damodaran)."""
    work = Working(
        "pipeline_of_patents",
        first_year_value=first_year_value,
        first_year_cost=first_year_cost,
        growth=growth,
        discount_rate=discount_rate,
        years=years,
    )
    above_minus_one(discount_rate, "discount_rate")
    if years < 1:
        raise ValuationError("valuation.not_positive", field="years")
    work.number("year", "count_to(years)")
    work.money("excess", "(first_year_value - first_year_cost) * (1 + growth) ** (year - 1)")
    work.money("present_value", "excess / (1 + discount_rate) ** year")
    work.money("value", "total(present_value)")
    work.assume("end_of_year")
    return work.result()


def _some(stages: Sequence[object]) -> None:
    if not stages:
        raise ValuationError("valuation.input_missing", field="stages")
