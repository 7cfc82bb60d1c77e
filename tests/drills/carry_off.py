"""Everything an intruder could carry off before the opening is searched for sealed amounts: none may lie there.

Searched are a dump, the database's own files with their WAL, its log of every statement, the market's logs and files, Redis
in memory and on disk, and core files of web and worker. Control: the same search finds the amount of an open bid in each of
these places, and in a dump after the opening the sealed ones that were opened.
"""

import asyncio
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from auctions import sealed
from auctions.models import Bidder, Envelope, Lot
from market.kernel import clock
from market.kernel.money import Money
from market.parties.models import Party
from market.trail.models import Delivery
from tests.auctions import factory
from tests.auctions.trust import envelopes
from tests.drills import clocks
from tests.drills.bidders import Asked, Post, diary
from tests.drills.invariants import demand_none, violations
from tests.drills.spellings import files, found
from tests.drills.stage import STEP, Stage, figures, session_of

BIDDERS = 2
PATIENCE = 60.0  # seconds until what is the worker's to do must be done
LOUD = "ALTER DATABASE {database} SET log_statement = 'all'"  # every statement with its parameters, for years in some archive


def _amount(stage: Stage) -> Money:
    """An amount of fifteen digits, which stands nowhere by chance."""
    return Money(stage.rng.randrange(10**14, 10**15), "CNY")


@dataclass
class Sealed:
    """A lot of sealed bids with its officers' shares, what its envelopes hold, and what replaced ones held."""

    lot: Lot
    shares: dict[int, bytes]
    last: list[Money]
    replaced: list[Money]


def _hand_in(port: int, bidder: Bidder, amount: Money) -> None:
    """Seal the amount here, where the bidder's browser would, and post the envelope through the door."""
    lot = Lot.objects.get(pk=bidder.lot_id)
    text = envelopes.plain(lot, bidder.paddle or 0, amount, bidder.terms_sha256)
    token = "a" * 32
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/lots/{lot.code}/envelope/",
        json.dumps(envelopes.frame(lot, bidder.paddle or 0, text)).encode(),
        {
            "Content-Type": "application/json",
            "X-CSRFToken": token,
            "Cookie": f"sessionid={session_of(bidder.user)}; csrftoken={token}",
        },
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert json.loads(answer.read())["type"] == "ack"


def _seal(stage: Stage, port: int) -> Sealed:
    """Every bidder hands in two envelopes, of which the second replaces the first."""
    seller, agency = Party.objects.get(name="吉林大学"), Party.objects.get(name="长春知识产权运营中心")
    lot, shares = envelopes.sealed_lot(seller, agency, of_sale=factory.sale(agency, availability_proof=False))
    companies = Party.objects.filter(name__startswith="演练").order_by("pk")[:BIDDERS]
    bidders = [factory.bidder(lot, company, 1001 + place) for place, company in enumerate(companies)]
    replaced, last = ([_amount(stage) for _ in bidders] for _ in range(2))
    for amounts in (replaced, last):
        for bidder, amount in zip(bidders, amounts, strict=True):
            _hand_in(port, bidder, amount)
    assert Envelope.objects.filter(lot=lot).count() == 2 * BIDDERS
    return Sealed(lot, shares, last, replaced)


def _bid_openly(stage: Stage, port: int) -> tuple[Money, list[Asked]]:
    """The control: a bid for all to see, of which the outbid is told and Redis, too."""
    seats, amount = stage.seats(1, 2), Money(_amount(stage).minor // STEP * STEP, "CNY")

    async def post() -> None:
        for seat, minor in zip(seats, (seats[0].minimum, amount.minor), strict=True):
            asked = Asked(str(uuid4()), seat.lot, seat.bidder, minor, time.time())
            seat.diary.append(asked)
            line = Post(seat, [port], stage.rng)
            await line.ask(asked)
            await line.hang_up()

    asyncio.run(post())
    stage.redis.say(f"SET control {amount.plain()}\r\n".encode())
    assert all(one.acknowledged for one in diary(seats)), [one.said for one in diary(seats)]
    _until(stage, lambda: not Delivery.objects.filter(state=Delivery.State.PENDING).exists())
    return amount, diary(seats)


def _until(stage: Stage, done: Callable[[], bool]) -> None:
    """Wait for the worker."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, f"the worker does not come: {stage.nursery.log.read_text()[-2000:]}"
        time.sleep(0.1)


def _dump(stage: Stage, into: Path) -> Path:
    """The database as text."""
    program = shutil.which("pg_dump", path=f"{stage.cluster.programs}:{os.environ['PATH']}")
    assert program, "pg_dump is not here"
    with into.open("wb") as file:
        subprocess.run([program, "-h", stage.cluster.home, "-U", "postgres", stage.database], stdout=file, check=True)
    return into


def _cores(pids: Iterable[int], into: Path) -> list[Path]:
    """The memory of running processes, as a crash would leave it."""
    for pid in pids:
        subprocess.run(["gcore", "-o", str(into), str(pid)], check=True, capture_output=True)
    return [into.with_name(f"{into.name}.{pid}") for pid in pids]


def _places(stage: Stage, worker: int, home: Path) -> dict[str, list[Path]]:
    """Where an intruder would look, by the name of the place."""
    with stage.cluster.connect(stage.database) as server:
        server.execute("CHECKPOINT")
        (oid,) = server.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone() or (0,)
    stage.redis.say(b"SAVE\r\n")
    data = Path(stage.cluster.home, "data")
    places = {
        "dump": [_dump(stage, home / "dump.sql")],
        "tables": [data / "base" / str(oid)],
        "wal": [data / "pg_wal"],
        "statements": [Path(stage.cluster.home, "log")],
        "redis": [Path(stage.redis.home, "dump.rdb")],
        "logs and files": [stage.nursery.log.parent],
    }
    if shutil.which("gcore"):
        assert stage.redis.process is not None
        places["web"] = _cores([web.child.pid for web in stage.webs], home / "web")
        places["worker"] = _cores([worker], home / "worker")
        places["redis"] += _cores([stage.redis.process.pid], home / "redis")
    return places


def _open(stage: Stage, kept: Sealed) -> None:
    """The deadline comes, the worker seals, two officers open."""
    clocks.move(stage, (kept.lot.ends_at - clock.now()).total_seconds() + 1)
    _until(stage, lambda: "root" in Lot.objects.get(pk=kept.lot.pk).public)
    lot = Lot.objects.get(pk=kept.lot.pk)
    sealed.unseal(lot=lot, private=envelopes.joined(kept.shares, 1, 3), by=lot.sale.created_by)


def run(stage: Stage) -> str:
    """The drill with both its controls; the line of figures."""
    stage.fresh("carry_off")
    clocks.fake(stage)
    with stage.cluster.connect(stage.database) as server:
        server.execute(LOUD.format(database=stage.database))
    [port] = stage.web(1, "talkative")
    worker = stage.nursery.fork(role="worker", database=stage.database, weak="talkative")
    kept = _seal(stage, port)
    control, asked = _bid_openly(stage, port)
    secret = [*kept.last, *kept.replaced]
    with tempfile.TemporaryDirectory(prefix="luochui-drill-loot-") as home:
        places = _places(stage, worker.pid, Path(home))
        searched = sum(path.stat().st_size for paths in places.values() for path in files(paths))
        for place, paths in places.items():
            where = found(paths, [*secret, control])
            leaks = [f"{amount} in {names}" for amount, names in where.items() if names and amount != control]
            assert not leaks, f"sealed amounts lie in {place}: {leaks}"
            assert where[control], f"the open amount is not found in {place}, so nothing is proven there"
        _open(stage, kept)
        after = found([_dump(stage, Path(home, "after.sql"))], secret)
    worker.kill()
    assert all(after[amount] for amount in kept.last), "the opened amounts are not found, so nothing is proven"
    assert not any(after[amount] for amount in kept.replaced), "what was replaced was opened"
    demand_none(violations(asked))
    return figures(
        envelopes=len(secret),
        searched=f"{searched / 1e6:.0f} MB in {len(places)} places ({', '.join(places)})",
        cores="web, worker and Redis" if "web" in places else "skipped, since gdb is not here",
        found=0,
        control_found=f"in {len(places)}",
        opened_found=len(kept.last),
    )
