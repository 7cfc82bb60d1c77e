"""A party finds every deposit of its own: for which lot, as what, until when, and what became of it."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from auctions.models import Sale
from market.kernel import clock
from market.parties.models import Party, User
from tests.auctions import factory
from tests.auctions.deposits import paid
from tests.auctions.fairplay.test_reviews import close

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


def test_each_deposit_says_what_it_is_and_what_became_of_it(
    jida: Party,
    agency: Party,
    anne_co: Party,
    bob_co: Party,
    anne: User,
    bob: User,
    client_of: ClientOf,
    deliver: Callable[[], None],
) -> None:
    won = factory.lot(jida, agency, of_sale=factory.sale(agency, deposit_days=0))
    anne_won, _ = paid.bidder(won, anne_co), paid.bidder(won, bob_co)
    factory.bid(anne_won, 1_000_000)
    close(won, deliver)
    pages = {user: client_of(user) for user in (anne, bob)}
    with CaptureQueriesContext(
        connection,
    ) as few:
        mine = pages[anne].get("/me/deposits/").content.decode()
    assert f"/lots/{won.code}/" in mine
    assert "Set off against the price" in mine
    assert "/deals/D-" in mine
    lost = pages[bob].get("/me/deposits/").content.decode()
    assert "Goes back by" in lost
    assert "/deals/D-" not in lost
    Sale.objects.update(deposit_kind="earnest_money")
    for _ in range(2):
        held = paid.bidder(factory.lot(jida, agency, of_sale=factory.sale(agency, deposit_days=30)), anne_co)
    with CaptureQueriesContext(connection) as more:
        mine = pages[anne].get("/me/deposits/").content.decode()
    assert held.eligible_until > clock.now()
    assert "earnest money" in mine
    assert mine.count("bid bond") == 2
    assert len(more) == len(few)
