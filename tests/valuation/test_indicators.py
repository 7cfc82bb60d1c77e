"""Indicator systems: what is unknown is never nothing, coverage is told, and too little of it gives no score."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valuation.cases import close_enough, read
from valuation.indicators import (
    Family,
    Judged,
    Listing,
    Scored,
    coverage_relevance,
    radicalness,
    scheme,
    schemes,
    score,
    spread,
)
from valuation.indicators.citations import competitive_impact, normalised
from valuation.indicators.data import Node
from valuation.methods.amounts import Rate
from valuation.methods.errors import ValuationError

GBT, OLD, OECD, FIVE = "gbt-42748-2023", "cn-2012", "oecd-quality-4", "high-value-invention"
COUNTS: dict[str, Any] = {"forward_citations": 5, "family_size": 6, "claims": 20, "generality": Decimal("0.4")}
COHORT = {name: Decimal(most) for name, most in zip(COUNTS, ("20", "10", "40", "0.8"), strict=True)}


def judged(value: int, *codes: str) -> dict[str, Judged]:
    return {code: Judged(Decimal(value), "seen by the appraiser") for code in codes}


def leaves(code: str) -> list[Node]:
    return [node for _level, node in scheme(code, "1").root.walk() if not node.of]


def spreads(inputs: dict[str, Any]) -> dict[str, Any]:
    return {"generality": spread(inputs["citing_classes"]), "originality": spread(inputs["cited_classes"])}


def portfolio(inputs: dict[str, Any]) -> dict[str, Any]:
    families = [Family(**family) for family in inputs["families"]]
    return {"competitive_impact": [competitive_impact(one) for one in families], "pai": coverage_relevance(families)}


def quality(inputs: dict[str, Any]) -> dict[str, Any]:
    found = score(Listing(facts=inputs["patent"], cohort=inputs["cohort_max"]), OECD, "1")
    return {
        "normalised": [part.score / 100 for part in found.indicators if part.score is not None and not part.node.of],
        "quality_4": found.score / 100,
    }


METHODS = {"generality_originality": spreads, "patent_asset_index": portfolio, "oecd_quality_4": quality}


@pytest.mark.parametrize("case", read("indicators.json"), ids=lambda case: case["id"])
def test_a_worked_example_comes_out_within_its_tolerance(case: dict[str, Any]) -> None:
    got = METHODS[case["method"]](case["inputs"])
    assert close_enough(got, case["expected"], case["tolerance"]), got


@pytest.mark.parametrize(("code", "version"), schemes())
def test_a_scheme_is_whole(code: str, version: str) -> None:
    """Every node once, in both languages; the weights of a set and of every scenario add up; readings rise."""
    kept = scheme(code, version)
    nodes = [node for _level, node in kept.root.walk()]
    assert len({node.code for node in nodes}) == len(nodes)
    assert all(node.zh and node.en for node in nodes)
    assert kept.source
    for node in nodes:
        parts = node.of[1:] if node.combine == "times" else node.of
        assert not parts or sum(part.weight for part in parts) in (1, len(parts)), node.code
        assert list(node.points) == sorted(node.points)
        assert all(0 <= height <= 100 for _x, height in node.points)
        assert all(0 <= height <= 100 for height in (node.table or {}).values())
    first = {part.code for part in kept.root.of}
    for weights in kept.scenarios.values():
        assert not weights or (weights.keys() == first and sum(weights.values()) == 1)


def test_the_standard_has_its_three_levels() -> None:
    levels = [level for level, _node in scheme(GBT, "1").root.walk()]
    assert [levels.count(level) for level in (1, 2, 3)] == [3, 14, 27]
    assert len(scheme(GBT, "1").scenarios) == 6


def test_unknown_is_not_nothing() -> None:
    known = judged(80, *(leaf.code for leaf in leaves(GBT)))
    del known["market_size"]
    without = score(Listing(judged=known), GBT, "1", "transfer")
    as_nothing = score(Listing(judged={**known, **judged(0, "market_size")}), GBT, "1", "transfer")
    assert (without["market_size"].score, without["market_size"].basis) == (None, "")
    assert (without.score, as_nothing.coverage) == (80, 1)
    assert as_nothing.score < without.score
    assert without.coverage == 1 - Decimal("0.35") * Decimal("0.25") * Decimal("0.5")


def test_the_register_speaks_before_a_scorer() -> None:
    listing = Listing(
        facts={"grant_status": "granted", "independent_claims": 2, "needs_other_assets": False, "claim_kind": "other"},
        judged=judged(50, *(leaf.code for leaf in leaves(GBT))),
    )
    found = score(listing, GBT, "1", "transfer")
    assert (found["grant_status"].score, found["grant_status"].basis) == (70, "register")
    assert found["independent_claims"].score == 60
    assert found["needs_other_assets"].score == 100
    assert (found["claim_kind"].score, found["claim_kind"].basis) == (50, "judged")


def test_an_unstable_right_is_worth_nothing_in_law() -> None:
    """2012: stability multiplies."""
    others = judged(90, *(leaf.code for leaf in leaves(OLD)))
    shaken = score(Listing(judged={**others, **judged(0, "stability")}), OLD, "1")
    assert (shaken["legal"].score, shaken["technical"].score) == (0, 90)
    half = score(Listing(judged={**others, **judged(50, "stability")}), OLD, "1")
    assert half["legal"].score == 45
    del others["stability"]
    unknown = score(Listing(judged=others), OLD, "1")
    assert (unknown["legal"].score, unknown["legal"].coverage, unknown.score) == (None, 0, 90)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"kept_ten_years": True}, 100),
        ({leaf.code: False for leaf in leaves(FIVE)}, 0),
        ({leaf.code: False for leaf in leaves(FIVE)[1:]}, None),
        ({}, None),
    ],
)
def test_one_of_five_criteria_is_enough_and_four_noes_say_nothing(facts: dict[str, Any], expected: int | None) -> None:
    if expected is None:
        with pytest.raises(ValuationError, match="coverage_too_low"):
            score(Listing(facts=facts), FIVE, "1")
    else:
        assert score(Listing(facts=facts), FIVE, "1").score == expected


WHOLE = Listing(judged=judged(60, *(leaf.code for leaf in leaves(GBT))))
REFUSED: list[tuple[tuple[Any, ...], dict[str, Any], str, str]] = [
    ((Listing(facts=COUNTS), OECD, "1"), {}, "missing_cohort", "cohort"),
    ((Listing(facts=COUNTS, cohort={"claims": Decimal(40)}), OECD, "1"), {}, "coverage_too_low", "facts"),
    ((Listing(judged=judged(60, "licences")), GBT, "1"), {}, "coverage_too_low", "facts"),
    ((WHOLE, GBT, "2"), {}, "unknown_scheme", "scheme"),
    ((WHOLE, "../data", "1"), {}, "unknown_scheme", "scheme"),
    ((WHOLE, GBT, "1"), {"scenario": "luck"}, "unknown_scenario", "scenario"),
    ((WHOLE, GBT, "1"), {"weights": {"legal": Rate.percent("50")}}, "weights_not_one", f"weights.{GBT}"),
    ((Listing(judged=judged(101, "licences")), GBT, "1"), {}, "score_range", "licences"),
    ((Listing(judged={"licences": Judged(Decimal(1), " ")}), GBT, "1"), {}, "no_reason", "licences"),
]


@pytest.mark.parametrize(("given", "options", "code", "field"), REFUSED)
def test_what_no_score_may_rest_on_is_refused(
    given: tuple[Any, ...], options: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(ValuationError) as refused:
        score(*given, **options)
    assert (refused.value.code, refused.value.field) == (f"valuation.{code}", field)


def test_the_user_weighs_for_the_occasion() -> None:
    firm = Listing(
        judged={
            **WHOLE.judged,
            **judged(100, "grant_status", "challenges_survived", "patentability_report"),
        }
    )
    weights = {"legal": Rate.percent("100"), "technical": Rate.percent("0"), "economic": Rate.percent("0")}
    assert score(firm, GBT, "1", weights=weights).score == 70
    assert score(firm, GBT, "1", "infringement").score > score(firm, GBT, "1", "reporting").score


def test_counts_are_set_against_their_cohort() -> None:
    assert normalised(Decimal(30), Decimal(20)) == 1
    assert normalised(None, Decimal(20)) is normalised(Decimal(3), None) is normalised(Decimal(3), Decimal(0)) is None
    assert spread({}) is radicalness({}, ["H04L"]) is None
    assert radicalness({"H04L": 3, "G06F": 1}, ["H04L"]) == Decimal("0.25")


@given(st.dictionaries(st.sampled_from([leaf.code for leaf in leaves(GBT)]), st.integers(0, 100), min_size=1))
def test_a_score_lies_between_the_worst_and_the_best_of_its_parts(given: dict[str, int]) -> None:
    """Those not drawn are judged as the first one is, so that there is always enough to score."""
    given = {leaf.code: next(iter(given.values())) for leaf in leaves(GBT)} | given
    listing = Listing(judged={code: Judged(Decimal(value), "seen") for code, value in given.items()})
    found: Scored = score(listing, GBT, "1", "transfer")
    assert min(given.values()) <= round(found.score, 20) <= max(given.values())
    assert found.coverage <= 1
    raised = Listing(
        judged={code: Judged(min(one.score + 5, Decimal(100)), "seen") for code, one in listing.judged.items()}
    )
    assert score(raised, GBT, "1", "transfer").score >= found.score
