"""Who reads a listing in which state: one line a reader."""

from collections.abc import Callable

import pytest
from django.test import Client

from market.listings import actions
from market.parties.models import Party, User
from tests import assets

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]
STAGES = {
    "draft": {"seller": 200, "agency": 404, "regulator": 404, "stranger": 404, "nobody": 404},
    "submitted": {"seller": 200, "agency": 200, "regulator": 200, "stranger": 404, "nobody": 404},
    "published": {"seller": 200, "agency": 200, "regulator": 200, "stranger": 200, "nobody": 200},
    "withdrawn": {"seller": 200, "agency": 200, "regulator": 410, "stranger": 410, "nobody": 410},
    "given_up": {"seller": 200, "agency": 404, "regulator": 404, "stranger": 404, "nobody": 404},
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_listing_is_read_by_whom_it_concerns(
    stage: str,
    jida: Party,
    agency: Party,
    li_wei: User,
    agent_chen: User,
    regulator: User,
    mallory: User,
    client_of: ClientOf,
) -> None:
    make = {"draft": assets.draft_listing, "given_up": assets.draft_listing, "submitted": assets.submitted}
    listing = make.get(stage, assets.published)(jida, agency)
    if stage in ("withdrawn", "given_up"):
        actions.withdraw(listing, by=li_wei, reason="另有安排")
    readers = {"seller": li_wei, "agency": agent_chen, "regulator": regulator, "stranger": mallory, "nobody": None}
    seen = {name: client_of(user).get(f"/assets/{listing.code}/").status_code for name, user in readers.items()}
    assert seen == STAGES[stage]
