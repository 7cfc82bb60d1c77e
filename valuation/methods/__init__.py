"""The methods of valuation: pure functions of their inputs, each with every step of its working.

Amounts and rates go in as `Amount` and `Rate`, a `Result` comes out unrounded; `plain.value` calls any method by name over JSON.
"""

from collections.abc import Callable, Mapping

from valuation.methods.cost import cost_replacement, cost_reproduction, minimum_transfer_fee, technology_decay
from valuation.methods.discount import (
    capitalise,
    capm,
    discount_build_up,
    present_value,
    required_return_on_assets,
    unlevered_beta,
    wacc,
)
from valuation.methods.excess import (
    customer_value,
    excess_earnings_multi,
    excess_earnings_multi_grown,
    excess_earnings_net_assets,
    excess_earnings_single,
    reconcile_returns,
    residual_goodwill,
)
from valuation.methods.holding import holding_cost, maintenance_cost, renewal_cost
from valuation.methods.market import market_multiple, market_price_per_asset, price_per_asset
from valuation.methods.options import option_binomial, option_black_scholes, option_to_abandon
from valuation.methods.reconcile import reconcile, tornado
from valuation.methods.royalty import (
    relief_from_royalty,
    relief_from_royalty_grown,
    royalty_base,
    royalty_capitalisation,
)
from valuation.methods.royalty_rates import (
    royalty_rate_analytical,
    royalty_rate_georgia_pacific,
    royalty_rate_range_position,
    royalty_rate_rule_of_thumb,
    royalty_rate_top_down,
    technology_turnover_factor,
)
from valuation.methods.simulation import monte_carlo, simulated_royalty
from valuation.methods.split import (
    cn_equivalent_investment,
    cn_profit_split_marginal,
    discounted_profit_split,
    income_split,
    profit_split,
)
from valuation.methods.tab import annuity_factor, tab, tab_factor
from valuation.methods.terms import employee_inventor_reward, safe_conversion, threshold_royalty
from valuation.methods.trees import decision_tree, pipeline_of_patents, rnpv, staged
from valuation.methods.working import Result, replay

METHODS: Mapping[str, Callable[..., Result]] = {
    method.__name__: method
    for method in (
        annuity_factor,
        capitalise,
        capm,
        cn_equivalent_investment,
        cn_profit_split_marginal,
        cost_replacement,
        cost_reproduction,
        customer_value,
        decision_tree,
        discount_build_up,
        discounted_profit_split,
        employee_inventor_reward,
        excess_earnings_multi,
        excess_earnings_multi_grown,
        excess_earnings_net_assets,
        excess_earnings_single,
        holding_cost,
        income_split,
        maintenance_cost,
        market_multiple,
        market_price_per_asset,
        minimum_transfer_fee,
        monte_carlo,
        option_binomial,
        option_black_scholes,
        option_to_abandon,
        pipeline_of_patents,
        present_value,
        price_per_asset,
        profit_split,
        reconcile_returns,
        relief_from_royalty,
        relief_from_royalty_grown,
        renewal_cost,
        required_return_on_assets,
        residual_goodwill,
        rnpv,
        royalty_base,
        royalty_capitalisation,
        royalty_rate_analytical,
        royalty_rate_georgia_pacific,
        royalty_rate_range_position,
        royalty_rate_rule_of_thumb,
        royalty_rate_top_down,
        safe_conversion,
        simulated_royalty,
        staged,
        tab,
        tab_factor,
        technology_decay,
        technology_turnover_factor,
        threshold_royalty,
        unlevered_beta,
        wacc,
    )
}

__all__ = [*METHODS, "METHODS", "Result", "reconcile", "replay", "tornado"]
