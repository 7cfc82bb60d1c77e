"""Who may never bid, whatever the tie and whenever it came: at registration, and again at every single bid."""

from collections.abc import Callable

import pytest

from auctions.models import Bidder, Lot
from market.parties.models import Affiliation, Auctioneer, Membership, Party, User
from market.parties.queries import is_related, related_ids
from tests.auctions import factory

pytestmark = pytest.mark.django_db
Tie = Callable[[Party, Party, Party], None]


def member(one: Party, other: Party) -> None:
    Membership.objects.create(user=one.memberships.all()[0].user, party=other, role=Membership.Role.VIEWER)


TIES: dict[str, Tie] = {
    "an employee of the agency acts for the bidder": lambda bidder, seller, agency: member(agency, bidder),
    "the bidder's owner works at the agency": lambda bidder, seller, agency: member(bidder, agency),
    "the seller's owner acts for the bidder": lambda bidder, seller, agency: member(seller, bidder),
    "the bidder declares the seller": lambda bidder, seller, agency: tie(bidder, seller),
    "the seller declares the bidder": lambda bidder, seller, agency: tie(seller, bidder),
    "the agency controls the bidder": lambda bidder, seller, agency: tie(agency, bidder),
    "the bidder's owner is the agency's auctioneer": lambda bidder, seller, agency: host(bidder, agency),
}


def tie(one: Party, other: Party) -> None:
    Affiliation.objects.create(party=one, other=other, kind=Affiliation.Kind.CONTROL)


def host(bidder: Party, agency: Party) -> None:
    Auctioneer.objects.filter(agency=agency).update(user=bidder.memberships.all()[0].user)


@pytest.mark.parametrize("how", TIES)
def test_a_tie_made_after_registration_stops_the_next_bid(
    lot: Lot, anne_bids: Bidder, bob_bids: Bidder, jida: Party, agency: Party, how: str
) -> None:
    assert factory.bid(anne_bids, 1_000_000).accepted
    assert factory.bid(bob_bids, 1_020_000).accepted
    TIES[how](anne_bids.party, jida, agency)
    before = Lot.objects.values().get(pk=lot.pk)
    assert factory.bid(anne_bids, 1_040_000).code == "bid.related_party"
    assert Lot.objects.values().get(pk=lot.pk) == before
    assert factory.bid(bob_bids, 1_020_000).code != "bid.related_party"


@pytest.mark.parametrize("how", TIES)
def test_the_registration_and_the_bid_see_the_same_ties(anne_co: Party, jida: Party, agency: Party, how: str) -> None:
    hosts = {jida.pk, agency.pk}

    def seen() -> tuple[bool, bool, bool]:
        annotated = Party.objects.annotate(tied=is_related("pk", hosts)).get(pk=anne_co.pk).tied
        back = any(anne_co.pk in related_ids(party) for party in (jida, agency))
        return annotated, bool(related_ids(anne_co) & hosts), back

    assert seen() == (False, False, False)
    TIES[how](anne_co, jida, agency)
    assert seen() == (True, True, True)


def test_an_auctioneer_without_a_user_ties_nobody(anne_co: Party, agency: Party, zhou_min: User) -> None:
    Auctioneer.objects.filter(agency=agency).update(user=None)
    assert related_ids(anne_co) == {anne_co.pk}
