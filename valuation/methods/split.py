"""Profit split: the part of a profit that is the technology's, and how that part is found (利润分成法)."""

from collections.abc import Sequence
from decimal import Decimal

from valuation.methods.amounts import Amount, Rate
from valuation.methods.amounts import share as a_share
from valuation.methods.errors import ValuationError
from valuation.methods.royalty import add_present_value
from valuation.methods.schedules import Discounting, Schedule
from valuation.methods.tab import Tab, add_tab
from valuation.methods.working import Result, Working, same_length

# How many shares a rule divides the profit into: capital, labour, technology, and in quarters management (三分法, 四分法).
SHARES = {"three": 3, "four": 4}


def profit_split(
    *,
    profits: Schedule,
    share: Rate | Sequence[Rate],
    tax_rate: Rate,
    discount_rate: Rate,
    discounting: Discounting,
    tab: Tab | None = None,
) -> Result:
    """The present value, after tax, of a share of the profits made with the right; one share, or one each period."""
    work = Working(
        "profit_split",
        profits=profits,
        share=share,
        tax_rate=tax_rate,
        discount_rate=discount_rate,
        discounting=discounting,
        tab=tab,
    )
    shares = share if isinstance(share, Sequence) else [share]
    for one in shares:
        a_share(one, "share")
    if isinstance(share, Sequence):
        same_length("share", share, len(profits))
    a_share(tax_rate, "tax_rate")
    work.money("technology_profit", "profits * share")
    work.money("after_tax", "technology_profit * (1 - tax_rate)")
    add_present_value(work, profits, discounting, "after_tax")
    add_tab(work, tab, discounting)
    return work.result()


def income_split(*, operating_profit: Amount, methods: Sequence[str]) -> Result:
    """The technology's share of a profit by thirds ("three") or quarters ("four"): rules of thumb, and said to be.

    The value is by the first rule named; the range runs over all of them.
    """
    work = Working("income_split", operating_profit=operating_profit, methods=tuple(methods))
    if not methods or not set(methods) <= SHARES.keys():
        raise ValuationError("valuation.unknown_method", field="methods", name=", ".join(methods))
    for method in methods:
        work.money(method, f"operating_profit / {SHARES[method]}")
    work.money("value", methods[0])
    found = ", ".join(methods)
    work.money("low", f"least({found})")
    work.money("high", f"greatest({found})")
    work.warn("rule_of_thumb")
    return work.result(low="low", high="high")


def discounted_profit_split(
    *,
    operating_profit: Schedule,
    royalty: Schedule,
    discount_rate: Rate,
    discounting: Discounting,
    sales: Schedule | None = None,
) -> Result:
    """How a licence divides the profit over its life: the licensor's share is royalty / (profit + royalty), discounted.

    `operating_profit` is what the licensee keeps after the royalty. The value is the licensor's share (LSLP).
    """
    work = Working(
        "discounted_profit_split",
        operating_profit=operating_profit,
        royalty=royalty,
        discount_rate=discount_rate,
        discounting=discounting,
        sales=sales,
    )
    same_length("royalty", royalty.amounts, len(operating_profit))
    if sales is not None:
        same_length("sales", sales.amounts, len(operating_profit))
    work.take("time", operating_profit.times(discounting, "discounting"))
    work.number("discount_factor", "1 / (1 + discount_rate) ** time")
    work.money("discounted_operating_profit", "operating_profit * discount_factor")
    work.money("discounted_royalty", "royalty * discount_factor")
    work.rate(
        "licensor_share",
        "total(discounted_royalty) / (total(discounted_operating_profit) + total(discounted_royalty))",
    )
    work.rate("value", "licensor_share")
    work.assume(f"{discounting}")
    return work.result()


def cn_profit_split_marginal(
    *, incremental_profit: Schedule, share_of_total_profit: Sequence[Rate], discount_rate: Rate
) -> Result:
    """The split rate by marginal analysis (边际分析法): what the technology adds over the profit made with it, year-end.

    `share_of_total_profit` says which part of each year's whole profit the added profit is. 资产评估, ch. 6.
    """
    work = Working(
        "cn_profit_split_marginal",
        incremental_profit=incremental_profit,
        share_of_total_profit=share_of_total_profit,
        discount_rate=discount_rate,
    )
    same_length("share_of_total_profit", share_of_total_profit, len(incremental_profit))
    if any(not 0 < one.value <= 1 for one in share_of_total_profit):
        raise ValuationError("valuation.not_a_share", field="share_of_total_profit", given="0")
    work.take("time", incremental_profit.times(Discounting.END, "incremental_profit"))
    work.money("total_profit", "incremental_profit / share_of_total_profit")
    work.money("pv_total_profit", "total(total_profit / (1 + discount_rate) ** time)")
    work.money("pv_incremental", "total(incremental_profit / (1 + discount_rate) ** time)")
    work.rate("split_rate", "pv_incremental / pv_total_profit")
    work.rate("value", "split_rate")
    work.assume("end_of_year")
    return work.result()


def cn_equivalent_investment(
    *,
    technology_cost: Amount,
    technology_cost_profit_rate: Decimal,
    partner_assets: Amount,
    partner_profit_rate: Decimal,
) -> Result:
    """The split rate by equivalent investment (约当投资分成法): both sides' stakes raised by their profit rates.

    The profit rates are multiples, not rates below one: 5 says that the technology earns five times its cost.
    """
    work = Working(
        "cn_equivalent_investment",
        technology_cost=technology_cost,
        technology_cost_profit_rate=technology_cost_profit_rate,
        partner_assets=partner_assets,
        partner_profit_rate=partner_profit_rate,
    )
    work.money("equivalent_technology", "technology_cost * (1 + technology_cost_profit_rate)")
    work.money("equivalent_partner", "partner_assets * (1 + partner_profit_rate)")
    if work.single("equivalent_technology") + work.single("equivalent_partner") <= 0:
        raise ValuationError("valuation.not_positive", field="technology_cost")
    work.rate("split_rate", "equivalent_technology / (equivalent_technology + equivalent_partner)")
    work.rate("value", "split_rate")
    return work.result()
