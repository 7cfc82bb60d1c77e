"""The hammer: deal, deposits, listing and facts of a closing, all or nothing, once."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from auctions import engine, live, papers
from auctions.models import Bidder, Event, Lot, Record, Sale
from auctions.rules.replay import verify
from market.deals.actions import Concluded
from market.deals.models import Deal
from market.deals.queries import quote_of
from market.kernel import clock
from market.ledger import books
from market.listings.fees.rules import flat, read
from market.listings.models import Listing, Mandate
from market.parties.models import Party
from market.payments.models import Payout
from market.trail.models import Fact
from tests.auctions import factory
from tests.auctions.factory import bid, yuan
from tests.auctions.trust.conftest import verdict
from tests.market.deals.stage import formed

pytestmark = pytest.mark.django_db


@pytest.fixture
def contested(jida: Party, agency: Party, anne_co: Party, bob_co: Party) -> tuple[Lot, Bidder, Bidder]:
    """A lot that Anne leads at ¥1,040,000 against Bob, over in a moment."""
    lot = factory.lot(jida, agency, of_sale=factory.sale(agency, extension_window_s=0))
    anne, bob = factory.bidder(lot, anne_co, 8036), factory.bidder(lot, bob_co, 2417)
    bid(anne, 1_000_000)
    bid(bob, 1_020_000)
    bid(anne, 1_040_000)
    return lot, anne, bob


def fall(lot: Lot) -> int:
    """Let the lot's end pass and the worker come by."""
    with clock.shifted_to(lot.ends_at + timedelta(milliseconds=1)):
        return engine.close_due()


def deposit_of(bidder: Bidder) -> tuple[str, str, int]:
    bidder = Bidder.objects.get(pk=bidder.pk)
    return bidder.state, bidder.deposit, books.available(f"deposit:{bidder.code}").minor


def test_the_hammer_forms_the_deal_and_settles_every_deposit(contested: tuple[Lot, Bidder, Bidder]) -> None:
    lot, anne, bob = contested
    assert fall(lot) == 1
    lot.refresh_from_db()
    assert (lot.state, lot.price, lot.leader) == (Lot.State.SOLD, yuan(1_040_000), anne)
    assert [event.kind for event in lot.events.all()][-2:] == ["closed", "sold"]
    deal = Deal.objects.get(origin=lot.ref)
    assert (deal.buyer, deal.seller, deal.agency) == (anne.party, lot.listing.seller, lot.sale.agency)
    assert (deal.price, deal.seller_fees, deal.buyer_fees) == (yuan(1_040_000), flat(300), flat(500))
    record = {name: deal.facts_on_record[name] for name in ("mode", "paddle", "terms_sha256", "log_sha256")}
    assert record == {
        "mode": lot.sale.mode,
        "paddle": "8036",
        "terms_sha256": anne.terms_sha256,
        "log_sha256": lot.head,
    }
    assert deposit_of(anne) == ("ended", "applied", 0)
    assert books.balance(f"escrow:{lot.ref}") == lot.deposit
    assert deposit_of(bob)[:2] == ("ended", "released")
    assert [(p.payee, p.amount) for p in Payout.objects.filter(purpose="refund")] == [(bob.party, lot.deposit)]
    assert Listing.objects.get(pk=lot.listing_id).state == Listing.State.DEALT
    assert Sale.objects.get(pk=lot.sale_id).state == Sale.State.CLOSED


def test_what_another_deal_has_already_is_annulled_and_every_deposit_goes_back(
    contested: tuple[Lot, Bidder, Bidder], carol_co: Party, client: Client, tmp_path: Path
) -> None:
    lot, anne, bob = contested
    other = formed(lot.listing.seller, carol_co, lot.sale.agency)
    Deal.objects.filter(pk=other.pk).update(right=lot.listing.right)
    fine = factory.lot(lot.listing.seller, lot.sale.agency, of_sale=lot.sale, ends_in=lot.ends_at - clock.now())
    bid(factory.bidder(fine, carol_co, 5521), 1_000_000)
    assert fall(lot) == 2, "nor does it keep the lot beside it waiting"
    lot.refresh_from_db()
    assert lot.state == Lot.State.ANNULLED
    assert [event.kind for event in lot.events.all()][-3:] == ["closed", "sold", "annulled"]
    assert verify(live.log(lot)).phase == "annulled"
    assert [deal.origin for deal in Deal.objects.exclude(pk=other.pk)] == [fine.ref]
    assert [deposit_of(one)[:2] for one in (anne, bob)] == [("ended", "released")] * 2
    returned = Payout.objects.filter(purpose="refund").values_list("payee", "amount_minor")
    assert sorted(returned) == sorted((one.party_id, lot.deposit_minor) for one in (anne, bob))
    assert Listing.objects.get(pk=lot.listing_id).state == Listing.State.WITHDRAWN
    told = Fact.objects.get(name="lot.annulled", subject=lot.ref)
    concerned = (anne.party, bob.party, lot.listing.seller, lot.sale.agency)
    assert told.audience == sorted(party.ref for party in concerned)
    assert not Fact.objects.filter(name="lot.sold", subject=lot.ref).exists()
    assert engine.close_due() == 0
    papers.draft_record(lot)
    assert "宣布无效 Annulled" in str(Record.objects.get(lot=lot).terms)
    page = client.get(f"/lots/{lot.code}/", headers={"accept-language": "en"}).content.decode()
    assert "the sale is annulled and all deposits go back" in page
    said = verdict(tmp_path, client.get(f"/lots/{lot.code}/audit.json").json())
    assert f"verified: {lot.code}, 7 events, annulled" in said


def test_everybody_concerned_is_told_and_no_name_with_it(contested: tuple[Lot, Bidder, Bidder]) -> None:
    lot, anne, bob = contested
    fall(lot)
    fact = Fact.objects.get(name="lot.sold", subject=lot.ref)
    told = [anne.party.ref, bob.party.ref, lot.listing.seller.ref, lot.sale.agency.ref]
    assert fact.audience == sorted(told)
    assert fact.data == {
        "lot": lot.code,
        **lot.listing.right.named,
        "price": yuan(1_040_000).wire(),
        "paddle": 8036,
    }


def test_closing_twice_closes_once(contested: tuple[Lot, Bidder, Bidder]) -> None:
    lot, _, _ = contested
    assert fall(lot) == 1
    assert fall(lot) == 0
    assert engine.close(lot.pk) == 0
    assert Deal.objects.count() == 1
    assert Event.objects.filter(lot=lot, kind="closed").count() == 1


def test_the_log_tells_the_same_as_the_row(contested: tuple[Lot, Bidder, Bidder]) -> None:
    lot, _, _ = contested
    fall(lot)
    lot = Lot.objects.select_related("sale", "leader").get(pk=lot.pk)
    assert verify(live.log(lot)) == live.state_of(lot)


@pytest.mark.parametrize(
    ("reserve", "rules", "bids", "reason"),
    [
        (None, {}, [], "no_bids"),
        (1_500_000, {}, [1_000_000], "below_reserve"),
        (None, {"one_bidder_suffices": False}, [1_000_000], "one_bidder"),
    ],
)
def test_a_lot_that_is_passed_in_gives_everything_back(
    jida: Party,
    agency: Party,
    anne_co: Party,
    reserve: int | None,
    rules: dict[str, object],
    bids: list[int],
    reason: str,
) -> None:
    sale = factory.sale(agency, extension_window_s=0, **rules)
    lot = factory.lot(jida, agency, of_sale=sale, reserve=yuan(reserve) if reserve else None)
    anne = factory.bidder(lot, anne_co, 8036)
    for amount in bids:
        bid(anne, amount)
    assert fall(lot) == 1
    lot.refresh_from_db()
    assert (lot.state, live.outcome(lot)) == (Lot.State.PASSED_IN, reason)
    assert deposit_of(anne)[:2] == ("ended", "released")
    assert Listing.objects.get(pk=lot.listing_id).state == Listing.State.PUBLISHED
    assert not Deal.objects.exists()
    assert Fact.objects.get(name="lot.passed_in").data["reason"] == reason


def test_the_reserve_met_exactly_sells(jida: Party, agency: Party, anne_co: Party) -> None:
    sale = factory.sale(agency, extension_window_s=0, show_reserve_met=False, pay_days=4)
    lot = factory.lot(jida, agency, of_sale=sale, reserve=yuan(1_100_000))
    bid(factory.bidder(lot, anne_co, 8036), 1_100_000)
    fall(lot)
    lot.refresh_from_db()
    assert lot.state == Lot.State.SOLD
    assert Deal.objects.get().agreed_days == {"formed": 2, "confirmed": 10, "signed": 4}
    text = str(live.log(lot)) + str(live.public_states([lot.pk])[lot.pk])
    assert "reserve_met'" not in text.replace("show_reserve_met'", "")


@pytest.mark.parametrize(
    "step",
    "write_all waive_deposits deals.open_many listings.mark_dealt_many payments.apply_deposits return_deposits "
    "journal.record_many".split(),
)
def test_a_fault_at_any_step_leaves_everything_as_it_was(contested: tuple[Lot, Bidder, Bidder], step: str) -> None:
    lot, anne, bob = contested
    before = deposit_of(anne), deposit_of(bob), Lot.objects.filter(pk=lot.pk).values().get()
    with patch(f"auctions.engine.hammer.{step}", side_effect=RuntimeError(step)):
        assert fall(lot) == 0
    assert (deposit_of(anne), deposit_of(bob), Lot.objects.filter(pk=lot.pk).values().get()) == before
    assert not Deal.objects.exists()
    assert not Fact.objects.filter(name="lot.sold").exists()
    assert fall(lot) == 1, "the next turn closes it"


def test_one_lot_with_a_fault_does_not_keep_the_next_from_closing(
    jida: Party, agency: Party, contested: tuple[Lot, Bidder, Bidder]
) -> None:
    lot, _, _ = contested
    Lot.objects.filter(pk=lot.pk).update(ends_at=lot.opens_at + timedelta(seconds=1))
    other = factory.lot(jida, agency, ends_in=timedelta(seconds=30))

    def broken(concluded: Sequence[Concluded], **more: str) -> list[Deal]:
        if concluded:
            raise RuntimeError("no deal")
        return []

    with patch("auctions.engine.hammer.deals.open_many", broken):
        assert fall(other) == 1
    other.refresh_from_db()
    assert other.state == Lot.State.PASSED_IN
    assert Lot.objects.get(pk=lot.pk).state == Lot.State.LIVE


def test_a_sale_closes_with_its_last_lot(jida: Party, agency: Party) -> None:
    sale = factory.sale(agency)
    first = factory.lot(jida, agency, of_sale=sale, ends_in=timedelta(minutes=1))
    last = factory.lot(jida, agency, of_sale=sale, ends_in=timedelta(minutes=2))
    fall(first)
    assert Sale.objects.get(pk=sale.pk).state == Sale.State.NOTICED
    fall(last)
    assert Sale.objects.get(pk=sale.pk).state == Sale.State.CLOSED


def test_registrations_that_never_got_a_paddle_end_too(contested: tuple[Lot, Bidder, Bidder], carol_co: Party) -> None:
    lot, _, _ = contested
    user = carol_co.memberships.all()[0].user
    waiting = Bidder.objects.create(lot=lot, party=carol_co, user=user, state="qualified", terms_sha256="0" * 64)
    fall(lot)
    waiting.refresh_from_db()
    assert waiting.state == Bidder.State.ENDED


def test_the_statements_of_a_batch_do_not_grow_with_its_lots(
    jida: Party, agency: Party, anne_co: Party, bob_co: Party
) -> None:
    def statements(lots: int) -> int:
        sale = factory.sale(agency, extension_window_s=0)
        for _ in range(lots):
            lot = factory.lot(jida, agency, of_sale=sale)
            bid(factory.bidder(lot, anne_co, 8036), 1_000_000)
            bid(factory.bidder(lot, bob_co, 2417), 1_020_000)
        with CaptureQueriesContext(connection) as captured:
            assert fall(lot) == lots
        return len(captured)

    assert statements(1) == statements(5)


def test_the_hammer_freezes_the_terms_of_consignment_and_sale(contested: tuple[Lot, Bidder, Bidder]) -> None:
    lot, _anne, _bob = contested
    commission, premium = (read(rates, yuan(100), 500) for rates in ("3; 1000000: 2", "5; 1000000: 3"))
    Mandate.objects.filter(listing=lot.listing_id).update(seller_fees=commission, buyer_fees=flat(400))
    Sale.objects.filter(pk=lot.sale_id).update(buyer_fees=premium)
    fall(lot)
    Mandate.objects.filter(listing=lot.listing_id).update(seller_fees=flat(100))
    deal = Deal.objects.get(origin=lot.ref)
    assert (deal.seller_fees, deal.buyer_fees) == (commission, premium)
    assert quote_of(deal).figures.premium == yuan(51_200)
