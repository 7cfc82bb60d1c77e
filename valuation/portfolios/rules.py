"""How a package price is shared out by value, and what one member's inputs are. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from market.kernel.money import Money

METHOD = "relief_from_royalty_grown"


def shares(price: Money, values: Sequence[Money | None]) -> list[Money | None]:
    """The price by the members' values, exact to the fen: the parts add up to it. A member without a value gets none, and
    nobody does where no value is above zero."""
    weights = [max(value.minor, 0) if value else 0 for value in values]
    if not sum(weights):
        return [None] * len(values)
    return [part if value else None for part, value in zip(price.split(weights), values, strict=True)]


def inputs(common: Mapping[str, Any], own: Mapping[str, Any], legal_years_left: Decimal | None) -> dict[str, Any]:
    """A member's inputs: its own revenue, growth and years over what all share, within what the law leaves it."""
    given = {**common, **own}
    return given if legal_years_left is None else given | {"legal_years_left": str(legal_years_left)}
