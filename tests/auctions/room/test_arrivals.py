"""Who comes at the same moment is found out together, and each as if he had come alone."""

import asyncio
from collections.abc import Sequence
from typing import Any
from unittest.mock import AsyncMock

import pytest
from django.http import Http404

from auctions import arrivals
from auctions.consumers import LotConsumer
from auctions.models import Bidder, Lot
from market.parties.models import Party, User
from tests.auctions import factory
from tests.drills.stage import session_of


def told(found: Sequence[arrivals.Arrival | Exception]) -> list[Any]:
    """What can be compared: an error by its type."""
    return [type(one) if isinstance(one, Exception) else one for one in found]


@pytest.mark.django_db
def test_a_crowd_is_found_out_in_as_many_questions_as_one(
    lot: Lot,
    anne_bids: Bidder,
    bob_bids: Bidder,
    anne: User,
    bob: User,
    mallory: User,
    agent_chen: User,
    jida: Party,
    agency: Party,
    django_assert_max_num_queries: Any,
) -> None:
    draft = factory.lot(jida, agency)
    Lot.objects.filter(pk=draft.pk).update(state=Lot.State.DRAFT)
    factory.bid(anne_bids, 1_000_000)
    comes = [
        *((session_of(who), lot.code) for who in (anne, bob, mallory, agent_chen)),
        *((session_of(who), draft.code) for who in (anne, agent_chen)),
        (None, lot.code),
        ("no session", lot.code),
        (None, "L-0000000000"),
    ]
    with django_assert_max_num_queries(5):
        found = arrivals.arrive(comes)
    assert told(found) == [one for each in comes for one in told(arrivals.arrive([each]))]
    readers = [one.reader if isinstance(one, arrivals.Arrival) else None for one in found]
    assert readers[0] == {"step": "active", "paddle": 8036, "has_bid": True}
    assert readers[1] == {"step": "active", "paddle": 2417, "has_bid": False}
    assert {reader["paddle"] for reader in (readers[2], readers[3], readers[6], readers[7]) if reader} == {None}
    assert told(found)[4] is Http404
    assert isinstance(found[5], arrivals.Arrival)
    assert told(found)[8] is Http404
    assert [getattr(one, "session", None) is not None for one in found] == [True] * 4 + [False, True] + [False] * 3


async def test_strangers_are_asked_for_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    visits: list[Sequence[arrivals.Asked]] = []

    async def read(act: Any, asked: Sequence[arrivals.Asked]) -> list[arrivals.Arrival | Exception]:
        visits.append(asked)
        return [arrivals.Arrival(int(code), {}, None) for _, code in asked]

    monkeypatch.setattr(arrivals, "read", read)
    door = arrivals.Arrivals()
    found = await asyncio.gather(*(door.of(None, str(number % 2)) for number in range(50)), door.of("a session", "2"))
    assert [one.lot_id for one in found] == [number % 2 for number in range(50)] + [2]
    assert sorted(asked for visit in visits for asked in visit if asked[0] is None) == [(None, "0"), (None, "1")]


@pytest.mark.parametrize(
    ("cookie", "key"), [("", None), ("\0", None), ("ключ", None), ("a b", None), ("9x", "9x"), ("k" * 32, "k" * 32)]
)
def test_what_no_session_is_called_is_none(cookie: str, key: str | None) -> None:
    """PostgreSQL refuses a NUL, and the question would fail for all who come with it."""
    scope = {"cookies": {"sessionid": cookie}, "headers": []}
    assert LotConsumer(scope, AsyncMock()).session_key == key
