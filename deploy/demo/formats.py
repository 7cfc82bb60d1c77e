"""The demonstration's other ways of bidding: of each one lot that may be bid for now, and one announced for the next hour."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from auctions import engine
from auctions.models import Lot
from auctions.rules.presets import COMMERCIAL, EXCHANGE_DYNAMIC
from deploy.demo import cast, listings, sales
from market.kernel import clock
from market.kernel.money import Money
from market.listings.models import Listing
from market.parties.models import User
from market.rights.models import Right

OPENED = timedelta(minutes=-1)  # a lot is open when a visitor comes
LASTS = timedelta(hours=1)
CYCLE_S, EVERY_S = 180, 30
LICENCES = 5


class Way(NamedTuple):
    """A way of bidding, what its sale is called, when it opens from now, the parts of the right's price (basis points) at
    which it starts, and which the simulated bidders offer at once, each its own, as which `kind` of bid."""

    format: str
    title: str
    title_en: str
    opens_in: timedelta = OPENED
    start: int = 10_000
    offers: Sequence[int] = ()
    kind: str = ""


WAYS = (
    Way(Lot.Format.DUTCH, "降价专场", "Falling price", start=20_000),
    Way(Lot.Format.SEALED_FIRST, "密封报价专场", "Sealed bids", offers=(10_500, 11_800), kind="sealed"),
    Way(
        Lot.Format.SEALED_SECOND,
        "次高价密封专场",
        "Sealed bids, second price",
        offers=(11_200, 12_600),
        kind="sealed",
    ),
    Way(Lot.Format.UNIFORM, "普通许可专场", "Five licences", start=1000, offers=(1100, 1300), kind="units"),
    Way(Lot.Format.FREE_THEN_TIMED, "限时报价专场", "Free period, then rounds", offers=(10_000,), kind="exact"),
    Way(
        Lot.Format.HYBRID,
        "降价与密封专场",
        "Falling price, then sealed bids",
        opens_in=timedelta(hours=1),
        start=20_000,
    ),
)


def keep_up() -> None:
    """Announce a lot of each way that has none waiting or being bid for; nothing else, however often it is asked."""
    there = Lot.objects.filter(state__in=[Lot.State.NOTICED, Lot.State.SUSPENDED, *Lot.BIDDING])
    missing = {way.format for way in WAYS} - set(there.values_list("format", flat=True))
    for way in WAYS:
        if way.format in missing:
            _stage(way)


def _stage(way: Way) -> None:
    """One more right, bid for in that way; the buyers a visitor may play are registered, and whoever bids at once."""
    index, opens_at = Right.objects.filter(source="demo").count(), clock.now() + way.opens_in
    price, day = listings.price(index), opens_at.astimezone(clock.BEIJING)
    licence = way.format == Lot.Format.UNIFORM
    mode = Listing.Mode.LICENCE if licence else Listing.Mode.ASSIGNMENT
    with clock.shifted_to(opens_at - sales.PREPARED):
        listing = listings.published(index, mode=mode)
    timed = way.format == Lot.Format.FREE_THEN_TIMED
    sale = sales.put_up(
        [(listing, price.portion(way.start))],
        opens_at=opens_at,
        title=f"{way.title} {day:%m-%d %H:%M}",
        title_en=f"{way.title_en} {day:%m-%d %H:%M}",
        auction=False,
        ruleset=EXCHANGE_DYNAMIC.name if timed else COMMERCIAL.name,
        format=way.format,
        params=_params(way.format, price),
        duration=LASTS,
    )
    lot = sale.lots.get()
    robots = cast.robots()[: len(way.offers)]
    sales.enter(lot, [*robots, *(cast.user(name) for name in sales.EVERYBODY)])
    engine.open_due()
    for robot, part in zip(robots, way.offers, strict=True):
        _offer(lot, robot, price.portion(part), way.kind)


def _params(format: str, price: Money) -> dict[str, Any]:
    """The format's own terms. A price falls from the double, in parts of a hundredth, to where a reserve would be met."""
    falling = {"step": price.portion(100).minor, "every_s": EVERY_S, "floor": price.portion(11_000).minor}
    return {
        Lot.Format.DUTCH: falling,
        Lot.Format.HYBRID: {**falling, "sealed_s": 600, "best_s": 300},
        Lot.Format.UNIFORM: {"supply": LICENCES},
        Lot.Format.FREE_THEN_TIMED: {"cycle_s": CYCLE_S},
    }.get(Lot.Format(format), {})


def _offer(lot: Lot, robot: User, amount: Money, kind: str) -> None:
    """What a simulated bidder bids, two licences where there are several."""
    bidder, units = lot.bidders.get(user=robot), 2 if kind == "units" else 1
    said: dict[str, Any] = {"amount": amount, "kind": kind, "units": units, "received_at": clock.now()}
    engine.place_bid(engine.Offer(lot_id=lot.pk, bidder_id=bidder.pk, key=uuid4(), **said))
