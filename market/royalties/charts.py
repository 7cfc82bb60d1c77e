"""Where the bars of a licence's statements stand: a period each, what was asked for and what of it has arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from market.kernel.money import Money

WIDE, HIGH, TOP = 360, 140, 10  # a board of 360 points' width; the bars stand on the line at TOP + HIGH


@dataclass(frozen=True, slots=True)
class Bar:
    """A period's bar: its place, how high what was asked for stands, and how much of that has arrived."""

    label: str
    x: float
    width: float
    asked: float
    arrived: float

    @property
    def middle(self) -> float:
        """Where its label stands."""
        return self.x + self.width / 2

    @property
    def top(self) -> float:
        """How far down the bar begins."""
        return TOP + HIGH - self.asked

    @property
    def arrived_top(self) -> float:
        """How far down the arrived part begins."""
        return TOP + HIGH - self.arrived


def bars(rows: Sequence[tuple[str, Money, Money]]) -> list[Bar]:
    """A bar for each (label, asked, arrived), the highest as high as the board."""
    most = max((asked.minor for _, asked, _ in rows), default=0) or 1
    step = Fraction(WIDE, len(rows) or 1)
    return [
        Bar(
            label=label,
            x=round(float(place * step + step * Fraction(3, 20)), 1),
            width=round(float(step * Fraction(7, 10)), 1),
            asked=round(float(Fraction(asked.minor * HIGH, most)), 1),
            arrived=round(float(Fraction(arrived.minor * HIGH, most)), 1),
        )
        for place, (label, asked, arrived) in enumerate(rows)
    ]
