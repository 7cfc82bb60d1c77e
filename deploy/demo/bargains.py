"""The demonstration's bargains: one being negotiated, one accepted whose deal goes on, something wanted with an answer, and a
lot that was passed in."""

from datetime import timedelta
from uuid import uuid4

from deploy.demo import cast, deals, rights, sales
from market.deals.negotiation.documents import assignment
from market.kernel import clock
from market.kernel.money import Money
from market.listings.models import Listing
from market.listings.offers import actions as offers
from market.listings.offers import rounds
from market.listings.offers.actions import Proposal
from market.listings.offers.models import Negotiation, PrivateRound
from market.listings.wanted import actions as wanted
from market.listings.wanted.rules import Wish

SELLER, AGENT = "qiye", "jigou"


def build() -> None:
    """Two of the enterprise's assets are bargained for, and one is what a buyer was looking for."""
    mine = Listing.objects.filter(seller=cast.party(SELLER), state=Listing.State.PUBLISHED)
    bargained, dealt = mine.filter(pricing=Listing.Pricing.NEGOTIABLE).order_by("pk")[:2]
    _negotiated(bargained)
    _accepted(dealt)
    others = mine.filter(right__kind="patent").exclude(pk__in=[bargained.pk, dealt.pk])
    _looked_for(others.order_by("pk")[0])


def pass_in(index: int) -> PrivateRound:
    """The right number `index` bid for below its reserve this morning: the consignor opens the private round, one of those
    invited has made an offer, and a visitor may make another."""
    opened = clock.now() - timedelta(hours=6)
    sale = sales.announce([index], opens_at=opened, title="晨场", title_en="Early sale", auction=False)
    lot = sale.lots.get()
    sales.enter(lot, sales.crowd())
    lot = sales.played(lot, bids=2)
    deals.give_back(lot)
    found = PrivateRound.objects.get(origin=lot.ref)
    with clock.shifted_to(opened + timedelta(hours=2)):
        found = rounds.agree(found, by=cast.user(rights.seller(index)))
    with clock.shifted_to(opened + timedelta(hours=4)):
        _bid(lot.listing, lot.start.portion(10_500), "maijia2", "流拍后仍有意受让，可一次付清。")
    sales.deliver()
    return found


def _negotiated(listing: Listing) -> None:
    """An offer and its counter-offer, which waits for the buyer."""
    with clock.shifted_to(clock.now() - timedelta(hours=20)):
        begun = _offer(listing, "maijia1", 70, "可派工程师到现场验收。")
    with clock.shifted_to(clock.now() - timedelta(hours=2)):
        seen = begun.standing.sha256 if begun.standing else ""
        terms = assignment(sign_days=10, pay_days=5, conditions="转让人提供两日现场技术指导。")
        asked = Proposal(_part(listing, 90), 72, uuid4(), terms, "含现场技术指导。")
        offers.counter(begun, asked, party=cast.party(SELLER), by=cast.user(SELLER), seen=seen)


def _accepted(listing: Listing) -> None:
    """An offer the seller accepts; the papers of its deal wait for signatures."""
    with clock.shifted_to(clock.now() - timedelta(hours=30)):
        begun = _offer(listing, "maijia2", 85, "")
        seen = begun.standing.sha256 if begun.standing else ""
        offers.accept(begun, party=cast.party(SELLER), by=cast.user(SELLER), seen=seen)
        sales.deliver()


def _looked_for(listing: Listing) -> None:
    """What a third buyer looks for, published by the agency and answered with `listing`."""
    wish = Wish(
        title="复合材料成型工艺专利",
        text="用于轻量化结构件的批量生产，要求已有中试数据，可接受许可或者转让。",
        kind="patent",
        industry="materials",
        lowest=Money(30_000_000, "CNY"),
        highest=Money(120_000_000, "CNY"),
        until=clock.today() + timedelta(days=60),
    )
    buyer = cast.user("maijia3")
    post = wanted.submit(wish, buyer=cast.party("maijia3"), agency=cast.party(AGENT), by=buyer)
    wanted.publish(post, by=cast.user(AGENT))
    message = "已在两家企业试用，可提供中试报告。"
    wanted.reply(post, party=cast.party(SELLER), listing=listing, message=message, by=cast.user(SELLER))


def _offer(listing: Listing, buyer: str, percent: int, message: str) -> Negotiation:
    """An offer of so many percent of the asking price."""
    return _bid(listing, _part(listing, percent), buyer, message)


def _bid(listing: Listing, amount: Money, buyer: str, message: str) -> Negotiation:
    """An offer of that amount, good for three days."""
    terms = assignment(sign_days=10, pay_days=10, conditions="")
    said = Proposal(amount, 72, uuid4(), terms, message)
    return offers.make(listing, said, buyer=cast.party(buyer), by=cast.user(buyer)).negotiation


def _part(listing: Listing, percent: int) -> Money:
    asking: Money = listing.asking
    return asking.portion(percent * 100)
