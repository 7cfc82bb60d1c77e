"""Where the bars of a plot stand: figures in, places on a board of 360 points' width out. Drawn by the templates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from market.kernel.money import Money
from valuation.methods import Result
from valuation.methods.amounts import Amount
from valuation.rules import ROUNDING, Worked

WIDE = 360
_HIGH = 150  # of the upright bars
_TOP = 18
_ROW = 44
Tell = Callable[[Decimal], str]


@dataclass(frozen=True, slots=True)
class Bar:
    """An upright bar: its corner and size, what it is about, and its figure."""

    x: float
    y: float
    width: float
    height: float
    label: str
    figure: str

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
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across a distribution: the value below which that part of the draws lies."""

    name: str
    x: float
    figure: str


def money(figure: Decimal, currency: str) -> Money:
    """A figure as final money, for showing."""
    return Amount(figure, currency).money(ROUNDING)


def by_year(values: Sequence[Decimal], tell: Tell) -> list[Bar]:
    """One bar a year from the line of zero, upwards or down; `zero` says where the line is."""
    return _upright([(str(place), value, tell(value)) for place, value in enumerate(values, 1)], 0.7)


def zero(values: Sequence[Decimal]) -> float:
    """How far down the line of zero lies."""
    top, bottom = max([*values, Decimal(0)]), min([*values, Decimal(0)])
    return round(_TOP + _HIGH * float(top / ((top - bottom) or 1)), 1)


def bins(drawn: Result, tell: Tell) -> list[Bar]:
    """One bar for each stretch of values a simulation came to, as high as the draws that fell there."""
    counts, edges = _row(drawn, "bin_counts"), _row(drawn, "bin_edges")
    return _upright([(tell(edge), count, f"{count:.0f}") for edge, count in zip(edges, counts, strict=False)], 0.9)


def marks(drawn: Result, tell: Tell) -> list[Mark]:
    """Where the low, the middle and the high value of a simulation stand."""
    edges = _row(drawn, "bin_edges")
    across = _scale(edges[0], edges[-1], 0)
    found = {name: drawn.given[name] for name in ("p10", "p50", "p90")}
    return [Mark(name, across(one), tell(one)) for name, one in found.items() if isinstance(one, Decimal)]


def _upright(rows: Sequence[tuple[str, Decimal, str]], part: float) -> list[Bar]:
    values = [value for _label, value, _figure in rows]
    span, line = (max([*values, Decimal(0)]) - min([*values, Decimal(0)])) or Decimal(1), zero(values)
    step = WIDE / len(rows)
    return [
        Bar(
            x=round(place * step + step * (1 - part) / 2, 1),
            y=round(line - max(_HIGH * float(value / span), 0), 1),
            width=round(step * part, 1),
            height=round(abs(_HIGH * float(value / span)), 1),
            label=label,
            figure=figure,
        )
        for place, (label, value, figure) in enumerate(rows)
    ]


def tornado(worked: Worked) -> tuple[float, list[Row]]:
    """Where the value itself stands, and a row for each input, the one that moves it most on top."""
    across = _scale(worked.lowest, worked.highest, 8)
    rows = []
    for place, swing in enumerate(worked.swings):
        left, right = sorted((across(swing.low), across(swing.high)))
        rows.append(Row(swing.name, _ROW * place, left, round(right - left, 1), swing.low, swing.high))
    return across(worked.result.value), rows


def tall(worked: Worked) -> int:
    """How high the tornado's board is."""
    return _ROW * len(worked.swings)


def _scale(low: Decimal, high: Decimal, edge: int) -> Callable[[Decimal], float]:
    span = float(high - low) or 1
    return lambda figure: round(edge + (WIDE - 2 * edge) * float(figure - low) / span, 1)


def _row(result: Result, name: str) -> tuple[Decimal, ...]:
    value = result.given[name]
    return value if isinstance(value, tuple) else (value,)
