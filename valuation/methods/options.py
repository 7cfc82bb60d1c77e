"""Real options: the right to invest later, or to give up, priced by Black-Scholes and on a binomial tree (实物期权)."""

from decimal import Decimal
from enum import StrEnum

from valuation.methods.amounts import Amount, Rate
from valuation.methods.errors import ValuationError
from valuation.methods.working import Result, Working

MOST_STEPS = 200


class Compounding(StrEnum):
    """How the riskless rate grows: once a year, or all the time."""

    ANNUAL = "annual"
    CONTINUOUS = "continuous"


def option_black_scholes(
    *,
    asset_value: Amount,
    exercise_cost: Amount,
    years: Decimal,
    risk_free: Rate,
    volatility: Rate | None = None,
    variance: Rate | None = None,
    cost_of_delay: Rate | None = None,
) -> Result:
    """The right to develop for `exercise_cost` what is worth `asset_value`, within `years` (a call).

    Of `volatility` (a year's standard deviation) and `variance` exactly one is given. Each year of waiting costs `cost_of_delay` of
    the value; where it is not given, 1 / years: a patent loses one year of its life. Rates are continuous.
    """
    work = Working(
        "option_black_scholes",
        asset_value=asset_value,
        exercise_cost=exercise_cost,
        years=years,
        risk_free=risk_free,
        volatility=volatility,
        variance=variance,
        cost_of_delay=cost_of_delay,
    )
    _add_d(work, "exercise_cost", volatility, variance, cost_of_delay)
    work.number("n_d1", "normal(d1)")
    work.number("n_d2", "normal(d2)")
    work.money("value", "asset_today * n_d1 - cost_today * n_d2")
    return work.result()


def option_to_abandon(
    *,
    asset_value: Amount,
    salvage_value: Amount,
    years: Decimal,
    risk_free: Rate,
    volatility: Rate | None = None,
    variance: Rate | None = None,
    cost_of_delay: Rate | None = None,
) -> Result:
    """The right to give up what is worth `asset_value` for `salvage_value` within `years` (a put); inputs as for the call."""
    work = Working(
        "option_to_abandon",
        asset_value=asset_value,
        salvage_value=salvage_value,
        years=years,
        risk_free=risk_free,
        volatility=volatility,
        variance=variance,
        cost_of_delay=cost_of_delay,
    )
    _add_d(work, "salvage_value", volatility, variance, cost_of_delay)
    work.number("n_minus_d1", "normal(-d1)")
    work.number("n_minus_d2", "normal(-d2)")
    work.money("value", "cost_today * n_minus_d2 - asset_today * n_minus_d1")
    return work.result()


def _add_d(
    work: Working, cost: str, volatility: Rate | None, variance: Rate | None, cost_of_delay: Rate | None
) -> None:
    """Add what call and put share: value and cost today, and d1 and d2."""
    for name in ("asset_value", cost, "years"):
        if work.single(name) <= 0:
            raise ValuationError("valuation.not_positive", field=name)
    if (volatility is None) is (variance is None):
        raise ValuationError("valuation.variance_given_as_volatility", field="volatility")
    spread = "variance" if volatility is None else "volatility"
    if work.single(spread) <= 0:
        raise ValuationError("valuation.not_positive", field=spread)
    if cost_of_delay is None:
        work.rate("cost_of_delay", "1 / years")
        work.assume("delay_costs_a_year")
    work.rate("deviation", "root(variance)" if volatility is None else "volatility")
    work.money("asset_today", "asset_value * exp(-cost_of_delay * years)")
    work.money("cost_today", f"{cost} * exp(-risk_free * years)")
    work.number("d1", "(ln(asset_today / cost_today) + deviation ** 2 / 2 * years) / (deviation * root(years))")
    work.number("d2", "d1 - deviation * root(years)")


def option_binomial(
    *,
    asset_value: Amount,
    exercise_cost: Amount,
    steps: int,
    american: bool,
    risk_free: Rate,
    compounding: Compounding,
    up: Decimal | None = None,
    down: Decimal | None = None,
    volatility: Rate | None = None,
    years: Decimal | None = None,
    cost_of_delay: Rate | None = None,
) -> Result:
    """The right to invest on a tree of `steps`: `up` and `down` are given, or follow from `volatility` (Cox, Ross, Rubinstein).

    A step is a year unless `years` says how long all of them take. `american`: it may be used before the end.
    ValuationError: `valuation.exactly_one`; `valuation.arbitrage` where no chance makes the tree fair.
    """
    work = Working(
        "option_binomial",
        asset_value=asset_value,
        exercise_cost=exercise_cost,
        steps=steps,
        american=american,
        risk_free=risk_free,
        compounding=compounding,
        up=up,
        down=down,
        volatility=volatility,
        years=years,
        cost_of_delay=cost_of_delay,
    )
    if not 1 <= steps <= MOST_STEPS:
        raise ValuationError("valuation.too_many_steps", field="steps", most=MOST_STEPS)
    _add_moves(work, up, down, volatility, years, compounding)
    held = " * exp(-cost_of_delay * step_years)" if cost_of_delay is not None else ""
    work.rate("risk_neutral_probability", f"(growth{held} - fall) / (rise - fall)")
    if not 0 < work.single("risk_neutral_probability") < 1:
        raise ValuationError("valuation.arbitrage", field="risk_free")
    _fold_back(work, steps, american)
    return work.result()


def _add_moves(
    work: Working,
    up: Decimal | None,
    down: Decimal | None,
    volatility: Rate | None,
    years: Decimal | None,
    compounding: Compounding,
) -> None:
    """Add a step's length, the value's rise and fall in it, and the growth of money meanwhile."""
    if (up is None) is not (down is None) or (up is None) is (volatility is None):
        raise ValuationError("valuation.exactly_one", field="up", others="volatility")
    if years is not None and years <= 0:
        raise ValuationError("valuation.not_positive", field="years")
    work.number("step_years", "years / steps" if years is not None else "1")
    work.number("rise", "up" if volatility is None else "exp(volatility * root(step_years))")
    work.number("fall", "down" if volatility is None else "1 / rise")
    if not 0 < work.single("fall") < work.single("rise"):
        raise ValuationError("valuation.range_reversed", field="up")
    yearly = compounding is Compounding.ANNUAL
    work.number("growth", "(1 + risk_free) ** step_years" if yearly else "exp(risk_free * step_years)")


def _fold_back(work: Working, steps: int, american: bool) -> None:
    """Work the tree from its end: at each node what waiting is worth and, if it may, what investing at once brings."""
    work.take("rises", tuple(Decimal(steps - place) for place in range(steps + 1)))
    work.money("asset", "asset_value * rise ** rises * fall ** (steps - rises)")
    work.money(f"option_{steps}", "greatest(0, asset - exercise_cost)")
    for step in range(steps - 1, -1, -1):
        later = f"option_{step + 1}"
        waiting = (
            f"(risk_neutral_probability * ups({later}) + (1 - risk_neutral_probability) * downs({later})) / growth"
        )
        if american:
            # A node's asset is that of the next row's upper node, one rise back.
            work.money(f"asset_{step}", f"ups({f'asset_{step + 1}' if step + 1 < steps else 'asset'}) / rise")
            waiting = f"greatest(asset_{step} - exercise_cost, {waiting})"
        work.money(f"option_{step}", waiting)
    work.money("value_up_node", "first(option_1)")
    work.money("value", "first(option_0)")
