"""Announces the demonstration's sales as the law wants them, days before they open, and fills them with bidders."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from auctions import actions, engine
from auctions.models import Bidder, Lot, Sale
from auctions.queries import lot_terms
from auctions.rules.presets import COMMERCIAL
from auctions.rules.sales import terms_sha256
from deploy.demo import cast, listings
from market.kernel import clock
from market.kernel.money import Money
from market.listings.models import Listing
from market.notices.models import Notice
from market.parties.models import User
from market.payments import actions as payments
from market.trail import journal

PREPARED = timedelta(days=25)  # how long before the opening the listings appear
NOTICE = timedelta(days=20)  # and the notice: seven days by law, counted over any holiday
DURATION = timedelta(minutes=10)
EVERYBODY = ("maijia1", "maijia2")


def announce(indexes: Sequence[int], *, opens_at: datetime, title: str, title_en: str, auction: bool = True) -> Sale:
    """A sale of rights `indexes`, announced twenty days before it opens."""
    with clock.shifted_to(opens_at - PREPARED):
        ready = [(listings.published(index), listings.price(index)) for index in indexes]
    return put_up(ready, opens_at=opens_at, title=title, title_en=title_en, auction=auction)


def put_up(
    ready: Sequence[tuple[Listing, Money]],
    *,
    opens_at: datetime,
    title: str,
    title_en: str,
    auction: bool = True,
    ruleset: str = COMMERCIAL.name,
    **how: Any,
) -> Sale:
    """A sale of published listings at these starting prices, announced twenty days before it opens; `how` one bids for its
    lots, as `actions.add_lot` takes it."""
    with clock.shifted_to(opens_at - NOTICE):
        agency, by = cast.party("jigou"), listings.agent()
        sale = actions.create_sale(
            agency=agency,
            title=title,
            title_en=title_en,
            mode=Sale.Mode.AUCTION if auction else Sale.Mode.ONLINE_BIDDING,
            auctioneer=agency.auctioneers.first() if auction else None,
            ruleset=ruleset,
            display_from=opens_at - NOTICE + timedelta(hours=1),
            register_until=opens_at - timedelta(seconds=5),
            opens_at=opens_at,
            media_proof="吉林日报 第 6 版" if auction else "",
            by=by,
        )
        for listing, start in ready:
            _add_lot(sale, listing, start, by, **how)
        return actions.publish_notice(sale=sale, by=by)


def _add_lot(sale: Sale, listing: Listing, start: Money, by: User, **how: Any) -> Lot:
    step = Money(max(start.minor // 50 // 100_000 * 100_000, 100_000), start.currency)
    terms = {"start": start, "deposit": start.portion(1000), "step": step, "duration": DURATION, **how}
    return actions.add_lot(sale=sale, listing=listing, by=by, **terms)


def enter(lot: Lot, users: Sequence[User]) -> None:
    """Register `users` for a lot, qualify them and take their deposits, a week before it opens."""
    agent, finance = listings.agent(), cast.user("caiwu")
    with clock.shifted_to(lot.opens_at - timedelta(days=7)):
        lot = Lot.objects.select_related("sale__agency", "listing__right", "listing__seller").get(pk=lot.pk)
        for user in users:
            bidder = actions.register_bidder(lot=lot, terms_sha256_seen=terms_sha256(lot_terms(lot)), by=user)
            if bidder.state != Bidder.State.APPLIED:
                continue
            charge = actions.qualify(bidder=bidder, by=agent)
            if charge is not None:
                payments.confirm(
                    charge=charge,
                    received=charge.amount,
                    bank_reference=f"DEMO{uuid4().hex[:12].upper()}",
                    on=clock.today(),
                    by=finance,
                )
    deliver()


def crowd() -> list[User]:
    """Who is registered for every lot of the show: the simulated bidders and two buyers a visitor may play."""
    return [*cast.robots(), *(cast.user(name) for name in EVERYBODY)]


def deliver() -> None:
    """Deliver every fact that waits, as the worker would."""
    while journal.deliver_due():
        pass
    staged = clock.now() - timedelta(hours=1)  # what the show did in its past is told in the market, not by mail
    Notice.objects.filter(mailed_at=None, fact__at__lt=staged).update(mailed_at=clock.now())


def robot_bid(lot: Lot, *, steps: int = 1) -> bool:
    """One simulated bidder who does not lead bids `steps` increments; False when nobody can."""
    active = lot.bidders.filter(state=Bidder.State.ACTIVE, user__username__startswith="robot")
    bidders = [bidder for bidder in active if bidder.pk != lot.leader_id]
    if not bidders:
        return False
    step = Money(lot.increments[0][1], lot.currency)
    amount = lot.start if lot.price is None else lot.price + step * steps
    answer = engine.place_bid(
        engine.Offer(
            lot_id=lot.pk, bidder_id=random.choice(bidders).pk, key=uuid4(), amount=amount, received_at=clock.now()
        )
    )
    return answer.accepted


def played(lot: Lot, *, bids: int, winner: User | None = None) -> Lot:
    """A lot of the past, bid on `bids` times by simulated bidders (the last bid by `winner`) and closed on time."""
    with clock.shifted_to(lot.opens_at + timedelta(seconds=1)):
        engine.open_due()
    for number in range(bids):
        with clock.shifted_to(lot.opens_at + timedelta(seconds=20 + 25 * number)):
            lot.refresh_from_db()
            robot_bid(lot, steps=1 + number % 2)
    lot.refresh_from_db()
    if winner is not None:
        with clock.shifted_to(lot.opens_at + timedelta(seconds=30 + 25 * bids)):
            bidder = Bidder.objects.get(lot=lot, user=winner)
            amount = (lot.price or lot.start) + Money(lot.increments[0][1], lot.currency)
            engine.place_bid(
                engine.Offer(lot_id=lot.pk, bidder_id=bidder.pk, key=uuid4(), amount=amount, received_at=clock.now())
            )
    lot.refresh_from_db()
    with clock.shifted_to(lot.ends_at + timedelta(seconds=1)):
        engine.close_due()
        deliver()
    lot.refresh_from_db()
    return lot
