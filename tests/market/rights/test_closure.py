"""Marks that travel together: the classes are an equivalence, the closure adds what is missing and nothing twice."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.rights.rules.closure import Registered, alike, classes, closure, like_goods

NOTES = {"0901": ("0907",), "2501": ("2507",)}


@st.composite
def registers(draw: st.DrawFn) -> list[Registered]:
    """Up to nine marks of few letters in few groups, so that many are alike."""
    words = st.text("白雪山AaＡ ", min_size=1, max_size=3)
    groups = st.frozensets(st.sampled_from(["0901", "0907", "0913", "2501", "2507"]), min_size=1, max_size=2)
    return [Registered(key, draw(words), draw(groups)) for key in range(draw(st.integers(0, 9)))]


def reachable(start: int, marks: list[Registered]) -> set[int]:
    """The oracle: walk from mark to mark as long as one is alike and on like goods."""
    seen, edge = {start}, [start]
    while edge:
        here = marks[edge.pop()]
        for other in marks:
            if other.key not in seen and alike(here, other) and like_goods(here, other, NOTES):
                seen.add(other.key)  # type: ignore[arg-type]
                edge.append(other.key)  # type: ignore[arg-type]
    return seen


@given(registers())
def test_the_classes_are_those_of_the_walk_from_mark_to_mark(marks: list[Registered]) -> None:
    found = classes(marks, NOTES)
    assert sorted(key for together in found for key in together) == list(range(len(marks)))  # each in just one
    belongs = {key: together for together in found for key in together}
    for mark in marks:
        assert belongs[mark.key] == reachable(mark.key, marks)  # type: ignore[arg-type]


@given(registers())
def test_moving_together_is_an_equivalence(marks: list[Registered]) -> None:
    keys = [mark.key for mark in marks]
    moved = {key: closure([key], marks, NOTES) for key in keys}
    assert all(key in moved[key] for key in keys)
    assert all((b in moved[a]) == (a in moved[b]) for a, b in product(keys, keys))
    assert all(c in moved[a] for a in keys for b in moved[a] for c in moved[b])


@given(registers(), st.data())
def test_the_closure_is_idempotent_and_grows_with_what_is_chosen(marks: list[Registered], data: st.DataObject) -> None:
    keys = [mark.key for mark in marks]
    chosen = data.draw(st.sets(st.sampled_from(keys))) if keys else set()
    more = data.draw(st.sets(st.sampled_from(keys))) if keys else set()
    once = closure(chosen, marks, NOTES)
    assert closure(once, marks, NOTES) == once
    assert chosen <= once <= closure(chosen | more, marks, NOTES)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("长白雪", "长白雪", True),
        ("长白雪", "长白雪山", True),
        ("Snow Fox", "ＳＮＯＷ-ＦＯＸ", True),
        ("长白雪", "松花江", False),
        ("雪", "长白雪", False),  # one character is too little to be the whole of another mark
        ("雪", "雪", True),
    ],
)
def test_words_are_alike_by_the_whole_of_one(one: str, other: str, same: bool) -> None:
    marks = [Registered(0, one, frozenset({"0901"})), Registered(1, other, frozenset({"0901"}))]
    assert alike(*marks) is same
    assert len(classes(marks)) == (1 if same else 2)


def test_the_same_words_on_other_goods_stay_apart() -> None:
    near = [Registered(0, "长白雪", frozenset({"0901"})), Registered(1, "长白雪", frozenset({"0907"}))]
    assert len(classes(near)) == 2
    assert len(classes(near, NOTES)) == 1
