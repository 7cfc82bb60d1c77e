"""A deposit that may be held for so long only: its bidder is told, bids until shortly before, renews it or gets it back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from auctions.deposits import actions, rules
from auctions.models import Bidder, Lot
from auctions.rules.presets import COMMERCIAL
from market.kernel import clock
from market.kernel.errors import Refused
from market.ledger import books
from market.ledger.models import Hold
from market.parties.models import Party, User
from market.payments.models import DepositOutcome, Payout
from market.trail.models import Fact
from tests.auctions import factory
from tests.auctions.deposits import paid
from tests.auctions.fairplay.test_reviews import close

Deliver = Callable[[], None]
NOW = clock.now()
HOURS = st.integers(0, 2000).map(lambda hours: timedelta(hours=hours))


@given(ends_in=HOURS, renewed_after=HOURS)
def test_eligibility_ends_before_the_hold_and_a_renewed_one_outlasts_the_lot(
    ends_in: timedelta, renewed_after: timedelta
) -> None:
    ends_at, now = NOW + ends_in, NOW + renewed_after
    end = rules.held_until(COMMERCIAL, ends_at=ends_at, now=now)
    until = rules.eligible_until(end)
    assert end is not None
    assert until is not None
    assert max(ends_at, now) < until < end
    assert rules.covers(until, ends_at)
    assert not rules.may_be_renewed(until, ends_at=ends_at, now=now)
    assert rules.may_be_renewed(until, ends_at=ends_at, now=until)


@pytest.fixture
def lot(jida: Party, agency: Party) -> Lot:
    """Open for half an hour, under rules that hold a deposit for ten days after that."""
    return factory.lot(jida, agency, of_sale=factory.sale(agency, deposit_days=10))


@pytest.fixture
def held_up(lot: Lot, anne_co: Party) -> Bidder:
    """Anne's registration for it; then the lot is held up for ten days."""
    anne = paid.bidder(lot, anne_co)
    Lot.objects.filter(pk=lot.pk).update(ends_at=lot.ends_at + timedelta(days=10))
    return anne


@pytest.mark.django_db
def test_who_renews_in_time_goes_on_bidding(held_up: Bidder, anne: User, client_of: Callable[..., Client]) -> None:
    assert [actions.warn_due(), actions.warn_due()] == [1, 0]
    assert Fact.objects.get(name="deposit.expires").audience == [held_up.party.ref]
    assert factory.bid(held_up, 1_000_000).code == "bid.deposit_ends"
    page = client_of(anne).get(f"/lots/{held_up.lot.code}/register/").content.decode()
    assert "Leave the deposit for longer" in page
    for _ in range(2):
        client_of(anne).post(f"/lots/{held_up.lot.code}/deposit/renew/")
    first, second = Hold.objects.order_by("pk")
    assert (hasattr(first, "void"), hasattr(second, "void")) == (True, False)
    held_up.refresh_from_db()
    assert first.expires_at < held_up.eligible_until < second.expires_at
    assert Fact.objects.filter(name="deposit.renewed").count() == 1
    assert factory.bid(held_up, 1_000_000).code == ""
    assert not DepositOutcome.objects.exists()


@pytest.mark.django_db
def test_what_is_not_renewed_goes_back_once_and_lets_nobody_bid(held_up: Bidder, anne: User, deliver: Deliver) -> None:
    with clock.shifted_to(Hold.objects.get().expires_at):
        books.expire_due()
        deliver()
        actions.lapse(bidder=held_up, actor="system:test")
        held_up.refresh_from_db()
        assert held_up.deposit == "released"
        assert [row.kind for row in DepositOutcome.objects.all()] == ["released"]
        assert Payout.objects.get(purpose="refund").amount == held_up.lot.deposit
        with pytest.raises(Refused, match=r"^deposit\.not_held"):
            actions.renew(bidder=held_up, by=anne)


@pytest.mark.django_db
def test_the_hammer_falls_for_a_leader_whose_deposit_lapsed_meanwhile(
    lot: Lot, anne_co: Party, deliver: Deliver
) -> None:
    anne = paid.bidder(lot, anne_co)
    assert factory.bid(anne, 1_000_000).code == ""
    Lot.objects.filter(pk=lot.pk).update(ends_at=lot.ends_at + timedelta(days=11))
    lot.refresh_from_db()
    assert close(lot, deliver).state == "sold"
    anne.refresh_from_db()
    assert (anne.state, anne.deposit) == ("ended", "released")
    assert [row.kind for row in DepositOutcome.objects.all()] == ["released"]
    assert books.balance(f"escrow:{lot.ref}").minor == 0
