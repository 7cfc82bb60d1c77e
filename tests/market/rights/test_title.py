"""R19: the day title passes is the law's, kind by kind."""

from datetime import date

import pytest

from market.rights.rules.title import title_date

CONTRACT, DECISION = date(2026, 12, 2), date(2027, 1, 15)


@pytest.mark.parametrize(
    ("kind", "decided_on", "passes_on"),
    [
        ("patent", DECISION, DECISION),
        ("trademark", DECISION, DECISION),
        ("copyright", DECISION, CONTRACT),
        ("ic_layout", DECISION, DECISION),
        ("plant_variety", DECISION, DECISION),
        ("plant_variety", None, None),
        ("patent", None, None),
        ("trademark", None, None),
        ("copyright", None, CONTRACT),
    ],
)
def test_title_passes_by_registration_by_gazette_or_by_contract(
    kind: str, decided_on: date | None, passes_on: date | None
) -> None:
    assert title_date(kind, CONTRACT, decided_on) == passes_on
