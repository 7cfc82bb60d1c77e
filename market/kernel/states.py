"""One function moves states, along a table of legal moves, and only if nobody was faster."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
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
    move_many([row], to, **also)


def move_many(rows: Sequence[Model], to: str, **also: Any) -> None:
    """`move` for rows of one model, one UPDATE for each state they come from. Refused or Conflict as there, and then for
    all of them: call it in a transaction.
    """
    by_state: dict[str, list[Model]] = defaultdict(list)
    for row in rows:
        state: str = row.state  # type: ignore[attr-defined]
        if not can_move(state, to, row.MOVES):  # type: ignore[attr-defined]
            raise Refused("state.illegal", kind=row._meta.model_name, state=state, to=to)
        by_state[state].append(row)
    values = {"state": to, **also}
    for state, together in by_state.items():
        waiting = type(together[0])._base_manager.filter(pk__in=[row.pk for row in together], state=state)
        if waiting.update(**values) != len(together):
            raise Conflict("state.outrun", kind=together[0]._meta.model_name, state=state, to=to)
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)
