"""The terms in plain words leave nothing out: whatever is changed in a document, some sentence changes with it."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from market.deals.terms import check
from market.deals.terms.changes import changes
from market.deals.terms.words import CONTRACT, plain_words
from tests.market.deals.terms.papers import everything, running, terms, yuan

STATED_BESIDE = ("version", "right", "asset", "licensor", "licensee")  # what the contract's own tables state
ODD = terms(
    term={"start": "2026-01-01", "end": "2030-12-31", "evergreen": True},
    improvements={"grantback": "assignment", "paid": True},
    payments=[
        running(
            {"up_to": 1000, "rate": yuan("2.00")},
            {"rate": yuan("1.50")},
            product="灯",
            measure="units",
            scope="period",
            threshold=yuan("100.00"),
            tax_included="0.13",
            combination="0.4",
            staffel=[{"up_to": yuan("500.00"), "rate": "1"}, {"rate": "0.5"}],
        ),
        {"kind": "instalment", "amount": yuan("1.00"), "due_on": "2026-05-05", "product": "灯"},
        {
            "kind": "equity",
            "company": "光电",
            "stock_class": "普通股",
            "quantity": 5,
            "price": yuan("2.00"),
            "issued_on": "2026-06-01",
        },
        {"kind": "dividend", "share": "0.1", "base": "project_profit", "cap": yuan("9.00"), "until": "2029-01-01"},
    ],
    stacking={"share": "0.5", "floor_rate": "0.01", "unused": "carried"},
    cross_collateral=False,
    de_minimis={"below": yuan("10.00"), "outcome": "carried"},
    rounding={"mode": "half_up", "unit": 100, "base_unit": 1000},
)
OTHER = {
    "non": "sole",
    "exclusive": "non",
    "none": "free",
    "with_consent": "free",
    "assignment": "exclusive",
    "non_exclusive": "exclusive",
    "base": "units",
    "units": "base",
    "period": "year",
    "year": "period",
    "cumulative": "year",
    "carried": "lost",
    "lost": "carried",
    "half_up": "down",
    "licensor": "licensee",
    "licensee": "licensor",
    "court": "arbitration",
    "arbitration": "court",
    "quarter": "month",
    "project_profit": "net_licence_income",
    "returns": "discounts",
    "freight": "insurance",
    "entry_fee": "lump_sum",
    "instalment": "lump_sum",
    "minimum": "cap",
    "make": "import",
    "use": "import",
    "offer": "import",
    "sell": "import",
    "CN": "JP",
    "JP": "US",
}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every entry of the document that is a text, a number, a day or a yes."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path


def altered(document: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    """The document with another value there."""
    made = copy.deepcopy(document)
    place: Any = made
    for key in path[:-1]:
        place = place[key]
    was, key = place[path[-1]], path[-1]
    if isinstance(was, bool):
        place[key] = not was
    elif isinstance(was, int):
        place[key] = was + 1 if key != "year_days" else 365 + 360 - was
    elif key in ("start", "end", "due_on", "since", "issued_on", "until"):
        place[key] = was[:-1] + ("3" if was[-1] != "3" else "4")
    elif key == "outcome":
        place[key] = "forgiven"
    elif key == "currency":
        place[key] = "USD"
    else:
        place[key] = OTHER.get(was) or (f"1{was}" if was[0].isdigit() else f"{was}改")
    return made


@pytest.mark.parametrize("document", [everything(), ODD], ids=["usual", "odd"])
def test_whatever_changes_in_the_terms_some_sentence_says(document: dict[str, Any]) -> None:
    said = plain_words(check(document), CONTRACT)
    for path in leaves(document):
        beside = path[0] in STATED_BESIDE
        kind = path[-1] == "kind" and document["payments"][path[1]]["kind"] not in (
            "entry_fee",
            "instalment",
            "minimum",
        )
        single = "scope" in path or "measure" in path  # says something of steps only, where a rate goes by steps
        if beside or kind or single:
            continue
        other = plain_words(altered(document, path), CONTRACT)
        assert other != said, path
        assert [pair[0] for pair in other] != [pair[0] for pair in said], path


def test_a_contract_addresses_nobody() -> None:
    for document in (everything(), ODD):
        for han, english in plain_words(document, CONTRACT):
            assert "您" not in han
            assert "对方支付" not in han
            assert "You pay" not in english


def test_what_changed_is_told_in_sentences_and_entry_by_entry() -> None:
    made = changes(terms(), terms(sublicence="free"), "licensee")
    assert [han for han, _ in made.gone] == ["您不得再许可他人。"]
    assert [han for han, _ in made.new] == ["您可以再许可他人。"]
    assert made.entries == (("sublicence", "none", "free"),)
    grown = changes(terms(), terms(audit={"allowed": True, "notice_days": 7}), "licensor")
    assert grown.entries == (("audit.notice_days", "", "7"),)
    assert not changes(terms(), terms(), "licensor").entries
