"""Excess earnings: what is left of earnings when every other asset has had its return (超额收益法)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from valuation.methods.amounts import NONE, Amount, Rate
from valuation.methods.discount import below
from valuation.methods.errors import ValuationError
from valuation.methods.royalty import add_present_value, within_legal_term
from valuation.methods.schedules import Discounting, Schedule
from valuation.methods.tab import Tab, add_tab
from valuation.methods.working import Result, Working, same_length


@dataclass(frozen=True, slots=True)
class ContributoryAsset:
    """An asset the earnings need beside the one valued, and the return it must have."""

    type: str
    value: Amount
    return_rate: Rate


def excess_earnings_single(
    *,
    normalised_earnings: Amount,
    contributory_assets: Sequence[ContributoryAsset],
    capitalisation_rate: Rate,
    growth: Rate = NONE,
) -> Result:
    """One year's earnings less contributory charges, grown one year and capitalised: E (1 + g) / capitalisation_rate.

    `capitalisation_rate` is already net of growth. Excess below zero is worth what it says, with a warning.
    """
    work = Working(
        "excess_earnings_single",
        normalised_earnings=normalised_earnings,
        contributory_assets=contributory_assets,
        capitalisation_rate=capitalisation_rate,
        growth=growth,
    )
    if capitalisation_rate.value <= 0:
        raise ValuationError("valuation.not_positive", field="capitalisation_rate")
    if not contributory_assets:
        raise ValuationError("valuation.input_missing", field="contributory_assets")
    work.take("asset_value", tuple(asset.value.figure for asset in contributory_assets))
    work.take("asset_return", tuple(asset.return_rate.value for asset in contributory_assets))
    work.money("charge", "asset_value * asset_return")
    work.money("total_charge", "total(charge)")
    work.money("excess_earnings", "normalised_earnings - total_charge")
    _warn_below_zero(work, "excess_earnings")
    work.money("value", "excess_earnings * (1 + growth) / capitalisation_rate")
    work.assume("for_ever")
    return work.result()


def excess_earnings_net_assets(
    *,
    earnings: Amount,
    assets: Mapping[str, Amount],
    liabilities: Mapping[str, Amount],
    required_return: Rate,
    growth: Rate,
) -> Result:
    """Goodwill: earnings above the required return on net tangible assets, grown one year, over return less growth.

    The value is the goodwill; "total" adds the net tangible assets.
    """
    work = Working(
        "excess_earnings_net_assets",
        earnings=earnings,
        assets=assets,
        liabilities=liabilities,
        required_return=required_return,
        growth=growth,
    )
    below(growth, required_return, "growth")
    if not assets:
        raise ValuationError("valuation.input_missing", field="assets")
    work.money("net_tangible_assets", "total(assets) - total(liabilities)" if liabilities else "total(assets)")
    work.money("excess_earnings", "earnings - net_tangible_assets * required_return")
    _warn_below_zero(work, "excess_earnings")
    work.money("goodwill", "excess_earnings * (1 + growth) / (required_return - growth)")
    work.money("total", "net_tangible_assets + goodwill")
    work.money("value", "goodwill")
    work.assume("for_ever")
    return work.result()


def excess_earnings_multi(
    *,
    revenue: Schedule,
    attrition: Rate,
    ebit_margin: Rate | Sequence[Rate],
    tax_rate: Rate,
    contributory_charges_pct_of_revenue_after_tax: Mapping[str, Rate],
    discount_rate: Rate,
    discounting: Discounting,
    attrition_convention: Discounting,
    legal_years_left: Decimal | None = None,
    tab: Tab | None = None,
) -> Result:
    """Multi-period excess earnings: the revenue of today's base, less what leaves it, at its margin after tax, less charges.

    The charges are after-tax returns and come off after-tax earnings. `attrition_convention`: whether a year's leavers go in
    its middle or at its end.
    """
    work = Working(
        "excess_earnings_multi",
        revenue=revenue,
        attrition=attrition,
        ebit_margin=ebit_margin,
        tax_rate=tax_rate,
        contributory_charges_pct_of_revenue_after_tax=contributory_charges_pct_of_revenue_after_tax,
        discount_rate=discount_rate,
        discounting=discounting,
        attrition_convention=attrition_convention,
        legal_years_left=legal_years_left,
        tab=tab,
    )
    if isinstance(ebit_margin, Sequence):
        same_length("ebit_margin", ebit_margin, len(revenue))
    within_legal_term(Decimal(len(revenue)), legal_years_left, "revenue")
    _add_multi(work, revenue, discounting, attrition_convention)
    add_tab(work, tab, discounting)
    return work.result()


def excess_earnings_multi_grown(
    *,
    base_revenue: Amount,
    growth: Rate,
    attrition: Rate,
    attrition_convention: Discounting,
    years: int,
    ebit_margin: Rate,
    tax_rate: Rate,
    contributory_charges_pct_of_revenue_after_tax: Mapping[str, Rate],
    discount_rate: Rate,
    discounting: Discounting,
    tab: Tab | None = None,
) -> Result:
    """`excess_earnings_multi` on the first year's revenue, grown at one rate for so many years."""
    work = Working(
        "excess_earnings_multi_grown",
        base_revenue=base_revenue,
        growth=growth,
        attrition=attrition,
        attrition_convention=attrition_convention,
        years=years,
        ebit_margin=ebit_margin,
        tax_rate=tax_rate,
        contributory_charges_pct_of_revenue_after_tax=contributory_charges_pct_of_revenue_after_tax,
        discount_rate=discount_rate,
        discounting=discounting,
        tab=tab,
    )
    if years < 1:
        raise ValuationError("valuation.not_positive", field="years")
    work.money("revenue", "base_revenue * (1 + growth) ** (count_to(years) - 1)")
    grown = Schedule.yearly([Amount(one, base_revenue.currency) for one in work.row("revenue")])
    _add_multi(work, grown, discounting, attrition_convention)
    add_tab(work, tab, discounting)
    return work.result()


def _add_multi(work: Working, revenue: Schedule, discounting: Discounting, attrition_convention: Discounting) -> None:
    work.take("attrition_time", revenue.times(attrition_convention, "attrition_convention"))
    work.rate("retained", "(1 - attrition) ** attrition_time")
    work.money("revenue_retained", "revenue * retained")
    work.money("after_tax", "revenue_retained * ebit_margin * (1 - tax_rate)")
    charged = "contributory_charges_pct_of_revenue_after_tax"
    work.money("charges", f"revenue_retained * total({charged})" if charged in work.figures else "revenue_retained * 0")
    work.money("excess_earnings", "after_tax - charges")
    _warn_below_zero(work, "excess_earnings")
    work.assume("charges_after_tax")
    add_present_value(work, revenue, discounting, "excess_earnings")


def reconcile_returns(
    *, fair_values: Mapping[str, Amount], returns: Mapping[str, Rate], wacc: Rate, irr: Rate
) -> Result:
    """The weighted average return on assets (WARA) beside the cost of capital and the deal's own rate (IRR).

    The three should agree; the value is the WARA, the range runs over all three, and a warning says when they are more than a
    percentage point apart.
    """
    work = Working("reconcile_returns", fair_values=fair_values, returns=returns, wacc=wacc, irr=irr)
    if list(fair_values) != list(returns) or not fair_values:
        raise ValuationError(
            "valuation.period_length_mismatch", field="returns", given=len(returns), wanted=len(fair_values)
        )
    work.rate("wara", "total(fair_values * returns) / total(fair_values)")
    work.rate("lowest", "least(wara, wacc, irr)")
    work.rate("highest", "greatest(wara, wacc, irr)")
    work.rate("value", "wara")
    if work.single("highest") - work.single("lowest") > Decimal("0.01"):
        work.warn("returns_apart")
    return work.result(low="lowest", high="highest")


def customer_value(*, revenue_per_period: Amount, retention: Rate, discount_rate: Rate, margin: Rate) -> Result:
    """What a customer is worth while staying: margin x retention / (1 + discount - retention) (Gupta and Lehmann)."""
    work = Working(
        "customer_value",
        revenue_per_period=revenue_per_period,
        retention=retention,
        discount_rate=discount_rate,
        margin=margin,
    )
    if retention.value >= 1 + discount_rate.value:
        raise ValuationError(
            "valuation.growth_ge_discount", field="retention", growth=retention.value - 1, discount=discount_rate.value
        )
    work.number("margin_multiple", "retention / (1 + discount_rate - retention)")
    work.money("value", "revenue_per_period * margin * margin_multiple")
    return work.result()


def residual_goodwill(
    *, purchase_price: Amount, tangible: Amount, intangibles: Sequence[Amount], liabilities: Amount
) -> Result:
    """What of a price no identified asset explains; below zero it was a bargain, or an asset is valued too high."""
    work = Working(
        "residual_goodwill",
        purchase_price=purchase_price,
        tangible=tangible,
        intangibles=intangibles,
        liabilities=liabilities,
    )
    identified = "tangible + total(intangibles) - liabilities" if intangibles else "tangible - liabilities"
    work.money("identified", identified)
    work.money("goodwill", "purchase_price - identified")
    work.money("value", "goodwill")
    if work.single("value") < 0:
        work.warn("bargain")
    return work.result()


def _warn_below_zero(work: Working, name: str) -> None:
    found = work.figures[name]
    if min(found if isinstance(found, tuple) else (found,)) < 0:
        work.warn("negative_excess_earnings")
