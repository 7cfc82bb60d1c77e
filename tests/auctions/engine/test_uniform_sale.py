"""Several licences at one price: each winner has its own deal, escrow, confirmation and outcome of its deposit."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from auctions import engine, live
from auctions.models import Bidder, Lot, Record
from auctions.rules.replay import verify
from market.deals import actions as deals
from market.deals.models import Deal, Paper
from market.kernel import clock
from market.kernel.errors import Refused
from market.ledger import books
from market.ledger.queries import differences, trial_balance
from market.listings.models import Listing
from market.parties.models import Party, User
from market.payments import queries as payments
from market.payments.models import Payout
from market.trail.models import Fact
from tests.auctions import factory
from tests.auctions.factory import yuan

pytestmark = pytest.mark.django_db
Deliver = Callable[[], None]


@pytest.fixture
def licences(jida: Party, agency: Party) -> Lot:
    """Three non-exclusive licences of one patent, from ¥1,000,000 each."""
    lot = factory.lot(jida, agency, format=Lot.Format.UNIFORM, params={"supply": 3})
    Listing.objects.filter(pk=lot.listing_id).update(mode=Listing.Mode.LICENCE)
    return lot


@pytest.fixture
def bidders(licences: Lot, anne_co: Party, bob_co: Party, carol_co: Party, mallory_co: Party) -> list[Bidder]:
    """Anne, Bob, Carol and Mallory; only Mallory does not bid enough."""
    cast = [(anne_co, 8036), (bob_co, 2417), (carol_co, 5521), (mallory_co, 7001)]
    made = [factory.bidder(licences, party, paddle) for party, paddle in cast]
    offers = [(2, 1_500_000), (2, 1_200_000), (1, 1_100_000), (1, 1_000_000)]
    for bidder, (units, each) in zip(made, offers, strict=True):
        answer = engine.place_bid(
            engine.Offer(
                lot_id=licences.pk,
                bidder_id=bidder.pk,
                key=uuid4(),
                amount=yuan(each),
                received_at=clock.now(),
                kind="units",
                units=units,
            )
        )
        assert answer.accepted
    return made


def fall(lot: Lot, deliver: Deliver = lambda: None) -> Lot:
    """The lot once its end has passed, the worker came by, and the facts were delivered."""
    with clock.shifted_to(lot.ends_at + timedelta(milliseconds=1)):
        assert engine.close_due() == 1
        assert engine.close_due() == 0
        deliver()
    return Lot.objects.select_related("sale", "leader").get(pk=lot.pk)


def test_each_winner_has_a_deal_at_the_clearing_price_of_its_units(licences: Lot, bidders: list[Bidder]) -> None:
    lot = fall(licences)
    assert verify(live.log(lot)) == replace(live.state_of(lot), secret={})
    anne, bob, _, _ = bidders
    assert (lot.state, lot.price, lot.leader, live.won_by(lot)) == (
        Lot.State.SOLD,
        yuan(1_200_000),
        None,
        {8036: 2, 2417: 1},
    )
    found = {deal.origin: deal for deal in live.deals_of(lot)}
    assert [*found] == [f"{lot.ref}#{anne.code}", f"{lot.ref}#{bob.code}"]
    assert [(one.buyer, one.price, one.mode) for one in found.values()] == [
        (anne.party, yuan(2_400_000), "licence"),
        (bob.party, yuan(1_200_000), "licence"),
    ]
    assert {one.concluded_at for one in found.values()} == {lot.ref}
    assert [live.deal_with(one) for one in bidders] == [*found.values(), None, None]
    assert Listing.objects.get(pk=lot.listing_id).state == Listing.State.DEALT


def test_winners_deposits_count_towards_their_own_price_and_the_others_go_back(
    licences: Lot, bidders: list[Bidder]
) -> None:
    lot = fall(licences)
    anne, bob, carol, mallory = [Bidder.objects.get(pk=one.pk) for one in bidders]
    assert [(one.state, one.deposit) for one in (anne, bob)] == [("ended", "applied")] * 2
    assert [(one.state, one.deposit) for one in (carol, mallory)] == [("ended", "released")] * 2
    for winner in (anne, bob):
        assert books.balance(f"escrow:{winner.origin}") == lot.deposit
        assert payments.deposit_set_off(Deal.objects.get(origin=winner.origin)) == lot.deposit
    assert {(row.payee, row.amount) for row in Payout.objects.filter(purpose="refund")} == {
        (carol.party, lot.deposit),
        (mallory.party, lot.deposit),
    }
    assert not differences(trial_balance())


def test_everybody_is_told_and_each_winner_has_its_own_confirmation(
    licences: Lot, bidders: list[Bidder], deliver: Deliver
) -> None:
    lot = fall(licences, deliver)
    told = Fact.objects.get(name="lot.sold", subject=lot.ref)
    assert (told.data["winners"], told.data["price"]) == (2, yuan(1_200_000).wire())
    assert {one.party.ref for one in bidders} <= set(told.audience)
    assert not any(one.party.name in str(told.data) for one in bidders)
    papers = list(Paper.objects.filter(kind="confirmation").order_by("pk"))
    assert [paper.deal.buyer for paper in papers] == [one.party for one in bidders[:2]]
    for paper, units, other in zip(papers, (2, 1), (bidders[1], bidders[0]), strict=True):
        said = str(paper.terms)
        assert f"{units} × ¥1,200,000.00" in said
        assert ("被许可人" in said, "普通许可" in said, "转让" in said, other.party.name in said) == (
            True,
            True,
            False,
            False,
        )
    record = Record.objects.get(lot=lot)
    assert record.roles == ["recorder"]
    assert "8036 号，2 份" in str(record.terms["facts"])


def test_no_contract_is_drafted_for_a_licence_before_its_terms_are_agreed_and_the_deal_says_so(
    licences: Lot, bidders: list[Bidder], deliver: Deliver, anne: User, client_of: Callable[[User | None], Client]
) -> None:
    lot = fall(licences, deliver)
    deal = live.deals_of(lot)[0]
    Deal.objects.filter(pk=deal.pk).update(state=Deal.State.CONFIRMED)
    with pytest.raises(Refused, match=r"terms\.unagreed"):
        deals.draft_contract(deal, actor="system:test")
    assert not Paper.objects.filter(kind="contract").exists()
    page = client_of(anne).get(f"/deals/{deal.code}/").content.decode()
    assert "Agree on the terms of the licence" in page


def test_a_default_of_one_winner_bars_only_that_one(licences: Lot, bidders: list[Bidder], deliver: Deliver) -> None:
    lot = fall(licences)
    deals.mark_defaulted(live.deals_of(lot)[0], actor="system:test")
    deliver()
    assert [fact.audience for fact in Fact.objects.filter(name="bar.entered")] == [
        sorted([bidders[0].party.ref, lot.sale.agency.ref])
    ]


def test_the_lot_s_page_tells_each_reader_what_became_of_it(
    licences: Lot,
    bidders: list[Bidder],
    bob: User,
    carol: User,
    zhou_min: User,
    client_of: Callable[[User | None], Client],
) -> None:
    lot = fall(licences)
    won, lost, stranger = [client_of(who).get(f"/lots/{lot.code}/").content.decode() for who in (bob, carol, None)]
    assert "The lot is yours" in won
    assert f"/deals/{live.deals_of(lot)[1].code}/" in won
    assert "agree on the licence contract in writing" in won
    assert "The lot went to another bidder" in lost
    assert "all at the lowest price that was served" in lost
    for page in (won, lost, stranger):
        assert "Paddle number 8036: 2 licences" in page
        assert "Paddle number 2417: 1 licence" in page
    desk = client_of(zhou_min).get(f"/desk/sales/{lot.sale.code}/").content.decode()
    assert "¥1,200,000 for each licence" in desk.replace('<span class="num">', "").replace("</span>", "")
    assert "One deal with each winner" in desk
