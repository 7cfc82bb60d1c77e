"""Scores a right by an indicator system: null is never zero, coverage is told, and too little of it is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from valuation.indicators.citations import normalised
from valuation.indicators.data import Node, Scheme
from valuation.indicators.data import scheme as scheme_of
from valuation.methods.amounts import Rate
from valuation.methods.discount import add_up_to_one
from valuation.methods.errors import ValuationError

Fact = Decimal | int | str | bool | None
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Judged:
    """A score, 0 to 100, that somebody gave, with what it rests on."""

    score: Decimal
    evidence: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What is known of a right: facts of the register by indicator, scores by people, and the most in its cohort."""

    facts: Mapping[str, Fact] = field(default_factory=dict)
    judged: Mapping[str, Judged] = field(default_factory=dict)
    cohort: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """One indicator's outcome: its score or None, the part of its weight that has data, and what it rests on.

    `basis`: "register", "judged", "parts" or "" where nothing is known.
    """

    node: Node
    level: int
    weight: Decimal
    score: Decimal | None
    coverage: Decimal
    basis: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Scored:
    """A right's score, 0 to 100, by one version of a scheme in one scenario, with every indicator's outcome."""

    scheme: Scheme
    scenario: str
    score: Decimal
    coverage: Decimal
    indicators: tuple[Found, ...]

    def __getitem__(self, code: str) -> Found:
        """The outcome of an indicator."""
        return next(found for found in self.indicators if found.node.code == code)


def score(
    listing: Listing,
    scheme: str,
    version: str,
    scenario: str = "",
    weights: Mapping[str, Rate] | None = None,
) -> Scored:
    """Score a right. `scenario` names one of the scheme's weight sets; `weights` replace those of indicators by code.

    A mean is taken over the parts that have data, by their weights; coverage is the weight that has. ValuationError:
    `valuation.unknown_scheme`, `valuation.unknown_scenario`, `valuation.weights_not_one`, `valuation.missing_cohort`,
    `valuation.score_range`, `valuation.no_reason`, `valuation.coverage_too_low`.
    """
    chosen = scheme_of(scheme, version)
    scenario = scenario or next(iter(chosen.scenarios))
    if scenario not in chosen.scenarios:
        raise ValuationError("valuation.unknown_scenario", field="scenario", name=scenario)
    weighed = dict(chosen.scenarios[scenario]) | {code: rate.value for code, rate in (weights or {}).items()}
    _check(listing, chosen.root, weighed, set(weights or {}))
    outcome: list[Found] = []
    whole = _look(chosen.root, 0, listing, weighed, outcome)
    if whole.score is None or whole.coverage < chosen.floor:
        raise ValuationError(
            "valuation.coverage_too_low",
            field="facts",
            percent=int(whole.coverage * HUNDRED),
            floor=int(chosen.floor * HUNDRED),
        )
    return Scored(chosen, scenario, whole.score, whole.coverage, tuple(outcome))


def _check(listing: Listing, root: Node, weighed: Mapping[str, Decimal], changed: set[str]) -> None:
    """Refuse what no score may rest on."""
    nodes = [node for _level, node in root.walk()]
    for node in nodes:
        parts = node.of[1:] if node.combine == "times" else node.of
        if changed & {part.code for part in parts}:
            add_up_to_one([weighed.get(part.code, part.weight) for part in parts], f"weights.{node.code}")
    for code, judged in listing.judged.items():
        if not 0 <= judged.score <= HUNDRED:
            raise ValuationError("valuation.score_range", field=code)
        if not judged.evidence.strip():
            raise ValuationError("valuation.no_reason", field=code, name=code)
    if not listing.cohort and all(node.cohort for node in nodes if not node.of):
        raise ValuationError("valuation.missing_cohort", field="cohort")


def _look(node: Node, level: int, listing: Listing, weighed: Mapping[str, Decimal], outcome: list[Found]) -> Found:
    """The outcome of a node, put before those of its parts."""
    weight, place = weighed.get(node.code, node.weight), len(outcome)
    if not node.of:
        found = _leaf(node, level, weight, listing)
    else:
        parts = [_look(part, level + 1, listing, weighed, outcome) for part in node.of]
        total, covered = _COMBINED[node.combine](parts)
        found = Found(node, level, weight, total, covered, "parts" if total is not None else "")
    outcome.insert(place, found)
    return found


def _leaf(node: Node, level: int, weight: Decimal, listing: Listing) -> Found:
    fact = listing.facts.get(node.code)
    read = _read(node, fact, listing) if fact is not None else None
    if read is not None:
        return Found(node, level, weight, read, Decimal(1), "register", str(fact))
    judged = listing.judged.get(node.code)
    if judged is not None:
        return Found(node, level, weight, judged.score, Decimal(1), "judged", judged.evidence)
    return Found(node, level, weight, None, Decimal(0))


def _read(node: Node, fact: Fact, listing: Listing) -> Decimal | None:
    """A fact as 0 to 100, or None where the scheme does not know how to read it."""
    if node.table is not None:
        return node.table.get(str(fact).lower())
    if isinstance(fact, bool | str | None):
        return None
    if node.cohort:
        part = normalised(Decimal(fact), listing.cohort.get(node.code))
        return None if part is None else part * HUNDRED
    return _between(node.points, Decimal(fact)) if node.points else None


def _between(points: tuple[tuple[Decimal, Decimal], ...], at: Decimal) -> Decimal:
    """The height over `at` of the line through the points, level beyond both ends."""
    if at <= points[0][0]:
        return points[0][1]
    for (x, y), (next_x, next_y) in pairwise(points):
        if at <= next_x:
            return y + (next_y - y) * (at - x) / (next_x - x)
    return points[-1][1]


def _mean(parts: list[Found]) -> tuple[Decimal | None, Decimal]:
    """The mean of what is known, by weight, and how much of the weight is."""
    whole = sum(part.weight for part in parts)
    known = [(part.weight * part.coverage, part.score) for part in parts if part.score is not None]
    covered = sum((weight for weight, _score in known), Decimal(0))
    if not covered or not whole:
        return None, Decimal(0)
    return sum((weight * got for weight, got in known), Decimal(0)) / covered, covered / whole


def _times(parts: list[Found]) -> tuple[Decimal | None, Decimal]:
    """The mean of all but the first part, times the first: a right that does not hold is worth nothing."""
    factor, (rest, covered) = parts[0], _mean(parts[1:])
    if factor.score is None or rest is None:
        return None, Decimal(0)
    return factor.score / HUNDRED * rest, covered


def _any(parts: list[Found]) -> tuple[Decimal | None, Decimal]:
    """A hundred when one part is met, nothing when all are known not to be, unknown otherwise."""
    known = [part.score for part in parts if part.score is not None]
    if any(known):
        return HUNDRED, Decimal(1)
    return (Decimal(0), Decimal(1)) if len(known) == len(parts) else (None, Decimal(len(known)) / len(parts))


_COMBINED = {"mean": _mean, "times": _times, "any": _any}
