"""Indices made from patent counts: how widely a patent is cited, how it stands in its cohort. Unknown stays None, never zero."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from valuation.methods.amounts import ONE


@dataclass(frozen=True, slots=True)
class Family:
    """A patent family: relevance (1 is the average of its age and field), coverage (1 is the United States), in force."""

    technology_relevance: Decimal
    market_coverage: Decimal
    active: bool


def spread(classes: Mapping[str, int]) -> Decimal | None:
    """1 less the sum of squared shares of the classes: generality over citing patents, originality over cited ones.

    Trajtenberg, Henderson and Jaffe (1997). None without citations.
    """
    whole = sum(classes.values())
    if not whole:
        return None
    return ONE - sum((Decimal(count) / whole) ** 2 for count in classes.values())


def radicalness(cited_classes: Mapping[str, int], own: Sequence[str]) -> Decimal | None:
    """The share of cited classes outside the patent's own; None without citations."""
    whole = sum(cited_classes.values())
    outside = sum(count for name, count in cited_classes.items() if name not in own)
    return Decimal(outside) / whole if whole else None


def normalised(value: Decimal | None, cohort_max: Decimal | None) -> Decimal | None:
    """A count against the most in its cohort (field and filing year), 0 to 1; None where either is unknown or the most is none.

    The cohort's maximum is taken after its top percent was cut, so what lies above counts as one (OECD STI 2013/03).
    """
    if value is None or not cohort_max:
        return None
    return max(Decimal(0), min(ONE, value / cohort_max))


def competitive_impact(family: Family) -> Decimal:
    """Coverage x relevance; nothing for a family that is no longer in force."""
    return family.technology_relevance * family.market_coverage if family.active else Decimal(0)


def coverage_relevance(families: Sequence[Family]) -> Decimal:
    """The strength of a portfolio: the sum of its families' coverage x relevance."""
    return sum((competitive_impact(family) for family in families), Decimal(0))
