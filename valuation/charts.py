"""Where the bars of a plot stand: figures in, places on a board of 360 points' width out. Drawn by the templates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from market.kernel.money import Money
from valuation.methods.amounts import Amount
from valuation.methods.reconcile import Swing
from valuation.rules import ROUNDING, Worked

WIDE = 360
_HIGH = 150  # of the bars by year
_TOP = 18
_ROW = 44


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its corner and size, what it is about, and its figure."""

    x: float
    y: float
    width: float
    height: float
    label: str
    figure: Money

    @property
    def middle(self) -> float:
        """Where its label stands."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Row:
    """An input's bar in a tornado, from the value at its low end to that at its high end."""

    name: str
    y: float
    x: float
    width: float
    low: Money
    high: Money


def money(figure: Decimal, currency: str) -> Money:
    """A figure as final money, for showing."""
    return Amount(figure, currency).money(ROUNDING)


def by_year(values: Sequence[Decimal], currency: str) -> list[Bar]:
    """One bar a year, upwards from a line at the foot of the board; what is below zero has no height."""
    most = max([*values, Decimal(0)]) or Decimal(1)
    step = WIDE / len(values)
    return [
        Bar(
            x=round(place * step + step * 0.15, 1),
            y=round(_TOP + _HIGH * (1 - float(max(value, Decimal(0)) / most)), 1),
            width=round(step * 0.7, 1),
            height=round(_HIGH * float(max(value, Decimal(0)) / most), 1),
            label=str(place + 1),
            figure=money(value, currency),
        )
        for place, value in enumerate(values)
    ]


def tornado(swings: Sequence[Swing], worked: Worked) -> tuple[float, list[Row]]:
    """Where the value itself stands, and a row for each input, the one that moves it most on top."""
    across = _scale(worked)
    rows = []
    for place, swing in enumerate(swings):
        low, high = (money(end, worked.value.currency) for end in (swing.low, swing.high))
        left, right = sorted((across(low), across(high)))
        rows.append(Row(swing.name, _ROW * place, left, round(right - left, 1), low, high))
    return across(worked.value), rows


def tall(swings: Sequence[Swing]) -> int:
    """How high the tornado's board is."""
    return _ROW * len(swings)


def _scale(worked: Worked) -> Callable[[Money], float]:
    span = worked.high.minor - worked.low.minor or 1
    return lambda amount: round(8 + (WIDE - 16) * (amount.minor - worked.low.minor) / span, 1)
