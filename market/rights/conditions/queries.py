"""Reads of conditions: what waits for a party, what it asked for, and what one listing or deal still needs."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from market.kernel import clock
from market.parties.models import Party
from market.rights.conditions.access import conditions
from market.rights.conditions.models import Condition
from market.rights.rules import conditions as rules

SHOWN = 25
ASKED = 100


@dataclass(slots=True)
class Standing:
    """A condition and whether somebody still has to act, and is late with it; `reads` where a page has asked who looks."""

    condition: Condition
    waits: bool
    overdue: bool
    reads: bool = False


def standing(rows: Iterable[Condition]) -> list[Standing]:
    """How each of the conditions stands today."""
    today, found = clock.today(), []
    for row in rows:
        waits = rules.waits(row.kind, row.state, row.due_on, today)
        late = waits and row.due_on is not None and row.due_on < today
        found.append(Standing(row, waits, late))
    return found


def waiting_for(party: Party) -> list[Standing]:
    """What `party` was asked for and has not given, the first due first; what is answered makes room for more."""
    rows = conditions().filter(owner=party, state__in=rules.WAITING).order_by("due_on", "pk")
    return [one for one in standing(rows[:ASKED]) if one.waits]


def answered_by(party: Party) -> list[Standing]:
    """What `party` has answered, the last first."""
    return standing(conditions().filter(owner=party).exclude(answered_at=None).order_by("-answered_at")[:SHOWN])


def asked_by(party: Party) -> list[Standing]:
    """What others were asked for on behalf of `party`, those not given first."""
    mine = conditions().filter(Q(asked_by=party) | Q(seller=party)).exclude(owner=party)
    return standing(mine.order_by("answered_at", "due_on", "pk")[:SHOWN])


def queue_of(agency: Party, shown: int) -> tuple[int, list[Standing]]:
    """How much `agency` still waits for from others, and the first of it by due day."""
    rows = conditions().filter(asked_by=agency, state__in=rules.WAITING).order_by("due_on", "pk")
    return rows.count(), [one for one in standing(rows[:shown]) if one.waits]


def needed_for(ref: str) -> list[Standing]:
    """What a listing or a deal ("deal:D-…") was found to need, in the order in which it was asked for."""
    return standing(conditions().filter(opened_for=ref).order_by("pk"))


def about(right: int) -> QuerySet[Condition]:
    """The conditions of one right, by its key, the latest first."""
    return conditions().filter(right=right).order_by("-pk")
