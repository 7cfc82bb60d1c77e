"""One function moves states, along a table of legal moves, and only if nobody was faster."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Model

from market.kernel.bulk import among
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
        by_state[row.state].append(row)  # type: ignore[attr-defined]
    for state, together in by_state.items():
        move_keys(type(together[0]), [row.pk for row in together], state, to, **also)
    for row in rows:
        for name, value in {"state": to, **also}.items():
            setattr(row, name, value)


def move_keys(model: type[Model], keys: Collection[int], state: str, to: str, **also: Any) -> None:
    """`move_many` for rows of `model` that are known by their keys, all in one `state`."""
    kind = model._meta.model_name
    if not can_move(state, to, model.MOVES):  # type: ignore[attr-defined]
        raise Refused("state.illegal", kind=kind, state=state, to=to)
    waiting = model._base_manager.filter(among("pk", keys), state=state)
    if waiting.update(state=to, **also) != len(keys):
        raise Conflict("state.outrun", kind=kind, state=state, to=to)
