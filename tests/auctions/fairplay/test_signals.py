"""Each sign of unfair bidding as a table: the least that shows it, and the nearest thing that does not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auctions.rules import fairplay
from auctions.rules.fairplay import AGENCY, BIDDER, HIGH, LOW, MEDIUM, SELLER, Past, Person, Raise, Scene, examine

DAY = datetime(2026, 12, 1, 2, tzinfo=UTC)
STEP, START = 20_000_00, 1_000_000_00


def bidder(paddle: int, **known: object) -> Person:
    return replace(Person(f"P-{paddle}", BIDDER, paddle), **known)  # type: ignore[arg-type]


def ladder(*paddles: int, apart: float = 60, over: int = 0) -> list[Raise]:
    """Those paddles bid in turn, each the least possible plus `over`, so many seconds apart."""
    made, price = [], None
    for number, paddle in enumerate(paddles):
        least = START if price is None else price + STEP
        price = least + over
        made.append(Raise(paddle, price, least, STEP, DAY + timedelta(seconds=apart * number)))
    return made


def scene(*parties: Person, raises: list[Raise] | None = None, **more: object) -> Scene:
    """Paddles 1 and 2 bid once each unless said otherwise."""
    return replace(Scene(ladder(1, 2) if raises is None else raises, parties, DAY - timedelta(hours=1)), **more)  # type: ignore[arg-type]


def found(of: Scene) -> list[tuple[str, str]]:
    return [(one.name, one.band) for one in examine(of)]


HOST = Person("P-host", SELLER, networks=frozenset({"campus"}), devices=frozenset({"pc"}), phone="0431", bank="62")
HOUSE = Person("P-house", AGENCY, people=frozenset({7}), address="前进大街2699号")


@pytest.mark.parametrize(
    ("one", "other", "sign"),
    [
        ({"people": frozenset({1})}, {"people": frozenset({1, 2})}, ("one_person", HIGH)),
        ({"bank": "43190001"}, {"bank": "43190001"}, ("one_account", HIGH)),
        ({"devices": frozenset({"a"})}, {"devices": frozenset({"a", "b"})}, ("one_device", HIGH)),
        ({"phone": "0431"}, {"phone": "0431"}, ("one_phone", MEDIUM)),
        ({"address": "前进大街"}, {"address": "前进大街"}, ("one_address", MEDIUM)),
        ({"networks": frozenset({"n"})}, {"networks": frozenset({"n"})}, ("one_network", MEDIUM)),
        ({"bank": "43190001"}, {"bank": "43190002"}, None),
        ({"bank": "", "phone": "", "address": ""}, {"bank": "", "phone": "", "address": ""}, None),
    ],
)
def test_what_two_bidders_have_in_common_is_a_sign(one: dict, other: dict, sign: tuple[str, str] | None) -> None:
    assert found(scene(bidder(1, **one), bidder(2, **other))) == ([sign] if sign else [])


def test_a_tie_counts_between_those_who_bid_only() -> None:
    watching = bidder(3, bank="62")
    assert found(scene(bidder(1, bank="62"), bidder(2), watching)) == []


@pytest.mark.parametrize(
    ("known", "host", "sign"),
    [
        ({"devices": frozenset({"pc"})}, HOST, ("one_device", HIGH)),
        ({"phone": "0431"}, HOST, ("one_phone", HIGH)),
        ({"bank": "62"}, HOST, ("one_account", HIGH)),
        ({"networks": frozenset({"campus"})}, HOST, ("one_network", MEDIUM)),
        ({"people": frozenset({7})}, HOUSE, ("one_person", HIGH)),
        ({"address": "前进大街2699号"}, HOUSE, ("one_address", HIGH)),
    ],
)
def test_what_a_bidder_has_in_common_with_the_other_side_is_a_stronger_one(
    known: dict, host: Person, sign: tuple[str, str]
) -> None:
    at = scene(bidder(1, **known), bidder(2), host)
    assert found(at) == [sign]
    assert examine(at)[0].facts == {"paddles": [1], "sides": [host.role]}


def test_the_two_sides_of_the_house_tie_nobody() -> None:
    assert found(scene(bidder(1), bidder(2), HOST, replace(HOUSE, bank="62"))) == []


@pytest.mark.parametrize(("late", "sign"), [(3, [("late_cluster", MEDIUM)]), (2, [])])
def test_late_registrations_from_one_network(late: int, sign: list[tuple[str, str]]) -> None:
    last, early = DAY - timedelta(hours=2), DAY - timedelta(days=3)
    many = [
        bidder(9 + n, networks=frozenset({"n"}), applied_at=last if n < late else early)  # they need not even bid
        for n in range(3)
    ]
    assert found(scene(bidder(1), bidder(2), *many)) == sign


@pytest.mark.parametrize(
    ("past", "winner", "sign"),
    [
        (Past(bid_on=3, second=2), 2, [("never_wins", MEDIUM)]),
        (Past(bid_on=5, second=4), 2, [("never_wins", HIGH)]),
        (Past(bid_on=2, second=2), 2, []),
        (Past(bid_on=6, second=1), 2, []),
        (Past(bid_on=6, second=5, won=1), 2, []),
        (Past(bid_on=6, second=5), 1, []),
    ],
)
def test_who_drives_up_one_sellers_prices_and_never_wins(past: Past, winner: int, sign: list[tuple[str, str]]) -> None:
    assert found(scene(bidder(1), bidder(2), winner=winner, past={"P-1": past})) == sign


@pytest.mark.parametrize(
    ("over", "defaulted", "earlier", "sign"),
    [
        (10 * STEP, True, 0, [("jump_default", HIGH)]),
        (10 * STEP, False, 1, [("jump_default", HIGH)]),
        (10 * STEP, False, 0, []),
        (9 * STEP, True, 1, []),
    ],
)
def test_a_jump_and_a_default_belong_together(
    over: int, defaulted: bool, earlier: int, sign: list[tuple[str, str]]
) -> None:
    jump = ladder(1, over=over)
    past = {"P-1": Past(defaults=earlier)}
    assert found(scene(bidder(1), raises=jump, winner=1, defaulted=defaulted, past=past)) == sign


@pytest.mark.parametrize(
    ("paddles", "apart", "sign"),
    [
        ((1, 2) * 4, 60, [("pair_ladder", LOW)]),
        ((1, 2) * 4, 2, [("pair_ladder", MEDIUM)]),
        ((1, 2) * 3 + (1,), 2, []),
        ((1, 2, 1, 2, 3, 1, 2, 1, 2, 1), 2, []),
        ((3, 3) + (1, 2) * 4, 60, [("pair_ladder", LOW)]),
    ],
)
def test_a_pair_that_climbs_alone(paddles: tuple[int, ...], apart: float, sign: list[tuple[str, str]]) -> None:
    assert found(scene(bidder(1), bidder(2), bidder(3), raises=ladder(*paddles, apart=apart))) == sign


def test_a_pair_that_jumps_is_no_ladder() -> None:
    assert found(scene(bidder(1), bidder(2), raises=ladder(*(1, 2) * 6, over=STEP))) == []


@pytest.mark.parametrize(
    ("bands", "asks"), [([HIGH], True), ([MEDIUM, MEDIUM], True), ([MEDIUM, LOW], False), ([], False)]
)
def test_when_two_people_should_look(bands: list[str], asks: bool) -> None:
    assert fairplay.asks_review(fairplay.Finding("x", band, {}) for band in bands) is asks


marks = st.sampled_from([frozenset(), frozenset("a"), frozenset("b"), frozenset("ab")])
known = st.fixed_dictionaries({"networks": marks, "devices": marks, "phone": st.sampled_from(["", "1"])})
persons = st.lists(known, max_size=4).map(lambda all_: [bidder(n, **one) for n, one in enumerate(all_, 1)])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy box, not a slow rule
@given(persons, known, st.lists(st.integers(1, 4), max_size=14), st.randoms(use_true_random=False))
def test_the_order_of_the_parties_does_not_matter_and_each_sign_names_somebody(
    bidders: list[Person], host: dict[str, Any], paddles: list[int], chance: Random
) -> None:
    parties = [*bidders, Person("P-host", SELLER, **host)]
    at = scene(*parties, raises=ladder(*paddles))
    shuffled = replace(at, parties=chance.sample(parties, len(parties)))
    assert examine(at) == examine(shuffled)
    for one in examine(at):
        assert one.facts["paddles"]
        assert set(one.facts["paddles"]) <= set(paddles)
