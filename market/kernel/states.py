"""One function moves states, along a table of legal moves, and only if nobody was faster."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from market.kernel.errors import Conflict, Refused

Moves = Mapping[str, frozenset[str]]


def can_move(state: str, to: str, moves: Moves) -> bool:
    """Whether the table `moves` has the arrow `state` -> `to`."""
    return to in moves.get(state, frozenset())


def move(row: Model, to: str, **also: Any) -> None:
    """Move `row` along its class's `MOVES` to the state `to` and set the columns `also`, in one conditional UPDATE.

    Refused `state.illegal` when the table has no such arrow; Conflict `state.outrun` when the row is no longer in the
    state we read. On success the object in hand carries the new values.
    """
    moves: Moves = row.MOVES  # type: ignore[attr-defined]
    state: str = row.state  # type: ignore[attr-defined]
    if not can_move(state, to, moves):
        raise Refused("state.illegal", kind=row._meta.model_name, state=state, to=to)
    values = {"state": to, **also}
    if type(row)._base_manager.filter(pk=row.pk, state=state).update(**values) != 1:
        raise Conflict("state.outrun", kind=row._meta.model_name, state=state, to=to)
    for name, value in values.items():
        setattr(row, name, value)
