"""An agency puts a sale together, announces it lawfully, and withdraws a lot before the bidding."""

from datetime import datetime, timedelta

import pytest
from django.http import Http404

from auctions import access, actions, live, packages
from auctions.models import Lot, Sale
from auctions.queries import lot_terms
from market.kernel import clock
from market.kernel.clock import BEIJING
from market.kernel.errors import Refused
from market.kernel.formats import day
from market.listings.fees import actions as fees
from market.listings.fees.rules import read
from market.listings.models import Listing, Reserve
from market.rights.models import Encumbrance
from market.trail.models import Fact
from tests import assets
from tests.auctions.sales.conftest import add_lot, yuan


def refused(code: str):
    return pytest.raises(Refused, match=f"^{code}")


def test_the_notice_freezes_the_rules_and_takes_the_listing_into_the_sale(lot, offered):
    offered.refresh_from_db()
    assert lot.sale.state == Sale.State.NOTICED
    assert lot.sale.rules["extension_window_s"] == 120
    assert lot.state == Lot.State.NOTICED
    assert offered.state == Listing.State.IN_SALE
    assert Fact.objects.filter(name="sale.noticed", subject=lot.sale.ref).count() == 1


def test_the_notice_hands_the_reserve_to_the_bidding_and_to_nobody_else(drafted, offered, zhou_min):
    Reserve.objects.update_or_create(listing=offered, defaults={"currency": "CNY", "amount_minor": 123_456_700})
    sale = drafted()
    lot = add_lot(sale, offered, zhou_min)
    actions.publish_notice(sale=sale, by=zhou_min)
    lot.refresh_from_db()
    assert lot.secret == {"reserve": 123_456_700}
    assert "1234567" not in str(live.public_states([lot.pk])[lot.pk]) + str(lot.public) + str(
        Fact.objects.values_list("data")
    )


def test_a_sale_too_soon_is_not_even_drafted(drafted):
    with refused("calendar.too_early"):
        drafted(opens_at=clock.now() + timedelta(days=6))
    assert not Sale.objects.exists()


def test_a_sale_whose_notice_comes_too_late_is_refused_and_stays_a_draft(drafted, offered, zhou_min):
    sale = drafted()
    add_lot(sale, offered, zhou_min)
    with clock.shifted_to(sale.opens_at - timedelta(days=7)), refused("calendar.too_early"):
        actions.publish_notice(sale=sale, by=zhou_min)
    sale.refresh_from_db()
    assert sale.state == Sale.State.DRAFT
    assert Listing.objects.get().state == Listing.State.PUBLISHED


def test_a_draft_moves_to_another_day_and_its_lots_with_it(drafted, offered, zhou_min):
    sale = drafted()
    lot = add_lot(sale, offered, zhou_min)
    opens_at = sale.opens_at + timedelta(days=3)
    changed = actions.change_sale(sale=sale, opens_at=opens_at, title="春季专场", by=zhou_min)
    assert (changed.title, changed.title_en, changed.opens_at) == ("春季专场", "Winter sale", opens_at)
    lot.refresh_from_db()
    assert (lot.opens_at, lot.ends_at) == (opens_at, opens_at + timedelta(hours=24))
    assert lot.hard_ends_at == lot.ends_at + timedelta(hours=4)


def test_what_another_rule_set_forbids_changes_nothing(drafted, offered, zhou_min):
    sale = drafted(opens_at=clock.now() + timedelta(days=40))
    lot = add_lot(sale, offered, zhou_min, duration=timedelta(hours=1))
    with refused("lot.too_short"):
        actions.change_sale(sale=sale, ruleset="judicial_online", by=zhou_min)
    early = clock.now() + timedelta(days=5)
    with refused("calendar.too_early"):
        actions.change_sale(sale=sale, opens_at=early, register_until=early, by=zhou_min)
    sale.refresh_from_db()
    assert (sale.ruleset, Lot.objects.get().ends_at) == ("commercial", lot.ends_at)


def test_a_draft_is_changed_on_its_own_page_and_an_announced_sale_is_not(
    drafted, offered, zhou_min, agent_chen, mallory, client_of
):
    sale = drafted()
    add_lot(sale, offered, zhou_min)
    page, client = f"/desk/sales/{sale.code}/edit/", client_of(agent_chen)
    form = client.get(page).context["form"]
    typed = {field.html_name: field.value() or "" for field in form} | {"title": "春季专场"}
    typed = {name: f"{value:%Y-%m-%dT%H:%M}" if hasattr(value, "hour") else value for name, value in typed.items()}
    typed["auctioneer"] = sale.auctioneer.pk
    assert client_of(mallory).post(page, typed).status_code == 404
    assert client.post(page, typed)["Location"] == f"/desk/sales/{sale.code}/"
    sale.refresh_from_db()
    assert (sale.title, sale.auctioneer.name) == ("春季专场", "周敏")
    actions.publish_notice(sale=sale, by=zhou_min)
    assert client.post(page, typed | {"title": "夏季专场"})["Location"] == f"/desk/sales/{sale.code}/"
    with refused("sale.not_draft"):
        actions.change_sale(sale=sale, title="夏季专场", by=zhou_min)
    sale.refresh_from_db()
    assert sale.title == "春季专场"


def test_the_desk_reads_the_earliest_legal_dates_before_it_types_any(agency, agent_chen, client_of):
    with clock.shifted_to(datetime(2026, 11, 24, 10, tzinfo=BEIJING)):
        client = client_of(agent_chen)
        shown = client.get("/desk/sales/new/").content.decode()
        form = client.get("/desk/sales/new/").context["form"]
        typed = {field.html_name: field.value() or "" for field in form} | {
            "title": "冬季专场",
            "mode": "online_bidding",
            "ruleset": "commercial",
        }
        early = dict.fromkeys(("opens_at", "register_until"), "2026-12-01T10:00")
        answer = client.post("/desk/sales/new/", {**typed, **early, "display_from": "2026-11-24T12:00"})
    for opens in ("2026-12-02", "2026-12-05", "2026-12-25"):  # seven, ten and thirty full days later
        assert opens in shown
    assert 'min="2026-12-02T00:00"' in shown
    for words in ("7 full days", "30 full days", "Auction Law, art. 45", "Auction Law, art. 48"):
        assert words in shown
    assert [*answer.context["form"].errors] == ["opens_at"]
    assert "choose 2026-12-02 or later" in answer.content.decode()
    assert not Sale.objects.exists()


def test_everybody_reads_the_statutory_dates_of_a_sale_with_their_articles(lot, client_of):
    page = client_of(None).get(f"/auctions/{lot.sale.code}/").content.decode()
    first = actions.legal_dates(lot.sale).opens_from
    assert first == clock.today() + timedelta(days=8)
    assert "7 full days before the opening (Auction Law, art. 45)" in page
    assert "at least 2 days (Auction Law, art. 48)" in page
    assert f"by law not before {day(first)}" in page
    calendar = client_of(None).get(f"/auctions/{lot.sale.code}.ics").content.decode()
    assert "Viewing begins" in calendar


def test_a_sale_without_lots_or_media_is_refused(drafted, offered, zhou_min):
    sale = drafted(media_proof="")
    with refused("sale.empty"):
        actions.publish_notice(sale=sale, by=zhou_min)
    add_lot(sale, offered, zhou_min)
    with refused("sale.no_media"):
        actions.publish_notice(sale=sale, by=zhou_min)


def test_an_auction_without_an_auctioneer_is_refused_but_online_bidding_is_not(drafted, offered, zhou_min):
    sale = drafted(auctioneer=None)
    add_lot(sale, offered, zhou_min)
    with refused("sale.no_auctioneer"):
        actions.publish_notice(sale=sale, by=zhou_min)
    Sale.objects.filter(pk=sale.pk).update(mode=Sale.Mode.ONLINE_BIDDING)
    sale.refresh_from_db()
    assert actions.publish_notice(sale=sale, by=zhou_min).state == Sale.State.NOTICED


def test_a_right_frozen_by_a_court_cannot_be_announced(drafted, offered, zhou_min):
    sale = drafted()
    add_lot(sale, offered, zhou_min)
    Encumbrance.objects.create(
        right=offered.right, kind="preservation", in_favour_of="长春市中级人民法院", since=clock.today()
    )
    with refused("sale.right_blocked"):
        actions.publish_notice(sale=sale, by=zhou_min)
    assert Lot.objects.get().state == Lot.State.DRAFT


def test_marks_that_travel_together_are_not_sold_apart(drafted, jida, agency, zhou_min):
    marks = [assets.trademark_draft(), assets.trademark_draft("1682310", title="长白雪山", groups=("0913",))]
    sale = drafted()
    for draft in marks:
        add_lot(sale, assets.published(jida, agency, draft=draft), zhou_min)
    with refused("sale.right_blocked") as bar:
        actions.publish_notice(sale=sale, by=zhou_min)
    assert bar.value.facts["rule"] == "R20"
    packages.offer(sale=sale, rule="core_nearest_vcg", groups=[("长白雪", [1, 2])], by=zhou_min)
    assert actions.publish_notice(sale=sale, by=zhou_min).state == Sale.State.NOTICED


def test_only_the_agencys_own_published_auction_listing_becomes_a_lot(drafted, offered, zhou_min):
    sale = drafted()
    Listing.objects.filter(pk=offered.pk).update(pricing=Listing.Pricing.FIXED)
    offered.refresh_from_db()
    with refused("lot.listing_unfit"):
        add_lot(sale, offered, zhou_min)
    assert not sale.lots.exists()


def test_a_deposit_outside_the_rule_set_is_refused(drafted, offered, zhou_min):
    with refused("lot.deposit_range"):
        add_lot(drafted(), offered, zhou_min, deposit=yuan(1))


def test_an_announced_sale_takes_no_more_lots(lot, offered, zhou_min):
    with refused("sale.not_draft"):
        add_lot(lot.sale, offered, zhou_min)
    with refused("sale.not_draft"):
        actions.remove_lot(lot=lot, by=zhou_min)


def test_a_lot_is_withdrawn_with_a_reason_before_the_bidding_and_not_after(lot, zhou_min):
    with refused("lot.reason_missing"):
        actions.withdraw_lot(lot=lot, reason=" ", by=zhou_min)
    with clock.shifted_to(lot.opens_at), refused("lot.started"):
        actions.withdraw_lot(lot=lot, reason="委托人要求", by=zhou_min)
    actions.withdraw_lot(lot=lot, reason="委托人要求", by=zhou_min)
    lot.refresh_from_db()
    assert lot.state == Lot.State.WITHDRAWN
    assert Listing.objects.get().state == Listing.State.PUBLISHED


def test_strangers_neither_see_a_draft_nor_run_the_desk(drafted, offered, zhou_min, mallory, anne):
    sale = drafted()
    for code_of in (access.sale_for, access.desk_sale_for):
        with pytest.raises(Http404):
            code_of(mallory, sale.code)
    with pytest.raises(Http404):
        actions.publish_notice(sale=sale, by=anne)
    assert access.sale_for(zhou_min, sale.code) == sale


def test_several_licences_are_offered_only_of_what_is_to_be_licensed(drafted, offered, zhou_min):
    sale = drafted()
    lot = add_lot(sale, offered, zhou_min)
    Lot.objects.filter(pk=lot.pk).update(format=Lot.Format.UNIFORM, params={"supply": 3})
    with refused("lot.listing_unfit"):
        actions.publish_notice(sale=sale, by=zhou_min)
    Listing.objects.filter(pk=offered.pk).update(mode=Listing.Mode.LICENCE)
    Lot.objects.filter(pk=lot.pk).update(format=Lot.Format.ENGLISH, params={})
    with refused("lot.listing_unfit"):
        actions.publish_notice(sale=sale, by=zhou_min)
    assert Lot.objects.get().state == Lot.State.DRAFT
    Lot.objects.filter(pk=lot.pk).update(format=Lot.Format.UNIFORM, params={"supply": 3})
    actions.publish_notice(sale=sale, by=zhou_min)
    assert Lot.objects.get().state == Lot.State.NOTICED


def test_several_licences_are_put_up_of_what_is_to_be_licensed_and_nothing_else_of_it(drafted, offered, zhou_min):
    sale, several = drafted(), {"format": Lot.Format.UNIFORM, "params": {"supply": 3}}
    with refused("lot.listing_unfit"):
        add_lot(sale, offered, zhou_min, **several)
    Listing.objects.filter(pk=offered.pk).update(mode=Listing.Mode.LICENCE)
    offered.refresh_from_db()
    with refused("lot.listing_unfit"):
        add_lot(sale, offered, zhou_min)
    assert not sale.lots.exists()
    assert add_lot(sale, offered, zhou_min, **several).params == {"supply": 3}


def test_a_sale_states_its_premium_and_its_bidders_acknowledge_it(drafted, offered, agency, zhou_min, client_of):
    """拍卖法 56: what the buyer pays is agreed before it bids, and lies within the cap of the rule set."""
    terms = {"agency": agency, "side": "buyer", "by": zhou_min}
    dear = fees.publish(name="高", fees=read("8", yuan(1), 800), **terms)
    with pytest.raises(Refused, match=r"fees\.cap"):
        drafted(premium=dear)
    graded = fees.publish(name="分档", fees=read("5; 1000000: 3", yuan(500), 500), **terms)
    sale = drafted()
    lot = add_lot(sale, offered, zhou_min)
    assert "premium" not in lot_terms(lot)
    lot.sale = sale = actions.change_sale(sale=sale, premium=graded, by=zhou_min)
    fees.withdraw(schedule=graded, by=zhou_min)
    assert actions.change_sale(sale=sale, premium=graded, by=zhou_min).buyer_fees == sale.buyer_fees, "agreed before"
    assert lot_terms(lot)["premium"]["code"] == graded.code
    page = client_of(zhou_min).get(f"/desk/sales/{sale.code}/edit/").content.decode()
    assert f'<option value="{graded.code}" selected' in page
    assert (
        "分档 v1: 5% up to ¥1,000,000, 3% above"
        in client_of(zhou_min).get(f"/desk/sales/{sale.code}/").content.decode()
    )
