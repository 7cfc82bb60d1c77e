"""Fills an empty database with the demonstration and prints who can log in."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand

from deploy.demo import (
    bank,
    bargains,
    cast,
    deals,
    defaults,
    equity,
    formats,
    handed_in,
    licensing,
    listings,
    portfolios,
    rarer,
    sales,
    show,
    valuations,
)
from market.deals.models import Deal
from market.kernel import clock
from market.listings.models import Listing
from market.notices.actions import mark_read
from market.rights.models import Right

TOTAL = 60
PRICINGS = {1: Listing.Pricing.FIXED, 5: Listing.Pricing.FIXED, 2: Listing.Pricing.NEGOTIABLE}
UNREAD = 4  # notices a member of the cast still has before them
SHARED = TOTAL - 2  # the enterprise's draft, which the university owns half of


class Command(BaseCommand):
    """`manage.py demo`: cast, sixty rights, past sales with their deals, and the show. A second run adds nothing."""

    help = "Build the demonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        """Build what is missing, then say who plays."""
        cast.build()
        if not Right.objects.filter(source="demo").exists():
            self._past()
            self._catalogue()
            valuations.build(portfolios.build())
            portfolios.offer()
            rarer.build()
            handed_in.build()
            bank.build()
            licensing.build()
            bargains.build()
            licensing.negotiate()
            licensing.license_each_other()
            licensing.open_to_all()
            equity.build()
            self._now()
            self._read()
        self._say_who()

    def _past(self) -> None:
        """Sold lots whose deals stand everywhere between the hammer and the last payout."""
        self.stdout.write("  past sales and their deals")
        buyers = [cast.user(name) for name in ("maijia1", "maijia2", "maijia3")]
        for number, state in enumerate(deals.STATES):
            opened = clock.now() - timedelta(days=1 + number, hours=1 + number)
            sale = sales.announce(
                [number], opens_at=opened, title=f"秋季专场 第 {number + 1} 场", title_en=f"Autumn sale {number + 1}"
            )
            lot, winner = sale.lots.get(), buyers[number % len(buyers)]
            sales.enter(lot, [*cast.robots(), winner])
            lot = sales.played(lot, bids=8, winner=winner)
            deals.give_back(lot)
            deals.carry(lot, to=state, start=opened)
        defaults.build(len(deals.STATES))

    def _catalogue(self) -> None:
        """The rest of the sixty: on offer, waiting for review, still being drafted."""
        self.stdout.write("  the catalogue")
        first = Right.objects.filter(source="demo").count()
        for index in range(first, TOTAL):
            pricing = PRICINGS.get(index % 8, Listing.Pricing.AUCTION)
            with clock.shifted_to(clock.now() - timedelta(days=(TOTAL - index) % 25, hours=index % 9)):
                if index == SHARED:
                    listings.shared(index)
                elif index >= TOTAL - 3:
                    listings.drafted(index, pricing=pricing)
                elif index >= TOTAL - 6:
                    listings.submitted(index, pricing=pricing)
                else:
                    listings.published(index, pricing=pricing)
        sales.deliver()

    def _now(self) -> None:
        """One lot passed in this morning, one that closed minutes ago, one live, one about to open; and the other ways of
        bidding."""
        self.stdout.write("  today's lots")
        bargains.pass_in(Right.objects.filter(source="demo").count())
        index, now = Right.objects.filter(source="demo").count(), clock.now()
        times = (("早场", "Morning sale", timedelta(minutes=-16)), ("午场", "Noon sale", timedelta(minutes=-2)))
        for offset, (title, title_en, since) in enumerate(times):
            sale = sales.announce([index + offset], opens_at=now + since, title=title, title_en=title_en, auction=False)
            sales.enter(sale.lots.get(), sales.crowd())
            if offset == 0:
                sales.played(sale.lots.get(), bids=9)
        show.stage(after=timedelta(minutes=3))
        formats.keep_up()

    def _read(self) -> None:
        """Everybody has read what they were told, but for the latest few."""
        sales.deliver()
        for user in get_user_model().objects.all():
            older = user.notices.values_list("pk", flat=True)[UNREAD:]
            if older:
                mark_read(user=user, up_to=older[0])

    def _say_who(self) -> None:
        self.stdout.write(f"\nLog in with the password {cast.PASSWORD} as:")
        for player in (*cast.PLAYERS, cast.FINANCE):
            self.stdout.write(f"  {player.username:<11} {player.party} ({player.party_en})")
        self.stdout.write(
            f"{Deal.objects.count()} deals, {Right.objects.count()} rights, {Listing.objects.count()} listings"
        )
