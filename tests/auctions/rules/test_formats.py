"""Which ways of bidding a rule set allows, and which terms of one fit together."""

from dataclasses import replace
from typing import Any

import pytest

from auctions.rules.formats import Proposal, check_format
from auctions.rules.lot import FORMATS
from auctions.rules.presets import COMMERCIAL, EXCHANGE_DYNAMIC, JUDICIAL_ONLINE, PRESETS, RuleSet
from market.kernel.errors import Refused
from tests.auctions.rules.script import at

TIMED = {"free_until": "2026-12-02T03:00:00.000000Z", "cycle_s": 180}
CLOCK = {"step": 100, "every_s": 60, "floor": 300}


def lot(format: str = "english", params: dict[str, Any] | None = None, **changes: Any) -> Proposal:
    return replace(Proposal(format, params or {}, 1000, None, at(0), at(3780)), **changes)


@pytest.mark.parametrize(
    ("rules", "proposed", "refused"),
    [
        (COMMERCIAL, lot(), None),
        (JUDICIAL_ONLINE, lot("dutch", CLOCK), "lot.format"),
        (COMMERCIAL, lot("free_then_timed", TIMED), "lot.format"),
        (COMMERCIAL, lot("raffle"), "lot.format"),
        (COMMERCIAL, lot("english", {"step": 1}), "step"),
        (EXCHANGE_DYNAMIC, lot("free_then_timed", TIMED), None),
        (EXCHANGE_DYNAMIC, lot("free_then_timed"), "cycle_s"),
        (EXCHANGE_DYNAMIC, lot("free_then_timed", {**TIMED, "cycle_s": 119}), "cycle_s"),
        (EXCHANGE_DYNAMIC, lot("free_then_timed", {**TIMED, "cycle_s": 301}), "cycle_s"),
        (EXCHANGE_DYNAMIC, lot("free_then_timed", {**TIMED, "cycle_s": "180"}), "cycle_s"),
        (EXCHANGE_DYNAMIC, lot("free_then_timed", TIMED, ends_at=at(3781)), "free_until"),
        (EXCHANGE_DYNAMIC, lot("free_then_timed", {**TIMED, "free_until": "noon"}), "free_until"),
        (EXCHANGE_DYNAMIC, lot("free_then_timed", TIMED, opens_at=at(3600)), "free_until"),
        (COMMERCIAL, lot("dutch", CLOCK), None),
        (COMMERCIAL, lot("dutch", CLOCK, reserve=300), None),
        (COMMERCIAL, lot("dutch", CLOCK, reserve=301), "floor"),
        (COMMERCIAL, lot("dutch", CLOCK, ends_at=at(420)), "floor"),
        (COMMERCIAL, lot("dutch", {**CLOCK, "floor": 1000}), "floor"),
        (COMMERCIAL, lot("dutch", {**CLOCK, "step": 0}), "step"),
        (COMMERCIAL, lot("dutch", {"step": 100, "floor": 300}), "every_s"),
        (COMMERCIAL, lot("hybrid", {**CLOCK, "sealed_s": 600, "best_s": 300}), None),
        (COMMERCIAL, lot("hybrid", CLOCK), "best_s"),
        (COMMERCIAL, lot("hybrid", {**CLOCK, "sealed_s": True, "best_s": 300}), "sealed_s"),
        (COMMERCIAL, lot("uniform", {"supply": 3}), None),
        (COMMERCIAL, lot("uniform", {"supply": 0}), "supply"),
    ],
)
def test_what_an_agency_may_propose(rules: RuleSet, proposed: Proposal, refused: str | None) -> None:
    if refused is None:
        check_format(rules, proposed)
        return
    with pytest.raises(Refused) as no:
        check_format(rules, proposed)
    assert refused in (no.value.code, no.value.facts.get("name"))


@pytest.mark.parametrize("rules", PRESETS.values(), ids=lambda rules: rules.name)
def test_a_rule_set_survives_being_stored_and_names_formats_that_exist(rules: RuleSet) -> None:
    assert RuleSet.from_data(rules.as_data()) == rules
    assert set(rules.formats) <= FORMATS.keys()


def test_a_rule_set_stored_before_it_named_its_formats_still_reads() -> None:
    stored = COMMERCIAL.as_data()
    for later in ("formats", "cycle_min_s", "cycle_max_s", "start_min_bp", "second_cut_bp", "commission_cap_bp"):
        del stored[later]
    assert RuleSet.from_data(stored).formats == ("english",)
