"""Plain inputs of every method the workbench offers, and the same as somebody types them into its form."""

from collections.abc import Mapping
from typing import Any

from valuation.methods.asked import inputs, text_of

SALES = [
    {"price": f"{one}00", "driver": "100", "id": str(one), "adjustment": "5%", "sold_on": "2026-03-01"}
    for one in range(3, 7)
]
DISCOUNTED: dict[str, Any] = {"discount_rate": "12%", "discounting": "mid_year"}
OPTION: dict[str, Any] = {
    "asset_value": "350",
    "years": "17",
    "risk_free": "4%",
    "volatility": "30%",
    "cost_of_delay": "5%",
}
MULTI: dict[str, Any] = {
    "attrition": "10%",
    "attrition_convention": "mid_year",
    "ebit_margin": "25%",
    "tax_rate": "25%",
    "contributory_charges_pct_of_revenue_after_tax": {"working capital": "1%", "workforce": "1.5%"},
    **DISCOUNTED,
    "tab": {"amortisation_years": 10},
}
PLAIN: Mapping[str, dict[str, Any]] = {
    "annuity_factor": {"discount": "12%", "years": 10, "discounting": "end_of_year"},
    "capitalise": {"cash_flow": "1000", "discount_rate": "12%", "growth": "2%"},
    "capm": {"risk_free": "3%", "beta": "1.2", "market_premium": "6%"},
    "cn_equivalent_investment": {
        "technology_cost": "100",
        "technology_cost_profit_rate": "5",
        "partner_assets": "8000",
        "partner_profit_rate": "0.125",
    },
    "cn_profit_split_marginal": {
        "incremental_profit": ["100", "120", "90"],
        "share_of_total_profit": ["40%", "30%", "20%"],
        "discount_rate": "10%",
    },
    "cost_replacement": {
        "cost_new": "500000",
        "obsolescence": {"functional": "10%", "technological": "30%"},
        "combine": "multiplicative",
    },
    "cost_reproduction": {
        "costs": {"rd": "500000", "overhead": "100000"},
        "obsolescence": {"total": "20%"},
        "profit": "10%",
    },
    "customer_value": {"revenue_per_period": "100", "retention": "80%", "discount_rate": "10%", "margin": "30%"},
    "decision_tree": {
        "stages": [{"name": "valid", "p": "65%"}, {"name": "infringed", "p": "89%"}],
        "payoff_success": "5000000",
        "payoff_failure": "0",
    },
    "discount_build_up": {
        "risk_free": "4%",
        "equity_risk_premium": "6%",
        "size_premium": "-2%",
        "industry_premium": "1%",
        "company_specific": "3%",
        "others": {"country": "1%"},
    },
    "discounted_profit_split": {"operating_profit": ["75", "105"], "royalty": ["60", "36"], **DISCOUNTED},
    "employee_inventor_reward": {
        "sales": "120000",
        "monopoly_ratio": "50%",
        "royalty_rate": "20%",
        "contribution": "50%",
    },
    "excess_earnings_multi": {"revenue": ["1000", "1050", "1100"], **MULTI},
    "excess_earnings_multi_grown": {"base_revenue": "1000", "growth": "5%", "years": 5, **MULTI},
    "excess_earnings_net_assets": {
        "earnings": "100000",
        "assets": {"cash": "10000", "inventory": "25000"},
        "liabilities": {"payables": "3000"},
        "required_return": "30%",
        "growth": "5%",
    },
    "excess_earnings_single": {
        "normalised_earnings": "500000",
        "contributory_assets": [{"type": "working capital", "value": "500000", "return_rate": "8%"}],
        "capitalisation_rate": "12%",
        "growth": "1%",
    },
    "holding_cost": {
        "office": "CN",
        "type": "invention",
        "filed_on": "2020-05-01",
        "granted_on": "2022-05-01",
        "expires_on": "2040-05-01",
        "entity": "large",
        "discount_rate": "5%",
    },
    "income_split": {"operating_profit": "1200", "methods": ["three", "four"]},
    "maintenance_cost": {
        "fees_large": {"3.5": "2150", "7.5": "4040"},
        "surcharge_large": "540",
        "small_discount": "60%",
        "micro_discount": "80%",
    },
    "market_multiple": {"comparables": SALES, "statistic": "median", "subject_revenue": "250"},
    "market_price_per_asset": {
        "comparables": [
            {"price": f"{one}000", "assets": {"all": 10 * one + 2, "in_force": one}} for one in range(3, 6)
        ],
        "denominator": "all",
        "statistic": "mean",
        "subject_assets": 12,
    },
    "minimum_transfer_fee": {
        "book_price": "200",
        "cumulative_inflation": "10%",
        "used_years": "2",
        "remaining_years": "8",
        "capacity_seller": "600",
        "capacity_buyer": "400",
        "lost_income_pv": "80",
        "extra_cost_pv": "20",
    },
    "option_binomial": {
        "asset_value": "100",
        "exercise_cost": "90",
        "steps": 3,
        "american": True,
        "risk_free": "5%",
        "compounding": "annual",
        "up": "1.2",
        "down": "0.8",
    },
    "option_black_scholes": {**OPTION, "exercise_cost": "500"},
    "option_to_abandon": {**OPTION, "salvage_value": "300"},
    "pipeline_of_patents": {
        "first_year_value": "150",
        "first_year_cost": "120",
        "growth": "20%",
        "discount_rate": "15%",
        "years": 6,
    },
    "present_value": {"future_value": "500000", "discount_rate": "10%", "periods": "8"},
    "price_per_asset": {"price": "4500000000", "denominators": ["6000", "2000"]},
    "profit_split": {"profits": ["300", "400"], "share": ["25%", "20%"], "tax_rate": "25%", **DISCOUNTED},
    "reconcile_returns": {
        "fair_values": {"patent": "600", "machines": "400"},
        "returns": {"patent": "15%", "machines": "8%"},
        "wacc": "12%",
        "irr": "12.5%",
    },
    "relief_from_royalty": {"revenue": ["1000000", "1100000"], "royalty_rate": "5%", "tax_rate": "25%", **DISCOUNTED},
    "relief_from_royalty_grown": {
        "base_revenue": "10000000",
        "growth": "5%",
        "years": 6,
        "royalty_rate": "3%",
        "tax_rate": "25%",
        **DISCOUNTED,
        "tab": {"amortisation_years": 10},
    },
    "renewal_cost": {"fee_by_year": {"3": "445", "4": "555"}, "late_surcharge_rate": "50%"},
    "required_return_on_assets": {
        "debt_capacity": [{"asset": "cash", "amount": "1403000", "pre_tax_rate": "7.5%"}],
        "after_tax_factor": "60%",
        "equity_capital": "900000",
        "cost_of_equity": "18%",
    },
    "residual_goodwill": {
        "purchase_price": "1000",
        "tangible": "150",
        "intangibles": ["250", "200"],
        "liabilities": "0",
    },
    "rnpv": {
        "stages": [
            {"name": "trial", "cost": "3", "years": "1.5", "p_success": "60%"},
            {"name": "approval", "cost": "10", "years": "2", "p_success": "40%"},
        ],
        "annual_cash_flow": "40",
        "years_of_cash_flow": 8,
        "discount_rate": "10%",
    },
    "royalty_base": {"unit_price": "150", "units": "20000"},
    "royalty_capitalisation": {
        "revenue": "10000000",
        "royalty_rate": "4%",
        "capitalisation_rate": "15%",
        "tax_rate": "25%",
    },
    "royalty_rate_analytical": {
        "anticipated_net_margin_range": ["37%", "42%"],
        "standard_industry_margin_range": ["6.6%", "12.5%"],
        "anticipated_gross_margin": "52.7%",
    },
    "royalty_rate_georgia_pacific": {
        "range_low": "1%",
        "range_high": "7%",
        "factors": {"duration": 1, "profitability": -2},
        "reasons": {"duration": "long", "profitability": "thin"},
    },
    "royalty_rate_range_position": {"range_low": "0%", "range_high": "5%", "score": "80%"},
    "royalty_rate_rule_of_thumb": {"value_per_unit": "10", "rule_share": "25%", "units": "2259"},
    "royalty_rate_top_down": {
        "chip_price": "14.85",
        "profit_margin": "12.1%",
        "top_decile_value_share": "84%",
        "licensor_patents": 19,
        "top_decile_patents": 300,
    },
    "safe_conversion": {
        "existing_shares": 1000000,
        "investment": "100000",
        "cap": "5000000",
        "discount": "20%",
        "pre_money": "8000000",
    },
    "simulated_royalty": {
        "revenue": {"dist": "lognormal", "median": "1000000", "sigma": "0.4"},
        "rate": {"dist": "triangular", "low": "0.02", "mode": "0.03", "high": "0.07"},
        "draws": 1000,
        "seed": 7,
    },
    "staged": {
        "stage_cost": "1",
        "success_probabilities": ["30%", "40%", "20%"],
        "payoff": "4",
        "discount_rate": "0%",
    },
    "tab": {"pv_cash_flow": "1000", "years": 10, "discount": "12%", "tax": "25%", "discounting": "end_of_year"},
    "tab_factor": {"tax": "25%", "years": 10, "discount": "12%", "discounting": "end_of_year"},
    "technology_decay": {"initial_value": "1000000", "annual_obsolescence": "20%", "years": "5"},
    "technology_turnover_factor": {
        "sales": "100000",
        "cost_of_production": "40000",
        "royalty_rate": "4%",
        "royalty_years": 5,
    },
    "threshold_royalty": {"gross": "500", "exempt": "100", "rate": "5%"},
    "unlevered_beta": {"levered_beta": "1.2", "debt_to_equity": "0.5", "tax": "25%"},
    "wacc": {
        "equity_weight": "55%",
        "debt_weight": "45%",
        "cost_of_debt": "7.6%",
        "tax_rate": "34%",
        "risk_free": "3.4%",
        "beta": "1.37",
        "market_premium": "8.2%",
    },
}


def typed(method: str, **changed: str) -> dict[str, str]:
    """The inputs as typed, each figure with a source; `changed` replaces what is typed."""
    said: dict[str, str] = {}
    for one in inputs(method):
        if one.name in PLAIN[method]:
            given = PLAIN[method][one.name]
            said[one.name] = str(given["amortisation_years"]) if one.name == "tab" else text_of(one, given)
            if one.sourced:
                said[f"{one.name}_source"] = f"来源 {one.name}"
    return said | changed
