"""The nearest point of a polyhedron, exactly: a dual active-set method (Goldfarb and Idnani 1983) in fractions.

Rows may be added after a point is found; the work goes on from there, which is what constraint generation needs.
"""

from collections.abc import Sequence
from fractions import Fraction

Vector = list[Fraction]


class Projection:
    """The point nearest to `target` (Euclid) that keeps within `lower` and `upper` and every row added."""

    def __init__(self, target: Sequence[Fraction], lower: Sequence[Fraction], upper: Sequence[Fraction]) -> None:
        size = range(len(target))
        self.rows: list[tuple[tuple[int, ...], Fraction]] = []
        for i in size:
            self.rows.append((tuple(int(i == j) for j in size), lower[i]))
            self.rows.append((tuple(-int(i == j) for j in size), -upper[i]))
        self.point: Vector = list(target)
        self.active: list[int] = []
        self.force: Vector = []  # the multiplier of each active row
        self.inverse: list[Vector] = []  # of the Gram matrix of the active rows
        self._settle()

    def add(self, members: Sequence[int], least: Fraction) -> None:
        """Require that the coordinates `members` (places) add up to `least`, and move to the nearest point that does."""
        inside = set(members)
        self.rows.append((tuple(int(i in inside) for i in range(len(self.point))), least))
        self._settle()

    def _lack(self, row: int) -> Fraction:
        normal, least = self.rows[row]
        return least - _dot(normal, self.point)

    def _settle(self) -> None:
        """Bring in the row that is missed by most until none is."""
        while True:
            row = max(range(len(self.rows)), key=self._lack)
            if self._lack(row) <= 0:
                return
            self._bring_in(row)

    def _bring_in(self, row: int) -> None:
        """Move until `row` is just kept, letting go of active rows that push the wrong way."""
        normal, gained = self.rows[row][0], Fraction(0)
        while True:
            pull = [_dot(self.rows[other][0], normal) for other in self.active]
            share = [_dot(line, pull) for line in self.inverse]
            step = self._across(normal, share)
            steep = _dot(normal, step)
            length, leaves = min(
                ((self.force[at] / part, at) for at, part in enumerate(share) if part > 0), default=(None, -1)
            )
            if steep and (length is None or self._lack(row) / steep <= length):
                length, leaves = self._lack(row) / steep, -1
            if length is None:
                raise ValueError("no point keeps all rows")
            self.force = [force - length * part for force, part in zip(self.force, share, strict=True)]
            self.point = [at + length * move for at, move in zip(self.point, step, strict=True)]
            gained += length
            if leaves < 0:
                self._append(row, gained, share, steep)
                return
            self._drop(leaves)

    def _across(self, normal: Sequence[int], share: Vector) -> Vector:
        """What is left of `normal` without the directions of the active rows."""
        step = [Fraction(part) for part in normal]
        for part, other in zip(share, self.active, strict=True):
            for i, along in enumerate(self.rows[other][0]):
                if along:
                    step[i] -= part * along
        return step

    def _append(self, row: int, force: Fraction, share: Vector, steep: Fraction) -> None:
        """Make `row` active: the inverse of the Gram matrix grows by a border."""
        edge = [-part / steep for part in share]
        self.inverse = [
            [*(cell - part * side for cell, side in zip(line, edge, strict=True)), end]
            for line, part, end in zip(self.inverse, share, edge, strict=True)
        ]
        self.inverse.append([*edge, 1 / steep])
        self.active.append(row)
        self.force.append(force)

    def _drop(self, at: int) -> None:
        """Let an active row go: the inverse of the Gram matrix shrinks."""
        gone = self.inverse.pop(at)
        turn = gone.pop(at)
        for line in self.inverse:
            part = line.pop(at) / turn
            for column, cell in enumerate(gone):
                line[column] -= part * cell
        del self.active[at], self.force[at]


def _dot(left: Sequence[int | Fraction], right: Sequence[int | Fraction]) -> Fraction:
    return sum((Fraction(a) * b for a, b in zip(left, right, strict=True) if a and b), Fraction(0))
