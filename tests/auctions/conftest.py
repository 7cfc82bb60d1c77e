"""A lot of 吉林大学 that is being bid on, with Anne and Bob registered."""

import pytest

from auctions.models import Bidder, Lot
from market.parties.models import Party
from tests.auctions import factory


@pytest.fixture
def lot(jida: Party, agency: Party) -> Lot:
    """Open for half an hour: ¥1,000,000, steps of ¥20,000, no reserve."""
    return factory.lot(jida, agency)


@pytest.fixture
def anne_bids(lot: Lot, anne_co: Party) -> Bidder:
    """Anne's company as paddle 8036."""
    return factory.bidder(lot, anne_co, 8036)


@pytest.fixture
def bob_bids(lot: Lot, bob_co: Party) -> Bidder:
    """Bob's company as paddle 2417."""
    return factory.bidder(lot, bob_co, 2417)
