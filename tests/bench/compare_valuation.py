"""Compares our methods with PyPI's `intangible-valuation` on the same cases: who comes to the published figure.

The peer is in no lock. Make an environment of its own and name its interpreter:

    python3 -m venv /somewhere && /somewhere/bin/pip install intangible-valuation==2.1.4
    .venv/bin/python -m tests.bench.compare_valuation --peer /somewhere/bin/python [--json]
"""

import argparse
import json
import subprocess
from dataclasses import dataclass
from typing import Any

from valuation.methods import plain

WITHIN = 0.001  # of the published figure
RETAINED = [1000 * 1.05**year * 0.9 ** (year + 0.5) for year in range(5)]


@dataclass(frozen=True)
class Case:
    """A figure, where it comes from, and how each side is asked for it (the peer by an expression of its own)."""

    name: str
    source: str
    right: float
    method: str
    inputs: dict[str, Any]
    peer: str


REVENUE = [1_000_000, 1_100_000, 1_200_000, 1_300_000, 1_400_000]
RELIEF = {"revenue": REVENUE, "royalty_rate": "5%", "tax_rate": "25%", "discount_rate": "12%"}
OPTION = {"asset_value": 350, "exercise_cost": 500, "years": 17, "risk_free": "4%"}
CASES = [
    Case(
        "relief from royalty, year end, with tax benefit",
        "the peer's own wiki",
        194_163.77,
        "relief_from_royalty",
        {**RELIEF, "discounting": "end_of_year", "tab": {"amortisation_years": 5}},
        f"income_methods.relief_from_royalty.relief_from_royalty({REVENUE}, .05, .12, .25, 5, True)",
    ),
    Case(
        "the same at mid-year",
        "159,167.92 x 1.12 ** 0.5",
        159_167.92 * 1.12**0.5,
        "relief_from_royalty",
        {**RELIEF, "discounting": "mid_year"},
        f"income_methods.relief_from_royalty.relief_from_royalty({REVENUE}, .05, .12, .25, 5, False)",
    ),
    Case(
        "patent option, 25%, a year's delay costs 1/17",
        "Damodaran 6.10 worked again (printed: 37.12, which is at 30%)",
        26.600089,
        "option_black_scholes",
        {**OPTION, "volatility": "25%"},
        "asset_types.ip_valuation.option_pricing_patent(500, 350, .25, 17, .04)",
    ),
    Case(
        "excess earnings of five years, charges after tax",
        "constructed, worked out twice (value before the tax benefit)",
        387.255973 / 1.14**0.5,
        "excess_earnings_multi_grown",
        {
            "base_revenue": 1000,
            "growth": "5%",
            "attrition": "10%",
            "attrition_convention": "mid_year",
            "years": 5,
            "ebit_margin": "25%",
            "tax_rate": "25%",
            "contributory_charges_pct_of_revenue_after_tax": {"all": "6.5%"},
            "discount_rate": "14%",
            "discounting": "end_of_year",
        },
        f"income_methods.excess_earnings.mpeem({[one * 0.25 for one in RETAINED]},"
        f" [{{'total_cac': one}} for one in {[one * 0.065 for one in RETAINED]}], .14, .25, False)",
    ),
    Case(
        "reproduction cost less three losses",
        "its docstring's inputs worked out (printed: 476,000)",
        419_900,
        "cost_reproduction",
        {
            "costs": {"labour": 400_000, "materials": 150_000, "overhead": 100_000},
            "obsolescence": {"functional": "15%", "technological": "20%", "economic": "5%"},
            "combine": "multiplicative",
        },
        "approaches.cost_approach.reproduction_cost({'labor': 400000, 'materials': 150000, 'overhead': 100000},"
        " {'functional': .15, 'technological': .2, 'economic': .05})",
    ),
    Case(
        "reproduction cost less a loss of another name",
        "600,000 x 0.8",
        480_000,
        "cost_reproduction",
        {"costs": {"rd": 500_000, "overhead": 100_000}, "obsolescence": {"total": "20%"}},
        "approaches.cost_approach.reproduction_cost({'rd': 500000, 'overhead': 100000}, {'total': .2})",
    ),
    Case(
        "beta without debt",
        "Hamada (its docstring prints 0.8696)",
        0.872727,
        "unlevered_beta",
        {"levered_beta": 1.2, "debt_to_equity": 0.5, "tax": "25%"},
        "core.discount_rates.beta_unlevered(1.2, .5, .25)",
    ),
    Case(
        "cost of capital",
        "a textbook answer (printed with a percent sign too many)",
        0.103059,
        "wacc",
        {
            "equity_weight": "55%",
            "debt_weight": "45%",
            "cost_of_debt": "7.6%",
            "tax_rate": "34%",
            "cost_of_equity": "14.634%",
        },
        "core.discount_rates.wacc(55, 45, .14634, .076, .34)",
    ),
    Case(
        "value of customers",
        "Gupta and Lehmann",
        80,
        "customer_value",
        {"revenue_per_period": 100, "retention": "80%", "discount_rate": "10%", "margin": "30%"},
        "asset_types.customer_valuation.customer_lifetime_value(100, .8, .1, .3)",
    ),
]
ASK = """
import importlib, json, sys
found = []
for text in json.load(sys.stdin):
    module, name = text.split("(", 1)[0].rsplit(".", 1)
    try:
        scope = {name: getattr(importlib.import_module("intangible_valuation." + module), name)}
        answer = eval(text[len(module) + 1:], scope)
        found.append(float(getattr(answer, "value", answer)))
    except Exception as wrong:
        found.append(f"{type(wrong).__name__}: {wrong}")
print(json.dumps(found))
"""


def main() -> None:
    """Print a row for each case."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--peer", required=True, help="an interpreter that has intangible-valuation")
    asked.add_argument("--json", action="store_true")
    said = asked.parse_args()
    told = json.dumps([case.peer for case in CASES])
    answer = subprocess.run([said.peer, "-c", ASK], input=told, capture_output=True, text=True, check=True)
    rows = [
        {
            "case": case.name,
            "right": case.right,
            "source": case.source,
            "ours": float(plain.value(case.method, case.inputs, "USD").value),
            "peer": theirs,
        }
        for case, theirs in zip(CASES, json.loads(answer.stdout), strict=True)
    ]
    if said.json:
        print(json.dumps(rows, indent=1))
        return
    for row in rows:
        verdicts = [
            f"{name} {_told(row[name])} {'right' if _is(row[name], row['right']) else 'WRONG'}"
            for name in ("ours", "peer")
        ]
        print(f"{row['case']}: {_told(row['right'])} ({row['source']})\n    {'; '.join(verdicts)}")
    for name in ("ours", "peer"):
        print(f"{name}: {sum(_is(row[name], row['right']) for row in rows)} of {len(rows)} right")


def _is(got: Any, right: float) -> bool:
    return isinstance(got, float) and abs(got - right) <= WITHIN * abs(right)


def _told(figure: Any) -> str:
    return f"{figure:,.6g}" if isinstance(figure, float | int) else str(figure)[:60]


if __name__ == "__main__":
    main()
