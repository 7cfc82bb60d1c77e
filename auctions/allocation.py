"""Allocating the lots of a package sale after its bidding: a job outside the web, its progress in a row, its result settled.

A run reads nothing but rows that no longer change, so that one that was cut off starts again and finds the same.
"""

import logging
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from auctions.engine.hammer import award
from auctions.engine.rows import locked
from auctions.models import Bidder, Lot, PackageBid, PackageRun, PackageSale
from auctions.packages import ends_at, groups_of, is_over, lots_of
from auctions.rules import lot as rules
from auctions.rules.chain import Json
from auctions.rules.packages import Allocation, Bid, Instance, Item, price, solve
from auctions.rules.packages.file import written
from market.kernel import clock
from market.kernel.errors import Conflict, Refused, ensure
from market.kernel.money import Money
from market.kernel.states import move
from market.listings.queries import reserves_of
from market.parties import access as parties
from market.parties.models import User

logger = logging.getLogger(__name__)

LIMITS = (60, 600, 3600)  # seconds an agency may allow for each problem
ATTEMPTS = 3
SILENCE = timedelta(seconds=90)  # beyond its limit, after which a run counts as cut off

_started: dict[str, subprocess.Popen[bytes]] = {}


@transaction.atomic
def start(*, package: PackageSale, limit_s: int, by: User) -> PackageRun:
    """Ask for the allocation once the bidding ended; while one waits or runs, the same again.

    Refused `package.not_over`, `package.settled`, `package.limit`.
    """
    parties.require(by, package.sale.agency)
    package = PackageSale.objects.select_for_update(no_key=True, of=("self",)).select_related("sale").get(pk=package.pk)
    if package.settled_at is not None:
        raise Refused("package.settled")
    if not is_over(package, clock.database_now()):
        raise Refused("package.not_over", until=ends_at(package))
    if limit_s not in LIMITS:
        raise Refused("package.limit")
    open_states = (PackageRun.State.QUEUED, PackageRun.State.RUNNING)
    going = package.runs.filter(state__in=open_states).first()
    currency = package.sale.currency
    return going or PackageRun.objects.create(package=package, asked_by=by, limit_s=limit_s, currency=currency)


def instance_of(package: PackageSale) -> Instance:
    """What decides the allocation: the lots still to be sold, and the bids for them by paddle. A lot's floor is its
    starting price, or its reserve where that is higher."""
    lots = list(lots_of(package).filter(state__in=Lot.BIDDING))
    reserves = reserves_of([lot.listing for lot in lots])
    items = tuple(
        Item(lot.code, 1, max(lot.start_minor, reserve.minor if (reserve := reserves.get(lot.listing_id)) else 0))
        for lot in lots
    )
    there = {lot.code for lot in lots}
    bids = [bid for bid in package.bids.select_related("bidder").order_by("place") if there.issuperset(bid.bundle)]
    groups = tuple(group for group in groups_of(package) if group.items <= there)
    return Instance(items, tuple(_as_rule(bid) for bid in bids), groups)


def _as_rule(bid: PackageBid) -> Bid:
    return Bid(str(bid.bidder.paddle), dict.fromkeys(bid.bundle, 1), bid.amount_minor, bid.place)


def run_due() -> int:
    """Start a process for each run that waits or was cut off; returns how many. What a dead process left is queued again."""
    for code, process in list(_started.items()):
        if process.poll() is not None:
            del _started[code]
            if process.returncode:
                cut_off(code)
    waiting = Q(state=PackageRun.State.QUEUED) | Q(state=PackageRun.State.RUNNING, stale_at__lt=clock.now())
    due = PackageRun.objects.filter(waiting).exclude(code__in=list(_started)).values_list("code", flat=True)
    for code in list(due):
        _started[code] = subprocess.Popen([sys.executable, str(settings.ROOT / "manage.py"), "allocate", code])
    return len(due)


@transaction.atomic
def cut_off(code: str) -> None:
    """The process of a run died: queue it again, or give up after three attempts."""
    run = PackageRun.objects.select_for_update().get(code=code)
    if run.state != PackageRun.State.RUNNING:
        return
    if run.attempts < ATTEMPTS:
        move(run, PackageRun.State.QUEUED)
    else:
        move(run, PackageRun.State.FAILED, ended_at=clock.now(), error="cut off")


def work(code: str) -> None:
    """Carry out a run that waits or was cut off: decide, price, publish, and settle what is proven. Nothing if another does."""
    run = _claimed(code)
    if run is None:
        return
    package = run.package
    instance = instance_of(package)
    allocation = solve(instance, run.limit_s, _Told(run).found)
    paid = _prices(run, instance, allocation)
    file = written(instance, allocation, package.rule, paid, sale=package.sale.code, currency=run.currency)
    _publish(run, file, allocation)
    if allocation.optimal and paid is not None:
        _settle_or_say(run)


@transaction.atomic
def _claimed(code: str) -> PackageRun | None:
    run = PackageRun.objects.select_for_update(of=("self",)).select_related("package__sale").get(code=code)
    now = clock.now()
    stale = run.state == PackageRun.State.RUNNING and run.stale_at is not None and run.stale_at < now
    if run.state != PackageRun.State.QUEUED and not stale:
        return None
    phase = PackageRun.Phase.DECIDING
    move(run, PackageRun.State.RUNNING, attempts=run.attempts + 1, phase=phase, stale_at=now + _patience(run))
    return run


def _patience(run: PackageRun) -> timedelta:
    return timedelta(seconds=run.limit_s) + SILENCE


class _Told:
    """Writes how far a run is into its row, and that it lives."""

    def __init__(self, run: PackageRun) -> None:
        self.run = run

    def found(self, value: int, bound: int | None) -> None:
        """The best total yet and its bound."""
        self._keep(value_minor=value, bound_minor=bound)

    def priced(self, done: int, of: int | None) -> None:
        """Another problem of the pricing is solved."""
        self._keep(phase=PackageRun.Phase.PRICING, steps=done)

    def _keep(self, **columns: Any) -> None:
        mine = PackageRun.objects.filter(pk=self.run.pk, attempts=self.run.attempts)
        mine.update(stale_at=clock.now() + _patience(self.run), **columns)


def _prices(run: PackageRun, instance: Instance, allocation: Allocation) -> dict[str, int] | None:
    """What the winners pay; None where the rule needs a proof that there was no time for."""
    try:
        return price(instance, allocation, run.package.rule, run.limit_s, _Told(run).priced)
    except Refused as refused:
        if refused.code != "package.not_proven":
            raise
        return None


@transaction.atomic
def _publish(run: PackageRun, file: Json, allocation: Allocation) -> None:
    """Keep the result, unless another attempt took the run over. Conflict `state.outrun` then."""
    mine = PackageRun.objects.select_for_update().filter(pk=run.pk, attempts=run.attempts).first()
    if mine is None:
        raise Conflict("state.outrun", kind="packagerun", state=run.state, to=PackageRun.State.DONE)
    found = {"value_minor": allocation.value, "bound_minor": allocation.bound}
    move(mine, PackageRun.State.DONE, file=file, ended_at=clock.now(), **found)


def _settle_or_say(run: PackageRun) -> None:
    try:
        settle(run.pk)
    except Refused as refused:  # the agency sees why, and settles once that is mended
        logger.warning("%s is not settled: %s", run, refused)
        PackageRun.objects.filter(pk=run.pk).update(error=refused.code)


@transaction.atomic
def accept(*, run: PackageRun, by: User) -> None:
    """Settle a result that was not settled by itself: one not proven but priced, or one that was kept from it.

    Refused `package.not_proven` without prices, `package.settled`, and what `settle` refuses.
    """
    parties.require(by, run.package.sale.agency)
    settle(run.pk)


def settle(run_id: int) -> None:
    """Award the lots as the run's published file says: deals, deposits, facts, all or nothing.

    The price of a bundle is shared out over its lots by their starting prices. Refused `package.settled`,
    `package.not_proven`, `package.lot_not_open`.
    """
    try:
        _settle(run_id)
    except Refused as refused:
        if refused.code != "deal.right_taken":
            raise
        _settle(run_id)  # another deal came between look and write: this time it is seen, and its lot annulled


@transaction.atomic
def _settle(run_id: int) -> None:
    run = PackageRun.objects.select_related("package").get(pk=run_id)
    package = PackageSale.objects.select_for_update(no_key=True).get(pk=run.package_id)
    if package.settled_at is not None:
        raise Refused("package.settled")
    if run.file is None or run.file["prices"] is None:
        raise Refused("package.not_proven")
    file, now = run.file, clock.database_now()
    codes = [item["name"] for item in file["items"]]
    lots = list(locked().filter(sale=package.sale_id, code__in=codes).order_by("pk"))
    ensure(len(lots) == len(codes), f"{run} names lots that are not there")
    won = _shares(file, {lot.code: lot for lot in lots})
    parties_of = dict(package.bidders.values_list("paddle", "party"))
    paddles = {
        (row.lot_id, row.party_id): row.paddle for row in Bidder.objects.filter(lot__in=lots).exclude(paddle=None)
    }
    awards = {}
    for lot in lots:
        about = [bid for bid in file["bids"] if lot.code in bid["bundle"]]
        bidder, share = won.get(lot.code, (None, None))
        paddle = None if bidder is None else paddles[lot.pk, parties_of[int(bidder)]]
        counted = {"bids": len(about), "bidders": len({bid["bidder"] for bid in about})}
        awards[lot.pk] = rules.Award(paddle, share, sha256=file["sha256"], **counted)
    award(lots, awards, now)
    PackageSale.objects.filter(pk=package.pk).update(settled_at=now)
    PackageRun.objects.filter(pk=run.pk).update(error="")


def _shares(file: Json, lots: Mapping[str, Lot]) -> dict[str, tuple[str, int]]:
    """Lot code -> who gets it and its share of what the bundle costs."""
    paid = {one["bidder"]: Money.parse(one["amount"], file["currency"]) for one in file["prices"]["paid"]}
    won: dict[str, tuple[str, int]] = {}
    for bid in file["bids"]:
        if bid["order"] in file["allocation"]["winners"]:
            codes = sorted(bid["bundle"])
            parts = paid[bid["bidder"]].split([lots[code].start_minor for code in codes])
            won |= {code: (bid["bidder"], part.minor) for code, part in zip(codes, parts, strict=True)}
    return won
