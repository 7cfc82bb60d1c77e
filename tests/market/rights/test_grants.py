"""Exclusive grants never overlap: the rule against a walk over every atom and day, and the database against the rule."""

from datetime import date, timedelta
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.rights.rules.grants import ACTS, EVERYTHING, Atoms, Granted, all_but, clashes, only, overlap, read_atoms

FIRST = date(2026, 1, 1)
PLACES, FIELDS, DEEDS = ("CN", "US", "EP", "JP"), ("energy", "vehicles"), ("make", "sell")
DAYS = range(8)


def atoms(names: tuple[str, ...]) -> st.SearchStrategy[Atoms]:
    return st.builds(Atoms, st.frozensets(st.sampled_from(names)), st.booleans())


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def grant_of(number: int) -> Granted:
    """The grant a number of twenty bits stands for: drawing one number is quicker than drawing a dozen parts."""

    def bits(count: int) -> int:
        nonlocal number
        number, taken = divmod(number, 1 << count)
        return taken

    def some(names: tuple[str, ...]) -> Atoms:
        chosen = bits(len(names))
        return Atoms(frozenset(name for place, name in enumerate(names) if chosen >> place & 1), bool(bits(1)))

    grade = ("exclusive", "sole", "ordinary", "")[bits(2)]
    territory, fields, deeds = some(PLACES), some(FIELDS), some(DEEDS)
    since, length = bits(3), bits(4)
    until = None if length > DAYS[-1] else min(since + length, DAYS[-1])
    return Granted("x", grade, day(since), None if until is None else day(until), territory, fields, deeds)


def held(grant: Granted) -> set[int]:
    """The oracle: every place, field, act and day it covers, numbered; "elsewhere" stands for whatever nobody named."""
    inside = [
        [name in some for name in (*names, "elsewhere")]
        for some, names in ((grant.territory, PLACES), (grant.fields, FIELDS), (grant.acts, DEEDS))
    ]
    last = grant.until or day(DAYS[-1] + 1)
    inside.append([grant.since <= day(number) <= last for number in range(DAYS[-1] + 2)])
    return {number for number, point in enumerate(product(*inside)) if all(point)}


EXAMPLES, MANY = 40, 24
PAIRS = MANY * (MANY - 1) // 2


@settings(max_examples=EXAMPLES)
@given(st.lists(st.integers(0, 2**20 - 1).map(grant_of), min_size=MANY, max_size=MANY))
def test_grants_overlap_where_the_walk_over_atoms_and_days_meets(many: list[Granted]) -> None:
    assert EXAMPLES * PAIRS >= 10_000
    for (one, here), (other, there) in combinations([(grant, held(grant)) for grant in many], 2):
        meets = not here.isdisjoint(there)
        assert overlap(one, other) is overlap(other, one) is meets
        excludes = {one.grade, other.grade} & {"exclusive", "sole"}
        assert bool(clashes(one, [other])) is (meets and bool(excludes))


@given(atoms((*PLACES, *FIELDS, *ACTS)))
def test_a_set_comes_back_from_what_the_database_keeps(some: Atoms) -> None:
    assert read_atoms(str(some)) == some


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [
        (all_but("CN"), only("CN"), False),
        (all_but("CN"), only("CN", "US"), True),
        (all_but("CN"), all_but("US"), True),
        (EVERYTHING, only("CN"), True),
        (EVERYTHING, only(), False),
        (only("CN"), only("US"), False),
    ],
)
def test_the_world_except_china_leaves_china(one: Atoms, other: Atoms, meets: bool) -> None:
    assert one.meets(other) is other.meets(one) is meets


def test_what_is_kept_is_a_multirange() -> None:
    assert [str(some) for some in (EVERYTHING, only(), only("make", "sell"), all_but("CN"))] == [
        "{(,)}",
        "{}",
        "{[0,1),[3,4)}",
        "{(,1065),[1066,)}",
    ]
