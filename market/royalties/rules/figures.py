"""What a report may say: for each product its gross receipts, and what else the licence asks for, in the licence's currency."""

import re
from collections.abc import Mapping
from typing import Any

from market.kernel.errors import Refused
from market.kernel.money import Money

SUMS = ("gross", "third_party")
ROW = frozenset({*SUMS, "units", "deductions"})
_UNITS = re.compile(r"[0-9]{1,15}", re.ASCII)


def checked(figures: Any, currency: str) -> dict[str, Any]:
    """The figures as they are kept: {"product": {"gross": sum, "units": "5", "deductions": {"freight": sum}}}.

    Refused `royalty.figures` naming the place that is wrong ("lamp.units"), `royalty.currency` for sums in another currency.
    """
    return {_name(product): _row(product, row, currency) for product, row in _mapping(figures, "figures").items()}


def _row(product: str, row: Any, currency: str) -> dict[str, Any]:
    given = _mapping(row, product)
    unknown = sorted(given.keys() - ROW)
    if unknown or "gross" not in given:
        raise Refused("royalty.figures", place=f"{product}.{unknown[0] if unknown else 'gross'}"[:80])
    said: dict[str, Any] = {name: _sum(given[name], f"{product}.{name}", currency) for name in SUMS if name in given}
    if "units" in given:
        if not (isinstance(given["units"], str) and _UNITS.fullmatch(given["units"])):
            raise Refused("royalty.figures", place=f"{product}.units"[:80])
        said["units"] = given["units"]
    if "deductions" in given:
        taken = _mapping(given["deductions"], f"{product}.deductions")
        said["deductions"] = {_name(name): _sum(wire, f"{product}.{name}", currency) for name, wire in taken.items()}
    return said


def _mapping(given: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise Refused("royalty.figures", place=place[:80])
    return given


def _name(name: Any) -> str:
    if not isinstance(name, str) or len(name) > 120:
        raise Refused("royalty.figures", place=str(name)[:80])
    return name


def _sum(wire: Any, place: str, currency: str) -> dict[str, str]:
    """A sum as it is written on the wire; the same sum has one way of being written."""
    if not isinstance(wire, Mapping) or set(wire) != {"amount", "currency"}:
        raise Refused("royalty.figures", place=place[:80])
    if wire["currency"] != currency:
        raise Refused("royalty.currency", place=place[:80], currency=currency)
    return Money.parse(wire["amount"], currency).wire()
