"""Where drills play: the cluster with a base database (cast, companies, sessions) that each drill gets a copy of."""

import os
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.drills.servers import BASE, Cluster, Nursery, Redis, Web

COMPANIES = 24
STEP = 100  # one yuan, so that prices stay small over thousands of bids


@dataclass
class Stage:
    """Everything a drill has: servers, a database of its own, and dice that one seed throws again."""

    cluster: Cluster
    redis: Redis
    nursery: Nursery
    full: bool
    seed: int
    database: str = BASE
    rng: random.Random = field(default_factory=random.Random)
    webs: list[Web] = field(default_factory=list)
    since: float = 0.0

    def fresh(self, name: str) -> None:
        """A new copy of the base, here and for every process started from now on, and the drill's own dice."""
        from django.db import connection

        for web in self.webs:
            web.kill()
        self.webs = []
        connection.close()
        self.database = f"drill_{name}"
        self.cluster.copy(self.database)
        connection.settings_dict["NAME"] = self.database
        self.rng, self.since = random.Random(f"{self.seed}:{name}"), time.monotonic()

    def web(self, count: int, weak: str = "") -> list[int]:
        """So many web processes on the drill's database; their ports."""
        self.webs = [Web(self.nursery, self.database, weak) for _ in range(count)]
        return [web.port for web in self.webs]

    def says(self, drill: str, **named: Any) -> None:
        """How far a long run has come: one line now and then, for who waits for it."""
        print(f"  {drill}, {time.monotonic() - self.since:.0f} s: {figures(**named)}", flush=True)

    def crowd(self) -> list[Any]:
        """Open lots with bidders enough to keep both web processes busy."""
        return self.seats(lots=8, each=3) if self.full else self.seats(lots=4, each=2)

    def seats(self, lots: int, each: int, **columns: Any) -> list[Any]:
        """So many open lots with `each` registered bidders, one seat a bidder; `columns` as `factory.lot` takes them."""
        from auctions.models import Lot
        from market.parties.models import Party
        from tests.auctions import factory
        from tests.drills.bidders import Seat

        seller, agency = Party.objects.get(name="吉林大学"), Party.objects.get(name="长春知识产权运营中心")
        companies = list(Party.objects.filter(name__startswith="演练").order_by("pk"))
        rules = {
            "leader_may_raise": True,
            "availability_proof": False,
            **columns.pop("rules", {}),
        }  # so that hardly a bid is refused
        sale = factory.sale(agency, **rules)
        columns = {"ends_in": timedelta(hours=2), "increments": [[0, STEP]], **columns}
        made = [factory.lot(seller, agency, of_sale=sale, opened=False, **columns) for _ in range(lots)]
        seats = []
        for number, lot in enumerate(made):
            for place in range(each):
                company = companies[(number * each + place) % COMPANIES]
                bidder = factory.bidder(lot, company, 1001 + place)
                seats.append(Seat(lot.code, bidder.pk, session_of(bidder.user), lot.start_minor, STEP))
        from auctions import engine

        deadline = time.monotonic() + 30
        while Lot.objects.filter(pk__in=[lot.pk for lot in made]).exclude(state="live").exists():
            assert time.monotonic() < deadline, "the lots do not open"
            engine.open_due()  # but for what the worker is opening at this moment
        return seats


def session_of(user: Any) -> str:
    """A new session of a signed-in user: the cookie's value."""
    from django.test import Client

    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


@contextmanager
def raised(*, full: bool, seed: int) -> Iterator[Stage]:
    """The stage with its servers up, taken down afterwards whatever happened."""
    with ExitStack() as down:
        var = down.enter_context(tempfile.TemporaryDirectory(prefix="luochui-drill-"))
        cluster, redis = Cluster(), Redis()
        down.callback(cluster.remove)
        down.callback(redis.remove)
        cluster.start()
        redis.start()
        with cluster.connect("template1") as server:
            server.execute(f"CREATE DATABASE {BASE}")
        os.environ |= {"DATABASE_URL": cluster.url(BASE), "REDIS_URL": redis.url, "VAR_DIR": var, "DB_POOL": "0"}
        _build()
        del os.environ["DB_POOL"]
        nursery = Nursery(cluster, redis, var)
        down.callback(nursery.remove)
        yield Stage(cluster, redis, nursery, full, seed)


def _build() -> None:
    """Tables and cast, once."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from tests import people

    call_command("migrate", verbosity=0)
    people.jilin_university()
    people.changchun_agency()
    for number in range(COMPANIES):
        people.enterprise(f"drill{number}", f"演练{number}", f"演练第{number}竞买有限公司", 100 + number)
    connection.close()


def figures(**named: Any) -> str:
    """The one line of a drill."""
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in named.items())


def spread(values: Sequence[float]) -> str:
    """Median, 99th percentile and worst of some seconds, in milliseconds."""
    ordered = sorted(values) or [0.0]
    half, most = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return f"{half * 1000:.0f}/{most * 1000:.0f}/{ordered[-1] * 1000:.0f} ms"
