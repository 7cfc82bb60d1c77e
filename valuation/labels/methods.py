"""The methods a page offers, in groups, and their words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GROUPS: Mapping[str, Promise] = {
    "income": _("Income approach"),
    "market": _("Market approach"),
    "cost": _("Cost approach"),
    "options": _("Options"),
    "rates": _("Rates and returns"),
    "amounts": _("Other figures"),
}
_METHODS: Mapping[str, Mapping[str, Promise]] = {
    "income": {
        "relief_from_royalty_grown": _("Relief from royalty"),
        "relief_from_royalty": _("Relief from royalty, year by year"),
        "royalty_capitalisation": _("Royalty capitalised"),
        "profit_split": _("Profit split"),
        "excess_earnings_multi_grown": _("Excess earnings over several years"),
        "excess_earnings_multi": _("Excess earnings, year by year"),
        "excess_earnings_single": _("Excess earnings of one year"),
        "excess_earnings_net_assets": _("Excess earnings over net assets"),
        "capitalise": _("Income capitalised"),
        "present_value": _("Present value of one amount"),
        "customer_value": _("Value of customers"),
        "discounted_profit_split": _("Split of a licence's profit"),
        "simulated_royalty": _("A year's royalty, simulated"),
    },
    "market": {
        "market_multiple": _("Multiples of comparable sales"),
        "market_price_per_asset": _("Price per asset of portfolio sales"),
        "price_per_asset": _("Price per asset by each count"),
    },
    "cost": {
        "cost_replacement": _("Replacement cost method"),
        "cost_reproduction": _("Reproduction cost"),
        "minimum_transfer_fee": _("Least transfer fee"),
        "technology_decay": _("Value losing a part each year"),
    },
    "options": {
        "option_black_scholes": _("Option to develop (Black-Scholes)"),
        "option_binomial": _("Option to develop (binomial tree)"),
        "option_to_abandon": _("Option to give up"),
        "decision_tree": _("Decision tree"),
        "staged": _("Attempts one after the other"),
        "rnpv": _("Value weighed by chance (rNPV)"),
        "pipeline_of_patents": _("Patents still to come"),
    },
    "rates": {
        "royalty_rate_range_position": _("Royalty rate in a range"),
        "royalty_rate_georgia_pacific": _("Royalty rate by the fifteen factors"),
        "royalty_rate_analytical": _("Royalty rate, analytical"),
        "royalty_rate_top_down": _("Royalty of a standard, from the top"),
        "royalty_rate_rule_of_thumb": _("Royalty by a rule of thumb"),
        "technology_turnover_factor": _("Technology turnover factor"),
        "income_split": _("Thirds and quarters"),
        "cn_profit_split_marginal": _("Split rate by marginal analysis"),
        "cn_equivalent_investment": _("Split rate by equivalent investment"),
        "discount_build_up": _("Discount rate, built up"),
        "capm": _("Cost of equity (CAPM)"),
        "wacc": _("Cost of capital (WACC)"),
        "unlevered_beta": _("Beta without debt"),
        "required_return_on_assets": _("Return the assets must earn"),
        "reconcile_returns": _("Returns reconciled"),
        "tab_factor": _("Factor of the tax benefit"),
        "annuity_factor": _("Annuity over the years of writing off"),
    },
    "amounts": {
        "tab": _("Tax benefit"),
        "holding_cost": _("Cost of holding a patent"),
        "maintenance_cost": _("Maintenance fees"),
        "renewal_cost": _("Renewal fees"),
        "royalty_base": _("Base of the royalty"),
        "threshold_royalty": _("Royalty above a threshold"),
        "employee_inventor_reward": _("Inventor's reward"),
        "residual_goodwill": _("Goodwill left over"),
        "safe_conversion": _("SAFE converted"),
    },
}
METHODS: Mapping[str, Promise] = {name: word for methods in _METHODS.values() for name, word in methods.items()}
# A rate, a factor or a fee is no right's worth: it is worked out to be put into a method that finds one.
OF_A_RIGHT = frozenset(name for group in ("income", "market", "cost", "options") for name in _METHODS[group])


def group_of(method: str) -> str:
    """The group a method stands in."""
    return next(group for group, methods in _METHODS.items() if method in methods)


def methods_of(group: str) -> Mapping[str, Promise]:
    """The methods of a group with their words, the usual one first."""
    return _METHODS[group]
