"""What it costs to keep a right in force: the offices' fee schedules as dated data in fees.json."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from market.kernel.money import Money

_DATA = Path(__file__).with_name("fees.json")


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee: its amount, whether that was compared with the office's own schedule, and where it comes from.

    Who pays late pays more: `flat` once, or `percent` of the amount once, or `percent_a_month` for each month that
    has gone by.
    """

    amount: Money
    checked: bool
    source: str
    flat: Money | None = None
    percent: int = 0
    percent_a_month: int = 0

    def surcharge(self, months: int) -> Money:
        """What is added when `months` whole months have gone by since the fee was due; 0 within the first."""
        if self.flat is not None:
            return self.flat
        percent = self.percent or self.percent_a_month * months
        return Money(self.amount.minor * percent // 100, self.amount.currency)


@dataclass(frozen=True, slots=True)
class _Schedule:
    """One schedule: for which patents of which office, from which day, and what each stage costs."""

    office: str
    type: str
    since: date
    fees: Mapping[str, Fee]


@cache
def _schedules() -> tuple[_Schedule, ...]:
    return tuple(_schedule(raw) for raw in json.loads(_DATA.read_text(encoding="utf-8"))["schedules"])


def _schedule(raw: dict[str, Any]) -> _Schedule:
    late, currency = raw["late"], raw["currency"]
    flat = Money.parse(late["flat"], currency) if "flat" in late else None
    fees: dict[str, Fee] = {}
    for stages, amount in raw["amounts"].items():
        first, _dash, last = stages.partition("-")
        names = [str(year) for year in range(int(first), int(last) + 1)] if last else [first]
        fee = Fee(
            Money.parse(amount, currency),
            raw["checked"],
            raw["source"],
            flat,
            late.get("percent", 0),
            late.get("percent_a_month", 0),
        )
        fees |= dict.fromkeys(names, fee)
    return _Schedule(raw["office"], raw["type"], date.fromisoformat(raw["since"]) if raw["since"] else date.min, fees)


def fee_of(office: str, of_type: str, stage: str, on: date) -> Fee | None:
    """The fee of a stage (a patent year "7", or "3.5" years from grant in the US) by the schedule in force `on` that day.

    None where no schedule is kept, or where the one in force does not tell this stage: an older one is not asked.
    """
    begun = [one for one in _schedules() if (one.office, one.type) == (office, of_type) and one.since <= on]
    return max(begun, key=lambda one: one.since).fees.get(stage) if begun else None
