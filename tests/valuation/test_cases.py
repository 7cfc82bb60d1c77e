"""Every published worked example within its own tolerance, and none of the published mistakes."""

from decimal import Decimal
from typing import Any

import pytest

from tests.valuation import oracle
from tests.valuation.cases import FOLDER, SHAPES, answer, close_enough, read, result
from valuation.methods import replay

pytestmark = pytest.mark.skipif(FOLDER is None, reason="the shared cases are not here")
RIGHT = [*read("valuation.json"), *read("constructed.json")]
WRONG = read("non_reproducing.json")
# What the wrong sources print, by the figure it stands for.
PRINTED: dict[str, dict[str, Any]] = {
    "BAD-RO-01": {"n_d1": Decimal("0.5285"), "n_d2": Decimal("0.1219"), "value": Decimal("37.12")},
    "BAD-TAB-01": {"tab": Decimal("85.85")},
    "BAD-TAB-02": {"tab_factor": Decimal("0.1158")},
    "BAD-TAB-03": {"annuity_factor": Decimal("2.772")},
    "BAD-CO-01": {"multiplicative": 476000, "additive": 476000},
    "BAD-MK-01": {"value": 6250000, "median": 6250000, "mean": 6250000},
    "BAD-DR-01": {"unlevered_beta": Decimal("0.8696")},
    "BAD-RR-01": {"as_printed": 10100000},
    "BAD-MK-02": {"per_asset": 256000},
    "BAD-MK-03": {"per_asset": 523500},
    "BAD-EQ-01": {"post_money_safe_ownership_before_new_money": Decimal("0.094")},
    "BAD-ROY-01": {"royalty": 250},
}


def identity(case: dict[str, Any]) -> str:
    return str(case["id"])


@pytest.mark.parametrize("case", [*RIGHT, *WRONG], ids=identity)
def test_a_worked_example_comes_out_within_its_tolerance(case: dict[str, Any]) -> None:
    got = answer(case)
    assert close_enough(got, case["expected"], case["tolerance"]), {name: got[name] for name in case["expected"]}


@pytest.mark.parametrize("case", WRONG, ids=identity)
def test_a_wrong_published_figure_is_not_returned(case: dict[str, Any]) -> None:
    got, printed = answer(case), PRINTED[case["id"]]
    returned = [name for name, figure in printed.items() if close_enough(got[name], figure, case["tolerance"])]
    assert not returned


def test_a_printed_unit_error_is_seen() -> None:
    """VAL-DR-03 prints 0.1030590%: the figure is right, the percent sign is not."""
    (case,) = [case for case in RIGHT if case["id"] == "VAL-DR-03"]
    assert result("wacc", case["inputs"]).value * 100 == Decimal("10.3059")


@pytest.mark.parametrize("case", [case for case in RIGHT if case["method"] not in SHAPES], ids=identity)
def test_the_steps_of_a_worked_example_lead_to_its_value_again(case: dict[str, Any]) -> None:
    found = result(case["method"], case["inputs"])
    assert replay(found) == found.value
    again, off = oracle.worked_again(found)
    assert off < 1e-12
    assert again == pytest.approx(float(found.value), rel=1e-12)
