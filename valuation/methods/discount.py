"""Discount rates and present values: build-up, CAPM, WACC, beta, return on assets, capitalisation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from valuation.methods.amounts import Amount, Rate, share
from valuation.methods.errors import ValuationError
from valuation.methods.working import Result, Working


@dataclass(frozen=True, slots=True)
class Debt:
    """What an asset can be borrowed on: the amount and the lender's rate before tax."""

    asset: str
    amount: Amount
    pre_tax_rate: Rate


def present_value(*, future_value: Amount, discount_rate: Rate, periods: Decimal) -> Result:
    """What one amount after `periods` years is worth today: future_value / (1 + discount_rate) ** periods."""
    work = Working("present_value", future_value=future_value, discount_rate=discount_rate, periods=periods)
    above_minus_one(discount_rate, "discount_rate")
    work.money("present_value", "future_value / (1 + discount_rate) ** periods")
    work.money("value", "present_value")
    return work.result()


def capitalise(*, cash_flow: Amount, discount_rate: Rate, growth: Rate) -> Result:
    """What next year's `cash_flow`, growing for ever, is worth: cash_flow / (discount_rate - growth) (Gordon).

    ValuationError `valuation.growth_ge_discount`: growth must stay below the rate.
    """
    work = Working("capitalise", cash_flow=cash_flow, discount_rate=discount_rate, growth=growth)
    below(growth, discount_rate, "growth")
    work.rate("capitalisation_rate", "discount_rate - growth")
    work.money("value", "cash_flow / capitalisation_rate")
    work.assume("for_ever")
    return work.result()


def discount_build_up(
    *,
    risk_free: Rate,
    equity_risk_premium: Rate,
    size_premium: Rate,
    industry_premium: Rate,
    company_specific: Rate,
    others: Mapping[str, Rate] | None = None,
) -> Result:
    """A discount rate added up from the riskless rate and premiums, which may be negative."""
    work = Working(
        "discount_build_up",
        risk_free=risk_free,
        equity_risk_premium=equity_risk_premium,
        size_premium=size_premium,
        industry_premium=industry_premium,
        company_specific=company_specific,
        others=others,
    )
    named = "risk_free + equity_risk_premium + size_premium + industry_premium + company_specific"
    work.rate("discount_rate", f"{named} + total(others)" if others else named)
    work.rate("value", "discount_rate")
    return work.result()


def capm(
    *, risk_free: Rate, beta: Decimal, market_premium: Rate | None = None, market_return: Rate | None = None
) -> Result:
    """The cost of equity: risk_free + beta x market premium; the premium is given, or the market's return, not both."""
    work = Working("capm", risk_free=risk_free, beta=beta, market_premium=market_premium, market_return=market_return)
    _cost_of_equity(work, market_premium, market_return)
    work.rate("value", "cost_of_equity")
    return work.result()


def wacc(
    *,
    equity_weight: Rate,
    debt_weight: Rate,
    cost_of_debt: Rate,
    tax_rate: Rate,
    cost_of_equity: Rate | None = None,
    risk_free: Rate | None = None,
    beta: Decimal | None = None,
    market_premium: Rate | None = None,
    market_return: Rate | None = None,
) -> Result:
    """The weighted cost of capital after tax. The cost of equity is given, or found by CAPM from its parts.

    `cost_of_debt` is before tax. ValuationError `valuation.weights_not_one`: the two weights add up to one.
    """
    work = Working(
        "wacc",
        equity_weight=equity_weight,
        debt_weight=debt_weight,
        cost_of_debt=cost_of_debt,
        tax_rate=tax_rate,
        cost_of_equity=cost_of_equity,
        risk_free=risk_free,
        beta=beta,
        market_premium=market_premium,
        market_return=market_return,
    )
    add_up_to_one([equity_weight.value, debt_weight.value], "debt_weight")
    share(tax_rate, "tax_rate")
    if cost_of_equity is None:
        for name, part in (("risk_free", risk_free), ("beta", beta)):
            if part is None:
                raise ValuationError("valuation.input_missing", field=name)
        _cost_of_equity(work, market_premium, market_return)
    elif any(part is not None for part in (risk_free, beta, market_premium, market_return)):
        raise ValuationError("valuation.exactly_one", field="cost_of_equity", others="beta")
    work.rate("wacc", "equity_weight * cost_of_equity + debt_weight * cost_of_debt * (1 - tax_rate)")
    work.rate("value", "wacc")
    return work.result()


def _cost_of_equity(work: Working, market_premium: Rate | None, market_return: Rate | None) -> None:
    if (market_premium is None) is (market_return is None):
        raise ValuationError("valuation.exactly_one", field="market_premium", others="market_return")
    premium = "market_premium" if market_premium is not None else "(market_return - risk_free)"
    work.rate("cost_of_equity", f"risk_free + beta * {premium}")


def unlevered_beta(*, levered_beta: Decimal, debt_to_equity: Decimal, tax: Rate) -> Result:
    """The beta without debt (Hamada): levered_beta / (1 + (1 - tax) x debt_to_equity)."""
    work = Working("unlevered_beta", levered_beta=levered_beta, debt_to_equity=debt_to_equity, tax=tax)
    work.number("unlevered_beta", "levered_beta / (1 + (1 - tax) * debt_to_equity)")
    work.number("value", "unlevered_beta")
    return work.result()


def required_return_on_assets(
    *, debt_capacity: Sequence[Debt], after_tax_factor: Rate, equity_capital: Amount, cost_of_equity: Rate
) -> Result:
    """The return tangible assets must earn: after-tax interest on what can be borrowed on each, and the cost of equity.

    `after_tax_factor` is what is left of interest after tax (0.6 at 40%).
    """
    work = Working(
        "required_return_on_assets",
        debt_capacity=debt_capacity,
        after_tax_factor=after_tax_factor,
        equity_capital=equity_capital,
        cost_of_equity=cost_of_equity,
    )
    work.take("debt", tuple(debt.amount.figure for debt in debt_capacity))
    work.take("debt_rate", tuple(debt.pre_tax_rate.value for debt in debt_capacity))
    work.money("total_debt", "total(debt)")
    # The lender's rate is before tax, what is left of it after.
    work.money("interest", "total(debt * debt_rate)")
    work.money("interest_after_tax", "interest * after_tax_factor")
    work.money("equity_return", "equity_capital * cost_of_equity")
    work.money("total_capital", "total_debt + equity_capital")
    work.money("cost_of_capital", "interest_after_tax + equity_return")
    work.rate("value", "cost_of_capital / total_capital")
    return work.result()


def below(growth: Rate, discount_rate: Rate, field: str) -> None:
    """ValuationError unless growth stays below the discount rate."""
    if growth.value >= discount_rate.value:
        raise ValuationError(
            "valuation.growth_ge_discount", field=field, growth=growth.value, discount=discount_rate.value
        )


def above_minus_one(rate: Rate, field: str) -> None:
    """ValuationError unless something is left of one after the rate: -100% discounts to nothing at all."""
    if rate.value <= -1:
        raise ValuationError("valuation.no_discount", field=field, given=rate.value)


def add_up_to_one(weights: Sequence[Decimal], field: str) -> None:
    """ValuationError `valuation.weights_not_one` unless the weights are not negative and add up to one exactly."""
    if sum(weights) != 1 or min(weights) < 0:
        raise ValuationError("valuation.weights_not_one", field=field, found=sum(weights))
