"""How hard the tests that draw or enumerate cases try: all of them in `deploy/test proofs`, some every other time."""

import os
from collections.abc import Iterable
from typing import TypeVar

Case = TypeVar("Case")
WHOLE = os.environ.get("EFFORT") == "whole"
SHARE = 1 if WHOLE else 7  # a prime, so that what is left out has no pattern in common with how cases are enumerated


def tries(cases: int) -> int:
    """How many of `cases` a test marked `proof` draws now."""
    return -(-cases // SHARE)


def some(cases: Iterable[Case]) -> list[Case]:
    """Those of `cases` that a test marked `proof` tries now."""
    return list(cases)[::SHARE]
