"""How the engine speaks to the database where the ORM would cost too much: rows as JSON, few trips, plans kept.

Rows travel as one JSON parameter a statement, so that two hundred bids cost no more statements than one.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import psycopg
from django.db import DatabaseError, connection

Row = dict[str, Any]

# The columns of a lot that bidding moves, with their types in a JSON row.
MOVED = {
    "seq": "bigint",
    "head": "text",
    "price_minor": "bigint",
    "leader_id": "bigint",
    "bids_count": "integer",
    "ends_at": "timestamptz",
    "extensions": "integer",
    "reserve_met": "boolean",
    "state": "text",
    "public": "jsonb",
    "secret": "jsonb",
}
EVENT = {"lot_id": "bigint", "seq": "bigint", "kind": "text", "payload": "jsonb", "prev": "text", "hash": "text"}
BID = {
    "lot_id": "bigint",
    "bidder_id": "bigint",
    "key": "uuid",
    "currency": "text",
    "amount_minor": "bigint",
    "kind": "text",
    "units": "integer",
    "seq": "bigint",
    "code": "text",
    "facts": "jsonb",
    "received_at": "timestamptz",
}

# A kept plan was made for the tables as they were: what they will hold is found by index, never by reading them through.
QUICK = {
    "lock_timeout": "2s",
    "statement_timeout": "3s",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}


def be_quick() -> None:
    """From now on this thread's connection waits for locks and statements no longer than a bidder does, and keeps plans."""
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        connection.connection.prepare_threshold = 0
        with connection.cursor() as cursor:
            cursor.execute("; ".join(f"SET {name} = '{value}'" for name, value in QUICK.items()))


def take_your_time() -> None:
    """Undo `be_quick`, for whoever gets the connection next; a broken one has nothing to undo."""
    if connection.vendor == "postgresql" and connection.connection is not None:
        connection.connection.prepare_threshold = None
        with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("; ".join(f"RESET {name}" for name in QUICK))


@contextlib.contextmanager
def few_trips() -> Iterator[None]:
    """Inside the block statements are sent without waiting for the answers to those before (PostgreSQL's pipeline)."""
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def run(statements: Mapping[str, str], given: Sequence[Any] | Mapping[str, Any]) -> Any:
    """Send the statement of this vendor and return a cursor to fetch from; its failure may only show there, or later."""
    if connection.vendor != "postgresql":
        cursor = connection.cursor()
        cursor.execute(statements[connection.vendor], given)
        return cursor
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return psycopg.Cursor(connection.connection).execute(statements["postgresql"], given, prepare=True)


def move_lots(rows: Sequence[Row]) -> set[int]:
    """Move each lot that still stands at its row's `was` to the columns of `MOVED`; the ids of those that did."""
    return {pk for (pk,) in fetched(run(_MOVE, [as_json(rows)]))}


def append_events(rows: Sequence[Row], at: datetime) -> None:
    """Append events, in order, all of the moment `at`."""
    run(_APPEND, [_moment(at), as_json(rows)])


def keep_bids(rows: Sequence[Row], at: datetime) -> None:
    """Keep answered bids, accepted and refused, all of the moment `at`."""
    run(_KEEP, [_moment(at), as_json(rows)])


def fetched(cursor: Any) -> list[tuple[Any, ...]]:
    """All rows of a statement that was run."""
    with connection.wrap_database_errors:
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def as_json(rows: Sequence[Any]) -> str:
    """Rows as the parameter of a statement."""
    if connection.vendor == "postgresql":
        return orjson.dumps(rows).decode()
    return orjson.dumps(rows, default=_sqlite_moment, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()


def _sqlite_moment(value: object) -> str:
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    raise TypeError(f"no row holds a {type(value).__name__}")


def _moment(at: datetime) -> str:
    return str(at) if connection.vendor == "postgresql" else _sqlite_moment(at)


_RECORDS = "jsonb_to_recordset(%s) AS d({})"


def _types(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


def _parts(columns: Mapping[str, str]) -> str:
    """The columns of a JSON row in SQLite, where Django keeps a UUID without its dashes."""
    parts = {name: f"json_extract(d.value, '$.{name}')" for name in columns}
    return ", ".join(f"replace({part}, '-', '')" if columns[name] == "uuid" else part for name, part in parts.items())


def _insert(table: str, columns: Mapping[str, str]) -> dict[str, str]:
    """INSERT of JSON rows, with the moment `at` before them. Tables and columns are written here, not given."""
    names, types = ", ".join(columns), _types(columns)
    into = f"INSERT INTO {table} (at, {names})"
    return {
        "postgresql": f"{into} SELECT %s::timestamptz, {names} FROM {_RECORDS.format(types)}",  # noqa: S608
        "sqlite": f"{into} SELECT %s, {_parts(columns)} FROM json_each(%s) AS d",  # noqa: S608
    }


_APPEND = _insert("auctions_event", EVENT)
_KEEP = _insert("auctions_bid", BID)
_MOVE = {
    "postgresql": f"""UPDATE auctions_lot AS l SET {", ".join(f"{name} = d.{name}" for name in MOVED)}
        FROM {_RECORDS.format(_types({"id": "bigint", "was": "bigint", **MOVED}))}
        WHERE l.id = d.id AND l.seq = d.was RETURNING l.id""",  # noqa: S608
    "sqlite": f"""UPDATE auctions_lot SET {", ".join(f"{name} = json_extract(d.value, '$.{name}')" for name in MOVED)}
        FROM json_each(%s) AS d
        WHERE auctions_lot.id = json_extract(d.value, '$.id') AND auctions_lot.seq = json_extract(d.value, '$.was')
        RETURNING auctions_lot.id""",  # noqa: S608
}
