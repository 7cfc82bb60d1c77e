"""What must hold of every valuation, whatever is put in."""

from collections.abc import Callable
from decimal import Decimal
from math import exp
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valuation import oracle
from valuation.methods import (
    Result,
    excess_earnings_multi,
    excess_earnings_single,
    monte_carlo,
    option_binomial,
    option_black_scholes,
    option_to_abandon,
    reconcile_returns,
    relief_from_royalty,
    replay,
    rnpv,
    staged,
    tab_factor,
)
from valuation.methods.amounts import Amount, Rate
from valuation.methods.excess import ContributoryAsset
from valuation.methods.options import Compounding
from valuation.methods.schedules import Discounting, Schedule
from valuation.methods.simulation import Correlation, Distribution, Shape
from valuation.methods.tab import Tab
from valuation.methods.trees import Stage

CLOSE = Decimal("1e-24")


def yuan(figure: Decimal | int | str) -> Amount:
    return Amount(Decimal(figure), "CNY")


def part(low: str, high: str) -> st.SearchStrategy[Rate]:
    """Rates of whole hundredths of a percent."""
    return st.decimals(Decimal(low), Decimal(high), places=4).map(Rate.fraction)


def alike(one: Decimal, other: Decimal, within: Decimal = CLOSE) -> bool:
    return abs(one - other) <= within * max(Decimal(1), abs(one), abs(other))


sums = st.integers(1, 10**12).map(lambda fen: yuan(Decimal(fen) / 100))
years = st.lists(sums, min_size=1, max_size=20).map(Schedule.yearly)
conventions = st.sampled_from([Discounting.END, Discounting.MID])
rates, taxes = part("0.001", "0.6"), part("0", "0.5")
tabs = st.none() | st.integers(1, 15).map(Tab)


@given(years, part("0", "0.5"), taxes, rates, conventions, tabs)
def test_relief_from_royalty_can_be_replayed_and_scales_with_money(
    revenue: Schedule, royalty: Rate, tax: Rate, discount: Rate, convention: Discounting, benefit: Tab | None
) -> None:
    def worth(times: int) -> Result:
        return relief_from_royalty(
            revenue=Schedule.yearly([yuan(one.figure * times) for one in revenue]),
            royalty_rate=royalty,
            tax_rate=tax,
            discount_rate=discount,
            discounting=convention,
            tab=benefit,
        )

    found = worth(1)
    assert replay(found) == found.value
    again, off = oracle.worked_again(found)
    assert off < 1e-9
    assert again == pytest.approx(float(found.value), rel=1e-9)
    assert alike(worth(7).value, found.value * 7)


@given(years, part("0", "0.9"), part("0", "0.9"), taxes, rates, conventions, conventions)
def test_excess_earnings_yield_their_own_discount_rate(
    revenue: Schedule, attrition: Rate, margin: Rate, tax: Rate, discount: Rate, leave: Discounting, when: Discounting
) -> None:
    """Who pays the value and receives the excess earnings earns the discount rate: value = what they come to at it."""
    found = excess_earnings_multi(
        revenue=revenue,
        attrition=attrition,
        ebit_margin=margin,
        tax_rate=tax,
        contributory_charges_pct_of_revenue_after_tax={"workforce": Rate.percent("1.5"), "brand": Rate.percent("2")},
        discount_rate=discount,
        discounting=when,
        attrition_convention=leave,
    )
    assert replay(found) == found.value
    back = Decimal("0.5") if when is Discounting.MID else 0
    earned, left = found["excess_earnings"], -found.value
    assert isinstance(earned, tuple)
    for year, flow in enumerate(earned, start=1):
        left += flow / (1 + discount.value) ** (year - back)
    assert alike(left, Decimal(0), Decimal("1e-15"))


@given(
    st.lists(st.tuples(st.integers(1, 10**6), part("0.01", "0.1")), min_size=1, max_size=5),
    part("0.1001", "0.4"),
    st.integers(1, 10**6),
)
def test_the_returns_on_all_assets_average_to_the_cost_of_capital(
    assets: list[tuple[int, Rate]], wacc: Rate, intangible: int
) -> None:
    """An enterprise that earns its cost of capital: the excess earnings value the rest, and WARA = IRR = WACC."""
    whole = intangible + sum(worth for worth, _rate in assets)
    earnings = whole * wacc.value
    rest = Rate((earnings - sum(worth * rate.value for worth, rate in assets)) / intangible)
    found = excess_earnings_single(
        normalised_earnings=yuan(earnings),
        contributory_assets=[ContributoryAsset(str(at), yuan(worth), rate) for at, (worth, rate) in enumerate(assets)],
        capitalisation_rate=rest,
    )
    assert alike(found.value, Decimal(intangible), Decimal("1e-15"))
    values = {str(at): yuan(worth) for at, (worth, _rate) in enumerate(assets)} | {"right": yuan(found.value)}
    returns = {str(at): rate for at, (_worth, rate) in enumerate(assets)} | {"right": rest}
    brought = reconcile_returns(fair_values=values, returns=returns, wacc=wacc, irr=wacc)
    assert alike(brought.value, wacc.value, Decimal("1e-15"))
    assert not brought.warnings


@given(taxes, st.integers(1, 20), rates, conventions, sums)
def test_the_tax_benefit_is_the_tax_saved_on_the_value_after_it(
    tax: Rate, over: int, discount: Rate, convention: Discounting, before: Amount
) -> None:
    factor = tab_factor(tax=tax, years=over, discount=discount, discounting=convention).value
    after, back = before.figure * factor, Decimal("0.5") if convention is Discounting.MID else 0
    saved = sum(tax.value * after / over / (1 + discount.value) ** (year - back) for year in range(1, over + 1))
    assert alike(after - before.figure, Decimal(saved), Decimal("1e-20"))


options = st.fixed_dictionaries(
    {
        "asset_value": st.integers(1, 10**6).map(yuan),
        "years": st.integers(1, 20).map(Decimal),
        "risk_free": part("0", "0.15"),
        "volatility": part("0.05", "0.9"),
        "cost_of_delay": part("0", "0.3"),
    }
)


@given(options, st.integers(1, 10**6).map(yuan))
def test_options_keep_their_bounds_and_put_call_parity(terms: dict[str, Any], strike: Amount) -> None:
    call = option_black_scholes(exercise_cost=strike, **terms)
    put = option_to_abandon(salvage_value=strike, **terms)
    asset, cost = call["asset_today"], call["cost_today"]
    assert isinstance(asset, Decimal)
    assert isinstance(cost, Decimal)
    slack = Decimal("1e-9") * (asset + cost)
    assert max(Decimal(0), asset - cost) - slack <= call.value <= asset + slack
    assert max(Decimal(0), cost - asset) - slack <= put.value <= cost + slack
    assert abs(call.value - put.value - (asset - cost)) <= slack
    doubled = {**terms, "asset_value": yuan(terms["asset_value"].figure * 2)}
    assert (
        abs(option_black_scholes(exercise_cost=yuan(strike.figure * 2), **doubled).value - call.value * 2) <= slack * 2
    )


def tree(steps: int, american: bool, **changed: Any) -> Decimal:
    terms: dict[str, Any] = {
        "asset_value": yuan(350),
        "exercise_cost": yuan(500),
        "years": Decimal(17),
        "risk_free": Rate.percent("4"),
        "volatility": Rate.percent("30"),
        "cost_of_delay": Rate(Decimal(1) / 17),
        **changed,
    }
    return option_binomial(steps=steps, american=american, compounding=Compounding.CONTINUOUS, **terms).value


def test_a_tree_comes_to_the_formula_and_the_right_to_go_early_is_worth_something() -> None:
    formula = Decimal("37.1646")  # VAL-RO-01 at its true volatility
    late = tree(100, american=False)
    assert abs(late - formula) < Decimal("0.15")
    assert tree(100, american=True) > late
    assert tree(50, american=True, cost_of_delay=None) == tree(50, american=False, cost_of_delay=None)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_simulated_mean_is_the_analytic_one(seed: int) -> None:
    """Two correlated lognormal inputs: the mean of their product is known."""
    revenue = Distribution(Shape.LOGNORMAL, median=Decimal(1_000_000), sigma=Decimal("0.4"))
    rate = Distribution(Shape.LOGNORMAL, median=Decimal("0.05"), sigma=Decimal("0.3"))

    def drawn(from_seed: int, rho: str) -> Result:
        return monte_carlo(
            distributions={"revenue": revenue, "rate": rate},
            formula="revenue * rate",
            correlation=[Correlation("revenue", "rate", Rate.fraction(rho))],
            draws=40_000,
            seed=from_seed,
            currency="CNY",
        )

    found = drawn(seed, "0.6")
    assert float(found.value) == pytest.approx(50_000 * exp((0.16 + 0.09) / 2 + 0.6 * 0.12), rel=0.012)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high
    assert drawn(seed, "0.6").hash == found.hash
    assert drawn(seed + 1, "0.6").hash != found.hash
    assert drawn(seed, "-0.6").value < found.value


SHAPED: dict[str, tuple[Distribution, Callable[[], tuple[float, float]]]] = {
    "normal": (Distribution(Shape.NORMAL, mean=Decimal(9), sd=Decimal(2)), lambda: (9, 2)),
    "uniform": (Distribution(Shape.UNIFORM, low=Decimal(2), high=Decimal(5)), lambda: (3.5, 3 / 12**0.5)),
    "triangular": (
        Distribution(Shape.TRIANGULAR, low=Decimal(2), mode=Decimal(2), high=Decimal(8)),
        lambda: (4, 2**0.5),
    ),
}


@pytest.mark.parametrize("shape", SHAPED)
def test_every_shape_has_its_mean_and_its_spread(shape: str) -> None:
    distribution, moments = SHAPED[shape]
    mean, spread = moments()
    found = monte_carlo(distributions={"it": distribution}, formula="it * 1", draws=40_000, seed=5)
    assert float(found.value) == pytest.approx(mean, rel=0.01)
    deviation = found["it_sd"]
    assert isinstance(deviation, Decimal)
    assert float(deviation) == pytest.approx(spread, rel=0.015)
    assert replay(found) == found.value


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 4), part("0", "1")), min_size=1, max_size=6), rates)
def test_the_right_to_stop_never_costs_anything(stages: list[tuple[int, int, Rate]], discount: Rate) -> None:
    developed = rnpv(
        stages=[Stage(str(at), yuan(cost), Decimal(took), p) for at, (cost, took, p) in enumerate(stages)],
        annual_cash_flow=yuan(60),
        years_of_cash_flow=10,
        discount_rate=discount,
    )
    attempts = staged(
        stage_cost=yuan(1), success_probabilities=[p for _, _, p in stages], payoff=yuan(4), discount_rate=discount
    )
    for found in (developed, attempts):
        assert found.low is not None
        assert found.high is not None
        assert found.high >= max(found.low, Decimal(0)) - CLOSE
        assert replay(found) == found.value
