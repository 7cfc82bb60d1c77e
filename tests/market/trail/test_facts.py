"""A fact is written with what makes it true, and then stays as it is."""

import pytest
from django.db import IntegrityError, connection, transaction

from market.trail import journal
from market.trail.models import Delivery, Fact


@pytest.fixture
def fact(db: None) -> Fact:
    with transaction.atomic():
        return journal.record(
            "tea.served", subject="cup:1", actor="user:1", audience=["user:2", "user:1", "user:2"], sugar=2
        )


def test_a_fact_says_who_did_what_to_whom_and_names_each_listener_once(fact: Fact) -> None:
    kept = Fact.objects.get(pk=fact.pk)
    assert (kept.name, kept.subject, kept.actor, kept.data) == ("tea.served", "cup:1", "user:1", {"sugar": 2})
    assert kept.audience == ["user:1", "user:2"]


@pytest.mark.django_db(transaction=True)
def test_a_fact_outside_a_transaction_is_a_fault() -> None:
    with pytest.raises(AssertionError, match=r"tea\.served"):
        journal.record("tea.served", subject="cup:1", actor="user:1")
    assert not Fact.objects.exists()


def test_a_fact_whose_cause_is_rolled_back_was_never_there(db: None) -> None:
    with transaction.atomic():
        journal.record("tea.served", subject="cup:1", actor="user:1")
        transaction.set_rollback(True)
    assert not Fact.objects.exists()
    assert not Delivery.objects.exists()


def test_facts_about_a_subject_come_in_the_order_they_happened(fact: Fact) -> None:
    with transaction.atomic():
        journal.record("tea.served", subject="cup:2", actor="user:1")
        drunk = journal.record("tea.drunk", subject="cup:1", actor="user:2")
    assert list(journal.facts_about("cup:1")) == [fact, drunk]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trail_fact SET name = 'tea.spilt' WHERE id = %s",
        "UPDATE trail_fact SET id = id + 100 WHERE id = %s",
        "DELETE FROM trail_fact WHERE id = %s",
    ],
)
def test_the_database_refuses_to_change_or_delete_a_fact(fact: Fact, statement: str) -> None:
    with pytest.raises(IntegrityError, match="trail_fact is append-only"), transaction.atomic():
        connection.cursor().execute(statement, [fact.pk])
    assert Fact.objects.get().name == "tea.served"


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite replaces a row behind its triggers' back")
def test_sqlite_refuses_to_put_another_fact_in_its_place(fact: Fact) -> None:
    statement = (
        "INSERT OR REPLACE INTO trail_fact SELECT id, 'tea.spilt', subject, actor, audience, data, at FROM trail_fact"
    )
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert Fact.objects.get().name == "tea.served"


@pytest.mark.postgres
def test_postgresql_refuses_to_empty_the_table_of_facts(fact: Fact) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE trail_fact CASCADE")
    assert Fact.objects.count() == 1
