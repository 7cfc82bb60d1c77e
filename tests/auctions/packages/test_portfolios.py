"""A portfolio in a sale: a lot for each right, one registration, one buyer for what may not be split, one recordal each."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from auctions import actions, engine, packages, portfolios
from auctions.models import Bidder, Lot, PackageSale, Sale
from auctions.queries import listings_ready
from market.deals import bundles
from market.deals.models import Deal
from market.deals.queries import bargain_of, is_held, with_parties
from market.deals.rules.papers import contract_terms
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.states import move
from market.listings import rules
from market.listings.bundles import actions as listed
from market.listings.bundles.queries import listings_of
from market.listings.models import Bundle
from market.parties.models import Party, User
from market.rights.portfolios import actions as held
from market.trail.models import Fact
from tests import assets
from tests.auctions import factory
from tests.auctions.factory import yuan
from tests.auctions.packages.conftest import allocated, end

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


@pytest.fixture
def offered(jida: Party, agency: Party, li_wei: User, agent_chen: User) -> Callable[[str], Bundle]:
    """offered(way): 吉林大学's patent and the two marks the law ties together, published."""

    def make(way: str) -> Bundle:
        made = held.create(owner=jida, name="固态电池组合", name_en="", by=li_wei)
        twin = assets.trademark_draft("1682310", title="长白雪山", groups=("0913",))
        drafts = (assets.patent_draft(), assets.trademark_draft(), twin)
        held.add(made, rights=[assets.right(jida, draft=draft) for draft in drafts], by=li_wei)
        said = {"summary": "电池专利与商标", "summary_en": "", "defects": "无"}
        bundle = listed.begin(made, way=way, agency=agency, by=li_wei, **said)
        listed.submit(bundle, by=li_wei)
        return listed.accept(bundle, ticked=tuple(rules.REVIEWED), by=agent_chen)

    return make


def drafted(agency: Party, by: User, **columns: Any) -> Sale:
    """A draft of online bidding that opens in twenty days."""
    opens_at = clock.now() + timedelta(days=20)
    frame = {"display_from": clock.now(), "register_until": opens_at - timedelta(hours=1), "opens_at": opens_at}
    words = {"title": "组合专场", "title_en": "", "mode": "online_bidding", "auctioneer": None, "media_proof": ""}
    return actions.create_sale(agency=agency, ruleset="commercial", by=by, **frame, **(words | columns))


def put_in(sale: Sale, bundle: Bundle, by: User) -> PackageSale:
    """The portfolio in the sale, a million yuan to start for each right, paid as bid."""
    starts = {listing.code: yuan(1_000_000) for listing in listings_of(bundle)}
    terms = {"starts": starts, "deposit_bp": 1000, "duration": timedelta(hours=24), "rule": "pay_as_bid"}
    return portfolios.put_in(sale=sale, bundle=bundle, by=by, **terms)


def test_in_parts_the_tied_marks_are_one_group_and_the_patent_goes_by_itself(
    offered: Callable[[str], Bundle], agency: Party, zhou_min: User
) -> None:
    sale, bundle = drafted(agency, zhou_min), offered("parts")
    package = put_in(sale, bundle, zhou_min)
    marks = sale.lots.filter(listing__right__kind="trademark").values_list("code", flat=True)
    assert package.groups == [["固态电池组合", sorted(marks)]]
    assert set(sale.lots.values_list("format", flat=True)) == {Lot.Format.PACKAGE}
    with pytest.raises(Refused, match=r"bundle\.not_ready"):
        put_in(sale, bundle, zhou_min)
    packages.offer(sale=sale, rule="pay_as_bid", groups=[], by=zhou_min)
    with pytest.raises(Refused, match=r"sale\.(splits_bundle|right_blocked)"):
        actions.publish_notice(sale=sale, by=zhou_min)
    sale.refresh_from_db()
    assert sale.state == Sale.State.DRAFT


def test_a_whole_portfolio_is_not_announced_in_parts(
    offered: Callable[[str], Bundle], agency: Party, zhou_min: User
) -> None:
    sale = drafted(agency, zhou_min)
    package = put_in(sale, offered("whole"), zhou_min)
    assert [len(codes) for _name, codes in package.groups] == [3]
    patent = sale.lots.get(listing__right__kind="patent")
    numbers = [lot.number for lot in sale.lots.exclude(pk=patent.pk)]
    packages.offer(sale=sale, rule="pay_as_bid", groups=[("商标", numbers)], by=zhou_min)
    with pytest.raises(Refused, match=r"sale\.splits_bundle"):
        actions.publish_notice(sale=sale, by=zhou_min)
    actions.remove_lot(lot=patent, by=zhou_min)
    with pytest.raises(Refused, match=r"sale\.splits_bundle"):
        actions.publish_notice(sale=sale, by=zhou_min)


def test_the_desk_puts_it_in_and_a_bidder_registers_for_all_of_it_at_once(
    offered: Callable[[str], Bundle], agency: Party, zhou_min: User, anne: User, mallory: User, client_of: ClientOf
) -> None:
    sale, bundle = drafted(agency, zhou_min), offered("whole")
    desk, page = f"/desk/sales/{sale.code}/portfolios/", f"/bundles/{bundle.code}/register/"
    assert not listings_ready(agency).exists()  # none of it goes into a sale by itself
    assert client_of(mallory).get(desk).status_code == 404
    assert bundle.code in client_of(zhou_min).get(desk).content.decode()
    assert client_of(anne).get(page).status_code == 404
    said = {f"start_{listing.code}": "1000000" for listing in listings_of(bundle)}
    said |= {"deposit": "10", "hours": "24", "rule": "pay_as_bid"}
    short = dict(list(said.items())[1:])
    assert client_of(zhou_min).post(f"{desk}?bundle={bundle.code}", short).status_code == 422
    assert client_of(zhou_min).post(f"{desk}?bundle={bundle.code}", said).url == f"/desk/sales/{sale.code}/"
    actions.publish_notice(sale=sale, by=zhou_min)
    shown = client_of(anne).get(page).content.decode()
    assert page in client_of(anne).get(f"/bundles/{bundle.code}/").content.decode()
    terms = {field: value for field, value in _hidden(shown) if field.startswith("terms-")}
    assert len(terms) == 3
    assert client_of(anne).post(page, terms).status_code == 422
    stale = {**terms, next(iter(terms)): "0" * 64} | {"acknowledged": "yes"}
    assert client_of(anne).post(page, stale).status_code == 409
    assert not Bidder.objects.exists()
    assert client_of(anne).post(page, terms | {"acknowledged": "yes"}).status_code == 302
    assert Bidder.objects.filter(lot__sale=sale, party__memberships__user=anne).count() == 3
    assert "You are registered for every lot" in client_of(anne).get(page).content.decode()


def _hidden(page: str) -> list[tuple[str, str]]:
    """The names and values of a page's hidden fields."""
    fields = [part.split('"') for part in page.split('<input type="hidden" name="')[1:]]
    return [(field[0], field[2]) for field in fields]


def test_one_buyer_gets_all_each_by_its_own_contract_and_the_money_waits_for_the_last_title(
    offered: Callable[[str], Bundle], agency: Party, zhou_min: User, anne: User, anne_co: Party
) -> None:
    sale, bundle = drafted(agency, zhou_min), offered("whole")
    package = put_in(sale, bundle, zhou_min)
    actions.publish_notice(sale=sale, by=zhou_min)
    opened = clock.now() - timedelta(hours=1)
    Lot.objects.filter(sale=sale).update(opens_at=opened, ends_at=clock.now() + timedelta(hours=1))
    lots = list(sale.lots.select_related("sale__agency").order_by("number"))
    for place, lot in enumerate(lots):
        factory.bidder(lot, anne_co, 1001 + place)
    engine.open_due()
    given = {"package": package, "amount": yuan(3_300_000), "by": anne}
    with pytest.raises(Refused, match=r"package\.splits_group"):
        packages.bid(codes=[lot.code for lot in lots[:2]], key=uuid4(), **given)
    packages.bid(codes=[lot.code for lot in lots], key=uuid4(), **given)
    end(package)
    allocated(package, zhou_min)
    deals = list(with_parties().order_by("pk"))
    assert [deal.price for deal in deals] == [yuan(1_100_000)] * 3
    for deal in deals:
        bundles.on_deal_formed(Fact(name="deal.formed", subject=deal.ref))
    assert all(is_held(deal) for deal in deals)
    others = [f"{deal.right.number} {deal.right.title}" for deal in deals[1:]]
    clause = contract_terms(bargain_of(deals[0]))["clauses"][1]
    assert clause["heading"] == ["组合", "Portfolio"]
    assert all(other in clause["paragraphs"][0][0] for other in others)
    for deal in deals:
        assert all(is_held(one) for one in deals)
        for state in ("confirmed", "signed", "paid", "filed", "title_passed"):
            move(deal, state)
        bundles.on_deal_moved(Fact(name="deal.title_passed", subject=deal.ref))
    assert not any(is_held(deal) for deal in deals)
    assert Deal.objects.filter(state="title_passed").count() == 3
