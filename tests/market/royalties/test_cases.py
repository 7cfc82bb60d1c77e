"""Every worked example of deal terms in the shared collection, through the functions for plain numbers."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from market.equity.rules import cases as equity
from market.royalties.rules import cases as royalties

FOLDERS = [parent / "shared" / "cases" for parent in Path(__file__).resolve().parents]
CASES = next((folder for folder in FOLDERS if folder.is_dir()), None)
OURS = {"royalty", "reward", "safe"}  # what a method's name holds that is wrong in print and no matter of valuation


def read(name: str) -> list[dict[str, Any]]:
    if CASES is None:
        return []
    return json.loads((CASES / name).read_text(), parse_float=Decimal)["cases"]  # type: ignore[no-any-return]


def method(name: str) -> Callable[..., Any]:
    return getattr(royalties, name, None) or getattr(equity, name)  # type: ignore[no-any-return]


def close_enough(got: Any, expected: Any, tolerance: dict[str, Any], field: str = "") -> bool:
    if isinstance(expected, dict):
        return all(close_enough(got[key], value, tolerance, key) for key, value in expected.items())
    if isinstance(expected, list):
        return len(got) == len(expected) and all(
            close_enough(one, other, tolerance, field) for one, other in zip(got, expected, strict=True)
        )
    if isinstance(expected, bool):
        return bool(got == expected)
    most = tolerance.get("fields", {}).get(field, tolerance.get("abs", 0))
    return bool(abs(Decimal(got) - expected) <= Decimal(most) + Decimal(tolerance.get("rel", 0)) * abs(expected))


@pytest.mark.skipif(CASES is None, reason="the shared cases are not here")
@pytest.mark.parametrize("case", read("deals.json"), ids=lambda case: case["id"])
def test_a_worked_example_comes_out_as_expected(case: dict[str, Any]) -> None:
    got = method(case["method"])(**case["inputs"])
    assert close_enough(got, case["expected"], case["tolerance"]), (got, case["expected"])


@pytest.mark.skipif(CASES is None, reason="the shared cases are not here")
def test_what_was_printed_wrong_is_not_returned() -> None:
    wrong = {case["method"]: case for case in read("non_reproducing.json") if OURS & {*case["method"].split("_")}}
    assert set(wrong) == {"employee_inventor_reward", "safe_conversion", "threshold_royalty"}

    nichia = wrong["employee_inventor_reward"]["inputs"]
    assert royalties.employee_inventor_reward(**nichia)["reward"] == 101_000  # printed: 10,100,000
    assert royalties.employee_inventor_reward(**{**nichia, "sales": 202_000_000_000})["reward"] == 10_100_000

    safe = equity.safe_conversion(**wrong["safe_conversion"]["inputs"])
    assert close_enough(safe, wrong["safe_conversion"]["expected"], wrong["safe_conversion"]["tolerance"])
    assert safe["conversion_price"] == Decimal("2.5")  # printed: 4.00, the discount's price
    assert safe["shares"] == 200_000  # printed: 125,000

    assert royalties.threshold_royalty(**wrong["threshold_royalty"]["inputs"])["royalty"] == 100  # printed: 250
