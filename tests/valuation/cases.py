"""The shared collection of worked examples, and how each example's shape is put to our methods."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from valuation.methods import Result, plain

FOLDERS = [parent / "shared" / "cases" for parent in Path(__file__).resolve().parents]
FOLDER = next((folder for folder in FOLDERS if folder.is_dir()), None)

Answer = Callable[[dict[str, Any]], Mapping[str, Any]]


def read(name: str) -> list[dict[str, Any]]:
    """The examples of one file; none where the collection is not beside this checkout."""
    if FOLDER is None:
        return []
    return json.loads((FOLDER / name).read_text(), parse_float=Decimal)["cases"]  # type: ignore[no-any-return]


def result(method: str, inputs: Mapping[str, Any]) -> Result:
    """A method on an example's inputs, in dollars, whatever the example counts in."""
    return plain.value(method, inputs, "USD")


def end_of_year(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs with the convention their source leaves unsaid."""
    return {"discounting": "end_of_year", **inputs}


def maintenance(inputs: dict[str, Any]) -> dict[str, Any]:
    found = result("maintenance_cost", inputs)
    if "fee_by_year" in inputs:
        late = dict(zip(inputs["fee_by_year"], row(found, "late_fee"), strict=True))
        return {"total_3_to_20": found["total"], "late_fee_year_14": late["14"]}
    sizes = {size: dict(zip(inputs["fees_large"], row(found, size), strict=True)) for size in ("small", "micro")}
    return {**figures(found), **sizes}


def row(found: Result, name: str) -> tuple[Decimal, ...]:
    value = found[name]
    assert isinstance(value, tuple)
    return value


def tab_factors(inputs: dict[str, Any]) -> dict[str, Any]:
    if "cases" not in inputs:
        name = "tab_factor" if "tax" in inputs else "annuity_factor"
        return figures(result(name, end_of_year(inputs)))
    return {
        convention: [result("tab_factor", {**case, "discounting": name}).value for case in inputs["cases"]]
        for convention, name in (("end_year", "end_of_year"), ("mid_year", "mid_year"))
    }


def per_asset(inputs: dict[str, Any]) -> dict[str, Any]:
    price = inputs.get("price", inputs.get("value"))
    if "assets" in inputs:
        return {"per_asset": result("price_per_asset", {"price": price, "denominators": [inputs["assets"]]}).value}
    found = result("price_per_asset", {"price": price, "denominators": inputs["denominators"]})
    other = [
        result("price_per_asset", {"price": one["price"], "denominators": [one["assets"]]}).value
        for one in inputs["other"]
    ]
    return {"per_asset": found["per_asset"], "other": other}


def reproduction(inputs: dict[str, Any]) -> dict[str, Any]:
    if len(inputs["obsolescence"]) == 1 or "combine" in inputs:
        return figures(result("reproduction_cost", inputs))
    ways = ("multiplicative", "additive")
    return {way: result("reproduction_cost", {**inputs, "combine": way}).value for way in ways}


def pipeline(inputs: dict[str, Any]) -> dict[str, Any]:
    return {"pv_years_1_to_9": row(result("pipeline_of_patents", inputs), "present_value")[:9]}


def tab_amount(inputs: dict[str, Any]) -> dict[str, Any]:
    """The source's own cash flow of ten a year, and the benefit on it."""
    annuity = result("annuity_factor", end_of_year({name: inputs[name] for name in ("years", "discount")}))
    return {"pv": annuity.value * inputs["years"], "tab": result("tab", end_of_year(inputs)).value}


def reward(inputs: dict[str, Any]) -> dict[str, Any]:
    return {
        "as_printed": result("employee_inventor_reward", inputs).value,
        "with_sales_202bn": result("employee_inventor_reward", {**inputs, "sales": inputs["sales"] * 100}).value,
    }


def safe(inputs: dict[str, Any]) -> Mapping[str, Any]:
    asked = ("existing_shares", "investment", "cap", "discount", "pre_money")
    return figures(result("safe_conversion", {name: inputs[name] for name in asked}))


def figures(found: Result) -> dict[str, Any]:
    """Everything a result has found and was given, by name."""
    return {**found.given, **{step.name: step.value for step in found.steps}}


SHAPES: Mapping[str, Answer] = {
    "employee_inventor_reward": reward,
    "maintenance_cost": maintenance,
    "pipeline_of_patents": pipeline,
    "price_per_asset": per_asset,
    "reproduction_cost": reproduction,
    "safe_conversion": safe,
    "tab": tab_amount,
    "tab_factor": tab_factors,
}


def answer(case: dict[str, Any]) -> Mapping[str, Any]:
    """What our methods say to an example: by its own names, or through its shape."""
    shape = SHAPES.get(case["method"])
    return shape(case["inputs"]) if shape else figures(result(case["method"], case["inputs"]))


def close_enough(got: Any, expected: Any, tolerance: dict[str, Any], field: str = "") -> bool:
    """Whether every expected figure came out within the example's own tolerance."""
    if isinstance(expected, dict):
        return all(close_enough(got[name], value, tolerance, name) for name, value in expected.items())
    if isinstance(expected, list):
        return len(got) == len(expected) and all(
            close_enough(*pair, tolerance, field) for pair in zip(got, expected, strict=True)
        )
    widest = tolerance.get("fields", {}).get(field, tolerance.get("abs", 0))
    off = Decimal(widest) + Decimal(tolerance.get("rel", 0)) * abs(Decimal(expected))
    return abs(Decimal(got) - Decimal(expected)) <= off
