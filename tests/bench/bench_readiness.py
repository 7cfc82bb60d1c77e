"""How long the rulebook takes over a whole portfolio: 200 rights, one answer each, and the number of questions asked.

Run: .venv/bin/python -m pytest -q -s -m drill tests/bench/bench_readiness.py
"""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from market.parties.models import Party
from market.rights.models import Patent, Right, Title, Trademark
from market.rights.queries import readiness_of

pytestmark = [pytest.mark.drill, pytest.mark.django_db]


def portfolio(owner: Party, size: int) -> list[Right]:
    """Half patents, half marks of which every tenth is like another, all of one owner."""
    columns = {"state": "granted", "registered_by": owner, "title": "x"}
    rights = [
        Right(kind="patent" if place % 2 else "trademark", key=str(place), number=str(place), **columns)
        for place in range(size)
    ]
    Right.objects.bulk_create(rights)
    rights = list(Right.objects.order_by("pk"))
    Title.objects.bulk_create(
        Title(right=right, holder=owner, since="2020-01-01", basis="original", source="bench") for right in rights
    )
    Patent.objects.bulk_create(Patent(right=right, type="invention") for right in rights if right.kind == "patent")
    Trademark.objects.bulk_create(
        Trademark(right=right, words=f"长白雪{right.pk % 90}", nice_class=9, groups=[f"09{right.pk % 20 + 1:02}"])
        for right in rights
        if right.kind == "trademark"
    )
    return rights


def test_a_portfolio_of_two_hundred_is_answered_in_as_many_questions_as_one_of_two(jida: Party) -> None:
    rights = portfolio(jida, 200)
    asked = {}
    for size in (2, 200):
        with CaptureQueriesContext(connection) as seen:
            begun = time.perf_counter()
            answers = readiness_of(rights[:size], "assign")
            took = time.perf_counter() - begun
        asked[size] = len(seen)
        print(
            f"{size} rights: {took * 1000:.0f} ms, {len(seen)} questions, {sum(len(a.blockers) for a in answers)} blockers"
        )
    assert asked[2] == asked[200] <= 9
