"""Shares as exact parts of a company: read as typed, checked to make up the whole, diluted by what is issued."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from market.equity.rules.safes import diluted
from market.kernel.errors import Refused, ensure
from market.kernel.typed import plain, tidy

LINES = 60
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)%", re.ASCII)
_RATIO = re.compile(r"(\d{1,9})/(\d{1,9})", re.ASCII)
_LINE = re.compile(r"(.+?)[\s,，;；:：]+(\S+)")


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds which part of the whole."""

    holder: str
    part: Fraction


def part_of(typed: str) -> Fraction:
    """A part as typed: "60%", "12.5%" or "3/5". Refused `equity.part` for anything else, for nothing and beyond one."""
    text = plain(typed)
    if found := _PERCENT.fullmatch(text):
        part = Fraction(found[1]) / 100
    elif (found := _RATIO.fullmatch(text)) and int(found[2]):
        part = Fraction(int(found[1]), int(found[2]))
    else:
        raise Refused("equity.part", typed=typed.strip()[:40])
    if not 0 < part <= 1:
        raise Refused("equity.part", typed=typed.strip()[:40])
    return part


def lines_of(typed: str) -> list[Held]:
    """Who holds what, a line each: a name, a blank or a comma, a part. Refused `equity.line` (naming the line), `equity.part`,
    `equity.twice` for a name on two lines, `equity.lines` for more than sixty."""
    rows: list[Held] = []
    for number, line in enumerate(typed.splitlines(), 1):
        if not tidy(line):
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None or not tidy(found[1]):
            raise Refused("equity.line", number=number)
        rows.append(Held(tidy(found[1])[:120], part_of(found[2])))
    if len(rows) > LINES:
        raise Refused("equity.lines", most=LINES)
    names = [row.holder for row in rows]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise Refused("equity.twice", holder=twice)
    return rows


def check_whole(rows: Sequence[Held]) -> None:
    """Refused `equity.not_whole` unless the parts make up exactly one."""
    whole = sum((row.part for row in rows), Fraction(0))
    if whole != 1:
        raise Refused("equity.not_whole", whole=whole)


def issued(part: Fraction, contributor: str, inventors_part: Fraction, inventors: Sequence[Held]) -> list[Held]:
    """Who gets the new shares, `part` of the company after them: the inventors `inventors_part` of it among themselves
    (促进科技成果转化法 45(2)), the contributor the rest. What the inventors hold of their part makes up one."""
    rows = [Held(contributor, part * (1 - inventors_part))]
    if inventors_part:
        check_whole(inventors)
        rows += [Held(row.holder, part * inventors_part * row.part) for row in inventors]
    return [row for row in rows if row.part]


def after(before: Sequence[Held], new: Sequence[Held]) -> list[Held]:
    """The table once the `new` parts of the enlarged whole are issued: everybody else is diluted alike, who held before and
    gets more is named once. It makes up one, as the table before does."""
    parts = diluted([row.part for row in before], sum((row.part for row in new), Fraction(0)))
    held = {row.holder: part for row, part in zip(before, parts, strict=True)}
    for row in new:
        held[row.holder] = held.get(row.holder, Fraction(0)) + row.part
    ensure(sum(held.values()) == 1 and min(held.values()) >= 0, "a cap table makes up the whole")
    return [Held(holder, part) for holder, part in held.items()]
