"""Terms as data: the shape, the hash, the lint with its clause samples, plain words for both sides."""

import json
from typing import Any

import pytest

from market.deals.terms import check, digest, lint, plain_words
from market.deals.terms.lint import GROUNDS, MISSING, VOID
from market.kernel.errors import Refused
from tests.market.deals.terms.papers import ASSET, running, software, terms, yuan
from tests.market.deals.terms.samples import SAMPLES


def codes(document: dict[str, Any]) -> set[str]:
    return {finding.code for finding in lint(check(document))}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"version": "terms/0"}, "terms.shape"),
        ({"price": 5}, "terms.shape"),  # no word of the schema
        ({"exclusivity": "double"}, "terms.shape"),
        ({"asset": []}, "terms.shape"),
        ({"payments": [{"kind": "lump_sum", "amount": yuan("1")}]}, "terms.shape"),  # no day
        ({"payments": [running({"rate": 0.05})]}, "terms.shape"),  # a number is no rate
        ({"payments": [running({"rate": "5%"})]}, "terms.shape"),
        ({"payments": [running({"rate": "7/5"})]}, "terms.parts"),
        ({"term": {"start": "2026-02-30"}}, "terms.day"),
        ({"term": {"start": "2026-02-01", "end": "2026-01-31"}}, "terms.day"),
        ({"payments": [{"kind": "lump_sum", "amount": yuan("1.005"), "due_on": "2026-01-01"}]}, "amount.precision"),
        (
            {"payments": [running(), {"kind": "cap", "amount": {"amount": "1", "currency": "USD"}, "scope": "year"}]}
            | {"de_minimis": {"below": yuan("5"), "outcome": "carried"}},
            "terms.currencies",
        ),
        ({"payments": [running(), running()]}, "terms.products"),
        ({"payments": [running({"up_to": yuan("10"), "rate": "0.05"})]}, "terms.tiers"),  # no open end
        (
            {
                "payments": [
                    running(
                        {"up_to": yuan("9"), "rate": "0.05"}, {"up_to": yuan("9"), "rate": "0.04"}, {"rate": "0.03"}
                    )
                ]
            },
            "terms.tiers",
        ),
        ({"payments": [running({"up_to": 10, "rate": "0.05"}, {"rate": "0.04"})]}, "terms.tiers"),  # units, but by base
        ({"payments": [running({"rate": yuan("2")})]}, "terms.tiers"),  # a sum a unit, but by base
        ({"payments": [running({"up_to": 9, "rate": "0.1"}, {"rate": yuan("2")}, measure="units")]}, "terms.tiers"),
        ({"payments": [{"kind": "cap", "amount": yuan("5"), "scope": "year"}] * 2}, "terms.shape"),
        (
            {
                "payments": [
                    {"kind": "milestone", "name": "a", "measure": "units", "at": yuan("5"), "amount": yuan("5")}
                ]
            },
            "terms.shape",
        ),
    ],
)
def test_what_is_no_terms_document_is_refused(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        check(terms(**changed))
    assert refused.value.code == code


def test_the_hash_is_of_what_is_said_not_of_how_it_is_written() -> None:
    document = check(terms())
    assert digest(json.loads(json.dumps(document, indent=3))) == digest(dict(reversed(document.items())))
    assert digest(terms(transferable=True)) != digest(document)


@pytest.mark.parametrize(("text", "found"), SAMPLES, ids=range(len(SAMPLES)))
def test_a_clause_is_read_as_a_lawyer_would(text: str, found: set[str]) -> None:
    assert codes(terms(clauses=[{"text": text}])) == found


def test_there_are_forty_samples_and_each_void_term_has_several() -> None:
    assert len(SAMPLES) >= 40
    for code in ("improvements", "competing", "limits", "tying", "sources", "no_challenge"):
        assert GROUNDS[code][0] == VOID
        assert sum(code in found for _, found in SAMPLES) >= 3


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (terms(), set()),
        (terms(improvements={"grantback": "exclusive"}), {"improvements"}),
        (terms(improvements={"grantback": "non_exclusive", "mutual": True}), set()),
        (terms(improvements={"grantback": "assignment", "paid": True}), {"sole_grant_back"}),
        (terms(term={"start": "2026-01-01", "end": "2040-02-26"}), set()),
        (terms(term={"start": "2026-01-01", "end": "2040-02-27"}), {"outlives_right"}),
        (terms(term={"start": "2026-01-01"}), {"no_end"}),
        (terms(audit=None), {"no_books"}),
        (terms(reports=None), {"no_reports"}),
        (terms(base_definition=None), {"no_base"}),
        (
            terms(payments=[{"kind": "instalment", "amount": yuan("5"), "due_on": "2041-01-01"}]),
            {"paid_after_right"},
        ),
        (software(breach="违约方赔偿损失"), set()),
        (software(), {"copyright_particulars"}),
    ],
)
def test_the_fields_are_held_against_the_law(document: dict[str, Any], found: set[str]) -> None:
    assert codes(document) == found


@pytest.mark.parametrize("lacking", ["applicant", "holder", "filed_on", "application_number", "number", "expires_on"])
def test_a_patent_licence_states_what_the_civil_code_asks_for(lacking: str) -> None:
    asset = {name: said for name, said in ASSET.items() if name != lacking}
    (finding,) = lint(check(terms(asset=[asset])))
    assert (finding.grade, finding.place, finding.what) == (MISSING, "asset.0", (lacking,))
    assert finding.law == "民法典第845条第3款"


def test_each_side_reads_what_it_gives_and_gets() -> None:
    tiers = ({"up_to": yuan("1000000"), "rate": "0.05"}, {"rate": "3/100"})
    document = check(
        terms(
            exclusivity="exclusive",
            payments=[
                {"kind": "entry_fee", "amount": yuan("50000"), "due_on": "2026-01-31"},
                running(*tiers),
                {"kind": "minimum", "amount": yuan("20000"), "scope": "year"},
            ],
        )
    )
    mine, theirs = plain_words(document, "licensor"), plain_words(document, "licensee")
    assert ("2026-01-31前支付入门费¥50,000。", "The licensee pays an entry fee of ¥50,000 by 2026-01-31.") in mine
    assert ("2026-01-31前支付入门费¥50,000。", "You pay an entry fee of ¥50,000 by 2026-01-31.") in theirs
    assert (
        "独占许可：只有您可以实施，对方自己也不能实施。",
        "Exclusive: only you may use it, the licensor itself may not.",
    ) in theirs
    steps = next(english for _, english in mine if "goes by steps" in english)
    assert "5% up to ¥1,000,000, 3% of what is above" in steps
    assert len(mine) == len(theirs)
    assert all("{" not in han + english for han, english in (*mine, *theirs))
