"""What a sublicence may grant: no more than the licence it is granted under, in any respect."""

from typing import Any

import pytest

from market.deals.terms.documents import check
from market.deals.terms.scope import beyond
from tests.market.deals.terms.papers import terms

HEAD = terms(exclusivity="sole", territory=["CN", "JP"], field=["照明", "汽车"], sublicence="with_consent")
INSIDE = terms(field=["照明"])


@pytest.mark.parametrize(
    ("within", "changed", "places"),
    [
        ({}, {}, []),
        ({}, {"exclusivity": "sole", "sublicence": "with_consent", "territory": ["JP", "CN"]}, []),
        ({}, {"exclusivity": "exclusive"}, ["exclusivity"]),
        ({}, {"grant": ["make", "import"]}, ["grant"]),
        ({}, {"territory": ["CN", "US"]}, ["territory"]),
        ({}, {"territory": ["WORLD"]}, ["territory"]),
        ({"territory": ["WORLD"]}, {"territory": ["CN", "US"]}, []),
        ({}, {"field": []}, ["field"]),
        ({}, {"field": ["照明", "医疗"]}, ["field"]),
        ({"field": []}, {"field": ["医疗"]}, []),
        ({}, {"term": {"start": "2025-12-31", "end": "2030-12-31"}}, ["term.start"]),
        ({}, {"term": {"start": "2026-01-01", "end": "2031-01-01"}}, ["term.end"]),
        ({}, {"term": {"start": "2026-01-01"}}, ["term.end"]),
        ({}, {"term": {"start": "2026-01-01", "end": "2030-12-31", "evergreen": True}}, ["term.evergreen"]),
        ({"term": {"start": "2026-01-01"}}, {"term": {"start": "2027-01-01"}}, []),
        ({}, {"sublicence": "free"}, ["sublicence"]),
        ({}, {"transferable": True}, ["transferable"]),
        ({"transferable": True}, {"transferable": True}, []),
        ({}, {"right": "know_how", "exclusivity": "exclusive"}, ["right", "exclusivity"]),
    ],
)
def test_what_goes_beyond_the_licence_is_named(
    within: dict[str, Any], changed: dict[str, Any], places: list[str]
) -> None:
    head, one = {**HEAD, **within}, {**INSIDE, **changed}
    assert beyond(check(one), check(head)) == places
    assert beyond(head, head) == []
