"""The worker killed at every failpoint of closing: everything happens exactly once. Control: commits piece by piece."""

import signal
from datetime import timedelta

from django.db.models import Count

from auctions.models import Bidder, Event, Lot
from market.deals.models import Deal
from market.kernel import clock
from market.notices.models import Notice
from market.payments.models import Payout
from market.trail.models import Delivery, Fact
from tests.auctions import factory
from tests.drills.invariants import Violation, demand_none, violations
from tests.drills.stage import Stage, figures

LOTS = 6
STRIDE = {False: 12, True: 1}  # of the failpoints, each or every twelfth (from a random one on)
LATER = {False: 4, True: 300}  # kills in the delivery of what the closing told
SAY = 25  # turns until the next line of how far it is
NEVER = 10**9
MOST = 400  # failpoints a closing may have until we think that it never ends


def _due(stage: Stage) -> None:
    """Lots whose bidding is over: four with bids, two of which miss the reserve, and two that nobody wanted."""
    with clock.shifted_to(clock.now() - timedelta(minutes=20)):
        for reserve in (None, factory.yuan(9_000_000), None):
            stage.seats(LOTS // 3, 3, ends_in=timedelta(minutes=10), reserve=reserve)
        for lot in Lot.objects.order_by("pk")[: LOTS // 3 * 2]:
            for place, bidder in enumerate(lot.bidders.order_by("pk")):
                answer = factory.bid(bidder, 1_000_000 + place)
                assert answer.accepted, f"{answer.code}: {answer.facts}"
    assert not Lot.objects.filter(ends_at__gt=clock.database_now()).exists()


def _written() -> tuple[int, ...]:
    """What a closing writes, counted."""
    released = Bidder.objects.exclude(deposit=Bidder.Deposit.HELD).count()
    return (*(table.objects.count() for table in (Event, Deal, Payout, Fact)), released)


def _turn(stage: Stage, at: int, weak: str = "") -> int:
    """One turn of the worker with its failpoint `at`; how the process ended."""
    return stage.nursery.fork(role="turn", database=stage.database, at=at, weak=weak).wait()


def _closing(stage: Stage) -> tuple[int, int]:
    """Kill at one failpoint after another until the lots are closed; how many were tried of how many. Half a closing is a fault."""
    before = _written()
    step = STRIDE[stage.full]
    for tried, at in enumerate(range(stage.rng.randrange(step), MOST, step), 1):
        assert _turn(stage, at) == -signal.SIGKILL, stage.nursery.log.read_text()[-2000:]
        if not Lot.objects.filter(state__in=Lot.BIDDING).exists():
            return tried, at + 1
        if _written() != before:
            demand_none([Violation("closing.half", f"failpoint {at}: {before} became {_written()}")])
        if tried % SAY == 0:
            stage.says("kill_worker", failpoints=tried)
    raise AssertionError(f"the lots are not closed after {MOST} failpoints")


def _delivery(stage: Stage, kills: int) -> int:
    """Kill while facts are delivered, at random failpoints, then let it end; how many kills there were."""
    ends = []
    for tried in range(1, kills + 1):
        ends.append(_turn(stage, stage.rng.randrange(60)))
        if tried % SAY == 0:
            stage.says("kill_worker", turns_of_delivery=tried)
    while Delivery.objects.filter(state=Delivery.State.PENDING).exists():
        assert _turn(stage, NEVER) == 0, stage.nursery.log.read_text()[-2000:]
    return ends.count(-signal.SIGKILL)


def _told_twice() -> list[Violation]:
    """Each fact reaches each member once, however often its delivery was begun."""
    twice = Notice.objects.values("fact", "user").annotate(n=Count("pk")).filter(n__gt=1)
    dead = Delivery.objects.exclude(state=Delivery.State.DONE)
    found = [Violation("notice.twice", str(row)) for row in twice]
    return found + [Violation("delivery.not_done", f"{row}: {row.error}") for row in dead]


def run(stage: Stage) -> str:
    """The drill, then its control on a database of its own; the line of figures."""
    stage.fresh("kill_worker")
    _due(stage)
    tried, points = _closing(stage)
    later = _delivery(stage, LATER[stage.full])
    demand_none(violations([]) + _told_twice())
    told = Notice.objects.count()
    stage.fresh("kill_worker_control")
    _due(stage)
    for at in range(points // 4, points, points // 4):
        _turn(stage, at, weak="piecemeal")
    _turn(stage, NEVER)
    wrong = violations([])
    assert wrong, "the control did everything once, so the drill proves nothing"
    return figures(
        failpoints=f"{tried} of {points}", lots=LOTS, delivery_kills=later, notices=told, control_violations=len(wrong)
    )
