"""Reminds of contributions that did not come in time, and of a grace that ended without one."""

from django.db import transaction
from django.db.models import F, Q

from market.equity import queries
from market.equity.telling import tell
from market.kernel import clock

ACTOR = "system:equity"


@transaction.atomic
def remind_overdue(limit: int = 100) -> int:
    """Remind all three parties of the next `limit` contributions that are overdue [contribution.overdue], or still are when the
    grace of the written call is over [contribution.lapsed] (公司法 47, 51-52), each once for each day; how many. Any number of
    workers may call it."""
    due = Q(grace_until=None, reminded_of=None)
    lapsed = Q(grace_until__lt=clock.today()) & (Q(reminded_of=None) | Q(reminded_of__lt=F("grace_until")))
    late = queries.contributions().filter(queries.overdue(), due | lapsed).order_by("pk")
    rows = list(late.select_for_update(of=("self",), skip_locked=True)[:limit])
    for row in rows:
        day = row.grace_until or row.due_on
        row.reminded_of = day
        row.save(update_fields=["reminded_of"])
        tell("contribution.lapsed" if row.grace_until else "contribution.overdue", row, ACTOR, due_on=str(day))
    return len(rows)
