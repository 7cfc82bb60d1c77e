"""What changed between two terms documents: the sentences that went and came, and every single entry."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from market.deals.rules.bargain import Text
from market.deals.terms.documents import Document
from market.deals.terms.words import plain_words


@dataclass(frozen=True, slots=True)
class Changes:
    """`gone` and `new` are sentences in plain words; `entries` are (place, before, after), "" where it says nothing."""

    gone: tuple[Text, ...]
    new: tuple[Text, ...]
    entries: tuple[tuple[str, str, str], ...]


def changes(before: Document, after: Document, side: str) -> Changes:
    """What `after` says otherwise than `before`, in words as `side` reads them."""
    was, now = plain_words(before, side), plain_words(after, side)
    old, new = dict(_entries(before)), dict(_entries(after))
    places = [place for place in {**old, **new} if old.get(place) != new.get(place)]
    return Changes(
        gone=tuple(text for text in was if text not in now),
        new=tuple(text for text in now if text not in was),
        entries=tuple((place, old.get(place, ""), new.get(place, "")) for place in places),
    )


def _entries(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every single entry of the document with its place ("payments.0.amount.amount")."""
    if isinstance(value, dict | list) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in pairs:
            yield from _entries(inner, f"{place}.{key}" if place else str(key))
    elif not isinstance(value, dict | list):
        yield place, str(value)
