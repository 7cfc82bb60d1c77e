"""The taxes that may be withheld from a settlement, as dated data in taxes.json: rate, base and law."""

import json
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

from market.kernel.errors import Refused
from market.kernel.money import Money

_DATA = Path(__file__).with_name("taxes.json")
_WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax as the law states it: its rate in basis points of a base that the agency enters."""

    code: str
    rate_bp: int
    valid_from: date
    valid_to: date | None
    words: tuple[str, str]
    law: tuple[str, str]
    base: tuple[str, str]

    @property
    def rate(self) -> Fraction:
        """The rate as a part of the base."""
        return Fraction(self.rate_bp, _WHOLE_BP)

    def on(self, base: Money) -> Money:
        """The tax on `base`, rounded half up to the minor unit."""
        return base.portion(self.rate_bp)

    def ground(self, language: str) -> str:
        """The tax and its law, in the reader's language."""
        place = 0 if language.startswith("zh") else 1
        return f"{self.words[place]} · {self.law[place]}"


@cache
def taxes() -> tuple[Tax, ...]:
    """Every tax on file."""
    rows = json.loads(_DATA.read_text(encoding="utf-8"))["taxes"]
    return tuple(
        Tax(
            row["code"],
            row["rate_bp"],
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if "valid_to" in row else None,
            *((row[name + "zh"], row[name + "en"]) for name in ("", "law_", "base_")),
        )
        for row in rows
    )


def in_force(on: date) -> tuple[Tax, ...]:
    """The taxes in force on the day `on`."""
    return tuple(tax for tax in taxes() if tax.valid_from <= on and (tax.valid_to is None or on <= tax.valid_to))


def tax_of(code: str, on: date) -> Tax:
    """The tax called `code` on the day `on`. Refused `claim.tax` when none is in force."""
    found = next((tax for tax in in_force(on) if tax.code == code), None)
    if found is None:
        raise Refused("claim.tax", code=code, on=on)
    return found
