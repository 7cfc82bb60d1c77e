"""Indicator systems as versioned data: schemes/<scheme>.<version>.json, read once."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from valuation.methods.errors import ValuationError

_FOLDER = Path(__file__).with_name("schemes")


@dataclass(frozen=True, slots=True)
class Node:
    """An indicator. With `of` it brings others together; without, it is read from the fact of its own name or scored by somebody.

    `combine`: "mean" weighs its parts; "times" lets the first part multiply the mean of the others, so that nothing of it
    leaves nothing; "any" is met when one part is. `points` (rising pairs) or `table` turn a fact into 0 to 100; `cohort` sets
    it against the most of its cohort.
    """

    code: str
    zh: str
    en: str
    weight: Decimal
    of: tuple["Node", ...] = ()
    combine: str = "mean"
    points: tuple[tuple[Decimal, Decimal], ...] = ()
    table: Mapping[str, Decimal] | None = None
    cohort: bool = False

    def walk(self, level: int = 0) -> Iterator[tuple[int, "Node"]]:
        """This node and all below it, with their level."""
        yield level, self
        for part in self.of:
            yield from part.walk(level + 1)


@dataclass(frozen=True, slots=True)
class Scheme:
    """An indicator system of one version: where it comes from, its scenarios' weights, the least coverage that gives a score.

    `checked`: whether names and weights were compared with the source's own text.
    """

    code: str
    version: str
    zh: str
    en: str
    source: str
    source_en: str
    checked: bool
    floor: Decimal
    scenarios: Mapping[str, Mapping[str, Decimal]]
    root: Node


@cache
def scheme(code: str, version: str) -> Scheme:
    """The scheme of that version. ValuationError `valuation.unknown_scheme`."""
    path = _FOLDER / f"{code}.{version}.json"
    if path.parent != _FOLDER or not path.is_file():
        raise ValuationError("valuation.unknown_scheme", field="scheme", name=f"{code} {version}")
    raw = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)
    scenarios = raw["scenarios"]
    return Scheme(
        code=code,
        version=version,
        zh=raw["zh"],
        en=raw["en"],
        source=raw["source"],
        source_en=raw["source_en"],
        checked=raw["checked"],
        floor=raw["floor"],
        scenarios=scenarios,
        root=_node({"code": code, "zh": raw["zh"], "en": raw["en"], "weight": Decimal(1), **raw["root"]}),
    )


def schemes() -> list[tuple[str, str]]:
    """Code and version of every scheme, in the order of their names."""
    return sorted(tuple(path.stem.rsplit(".", 1)) for path in _FOLDER.glob("*.json"))  # type: ignore[misc]


def _node(raw: Mapping[str, Any]) -> Node:
    return Node(
        code=raw["code"],
        zh=raw["zh"],
        en=raw["en"],
        weight=raw["weight"],
        of=tuple(_node(part) for part in raw.get("of", ())),
        combine=raw.get("combine", "mean"),
        points=tuple((x, y) for x, y in raw.get("points", ())),
        table=raw.get("table"),
        cohort=raw.get("cohort", False),
    )
