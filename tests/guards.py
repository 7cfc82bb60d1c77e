"""Takes the database's own guards down for a moment: to empty the tables after a test, or to forge a row on purpose."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations


@contextmanager
def guards_down() -> Iterator[None]:
    """Inside the block no trigger fires; afterwards all stand again. Only the database's owner could do the same."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            try:
                yield
            finally:
                cursor.execute("SET session_replication_role = origin")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers: list[tuple[str, str]] = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        try:
            yield
        finally:
            for _, statement in triggers:
                cursor.execute(statement)


def let_tests_empty_the_tables() -> None:
    """Django empties the tables after a test with real transactions; append-only tables refuse that while guarded."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def unguarded(self: BaseDatabaseOperations, sql_list: Any) -> None:
        with guards_down():
            flush(self, sql_list)

    BaseDatabaseOperations.execute_sql_flush = unguarded  # type: ignore[method-assign]
