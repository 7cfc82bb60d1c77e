"""The facts about contributions: each is told to the three parties."""

from typing import Any

from market.equity.models import Contribution
from market.trail import journal


def tell(name: str, found: Contribution, actor: str, **data: Any) -> None:
    """Record a fact about a contribution, for the caller's transaction."""
    journal.record(
        name,
        subject=found.ref,
        actor=actor,
        audience=sorted({found.contributor.ref, found.company.ref, found.agency.ref}),
        code=found.code,
        number=found.right.number,
        **found.right.named,
        **found.company.named("company"),
        **data,
    )
