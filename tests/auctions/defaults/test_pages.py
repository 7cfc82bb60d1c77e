"""What the pages of a default show to whom: the agency's step, the claim for both sides, its PDF, the chain on the lot."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from auctions.defaults import actions as defaults
from auctions.models import Default
from market.deals.models import Deal
from market.kernel import clock
from market.listings.models import Listing
from market.parties.models import Party, User
from tests.auctions.defaults.test_defaulting import default_of, late, lot, lot_again, sold  # noqa: F401
from tests.auctions.factory import yuan

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


def test_the_agency_reminds_and_declares_on_the_deals_pages(
    sold: Deal,  # noqa: F811
    agent_chen: User,
    anne: User,
    client_of: ClientOf,
) -> None:
    desk, buyer = client_of(agent_chen), client_of(anne)
    url = f"/deals/{sold.code}/default/"
    assert url.encode() in desk.get(f"/deals/{sold.code}/").content
    assert url.encode() not in buyer.get(f"/deals/{sold.code}/").content
    assert buyer.get(url).status_code == 404
    assert b"80,000.00" in desk.get(url).content, "both commissions, before anybody decides"
    assert desk.post(url + "remind/").status_code == 302
    assert desk.post(url, {"reason": " "}).status_code == 422
    assert not Default.objects.exists()
    assert "has until the end of" in desk.post(url, {"reason": "未付款"}).content.decode(), "the rest of today"
    with clock.shifted_to(clock.now() + timedelta(days=1)):
        assert desk.post(url, {"reason": "未付款"})["Location"] == f"/deals/{sold.code}/claim/"
        assert desk.get(url).status_code == 404, "declared once"


def test_both_sides_read_the_claim_and_the_seller_decides(
    sold: Deal,  # noqa: F811
    agent_chen: User,
    li_wei: User,
    anne: User,
    mallory: User,
    agency: Party,
    client_of: ClientOf,
) -> None:
    made = default_of(sold, agent_chen)
    url = f"/deals/{sold.code}/claim/"
    seller, buyer = client_of(li_wei), client_of(anne)
    assert client_of(mallory).get(url).status_code == 404
    assert b"agree/" not in buyer.get(url).content
    assert buyer.post(url + "agree/").status_code == 404
    assert b"agree/" in seller.get(url).content
    assert buyer.get(f"/deals/{sold.code}/claim.pdf").content.startswith(b"%PDF")
    seller.post(url + "agree/")
    assert Default.objects.get().state == "reauction"
    again = lot_again(Listing.objects.get(pk=made.lot.listing_id), agency, yuan(700_000))
    page = client_of(None).get(f"/lots/{again.code}/").content.decode()
    assert f"/lots/{made.lot.code}/" in page
    assert "Attempt 2" in page
    assert defaults.queries.chain_of(made.lot)
