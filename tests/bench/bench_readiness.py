"""How long the rulebook takes over a portfolio of 200 rights: the answer by itself, and the holder's page that shows it.

Run: .venv/bin/python -m pytest -q -s -m drill tests/bench/bench_readiness.py
"""

import time
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from market.parties.models import Party, User
from market.rights.models import Patent, Right, Title, Trademark
from market.rights.portfolios import actions
from market.rights.portfolios.queries import standing

pytestmark = [pytest.mark.drill, pytest.mark.django_db]
SIZES = (2, 200)


def rights_of(owner: Party, size: int) -> list[Right]:
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


def measured(what: str, sizes: dict[int, Callable[[], object]]) -> dict[int, int]:
    """Do it once to warm up and once for the figures; prints milliseconds and gives the questions asked, by size."""
    asked = {}
    for size, act in sizes.items():
        act()
        with CaptureQueriesContext(connection) as seen:
            begun = time.perf_counter()
            act()
            took = time.perf_counter() - begun
        asked[size] = len(seen)
        print(f"{what}, {size} rights: {took * 1000:.0f} ms, {len(seen)} questions")
    return asked


def test_a_portfolio_of_two_hundred_is_answered_in_as_many_questions_as_one_of_two(
    jida: Party, li_wei: User, client_of: Callable[[User | None], Client]
) -> None:
    rights, client = rights_of(jida, SIZES[-1]), client_of(li_wei)
    pages: dict[int, Callable[[], object]] = {}
    for size in SIZES:
        made = actions.create(owner=jida, name=f"组合 {size}", name_en="", by=li_wei)
        actions.add(made, rights=rights[:size], by=li_wei)
        pages[size] = lambda code=made.code: client.get(f"/portfolios/{code}/")  # type: ignore[misc]
    answers = measured("readiness", {size: lambda size=size: standing(rights[:size], jida, "assign") for size in SIZES})  # type: ignore[misc]
    shown = measured("page", pages)
    assert answers[2] == answers[200] <= 9
    assert shown[2] == shown[200] <= 22
