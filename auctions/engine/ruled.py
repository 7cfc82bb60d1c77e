"""What was decided about many lots, written at once: two statements however many they are, then the rooms are told."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction

from auctions import hub
from auctions.models import Event, Lot
from auctions.rules import lot as rules
from market.kernel.bulk import create_many
from market.kernel.errors import Conflict, ensure
from market.kernel.states import can_move

# The columns that a decision moves, and what PostgreSQL must be told of a value that may be NULL in every row.
COLUMNS = {
    "seq": "bigint",
    "head": "text",
    "state": "text",
    "price_minor": "bigint",
    "leader_id": "bigint",
    "bids_count": "bigint",
    "ends_at": "timestamptz",
    "extensions": "bigint",
    "reserve_met": "boolean",
    "public": "jsonb",
    "secret": "jsonb",
    "closed_at": "timestamptz",
}


@dataclass(frozen=True, slots=True)
class Ruled:
    """A lot we hold, with its sale and leader, and what was decided about it."""

    lot: Lot
    decision: rules.Decision

    @property
    def after(self) -> rules.LotState:
        """The state decided."""
        return self.decision.state

    def row(self, at: datetime) -> list[Any]:
        """The lot's id, the seq it was read at, and the values of `COLUMNS`."""
        lot, after = self.lot, self.after
        ensure(after.phase == lot.state or can_move(lot.state, after.phase, Lot.MOVES), f"{lot} becomes {after.phase}")
        moment = connection.ops.adapt_datetimefield_value
        values = [after.seq, after.head, after.phase, after.price, self._leader_id(), after.bids, moment(after.ends_at)]
        values += [after.extensions, after.reserve_met, json.dumps(after.public), json.dumps(after.secret)]
        over = after.phase in Lot.OVER
        return [lot.pk, lot.seq, *values, moment(at) if over else None]

    def _leader_id(self) -> int | None:
        """The registration behind the leading paddle."""
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
    rows = [one.row(at) for one in ruled]
    with connection.cursor() as cursor:
        cursor.execute(_moved(len(rows)), [value for row in rows for value in row])
        if cursor.rowcount != len(rows):
            raise Conflict("lot.outrun")
    create_many(
        Event(
            lot=one.lot,
            seq=event.seq,
            kind=event.kind,
            payload=event.payload,
            at=event.at,
            prev=event.prev,
            hash=event.hash,
        )
        for one in ruled
        for event in one.decision.events
    )
    for one in ruled:
        transaction.on_commit(partial(hub.announce, one.lot.pk, one.after.seq), robust=True)


def _moved(rows: int) -> str:
    """The UPDATE of so many rows. Both databases name the columns of VALUES alike; only one needs their types."""
    cast = "CAST(v.column{} AS {})" if connection.vendor == "postgresql" else "v.column{}"
    sets = ", ".join(f"{name} = {cast.format(place, kind)}" for place, (name, kind) in enumerate(COLUMNS.items(), 3))
    values = ", ".join([f"({', '.join(['%s'] * (len(COLUMNS) + 2))})"] * rows)
    which = "auctions_lot.id = v.column1 AND auctions_lot.seq = v.column2"
    return f"UPDATE auctions_lot SET {sets} FROM (VALUES {values}) AS v WHERE {which}"  # noqa: S608  (our own columns)
