"""Where the bars of a cap table stand: two rows a holder on a board of 360 points' width, before it and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

WIDE = 360
ROW = 52


@dataclass(frozen=True, slots=True)
class Bar:
    """A holder's two bars: how long each is, and how far down they begin."""

    holder: str
    y: int
    before: Fraction
    after: Fraction

    @property
    def long_before(self) -> float:
        """The length of the upper bar."""
        return _long(self.before)

    @property
    def long_after(self) -> float:
        """The length of the lower one."""
        return _long(self.after)


def bars(rows: Sequence[tuple[str, Fraction, Fraction]]) -> list[Bar]:
    """A bar pair for each (holder, before, after)."""
    return [Bar(holder, place * ROW, before, after) for place, (holder, before, after) in enumerate(rows)]


def tall(rows: Sequence[object]) -> int:
    """How high the board is."""
    return ROW * len(rows)


def _long(part: Fraction) -> float:
    return round(float(part) * WIDE, 1)
