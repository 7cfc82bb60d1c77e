"""Plans of the engine's statements on PostgreSQL. They are made once a connection, perhaps while the tables are empty and any
index looks as good as the next: each must read by the key that finds few rows also when there are very many."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from auctions.engine import around, sql

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

# By which index each table may be read where bids, or bidders of a lot, are many.
BY = {
    "auctions_bid": {"bid_by_bidder_and_key", "one_bid_per_seq"},
    "auctions_bidder": {"auctions_bidder_pkey"},
    "auctions_event": {"one_event_per_seq"},
    "auctions_lot": {"auctions_lot_pkey"},
    "trail_fact": {"trail_fact_subject_553210_idx"},
}
GIVEN = {
    "lots": "[7]",
    "bidders": "[8]",
    "keys": '[{"lot": 7, "bidder": 8, "key": "00000000-0000-4000-8000-000000000000"}]',
}


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    """The settings of the writer's connection."""
    sql.be_quick()
    yield
    sql.take_your_time()


def reads(question: str, given: Any = None) -> set[tuple[str, str]]:
    """The tables that a question reads, each with the index it reads them by, or how else."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {question}", given)
        [[[plan]]] = cursor.fetchall()
    return {
        (node["Relation Name"], node.get("Index Name", node["Node Type"]))
        for node in nodes(json.loads(plan) if isinstance(plan, str) else plan["Plan"])
        if "Relation Name" in node
    }


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


def wrong(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(table, index) for table, index in found if table in BY and index not in BY[table]}


@pytest.mark.parametrize("statement", ["_LOCK", "_AROUND"])
def test_what_a_batch_is_decided_on_is_read_by_keys(statement: str) -> None:
    found = reads(getattr(around, statement)["postgresql"], GIVEN)
    assert {table for table, _ in found} & BY.keys()
    assert not wrong(found)


@pytest.mark.parametrize("table", ["auctions_event", "auctions_bid"])
def test_the_guards_look_by_keys(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [f"{table}_guard"])
        [[source]] = cursor.fetchall()
        cursor.execute(f"CREATE TEMPORARY TABLE added (LIKE {table}) ON COMMIT DROP")
    questions = re.findall(r"IF (EXISTS \(.*?\)) THEN", source, re.DOTALL)
    assert questions
    for question in questions:
        assert not wrong(reads(f"SELECT {question}")), question
