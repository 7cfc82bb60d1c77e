"""For whom a socket bids: one close look when a bidder comes in, and then only when something about him changed."""

import asyncio
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from auctions import passes
from auctions.models import Bidder, Lot
from auctions.passes import Office, Pass
from market.kernel.errors import Refused
from market.parties.models import User


def _pass(client: Client, lot: Lot) -> Pass:
    return Pass(client.session.session_key, lot.pk, lambda refused: None)


@pytest.mark.django_db
def test_who_has_not_changed_is_looked_at_closely_once(
    client: Client, lot: Lot, anne: User, anne_bids: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    close: list[Pass] = []
    look = passes._look_closely

    def counted(changed: list[Pass]) -> None:
        close.extend(changed)
        look(changed)

    monkeypatch.setattr(passes, "_look_closely", counted)
    client.force_login(anne)
    mine = _pass(client, lot)
    for _ in range(3):
        passes.look([mine])
    assert (mine.found, close) == (anne_bids.pk, [mine])
    Session.objects.all().delete()
    passes.look([mine])
    assert isinstance(mine.found, Refused)
    assert close == [mine, mine]


def test_passes_shown_meanwhile_share_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []

    def look(shown: list[Pass]) -> None:
        taken.append(len(shown))
        if len(taken) == 2:
            raise OSError("the database is away")

    failed: list[OSError] = []

    async def show(office: Office) -> None:
        try:
            await office.look_now(Pass(None, 7, lambda refused: None))
        except OSError as error:
            failed.append(error)

    async def day() -> None:
        office = Office()
        await asyncio.gather(*(show(office) for _ in range(9)))

    monkeypatch.setattr(passes, "look", look)
    asyncio.run(day())
    assert taken == [1, 8, 7]
    assert len(failed) == 1


@pytest.mark.django_db
def test_many_bidders_cost_as_many_questions_as_one(
    lot: Lot, anne: User, anne_bids: Bidder, bob: User, bob_bids: Bidder, django_assert_num_queries: Any
) -> None:
    clients = [Client(), Client(), Client(), Client()]
    for client, user in zip(clients, (anne, bob, anne, bob), strict=True):
        client.force_login(user)
    shown = [_pass(client, lot) for client in clients]
    with django_assert_num_queries(7):
        passes.look(shown)
    assert [one.found for one in shown] == [anne_bids.pk, bob_bids.pk] * 2
    with django_assert_num_queries(3):
        passes.look(shown)
