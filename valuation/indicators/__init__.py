"""Indicator systems: how good a right is, by published schemes kept as versioned data. A score is no price."""

from valuation.indicators.citations import Family, coverage_relevance, radicalness, spread
from valuation.indicators.data import Scheme, scheme, schemes
from valuation.indicators.scoring import Judged, Listing, Scored, score

__all__ = [
    "Family",
    "Judged",
    "Listing",
    "Scheme",
    "Scored",
    "coverage_relevance",
    "radicalness",
    "scheme",
    "schemes",
    "score",
    "spread",
]
