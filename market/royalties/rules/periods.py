"""The reporting periods of a licence: whole days in Beijing, one after the other, without gap or overlap."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from market.kernel.calendar import months_later

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From one day to another, both included; `final` ends the licence."""

    since: date
    until: date
    final: bool = False


def spans(since: date, last: date | None, every: str, *, cuts: Iterable[date] = (), through: date) -> Iterator[Span]:
    """The periods of a licence from its first day `since` to its `last`, as far as they begin by the day `through`.

    They end with the calendar's months, quarters, half-years or years. A day of `cuts`, when rates change, begins a period
    of its own, so that one set of terms holds over all of it.
    """
    months, changes = MONTHS[every], sorted(set(cuts))
    begins = since
    while begins <= through and (last is None or begins <= last):
        whole = begins.replace(month=(begins.month - 1) // months * months + 1, day=1)
        ends = months_later(whole, months) - _DAY
        change = next((day for day in changes if begins < day <= ends), None)
        if change is not None:
            ends = change - _DAY
        if last is not None and last <= ends:
            yield Span(begins, last, final=True)
            return
        yield Span(begins, ends)
        begins = ends + _DAY
