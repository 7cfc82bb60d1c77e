"""Bids fired around the end of their lots: accepted, logged and counted are the same bids, none received at or after the end.

The database's clock is put forward once everybody is ready, so that a slow machine is only later and tries no less.
Control: a clock that is some seconds late.
"""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from auctions.models import Bid, Event, Lot
from tests.drills import clocks
from tests.drills.bidders import Asked, Line, Post, Seat, Socket, diary
from tests.drills.invariants import Violation, demand_none, violations
from tests.drills.stage import STEP, Stage, figures

LOTS, EACH, BIDS = 4, 3, 5  # a round: lots, bidders a lot, bids a bidder (a second's worth)
ROUNDS = {False: 1, True: 20}
AROUND = (0.05, 2.0)  # seconds to either side of the end: half of the bids close to it, and half further off
ENDS_IN = timedelta(minutes=30)  # longer than any machine takes to get a round ready
LATE = 4.0  # seconds by which the control's clock is behind
AHEAD = 1.5  # seconds from the putting forward of the clock to the first bid

Bells = dict[str, datetime]  # when each lot ends, by a clock that is right


async def _shot(line: Line, asked: Asked) -> None:
    """Send at the bid's moment over the open line and ask until the answer is definite."""
    await asyncio.sleep(asked.sent_at - time.time())
    asked.sent_at = time.time()
    await line.ask(asked)
    await line.hang_up()


async def _volley(stage: Stage, seats: list[Seat], ports: list[int], ends: Bells, late: float) -> Bells:
    """Everybody's bids at random moments around the end of the lot, later ones higher, so that each could win; the bells."""
    shots: list[tuple[Line, Asked]] = []
    for lot, end in ends.items():
        shooters = [seat for seat in seats if seat.lot == lot for _ in range(BIDS)]
        stage.rng.shuffle(shooters)
        off = sorted(stage.rng.uniform(-1, 1) * stage.rng.choice(AROUND) for _ in shooters)
        for number, (seconds, seat) in enumerate(zip(off, shooters, strict=True)):
            at = end.timestamp() + seconds
            asked = Asked(str(uuid4()), lot, seat.bidder, seat.minimum + number * STEP, at)
            seat.diary.append(asked)
            shots.append(((Socket, Post)[number % 2](seat, ports, stage.rng), asked))
    await asyncio.gather(*(line.dial() for line, _ in shots))
    forward = min(asked.sent_at for _, asked in shots) - AHEAD - time.time()
    await asyncio.to_thread(clocks.move, stage, forward - late)
    for _, asked in shots:
        asked.sent_at -= forward
    await asyncio.gather(*(_shot(line, asked) for line, asked in shots))
    return {lot: end - timedelta(seconds=forward) for lot, end in ends.items()}


def _round(stage: Stage, ports: list[int], late: float) -> tuple[list[Any], list[Violation]]:
    """One round, and what is wrong with it once its lots are closed."""
    clocks.move(stage, 0)
    seats = stage.seats(LOTS, EACH, ends_in=ENDS_IN, rules={"extension_window_s": 0})
    ends = {lot.code: lot.ends_at for lot in Lot.objects.filter(code__in={seat.lot for seat in seats})}
    bells = asyncio.run(_volley(stage, seats, ports, ends, late))
    deadline = time.monotonic() + 60
    while Lot.objects.filter(code__in=ends, state__in=Lot.BIDDING).exists():
        assert time.monotonic() < deadline, f"the lots are not closed: {stage.nursery.log.read_text()[-2000:]}"
        time.sleep(0.1)
    return seats, [*_late(seats, bells), *_uncounted(seats, list(ends))]


def _late(seats: list[Seat], bells: Bells) -> list[Violation]:
    """Seen twice: by when the bidder sent it, and by when the door received it; all these clocks are one machine's."""
    sent = {one.key: one.sent_at for one in diary(seats)}
    found = []
    for bid in Bid.objects.filter(key__in=sent, seq__isnull=False).select_related("lot"):
        at = max(bid.received_at, datetime.fromtimestamp(sent[str(bid.key)], UTC))
        if at >= bells[bid.lot.code]:
            found.append(
                Violation("bell.late", f"{bid.lot.code} seq {bid.seq}: {at - bells[bid.lot.code]} after the end")
            )
    return found


def _uncounted(seats: list[Seat], codes: list[str]) -> list[Violation]:
    """Nobody died, so every answer arrived: the acknowledged are exactly the accepted, the logged and the counted."""
    told = {(one.lot, one.answer["seq"]) for one in diary(seats) if one.answer and one.acknowledged}
    kept = set(Bid.objects.filter(lot__code__in=codes, seq__isnull=False).values_list("lot__code", "seq"))
    logged = set(Event.objects.filter(lot__code__in=codes, kind="bid").values_list("lot__code", "seq"))
    counted = sum(Lot.objects.filter(code__in=codes).values_list("bids_count", flat=True))
    if told == kept == logged and len(logged) == counted:
        return []
    return [Violation("bell.count", f"{len(told)} told, {len(kept)} kept, {len(logged)} logged, {counted} counted")]


def _play(stage: Stage, name: str, rounds: int, late: float) -> tuple[list[Asked], list[Violation]]:
    """Rounds on a database of their own whose clock is `late` seconds behind."""
    stage.fresh(name)
    clocks.fake(stage)
    ports = stage.web(2)
    worker = stage.nursery.fork(role="worker", database=stage.database)
    asked, found = [], []
    for number in range(1, rounds + 1):
        seats, wrong = _round(stage, ports, late)
        asked += diary(seats)
        found += wrong
        if number % 5 == 0:
            stage.says("at_the_bell", rounds=number, bids=len(asked))
    worker.kill()
    return asked, found + violations(asked)


def run(stage: Stage) -> str:
    """The drill, then its control; the line of figures."""
    asked, found = _play(stage, "at_the_bell", ROUNDS[stage.full], 0.0)
    demand_none(found)
    codes = [one.answer["code"] for one in asked if one.answer and not one.acknowledged]
    accepted, over = len(asked) - len(codes), codes.count("bid.lot_closed")
    assert accepted, f"no bid came in time, so nothing was tried: {Counter(codes)}"
    assert over, "no bid came too late, so nothing was tried"
    careless, wrong = _play(stage, "at_the_bell_control", 1, LATE)
    late = sum(one.code == "bell.late" for one in wrong)
    took = sum(one.acknowledged for one in careless)
    assert late, f"the control took no late bid among {took}, so the drill proves nothing"
    too_low = codes.count("bid.too_low")
    return figures(bids=len(asked), accepted=accepted, over=over, too_low=too_low, late=0, control_late=late)
