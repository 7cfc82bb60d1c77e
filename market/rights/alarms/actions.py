"""The daily look through the register: warns the owners of what falls due, in slices, each thing once at each step."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from market.kernel import clock
from market.rights.alarms.models import Alarm, Round
from market.rights.keeping import Line, lines_of, with_upkeep
from market.rights.models import Right, Title
from market.rights.rules.upkeep import STEPS, step_of
from market.trail import journal
from market.trail.models import Fact

SLICE = 500  # rights looked at in one transaction
LOOK_BACK = timedelta(days=7)  # what ended longer ago without a warning is no news
ACTOR = "system:upkeep"


@transaction.atomic
def warn_due(limit: int = SLICE) -> int:
    """Look at the next `limit` rights of today's round and warn of what is near [right.falls_due]; how many warnings.

    Any number of workers may call it, as often as they like: one at a time goes on where the round has come to, and
    nothing is told twice. When the round is done there is nothing to do until the next day in Beijing.
    """
    today = clock.today()
    Round.objects.get_or_create(day=today)
    turn = Round.objects.select_for_update(skip_locked=True).filter(day=today, done=False).first()
    if turn is None:
        return 0
    rights = list(with_upkeep(_watched().filter(pk__gt=turn.reached).order_by("pk"))[:limit])
    warned = _warn(rights, today)
    turn.reached = rights[-1].pk if rights else turn.reached
    turn.done = len(rights) < limit
    turn.save(update_fields=["reached", "done"])
    return warned


def _watched() -> QuerySet[Right]:
    """Whatever may fall due: rights in force, and European applications, which pay for every year."""
    return Right.objects.filter(Q(state__in=Right.IN_FORCE) | Q(state=Right.State.PENDING, office="EP"))


def _warn(rights: Sequence[Right], today: date) -> int:
    told = set(Alarm.objects.filter(right__in=rights).values_list("right_id", "what", "of", "on", "step"))
    new: list[tuple[Line, str]] = []
    for line in lines_of(rights, today - LOOK_BACK, today + timedelta(days=max(STEPS))):
        step = step_of(line.due, today)
        key = (line.right.pk, line.due.kind, line.due.stage, line.due.on, step)
        if step and key not in told:
            told.add(key)
            new.append((line, step))
    Alarm.objects.bulk_create(
        Alarm(right=line.right, what=line.due.kind, of=line.due.stage, on=line.due.on, step=step) for line, step in new
    )
    journal.record_many(_facts(new, today))
    return len(new)


def _facts(new: Sequence[tuple[Line, str]], today: date) -> Iterator[Fact]:
    owners: dict[int, list[str]] = defaultdict(list)
    for title in Title.objects.filter(right__in=[line.right for line, _step in new], until=None).select_related(
        "holder"
    ):
        owners[title.right_id].append(title.holder.ref)
    for line, step in new:
        yield journal.said(
            "right.falls_due",
            subject=line.right.ref,
            actor=ACTOR,
            audience=owners[line.right.pk],
            **_said(line, step, today),
        )


def _said(line: Line, step: str, today: date) -> dict[str, Any]:
    right, due = line.right, line.due
    surcharge = due.surcharge(today)
    return {
        "number": right.number,
        **right.named,
        "what": due.kind,
        "stage": due.stage,
        "step": step,
        "on": due.on.isoformat(),
        "last": due.last.isoformat(),
        "fee": due.fee.amount.wire() if due.fee else None,
        "surcharge": surcharge.wire() if surcharge else None,
    }
