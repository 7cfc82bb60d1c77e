"""Tells each fact to the people behind its audience."""

from market.trail.models import Fact


def tell(fact: Fact) -> None:
    """Write a notice to every user the fact's audience names."""
