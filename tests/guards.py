"""What tests need the product to do otherwise: the database's guards taken down for a moment, the writer's thread left out."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management.color import no_style
from django.db import IntegrityError, connection, transaction
from django.test import TransactionTestCase

from auctions.engine import writer

# Migrations fill these, no test writes to them, and filling them again after each test takes longer than the test.
KEPT = frozenset({"django_content_type", "auth_permission"})
_pages = sqlite3.connect(":memory:", check_same_thread=False)


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


def refuses_to_forget(table: str) -> None:
    """PostgreSQL refuses to change, delete or empty the rows of `table`, whoever asks; there must be some."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        rows = cursor.fetchall()
        assert rows, table
        # pending checks of foreign keys would refuse a TRUNCATE before the guard is asked
        emptied = f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE"
        for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", emptied):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                cursor.execute(statement)
        cursor.execute(f"SELECT * FROM {table} ORDER BY id")
        assert cursor.fetchall() == rows


def let_tests_begin_anew() -> None:
    """After a test with real transactions the database is as it was: on SQLite by a copy of its pages, which has the cast and
    takes no time; on PostgreSQL all that is filled is emptied, and guarded tables would refuse it.

    Whatever thread of the engine is still about has given its connection back by then: between two tests nobody may have
    one, and at the end of all the database is dropped.
    """
    writer.REST = 0.05

    def renew(self: Any) -> None:
        for thread in threading.enumerate():
            if thread.name in {"writer", "closer"}:
                thread.join(10)
        if connection.vendor == "sqlite":
            _put_back()
        else:
            _empty()

    TransactionTestCase._fixture_teardown = renew  # type: ignore[method-assign]


def remember() -> None:
    """Keep the pages of the test database (SQLite), for a test that commits to give back."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        connection.connection.backup(_pages)


def _put_back() -> None:
    """The pages as remembered; but no number that a row had is given again, since what runs on remembers rows by it."""
    connection.ensure_connection()
    database = connection.connection
    given = database.execute("SELECT name, seq FROM sqlite_sequence").fetchall()
    _pages.backup(database)
    with transaction.atomic():
        database.execute("DELETE FROM sqlite_sequence")
        database.executemany("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", given)


def _empty() -> None:
    with connection.cursor() as cursor:
        tables = sorted({*connection.introspection.django_table_names(only_existing=True)} - KEPT)
        asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables)
        cursor.execute(asked)
        filled = [name for (name,) in cursor.fetchall()]
    if filled:
        wipe = connection.ops.sql_flush(no_style(), filled, reset_sequences=False, allow_cascade=True)
        with transaction.atomic(), guards_down():  # one transaction: the disk is waited for once
            connection.ops.execute_sql_flush(wipe)


def let_tests_bid_in_their_own_transaction() -> None:
    """What a test's own transaction holds no other thread can see: there, whoever waits for the writer does its work."""
    ask = writer.Writer.ask

    def asked(self: writer.Writer, what: writer.Asked) -> Any:
        if not connection.in_atomic_block:
            return ask(self, what)
        [outcome] = writer._decided([what])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    writer.Writer.ask = asked  # type: ignore[method-assign]
