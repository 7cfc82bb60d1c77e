"""What was decided about many lots, written at once: three statements however many they are, then the rooms are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from auctions import hub
from auctions.engine import sql
from auctions.engine.rows import check_phase, columns
from auctions.models import Lot
from auctions.rules import lot as rules
from market.kernel.errors import Conflict


@dataclass(frozen=True, slots=True)
class Ruled:
    """A lot we hold, with its sale and leader, and what was decided about it."""

    lot: Lot
    decision: rules.Decision

    @property
    def after(self) -> rules.LotState:
        """The state decided."""
        return self.decision.state

    @property
    def leader_id(self) -> int | None:
        """The registration behind the paddle that leads now."""
        lot, paddle = self.lot, self.after.leader
        if paddle is None or (lot.leader is not None and lot.leader.paddle == paddle):
            return None if paddle is None else lot.leader_id
        return next(row.pk for row in lot.bidders.all() if row.paddle == paddle)


def write_all(ruled: Sequence[Ruled], at: datetime) -> None:
    """Move the rows, by compare-and-swap on `seq`, append the events, and tell the rooms after the commit.

    Conflict `lot.outrun` if one of the rows moved without our holding its lock: then nothing may be committed.
    """
    if not ruled:
        return
    for one in ruled:
        check_phase(one.lot, one.after.phase)
    moved = sql.move_lots([_row(one) for one in ruled])
    if len(moved) != len(ruled):
        raise Conflict("lot.outrun")
    Lot.objects.filter(pk__in=[one.lot.pk for one in ruled if one.after.phase in Lot.OVER]).update(closed_at=at)
    sql.append_events([row for one in ruled for row in _events(one)], at)
    news = [hub.News(one.lot.pk, one.after, one.decision.events) for one in ruled]
    transaction.on_commit(partial(hub.announce, news), robust=True)


def _row(one: Ruled) -> sql.Row:
    state = columns(one.after, leader_id=one.leader_id)
    return {"id": one.lot.pk, "was": one.lot.seq, "state": one.after.phase, **state}


def _events(one: Ruled) -> list[sql.Row]:
    return [
        {
            "lot_id": one.lot.pk,
            "seq": event.seq,
            "kind": event.kind,
            "payload": event.payload,
            "prev": event.prev,
            "hash": event.hash,
        }
        for event in one.decision.events
    ]
