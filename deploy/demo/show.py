"""Keeps the demonstration going: one lot live, one about to open, one just closed, and simulated bidders at work."""

import random
from datetime import timedelta

from auctions.models import Lot
from deploy.demo import cast, formats, sales
from market.kernel import clock
from market.rights.models import Right

AHEAD = timedelta(minutes=5)  # the next lot opens at most this long after the one before
SOON = timedelta(seconds=30)
BUSY = 9  # a live lot gets a simulated bid about every so many seconds
QUIET_END = timedelta(seconds=100)  # the robots leave the last seconds to people once a lot was extended
ENOUGH = 25  # robots stop after so many bids


def keep_going() -> None:
    """One look, once a second: stage the next lot if none waits, and let a simulated bidder bid now and then."""
    if not cast.robots():
        return
    now = clock.now()
    ascending = Lot.objects.filter(format=Lot.Format.ENGLISH)
    waiting = ascending.filter(state=Lot.State.NOTICED, opens_at__gt=now).order_by("opens_at").first()
    live = list(ascending.filter(state__in=Lot.BIDDING, ends_at__gt=now).order_by("ends_at"))
    if waiting is None:
        stage(after=AHEAD if live else SOON)
    elif not live and waiting.opens_at > now + 2 * SOON:
        stage(after=SOON)
    for lot in live:
        closing = lot.extensions and lot.ends_at - now < QUIET_END
        if lot.bids_count < ENOUGH and not closing and random.random() < 1 / BUSY:
            sales.robot_bid(lot, steps=random.choice((1, 1, 1, 2)))
    formats.keep_up()


def stage(*, after: timedelta) -> Lot:
    """Announce one more lot that opens `after` from now, with the crowd registered for it."""
    index = Right.objects.filter(source="demo").count()
    opens_at = clock.now() + after
    name = opens_at.astimezone(clock.BEIJING)
    sale = sales.announce(
        [index],
        opens_at=opens_at,
        title=f"知识产权专场 {name:%m-%d %H:%M}",
        title_en=f"IP sale {name:%m-%d %H:%M}",
        auction=index % 2 == 0,
    )
    lot = sale.lots.get()
    sales.enter(lot, sales.crowd())
    return lot
