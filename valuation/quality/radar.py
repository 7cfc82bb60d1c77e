"""Where a radar's points stand: scores in, places on a board of 360 by 300 points out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import cos, pi, sin

WIDE, HIGH = 360, 300
_MIDDLE = (180.0, 150.0)
_REACH = 100.0


@dataclass(frozen=True, slots=True)
class Spoke:
    """A ray of the radar: its end, where its number stands, and its point, or no point where the score is not known."""

    number: int
    end: tuple[float, float]
    label: tuple[float, float]
    point: tuple[float, float] | None


def spokes(scores: Sequence[Decimal | None]) -> list[Spoke]:
    """A spoke for each score, clockwise from the top."""
    found = []
    for place, score in enumerate(scores):
        at = 2 * pi * place / len(scores)
        point = None if score is None else _place(at, float(score) / 100)
        found.append(Spoke(place + 1, _place(at, 1), _place(at, 1.18), point))
    return found


def outline(rays: Sequence[Spoke]) -> str:
    """The line through the points that are known, closed, as a path; nothing for fewer than two."""
    known = [ray.point for ray in rays if ray.point]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in known) + "Z" if len(known) > 1 else ""


def ring(rays: Sequence[Spoke], part: float) -> str:
    """The line at that part of every spoke."""
    x, y = _MIDDLE
    return "M" + "L".join(f"{x + (ray.end[0] - x) * part:g} {y + (ray.end[1] - y) * part:g}" for ray in rays) + "Z"


def _place(at: float, reach: float) -> tuple[float, float]:
    x, y = _MIDDLE
    return round(x + sin(at) * reach * _REACH, 1), round(y - cos(at) * reach * _REACH, 1)
