"""A sold lot with signs: its settlement waits for two people, and nothing else does; who defaulted may not come back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from auctions import actions, engine, fairplay, queries
from auctions.models import Bar, Bidder, Lot, Review
from auctions.rules.sales import terms_sha256
from auctions.views.presence import COOKIE
from market.deals import actions as deals
from market.deals.models import Deal, Hold
from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.models import Settlement
from tests.auctions import factory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]
Deliver = Callable[[], None]


def close(lot: Lot, deliver: Deliver) -> Lot:
    """The hammer falls and everybody learns of it."""
    with clock.shifted_to(lot.ends_at + timedelta(seconds=1)):
        engine.close_due()
        deliver()
    lot.refresh_from_db()
    return lot


@pytest.fixture
def tied(lot: Lot, anne_bids: Bidder, bob_bids: Bidder) -> Lot:
    """Anne's and Bob's companies have one bank account, and Anne is about to win."""
    Party.objects.filter(pk=bob_bids.party_id).update(bank_account=anne_bids.party.bank_account)
    factory.bid(bob_bids, 1_000_000)
    factory.bid(anne_bids, 1_020_000)
    return lot


def settlement_of(deal: Deal) -> Settlement:
    """The deal walked to the day on which its settlement is ready."""
    Deal.objects.filter(pk=deal.pk).update(state=Deal.State.TITLE_PASSED, title_passed_on=clock.today())
    return Settlement.objects.create(deal=deal)


def test_signs_hold_the_settlement_and_nothing_else(tied: Lot, deliver: Deliver, finance_sun: User) -> None:
    lot = close(tied, deliver)
    assert lot.state == Lot.State.SOLD
    review = Review.objects.get(lot=lot)
    assert [(one["name"], one["facts"]["paddles"]) for one in review.findings] == [("one_account", [2417, 8036])]
    deal = Deal.objects.get(origin=lot.ref)
    assert Hold.objects.get(deal=deal).ref == review.ref
    assert deal.state == Deal.State.FORMED
    assert deal.papers.count() == 1, "the confirmation is drafted all the same"
    settlement = settlement_of(deal)
    with pytest.raises(Refused, match=r"settlement\.under_review"):
        payments.post_settlement(settlement=settlement, by=finance_sun)
    settlement.refresh_from_db()
    assert settlement.state == Settlement.State.PREPARED


def test_honest_bidding_opens_no_review(lot: Lot, anne_bids: Bidder, bob_bids: Bidder, deliver: Deliver) -> None:
    factory.bid(bob_bids, 1_000_000)
    factory.bid(anne_bids, 1_020_000)
    close(lot, deliver)
    assert not Review.objects.exists()
    assert not Hold.objects.exists()


def test_the_same_browser_behind_two_paddles_is_found(
    lot: Lot, anne_bids: Bidder, bob_bids: Bidder, anne: User, bob: User, client_of: ClientOf, deliver: Deliver
) -> None:
    factory.bid(bob_bids, 1_000_000)
    factory.bid(anne_bids, 1_020_000)
    first = client_of(anne)
    first.get(f"/lots/{lot.code}/")
    second = client_of(bob)
    second.cookies[COOKIE] = first.cookies[COOKIE].value
    second.get(f"/lots/{lot.code}/")
    second.get(f"/lots/{lot.code}/")
    marks = list(lot.traces.values_list("mark", flat=True))
    assert len(marks) == 4, "a network and a browser each, once"
    assert all(len(mark) == 64 and "127.0.0.1" not in mark for mark in marks)
    names = [one["name"] for one in close(lot, deliver).review.findings]
    assert names == ["one_device", "one_network"]


def test_nobody_else_leaves_a_mark(lot: Lot, mallory: User, client_of: ClientOf) -> None:
    for who in (None, mallory):
        assert COOKIE not in client_of(who).get(f"/lots/{lot.code}/").cookies
    assert not lot.traces.exists()


# ---- bars after a default


@pytest.fixture
def default(lot: Lot, anne_bids: Bidder, deliver: Deliver) -> Deal:
    """Anne won and did not pay."""
    factory.bid(anne_bids, 1_000_000)
    close(lot, deliver)
    deal = deals.mark_defaulted(Deal.objects.get(origin=lot.ref), actor="system:test")
    deliver()
    return deal


def register(lot: Lot, by: User) -> Bidder:
    return actions.register_bidder(lot=lot, terms_sha256_seen=terms_sha256(queries.lot_terms(lot)), by=by)


def lot_again(seller: Party, agency: Party, **columns: object) -> Lot:
    """A lot still open for registration."""
    sale = factory.sale(agency, opens_in=timedelta(days=2))
    return factory.lot(seller, agency, of_sale=sale, ends_in=timedelta(days=3), opened=False, **columns)


def test_who_defaulted_is_barred_from_the_right_for_good_and_from_the_agency_for_a_while(
    default: Deal, agency: Party, anne_co: Party
) -> None:
    bars = {(bar.right, bar.agency): bar.until for bar in Bar.objects.filter(party=anne_co)}
    assert bars == {(default.right, None): None, (None, agency): clock.today() + timedelta(days=180)}
    fairplay.bar_defaulter(default)
    assert Bar.objects.count() == 2


def test_the_barred_do_not_register_and_others_do(
    default: Deal, jida: Party, agency: Party, anne: User, bob: User
) -> None:
    lot = lot_again(jida, agency)
    with pytest.raises(Refused, match=r"registration\.barred"):
        register(lot, anne)
    assert not lot.bidders.exists()
    assert register(lot, bob).state == Bidder.State.APPLIED


def test_the_bar_ends_except_for_that_right(default: Deal, jida: Party, agency: Party, anne: User) -> None:
    anne_co = anne.memberships.get().party
    other, again = lot_again(jida, agency), lot_again(jida, agency)
    type(again.listing).objects.filter(pk=again.listing_id).update(right=default.right)
    again = Lot.objects.select_related("listing", "sale").get(pk=again.pk)
    later = clock.today() + timedelta(days=181)
    assert queries.bar_of(anne_co, other, later) is None
    assert queries.bar_of(anne_co, again, later) is not None


def test_an_appeal_lifts_it(
    default: Deal, jida: Party, agency: Party, anne: User, agent_chen: User, mallory: User
) -> None:
    bar = Bar.objects.get(agency=agency)
    with pytest.raises(Refused, match=r"review\.reason_missing"):
        fairplay.lift_bar(bar=bar, appeal="", by=agent_chen)
    lifted = fairplay.lift_bar(bar=bar, appeal="银行误退，已补缴。", by=agent_chen)
    assert (lifted.lifted_by, lifted.appeal) == (agent_chen, "银行误退，已补缴。")
    assert register(lot_again(jida, agency), anne).state == Bidder.State.APPLIED


def test_a_jump_before_the_default_is_looked_at_after_it(lot: Lot, anne_bids: Bidder, deliver: Deliver) -> None:
    factory.bid(anne_bids, 1_200_000)
    close(lot, deliver)
    assert not Review.objects.exists()
    deals.mark_defaulted(Deal.objects.get(origin=lot.ref), actor="system:test")
    deliver()
    assert [one["name"] for one in Review.objects.get().findings] == ["jump_default"]


def test_the_past_counts_the_sellers_earlier_lots(
    jida: Party, agency: Party, anne_co: Party, bob_co: Party, deliver: Deliver
) -> None:
    for number in range(4):
        lot = factory.lot(jida, agency, of_sale=factory.sale(agency, extension_window_s=0))
        anne, bob = factory.bidder(lot, anne_co, 8036), factory.bidder(lot, bob_co, 2417)
        factory.bid(bob, 1_000_000)
        factory.bid(anne, 1_020_000)
        if number < 3:
            close(lot, deliver)
    past = fairplay.scene_of(Lot.objects.get(pk=lot.pk)).past
    assert (past[bob_co.code].bid_on, past[bob_co.code].second, past[bob_co.code].won) == (3, 3, 0)
    assert (past[anne_co.code].bid_on, past[anne_co.code].second, past[anne_co.code].won) == (3, 0, 3)
