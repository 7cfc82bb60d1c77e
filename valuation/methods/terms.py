"""Figures that follow from a contract's or a statute's own words: thresholds, an inventor's reward, a convertible's price."""

from valuation.methods.amounts import Amount, Rate, share
from valuation.methods.errors import ValuationError
from valuation.methods.working import Result, Working


def threshold_royalty(*, gross: Amount, exempt: Amount, rate: Rate) -> Result:
    """A royalty on what exceeds the exempt part of a period, and nothing below it."""
    work = Working("threshold_royalty", gross=gross, exempt=exempt, rate=rate)
    work.money("royalty", "greatest(0, gross - exempt) * rate")
    work.money("value", "royalty")
    return work.result()


def employee_inventor_reward(*, sales: Amount, monopoly_ratio: Rate, royalty_rate: Rate, contribution: Rate) -> Result:
    """An inventor's reasonable reward: the sales only the exclusive right makes, at a royalty, by the inventor's contribution."""
    work = Working(
        "employee_inventor_reward",
        sales=sales,
        monopoly_ratio=monopoly_ratio,
        royalty_rate=royalty_rate,
        contribution=contribution,
    )
    for name in ("monopoly_ratio", "royalty_rate", "contribution"):
        share(Rate(work.single(name)), name)
    work.money("value", "sales * monopoly_ratio * royalty_rate * contribution")
    return work.result()


def safe_conversion(
    *, existing_shares: int, investment: Amount, cap: Amount, discount: Rate, pre_money: Amount
) -> Result:
    """A post-money SAFE's ownership before the new money, investment / cap, and the price a discount alone would give.

    The holder takes the better of cap and discount, never both (YC post-money form); an option pool is not in these two figures.
    """
    work = Working(
        "safe_conversion",
        existing_shares=existing_shares,
        investment=investment,
        cap=cap,
        discount=discount,
        pre_money=pre_money,
    )
    for name in ("existing_shares", "cap"):
        if work.single(name) <= 0:
            raise ValuationError("valuation.not_positive", field=name)
    work.rate("post_money_safe_ownership_before_new_money", "investment / cap")
    work.money("discount_price_if_no_pool", "pre_money / existing_shares * (1 - discount)")
    work.rate("value", "post_money_safe_ownership_before_new_money")
    return work.result()
