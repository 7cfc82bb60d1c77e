"""How old a debt is, and which reminder its day calls for: values in, decisions out."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from market.kernel.errors import Refused

AGES = ("not_due", "to_30", "to_60", "to_90", "over_90")
_LAST = (0, 30, 60, 90)  # days after the due day with which each age but the last ends
PRESET = (-3, 0, 3, 7)  # where an agency has said nothing of its own
EARLIEST, LATEST, MOST = -60, 180, 12


def age(due_on: date, on: date) -> str:
    """How old what was due on `due_on` is on the day `on`: one of `AGES`; the due day itself is not overdue."""
    days = (on - due_on).days
    return next((name for name, last in zip(AGES, _LAST, strict=False) if days <= last), AGES[-1])


def spans(on: date) -> dict[str, tuple[date | None, date | None]]:
    """For each age the first and the last due day that has it on the day `on`; None where there is no such end."""
    ends = [on - timedelta(days=days) for days in _LAST]
    firsts: list[date | None] = [*ends, None]
    lasts: list[date | None] = [None, *(end - timedelta(days=1) for end in ends)]
    return {name: (first, last) for name, first, last in zip(AGES, firsts, lasts, strict=True)}


def step_of(due_on: date, asked_on: date, today: date, steps: Sequence[int]) -> int | None:
    """The level a reminder has today, None for none: the latest day of the schedule that has come.

    A day that came before the payment was asked for calls for nothing: the request itself has just been told.
    """
    come = [step for step in steps if asked_on < due_on + timedelta(days=step) <= today]
    return max(come, default=None)


def schedule(days: Iterable[int]) -> list[int]:
    """The days of a schedule in order, each once. Refused `reminder.days` beyond 60 days before or 180 after, or over 12."""
    ordered = sorted(set(days))
    if len(ordered) > MOST or any(not EARLIEST <= day <= LATEST for day in ordered):
        raise Refused("reminder.days", earliest=-EARLIEST, latest=LATEST, most=MOST)
    return ordered
