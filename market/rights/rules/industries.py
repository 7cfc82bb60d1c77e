"""Which of the policy's ten industries a right seems to belong to, and why: a first guess that a person confirms.

The guesses are ours: by the first classification symbol that tells (`taxonomy.suggest_industry`), by the Nice class, by
the kind of work. Where no guess is fair there is none: foods, clothing, law, plant varieties are in no industry of the ten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from market.rights.rules.taxonomy import suggest_industry

_BY_CLASS: Mapping[int, str] = {
    1: "materials",
    2: "materials",
    4: "energy",
    5: "biomedicine",
    6: "materials",
    7: "equipment",
    8: "equipment",
    9: "electronics",
    10: "biomedicine",
    11: "environment",
    12: "vehicles",
    13: "equipment",
    15: "culture",
    16: "culture",
    17: "materials",
    19: "materials",
    22: "materials",
    23: "materials",
    24: "materials",
    28: "culture",
    38: "electronics",
    39: "tourism",
    40: "environment",
    41: "culture",
    42: "electronics",
    43: "tourism",
    44: "biomedicine",
}
_BY_WORK: Mapping[str, str] = {
    "software": "electronics",
    **dict.fromkeys(("literary", "musical", "artistic", "photographic", "audiovisual"), "culture"),
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An industry and what points to it: `by` is symbol, nice, work or kind, `because` the symbol, class or word."""

    industry: str
    by: str
    because: str


def suggest(
    kind: str, *, symbols: Sequence[str] = (), nice_class: int | None = None, of_type: str = ""
) -> Suggestion | None:
    """The industry a right points to: by its checked IPC or CPC `symbols` in their order, its Nice class, or the kind of
    work (`of_type`); None where no guess is fair."""
    if kind == "ic_layout":
        return Suggestion("electronics", "kind", kind)
    if kind == "trademark":
        industry = _BY_CLASS.get(nice_class or 0)
        return Suggestion(industry, "nice", str(nice_class)) if industry else None
    if kind == "copyright":
        industry = _BY_WORK.get(of_type)
        return Suggestion(industry, "work", of_type) if industry else None
    for symbol in symbols:
        if industry := suggest_industry(symbol):
            return Suggestion(industry, "symbol", symbol)
    return None
