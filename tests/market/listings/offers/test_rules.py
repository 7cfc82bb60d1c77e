"""Who may do what in a negotiation, what may follow what, and what changed: all of it tables."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from market.kernel.errors import Conflict, Refused
from market.kernel.money import Money
from market.listings.offers import rules
from market.listings.offers.rules import FIXED, NEGOTIATED, PRESETS, PRIVATE_ROUND, Change, RuleSet, Standing

NOW = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)
FRESH = Standing("open", "buyer", 1, False, "a" * 64, NOW + timedelta(hours=1))


def code_of(act: Callable[[], object]) -> str:
    """The code `act` is refused with, "" when it is not."""
    try:
        act()
    except Refused as refused:
        return refused.code
    return ""


def standing(**more: Any) -> Standing:
    """The buyer's first offer, not seen, an hour before its end, but for `more`."""
    known = {name: getattr(FRESH, name) for name in Standing.__dataclass_fields__}
    return Standing(**(known | more))


@pytest.mark.parametrize(
    ("stands", "ruleset", "buyer", "seller"),
    [
        (standing(), NEGOTIATED, "change withdraw", "accept counter decline"),
        (standing(seen=True), NEGOTIATED, "", "accept counter decline"),
        (standing(side="seller", number=2), NEGOTIATED, "accept counter decline", "change withdraw"),
        (standing(number=8, seen=True, side="seller"), NEGOTIATED, "accept decline", ""),
        (standing(), FIXED, "change withdraw", "accept decline"),
        (standing(seen=True), FIXED, "withdraw", "accept decline"),
        (standing(expires_at=NOW), NEGOTIATED, "", ""),
        (standing(expires_at=NOW + timedelta(microseconds=1)), NEGOTIATED, "change withdraw", "accept counter decline"),
        *((standing(state=state), NEGOTIATED, "", "") for state in ("accepted", "declined", "expired", "closed")),
    ],
)
def test_each_side_may_do_what_its_turn_allows(stands: Standing, ruleset: RuleSet, buyer: str, seller: str) -> None:
    assert rules.verbs(stands, ruleset, "buyer", NOW) == buyer.split()
    assert rules.verbs(stands, ruleset, "seller", NOW) == seller.split()


@pytest.mark.parametrize(
    ("verb", "side", "stands", "code"),
    [
        ("accept", "buyer", standing(), "offer.their_turn"),
        ("withdraw", "seller", standing(), "offer.not_yours"),
        ("change", "buyer", standing(seen=True), "offer.seen"),
        ("counter", "seller", standing(number=8), "offer.rounds"),
        ("accept", "seller", standing(expires_at=NOW), "offer.expired"),
        ("accept", "seller", standing(state="withdrawn"), "offer.over"),
        ("accept", "seller", standing(sha256="b" * 64), "offer.changed"),
        ("decline", "seller", standing(sha256="b" * 64), "offer.changed"),
    ],
)
def test_what_may_not_be_done_is_refused_by_name(verb: str, side: str, stands: Standing, code: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.check(verb, stands, NEGOTIATED, side, NOW, "a" * 64)
    assert refused.value.code == code
    assert isinstance(refused.value, Conflict) is (code == "offer.changed")


@pytest.mark.parametrize(
    ("ruleset", "amount", "asking", "declined", "tries", "code"),
    [
        (NEGOTIATED, 100, 200, [], 0, ""),
        (NEGOTIATED, 100, None, [99], 2, ""),
        (NEGOTIATED, 100, None, [99, 100], 1, "offer.not_higher"),
        (NEGOTIATED, 100, None, [], 3, "offer.tries"),
        (FIXED, 200, 200, [200], 1, ""),
        (FIXED, 199, 200, [], 0, "offer.asking"),
        (FIXED, 201, 200, [], 0, "offer.asking"),
        (PRIVATE_ROUND, 100, 200, [], 2, "offer.tries"),
    ],
)
def test_a_negotiation_begins_higher_than_the_last_that_came_to_nothing(
    ruleset: RuleSet, amount: int, asking: int | None, declined: list[int], tries: int, code: str
) -> None:
    asked = Money(asking, "CNY") if asking else None
    said = {"asking": asked, "declined": [Money(one, "CNY") for one in declined], "tries": tries}
    assert code_of(lambda: rules.check_first(ruleset, Money(amount, "CNY"), **said)) == code


@pytest.mark.parametrize(
    ("verb", "side", "amount", "terms", "code"),
    [
        ("counter", "seller", 100, {}, "offer.same"),
        ("counter", "seller", 90, {}, ""),
        ("counter", "buyer", 90, {}, ""),
        ("counter", "seller", 100, {"days": 5}, ""),
        ("change", "buyer", 99, {}, "offer.not_lower"),
        ("change", "buyer", 101, {}, ""),
        ("change", "seller", 99, {}, ""),
    ],
)
def test_what_may_follow_an_offer(verb: str, side: str, amount: int, terms: dict[str, Any], code: str) -> None:
    before: tuple[Money, Any] = (Money(100, "CNY"), {})
    follow = Money(amount, "CNY")
    assert code_of(lambda: rules.check_next(verb, NEGOTIATED, side, follow, terms, before)) == code


def test_only_the_rule_set_with_a_floor_heeds_it_and_a_private_round_has_none() -> None:
    low, floor = Money(99, "CNY"), Money(100, "CNY")
    assert rules.is_below(floor, low, NEGOTIATED)
    assert not rules.is_below(floor, floor, NEGOTIATED)
    assert not rules.is_below(None, low, NEGOTIATED)
    assert not rules.is_below(floor, low, PRIVATE_ROUND)


def test_what_is_auctioned_takes_offers_in_its_private_round_only() -> None:
    assert rules.rules_for("negotiable", invited=False) is NEGOTIATED
    assert rules.rules_for("fixed", invited=False) is FIXED
    assert rules.rules_for("auction", invited=True) is PRIVATE_ROUND
    assert code_of(lambda: rules.rules_for("auction", invited=False)) == "offer.by_auction"


def test_a_stored_rule_set_is_read_back_whatever_else_was_stored() -> None:
    for ruleset in PRESETS.values():
        assert RuleSet.from_data(ruleset.as_data() | {"gone": 1}) == ruleset


def test_a_difference_is_named_by_its_place_and_a_sum_is_one_thing() -> None:
    before = {"amount": {"amount": "1.00", "currency": "CNY"}, "a": [1, 2], "gone": "x", "same": {"b": []}}
    after = {"amount": {"amount": "2.00", "currency": "CNY"}, "a": [1, 3, 4], "same": {"b": []}, "new": {}}
    assert rules.diff(before, after) == [
        Change("amount", before["amount"], after["amount"]),
        Change("a.1", 2, 3),
        Change("a.2", None, 4),
        Change("gone", "x", None),
    ]
    assert rules.diff(after, after) == []


def test_the_hash_does_not_depend_on_how_the_content_was_written() -> None:
    assert rules.digest({"a": 1, "b": "中"}) == rules.digest({"b": "中", "a": 1}) != rules.digest({"a": 1, "b": "c"})
