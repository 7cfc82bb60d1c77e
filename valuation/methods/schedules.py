"""Amounts in time: one a year, or each on its day, and how long after the valuation date each counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Self

from valuation.methods.amounts import Amount
from valuation.methods.errors import ValuationError

_DAYS_A_YEAR = 365  # Actual/365 Fixed


class Discounting(StrEnum):
    """When the amount of a period counts as received. There is no default: the report states it."""

    END = "end_of_year"
    MID = "mid_year"
    EXACT_DAYS = "exact_days"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Amounts in order, one a year; or `dates` too, counted from the valuation date `base`."""

    amounts: tuple[Amount, ...]
    dates: tuple[date, ...] = ()
    base: date | None = None

    @classmethod
    def yearly(cls, amounts: Sequence[Amount]) -> Self:
        """One amount for each of the years to come."""
        return cls(tuple(amounts))

    @classmethod
    def dated(cls, base: date, flows: Sequence[tuple[date, Amount]]) -> Self:
        """Amounts on their days, none before the valuation date `base`."""
        if any(on < base for on, _amount in flows):
            raise ValuationError("valuation.before_base", field="base", base=base)
        return cls(tuple(amount for _on, amount in flows), tuple(on for on, _amount in flows), base)

    def times(self, discounting: Discounting, field: str) -> tuple[Decimal, ...]:
        """How many years after the valuation date each amount counts; exact days need dates."""
        if discounting is Discounting.EXACT_DAYS:
            if self.base is None:
                raise ValuationError("valuation.no_dates", field=field)
            return tuple(Decimal((on - self.base).days) / _DAYS_A_YEAR for on in self.dates)
        return years(len(self.amounts), discounting, field)

    def __len__(self) -> int:
        return len(self.amounts)

    def __iter__(self) -> Iterator[Amount]:
        return iter(self.amounts)


def years(count: int, discounting: Discounting, field: str) -> tuple[Decimal, ...]:
    """The years 1 to `count`, or their middles. Exact days need a schedule with dates."""
    if discounting is Discounting.EXACT_DAYS:
        raise ValuationError("valuation.no_dates", field=field)
    back = Decimal("0.5") if discounting is Discounting.MID else 0
    return tuple(Decimal(year) - back for year in range(1, count + 1))
