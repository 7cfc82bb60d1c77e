"""The one place that tells the time: UTC, and for what binds, the database's clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

BEIJING = ZoneInfo("Asia/Shanghai")
_shift: ContextVar[timedelta] = ContextVar("shift", default=timedelta(0))


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC) + _shift.get()


def today() -> date:
    """The present day in Beijing, where the offices and the statutory periods are."""
    return now().astimezone(BEIJING).date()


def database_now() -> datetime:
    """The database's own clock, read by a statement of its own so that it is never older than a lock just taken.

    PostgreSQL: `clock_timestamp()` (`now()` is the transaction's start, which may lie before a long wait for the lock).
    SQLite lives in this process, so the machine's clock is the database's.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            moment: datetime = cursor.fetchone()[0]
        return told(moment)
    return now()


def told(moment: datetime) -> datetime:
    """`moment`, just read from a database's clock, as it counts here: UTC, and moved by `shifted_to`."""
    return moment.astimezone(UTC) + _shift.get()


@contextmanager
def shifted_to(moment: datetime) -> Iterator[None]:
    """Live at `moment` inside the block: for the demo's past and for tests, never for a request."""
    token = _shift.set(moment - datetime.now(UTC))
    try:
        yield
    finally:
        _shift.reset(token)
