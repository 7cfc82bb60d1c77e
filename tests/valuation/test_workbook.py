"""The workbook's formulas, worked out apart from the product, come to the functions' value."""

import io
import re
from math import erf, exp, log, sqrt
from typing import Any

import numpy as np
import pytest
from openpyxl import load_workbook

from tests.valuation.typed import PLAIN
from valuation.methods import Result, plain
from valuation.workbook import WORKING, workbook

REFERENCE = re.compile(r"\$([A-Z]+)\$(\d+)(?::\$([A-Z]+)\$(\d+))?")
WORDS: dict[str, Any] = {
    "SUM": np.sum,
    "PRODUCT": np.prod,
    "AVERAGE": np.mean,
    "MEDIAN": np.median,
    "COUNT": np.size,
    "EXP": exp,
    "LN": log,
    "SQRT": sqrt,
    "NORMSDIST": lambda at: (1 + erf(at / sqrt(2))) / 2,
    "MIN": lambda *values: np.min(np.hstack(values)),
    "MAX": lambda *values: np.max(np.hstack(values)),
}


def written(result: Result) -> bytes:
    return workbook(result, [("评估", "=1+1")], lambda name: name)


def recomputed(content: bytes) -> dict[str, float]:
    """The first figure of every row by the row's name, as a spreadsheet would work it out."""
    sheet = load_workbook(io.BytesIO(content))[WORKING]
    known: dict[str, float] = {}

    def worth(cell: Any) -> float:
        if cell.coordinate not in known:
            text = cell.value
            known[cell.coordinate] = float(worked(text[1:]) if isinstance(text, str) else text)
        return known[cell.coordinate]

    def worked(formula: str) -> Any:
        def named(found: re.Match[str]) -> str:
            first, row, last, _row = found.groups()
            return f"A('{first}{row}:{last}{row}')" if last else f"C('{first}{row}')"

        told = REFERENCE.sub(named, formula).replace("^", "**").replace("PERCENTILE(", "P(")
        row = {"A": lambda at: [worth(cell) for cell in sheet[at][0]], "C": lambda at: worth(sheet[at])}
        percentile = {"P": lambda values, at: np.percentile(values, at * 100)}
        return eval(told, {"__builtins__": {}}, WORDS | row | percentile)

    return {str(row[1].value): worth(row[2]) for row in sheet.iter_rows()}


@pytest.mark.parametrize("method", [name for name in PLAIN if name != "holding_cost"])
def test_the_formulas_come_to_the_same_value(method: str) -> None:
    found = plain.value(method, PLAIN[method], "CNY")
    worked = recomputed(written(found))
    for step in found.steps:
        first = step.value[0] if isinstance(step.value, tuple) else step.value
        assert worked[step.name] == pytest.approx(float(first), rel=1e-9, abs=1e-9), step.name


def test_no_step_is_written_as_a_figure_and_a_changed_input_changes_the_value() -> None:
    found = plain.value("royalty_capitalisation", PLAIN["royalty_capitalisation"], "CNY")
    content = written(found)
    book = load_workbook(io.BytesIO(content))
    sheet = book[WORKING]
    formulas = {row[1].value: row[2].value for row in sheet.iter_rows()}
    assert all(str(formulas[step.name]).startswith("=") for step in found.steps)
    rate = next(row for row in sheet.iter_rows() if row[1].value == "royalty_rate")
    rate[2].value = 0.08
    out = io.BytesIO()
    book.save(out)
    assert recomputed(out.getvalue())["value"] == pytest.approx(2 * float(found.value))


def test_what_people_wrote_is_no_formula() -> None:
    found = plain.value("royalty_base", PLAIN["royalty_base"], "CNY")
    assert load_workbook(io.BytesIO(written(found))).worksheets[0]["B1"].value == "'=1+1"
