"""A buyer of the demonstration that did not pay: declared in default, the right sold again, and its claim asked for."""

from datetime import date, datetime, time, timedelta

from auctions.defaults import actions as defaults
from auctions.defaults import queries
from auctions.models import Default
from deploy.demo import cast, deals, listings, sales
from market.deals.models import Deal
from market.kernel import clock
from market.kernel.clock import BEIJING
from market.kernel.formats import read_day
from market.kernel.money import Money

OPENED = timedelta(
    days=80
)  # the first sale, so long ago that a reminder, its grace and a second notice lie in the past
DAY = timedelta(days=1)
REASON = "合同已签署，买受人逾期未付成交价款；经书面催告，宽限期届满仍未支付。"


def build(index: int) -> Default:
    """The right number `index` sold to 鼎驰 (maijia4), which does not pay; the seller agrees to a second sale, which brings
    less, and the claim is final."""
    opened = clock.now() - OPENED
    sale = sales.announce([index], opens_at=opened, title="初秋专场", title_en="Early autumn sale")
    lot, late = sale.lots.get(), cast.user("maijia4")
    sales.enter(lot, [*cast.robots(), late])
    lot = sales.played(lot, bids=6, winner=late)
    deals.give_back(lot)
    deal = deals.carry(lot, to=Deal.State.SIGNED, start=opened)
    default = _declared(deal)
    again = sales.put_up(
        [(default.lot.listing, _lower(lot.start))],
        opens_at=default.declared_at + sales.NOTICE + DAY,
        title="再行拍卖专场",
        title_en="Second sale after a default",
    ).lots.get()
    buyer = cast.user("maijia1")
    sales.enter(again, [*cast.robots(), buyer])
    again = sales.played(again, bids=3, winner=buyer)
    deals.give_back(again)
    deals.carry(again, to=Deal.State.CLOSED, start=again.opens_at)
    return Default.objects.get(pk=default.pk)


def _declared(deal: Deal) -> Default:
    """The buyer reminded the day after its last one, in default the day after its grace, and the seller agrees."""
    agent, seller = listings.agent(), deal.seller.memberships.filter(role="owner").order_by("pk")[0].user
    due_on = deal.due_on or clock.today()
    with clock.shifted_to(_at(due_on + DAY)):
        defaults.remind(deal=deal, by=agent)
    reminder = queries.reminder_of(deal)
    until = read_day(reminder.data["until"]) if reminder else due_on
    with clock.shifted_to(_at(until + DAY)):
        default = defaults.declare(deal=deal, reason=REASON, by=agent)
        sales.deliver()
        default = defaults.agree(default=default, by=seller)
        deals.send([deal.ref], clock.today())
        sales.deliver()
    return queries.default_of(deal) or default


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10), BEIJING)


def _lower(start: Money) -> Money:
    """Four fifths of the first start, in round figures."""
    return Money(start.minor * 4 // 5 // 1_000_000 * 1_000_000, start.currency)
