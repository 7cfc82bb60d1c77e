"""Which marks must travel together: alike marks on like goods of one registrant, closed under "and so on" (商标法 42)."""

import unicodedata
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

LEAST = 2  # characters a mark needs before another that contains it counts as alike


@dataclass(frozen=True, slots=True)
class Registered:
    """One mark of a registrant: its key, its words, and the similarity groups (类似群) of its goods."""

    key: Hashable
    words: str
    groups: frozenset[str]


@lru_cache(maxsize=4096)
def bare_words(words: str) -> str:
    """The words as a stranger hears them: widths, capitals, blanks and signs make no difference."""
    folded = unicodedata.normalize("NFKC", words).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def alike(one: Registered, other: Registered) -> bool:
    """Whether the words are the same, or the whole of one is in the other. Looks are for a person to compare."""
    short, long = sorted((bare_words(one.words), bare_words(other.words)), key=len)
    return short == long or (len(short) >= LEAST and short in long)


def like_goods(one: Registered, other: Registered, notes: Mapping[str, Collection[str]]) -> bool:
    """Whether the goods are the same or similar: a group in common, or two that a note of the table joins (类似商品和
    服务区分表); `notes` says which groups each group is also similar to, in either direction."""
    if one.groups & other.groups:
        return True
    return any(
        right in notes.get(left, ()) or left in notes.get(right, ()) for left in one.groups for right in other.groups
    )


def classes(
    marks: Sequence[Registered], notes: Mapping[str, Collection[str]] | None = None
) -> list[frozenset[Hashable]]:
    """The marks of one registrant in classes that move together: whoever is alike and on like goods with one of a class
    belongs to it. An equivalence: every mark is in exactly one class."""
    leader = {mark.key: mark.key for mark in marks}

    def lead(key: Hashable) -> Hashable:
        while leader[key] != key:
            leader[key] = leader[leader[key]]
            key = leader[key]
        return key

    for place, one in enumerate(marks):
        for other in marks[:place]:
            if like_goods(one, other, notes or {}) and alike(one, other):
                leader[lead(one.key)] = lead(other.key)
    together: dict[Hashable, set[Hashable]] = {}
    for mark in marks:
        together.setdefault(lead(mark.key), set()).add(mark.key)
    return [frozenset(keys) for keys in together.values()]


def closure(
    chosen: Iterable[Hashable], marks: Sequence[Registered], notes: Mapping[str, Collection[str]] | None = None
) -> frozenset[Hashable]:
    """The chosen marks and all that must move with them."""
    asked = frozenset(chosen)
    return asked.union(*(together for together in classes(marks, notes) if together & asked))
