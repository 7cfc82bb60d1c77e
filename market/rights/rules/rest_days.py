"""The rest days of the American and the European office, off which the last day for a payment moves.

The American ones follow from the law. The European office announces its closing days year by year; those that every
notice names are kept here, so that a day is never told later than it is.
"""

from calendar import MONDAY, THURSDAY, monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache

_DAY = timedelta(days=1)
_SATURDAY = 5
_JUNETEENTH_FROM = 2021


def next_open_day(office: str, day: date) -> date:
    """`day`, or the first day after it on which the office is open (35 USC 21(b), 37 CFR 1.7(a); EPC rule 134(1)); `day`
    itself for an office whose rest days are not known here."""
    closed = _CLOSED.get(office)
    while closed is not None and (day.weekday() >= _SATURDAY or day in closed(day.year)):
        day += _DAY
    return day


@cache
def _american(year: int) -> frozenset[date]:
    """The federal holidays (5 USC 6103(a)); one on a Saturday is kept on the Friday before, on a Sunday on the Monday
    after."""
    fixed = [date(year, 1, 1), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25), date(year + 1, 1, 1)]
    fixed += [date(year, 6, 19)] if year >= _JUNETEENTH_FROM else []
    moving = {
        _nth(year, 1, MONDAY, 3),
        _nth(year, 2, MONDAY, 3),
        _nth(year, 6, MONDAY, 1) - timedelta(days=7),  # the last Monday in May
        _nth(year, 9, MONDAY, 1),
        _nth(year, 10, MONDAY, 2),
        _nth(year, 11, THURSDAY, 4),
    }
    observed = {_SATURDAY: -_DAY, _SATURDAY + 1: _DAY}
    return frozenset(moving | {day + observed.get(day.weekday(), timedelta()) for day in fixed})


@cache
def _european(year: int) -> frozenset[date]:
    """The days all notices under EPC rule 134(1) name."""
    easter = _easter(year)
    moving = {easter + timedelta(days=days) for days in (-2, 1, 39, 50)}  # Good Friday to Whit Monday
    return frozenset(moving | {date(year, *day) for day in ((1, 1), (5, 1), (12, 24), (12, 25), (12, 26), (12, 31))})


def _nth(year: int, month: int, weekday: int, which: int) -> date:
    first, _length = monthrange(year, month)
    return date(year, month, 1 + (weekday - first) % 7 + 7 * (which - 1))


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


_CLOSED: Mapping[str, Callable[[int], frozenset[date]]] = {"US": _american, "EP": _european}
