"""Counts days the way the law does: 民法典 200-204, with the State Council's rest days as data in holidays.json.

Every function takes and returns plain `date`s in Beijing, where the offices and the statutory periods are.
"""

import json
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from market.kernel.clock import BEIJING
from market.kernel.errors import Refused

_DATA = Path(__file__).with_name("holidays.json")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Year:
    """The rest days and make-up working days of one calendar year, and where they were published."""

    rest: frozenset[date]
    work: frozenset[date]
    published: bool
    source: str


@cache
def _published_years() -> dict[int, Year]:
    years = {}
    for number, raw in json.loads(_DATA.read_text(encoding="utf-8")).items():
        rest = {
            date.fromordinal(day)
            for first, last, _name in raw["rest"]
            for day in range(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1)
        }
        work = frozenset(date.fromisoformat(day) for day in raw["work"])
        years[int(number)] = Year(frozenset(rest), work, raw["published"], raw["source"])
    return years


@cache
def year_of(number: int) -> Year:
    """The rest days of a year; for a year without an announcement only those with a fixed solar date, unpublished.

    Source of the fixed days: 全国年节及纪念日放假办法 art. 2 (2 May is a holiday since 2025).
    """
    known = _published_years().get(number)
    if known:
        return known
    fixed = [(1, 1), (5, 1), (10, 1), (10, 2), (10, 3)] + ([(5, 2)] if number >= 2025 else [])
    days = frozenset(date(number, month, day) for month, day in fixed)
    return Year(days, frozenset(), published=False, source="全国年节及纪念日放假办法第二条")


def is_working_day(day: date) -> bool:
    """Whether offices work on `day`: a weekday that is no holiday, or a make-up working day at a weekend."""
    year = year_of(day.year)
    if day in year.work:
        return True
    return day.weekday() < 5 and day not in year.rest


def is_provisional(day: date) -> bool:
    """Whether the rest days of that year are not announced yet, so that a date computed in it may still move."""
    return not year_of(day.year).published


def next_working_day(day: date) -> date:
    """`day` itself if it is a working day, else the first one after it (民法典 203: the end of a period moves so)."""
    while not is_working_day(day):
        day += _DAY
    return day


def months_later(start: date, months: int) -> date:
    """The corresponding day `months` later (earlier if negative), or that month's last day (民法典 202); not moved."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in Beijing, by its first day."""

    first: date

    @classmethod
    def of(cls, typed: str, today: date) -> "Month":
        """The month "2026-11"; the one of `today` for anything else, and beyond the years that people plan in."""
        try:
            first = date.fromisoformat(f"{typed}-01")
        except ValueError:
            first = today
        return cls((first if 1900 < first.year < 2200 else today).replace(day=1))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def before(self) -> "Month":
        """The one before."""
        return Month(months_later(self.first, -1))

    @property
    def after(self) -> "Month":
        """The next one."""
        return Month(months_later(self.first, 1))

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From its first moment to the next month's."""
        return _midnight(self.first), _midnight(self.after.first)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)


def add_days(start: date, days: int) -> date:
    """The last day of a period of `days` counted from `start`: that day is not counted (民法典 201), the end moves
    off a rest day (203)."""
    _no_backward_count(days)
    return next_working_day(start + timedelta(days=days))


def add_months(start: date, months: int) -> date:
    """The last day of a period of `months` counted from `start` (民法典 201-203); twelve make a year."""
    _no_backward_count(months)
    return next_working_day(months_later(start, months))


def add_working_days(start: date, days: int) -> date:
    """The last of `days` working days after `start`, which is not counted; with 0, `start` or the next working day."""
    _no_backward_count(days)
    day = start
    for _ in range(days):
        day = next_working_day(day + _DAY)
    return next_working_day(day)


def end_of(day: date) -> datetime:
    """24:00 of `day` in Beijing, an aware moment: the end of a period whose last day it is (民法典 203)."""
    return _midnight(day + _DAY)


def earliest_after_notice(notice: date, days: int) -> date:
    """The first day an event may be held that the law wants announced `days` days before.

    Counted strictly: neither the day of the notice nor the day of the event is one of the days, so they lie
    `days + 1` apart (拍卖法 45 with 民法典 201). An event may fall on a rest day, so nothing moves.
    """
    _no_backward_count(days)
    return notice + timedelta(days=days + 1)


def require_notice(notice: date, day: date, days: int, article: str) -> None:
    """Refuse `day` if it lies less than `days` full days after `notice`; `article` is the law that says so."""
    earliest = earliest_after_notice(notice, days)
    if day < earliest:
        raise Refused("calendar.too_early", earliest=earliest, notice=notice, days=days, article=article)


def _no_backward_count(count: int) -> None:
    if count < 0:
        raise ValueError("a statutory period runs forward")
