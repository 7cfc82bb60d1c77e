"""The terms form: what it reads it writes again, each fault stands at its field, and nothing is lost."""

from typing import Any

import pytest
from django.http import QueryDict

from market.deals.terms import check, digest
from market.deals.terms.forms import TermsForm
from tests.market.deals.terms.papers import everything, running, software, terms, yuan

EVERYTHING = everything()
PER_UNIT = terms(payments=[running({"up_to": 1000, "rate": yuan("2.00")}, {"rate": yuan("1.50")}, measure="units")])
PER_CENT_BY_UNITS = terms(payments=[running({"up_to": 1000, "rate": "0.05"}, {"rate": "0.04"}, measure="units")])


def sent(document: dict[str, Any], **other: Any) -> QueryDict:
    """What a browser sends of the form that shows `document`, with other values typed over it; None leaves a field out."""
    return typed_like(TermsForm(document), **other)


def typed_like(form: Any, **other: Any) -> QueryDict:
    """The same of a form that a page shows."""
    data = QueryDict(mutable=True)
    for bound in form:
        said = other.get(bound.name, bound.value())
        if isinstance(said, list | tuple) and bound.name in ("grant", "deductions"):
            data.setlist(bound.name, [str(one) for one in said])
        elif said not in (None, False):
            data[bound.name] = "on" if said is True else str(said)
    return data


@pytest.mark.parametrize("document", [EVERYTHING, PER_UNIT, PER_CENT_BY_UNITS, terms(), software()])
def test_what_the_form_reads_it_writes_again(document: dict[str, Any]) -> None:
    form = TermsForm(document, sent(check(document)))
    assert form.is_valid(), form.errors
    assert form.document() == document
    assert digest(form.document()) == digest(document)


def test_what_it_shows_is_replaced_and_what_it_does_not_show_is_kept() -> None:
    typed = {
        "exclusivity": "sole",
        "rate-1-rate": "4",
        "minimum": "",
        "clause-2-text": "另行约定。",
        "royalty": "percent",
    }
    form = TermsForm(EVERYTHING, sent(EVERYTHING, **typed))
    assert form.is_valid(), form.errors
    made = form.document()
    assert made["exclusivity"] == "sole"
    assert made["stacking"] == EVERYTHING["stacking"]
    (rate,) = [payment for payment in made["payments"] if payment["kind"] == "running"]
    assert (rate["rates"][0]["tiers"][1], rate["base_share"]) == ({"rate": "0.04"}, "0.5")
    assert [payment["kind"] for payment in made["payments"] if payment["kind"] in ("minimum", "dividend")] == [
        "dividend"
    ]
    assert made["clauses"][2] == {"text": "另行约定。"}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"grant": []}, "grant"),
        ({"territory": "China mainland"}, "territory"),
        ({"start": ""}, "start"),
        ({"end": "2025-01-01"}, "end"),
        ({"end": "31.12.2030"}, "end"),
        ({"sum-0-amount": "5 Tausend"}, "sum-0-amount"),
        ({"sum-0-due_on": ""}, "sum-0-due_on"),
        ({"sum-1-held": "recouped"}, "sum-1-held"),
        ({"rate-0-rate": "101"}, "rate-0-rate"),
        ({"rate-0-up_to": "-3"}, "rate-0-up_to"),
        ({"rate-0-up_to": ""}, "rate-0-up_to"),
        ({"royalty": ""}, "royalty"),
        ({"reports": ""}, "reports"),
        ({"due_days": ""}, "due_days"),
        ({"withholding": "ten"}, "withholding"),
        ({"milestone-0-base": "100"}, "milestone-0-units"),
        ({"clause-0-text": ""}, "clause-0-text"),
        ({"exclusivity": "open"}, "exclusivity"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(typed: dict[str, Any], field: str) -> None:
    data = sent(EVERYTHING, **typed)
    form = TermsForm(EVERYTHING, data)
    assert list(form.errors) == [field]
    for name, said in data.items():
        if name not in ("grant", "deductions"):
            assert str(form[name].value()) in (said, "True"), name
    with pytest.raises(ValueError, match="not complete"):
        form.document()
