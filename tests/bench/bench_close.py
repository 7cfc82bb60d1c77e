"""How fast lots that are due in the same second are closed, by the worker itself on a durable PostgreSQL of its own:
python -m tests.bench.bench_close [--lots N] [--json].

Each lot has three bidders with deposits held and three accepted bids; every tenth misses its reserve. `one` and `two` are
seconds from the due moment until no lot is open, by so many `manage.py work`; what was written is checked after each run.
`bare` are seconds of one client that inserts as many rows as the closing wrote or changed, the same values in tables with
the same indexes but no guards, as many lots a transaction.
"""

import argparse
import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from deploy import debian, throwaway
from market.kernel.bulk import create_many

ROOT = Path(__file__).resolve().parents[2]
GOAL_S, GOAL_RATIO = 60, 1.6
BATCH = 1_000  # lots built at once
OF_A_SALE = 100
COMPANIES = 30
WARM = 2.0  # seconds from the moment the workers are up until the lots are due
START, STEP, DEPOSIT, RESERVE = 1_000_000_00, 20_000_00, 100_000_00, 5_000_000_00
# What closing a lot inserts, and what it changes.
WRITTEN = (
    "auctions_event deals_deal trail_fact trail_delivery ledger_transfer ledger_void payments_payout".split(),
    "auctions_lot auctions_bidder listings_listing".split(),
)


def main() -> int:
    """Build, close, check, print; 1 when a goal is missed at full size or anything written is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lots", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with throwaway.postgres(str(debian.postgres_programs()), throwaway.DURABLE) as url:
        os.environ |= {"DATABASE_URL": url, "DB_POOL": "0", "DJANGO_SETTINGS_MODULE": "tests.settings"}
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        sizes = sorted({size for size in (1, 100, 1_000) if size < options.lots} | {options.lots})
        begun = time.perf_counter()
        build(sum(sizes))
        figures: dict[str, Any] = {"lots": options.lots, "build_s": round(time.perf_counter() - begun, 1)}
        copied(url)
        before = {table: top(table) for table in WRITTEN[0]}
        figures["one"] = {size: run(url, size, workers=1) for size in sizes}
        figures["bare"] = bare(before, options.lots)
        on_database(url, "twin")
        figures["two"] = {options.lots: run(url, options.lots, workers=2, database="twin")}
    one, two = figures["one"][options.lots], figures["two"][options.lots]
    figures["lots_a_second"] = round(options.lots / one)
    figures["two_to_one"] = round(one / two, 2)
    figures["one_to_bare"] = round(one / figures["bare"], 2)
    figures["load"] = os.getloadavg()
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        for name, figure in figures.items():
            print(f"{name:>14}  {figure}")
    return int(options.lots >= 10_000 and (one > GOAL_S or figures["two_to_one"] < GOAL_RATIO))


def build(lots: int) -> None:
    """So many open lots, their bidding done by the rules, rows by bulk with the guards down as a restore does."""
    from django.db import connection, transaction

    from tests import people
    from tests.guards import guards_down

    seller, agency = people.jilin_university(), people.changchun_agency()
    crowd = [people.enterprise(f"b{n}", f"买家{n}", f"第{n}竞买有限公司", 100 + n) for n in range(COMPANIES)]
    numbers = iter(range(lots))
    with guards_down():
        while batch := list(islice(numbers, BATCH)):
            with transaction.atomic():
                Batch(seller, agency, crowd).store(batch)
            print(f"\r{batch[-1] + 1}", end="", file=sys.stderr)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(file=sys.stderr)


class Batch:
    """Some lots with all that belongs to them."""

    def __init__(self, seller: Any, agency: Any, crowd: list[Any]) -> None:
        from market.kernel import clock

        self.seller, self.agency, self.crowd = seller, agency, crowd
        self.user, self.now = seller.memberships.get().user, clock.now()

    def store(self, numbers: list[int]) -> None:
        """Listings, lots, registrations, money and bidding, a statement a table."""
        from auctions.models import Lot, Sale
        from auctions.rules.presets import COMMERCIAL
        from tests.auctions import factory

        sales = [factory.sale(self.agency) for _ in range(0, len(numbers), OF_A_SALE)]
        listings = self._listings(numbers)
        lots = [
            Lot(
                sale=sales[place // OF_A_SALE],
                number=place % OF_A_SALE + 1,
                listing=listing,
                start_minor=START,
                deposit_minor=DEPOSIT,
                increments=[[0, STEP]],
                has_reserve=number % 10 == 9,
                state=Lot.State.NOTICED,
                opens_at=self.now - timedelta(hours=1),
                ends_at=self.now + timedelta(days=1),
            )
            for place, (number, listing) in enumerate(zip(numbers, listings, strict=True))
        ]
        assert sales[0].rules["name"] == COMMERCIAL.name, "the bench bids under the commercial rules"
        assert Sale.objects.filter(pk=sales[0].pk).exists()
        lots = create_many(lots)
        self._bid(lots, self._bidders(lots))

    def _listings(self, numbers: list[int]) -> list[Any]:
        from market.listings import search
        from market.listings.models import Entry, Listing, Mandate, Reserve
        from market.rights.models import Patent, Right

        today = self.now.date()
        rights = create_many(
            Right(
                kind="patent",
                key=f"bench{number}",
                number=f"ZL2023{number:08d}.X",
                title=f"一种固态电解质的制备方法及其装置{number}",
                title_en="Method of preparing a solid electrolyte",
                state="granted",
                registered_by=self.seller,
                expires_on=today + timedelta(days=6000),
            )
            for number in numbers
        )
        Patent.objects.bulk_create(Patent(right=right, type="invention") for right in rights)
        listings = create_many(
            Listing(
                right=right,
                seller=self.seller,
                agency=self.agency,
                state="in_sale",
                published_at=self.now,
                created_by=self.user,
            )
            for right in rights
        )
        create_many(Mandate(listing=listing, agency=self.agency, signed_by=self.user) for listing in listings)
        Reserve.objects.bulk_create(
            Reserve(listing=listing, currency="CNY", amount_minor=RESERVE)
            for number, listing in zip(numbers, listings, strict=True)
            if number % 10 == 9
        )
        Entry.objects.bulk_create(search.entry_of(listing) for listing in listings)
        return listings

    def _bidders(self, lots: list[Any]) -> list[Any]:
        """Three a lot, each with a deposit that arrived and is held for the lot's escrow."""
        from auctions.models import Bidder
        from market.ledger.books import account
        from market.ledger.models import Account, Hold, Transfer

        bidders = create_many(
            Bidder(
                lot=lot,
                party=company,
                user=self.user,
                paddle=1001 + number,
                state="active",
                deposit="held",
                terms_sha256="0" * 64,
            )
            for place, lot in enumerate(lots)
            for number, company in enumerate(self.crowd[(place + n) % COMPANIES] for n in range(3))
        )
        bank = account(f"bank:{self.agency.code}", "CNY")
        codes = [f"deposit:{row.code}" for row in bidders] + [f"escrow:{lot.ref}" for lot in lots]
        opened = create_many(Account(code=code, kind="liability", currency="CNY") for code in codes)
        named = dict(zip(codes, opened, strict=True))
        shared = {"amount_minor": DEPOSIT, "currency": "CNY", "memo": "bench"}
        create_many(
            Transfer(ref=f"bench:{row.code}", debit=bank, credit=named[f"deposit:{row.code}"], **shared)
            for row in bidders
        )
        create_many(
            Hold(
                ref=f"bidder:{row.code}:bond",
                debit=named[f"deposit:{row.code}"],
                credit=named[f"escrow:{row.lot.ref}"],
                **shared,
            )
            for row in bidders
        )
        return bidders

    def _bid(self, lots: list[Any], bidders: list[Any]) -> None:
        """Open each lot and let its three bidders bid, by the rules; the rows as the engine writes them."""
        from auctions.live import state_of
        from auctions.models import Bid, Event, Lot
        from auctions.rules import lot as rules
        from market.kernel.money import Money

        events, bids = [], []
        for place, lot in enumerate(lots):
            three = bidders[place * 3 : place * 3 + 3]
            amounts = [START + n * STEP for n in range(3)]
            commands = [rules.Bid(row.paddle, Money(a, "CNY")) for row, a in zip(three, amounts, strict=True)]
            decision = rules.decide(state_of(lot), [rules.Open(), *commands], self.now)
            after = decision.state
            lot.state, lot.seq, lot.head, lot.price_minor = after.phase, after.seq, after.head, after.price
            lot.leader, lot.bids_count = three[2], after.bids
            events += [
                Event(lot=lot, seq=e.seq, kind=e.kind, payload=e.payload, at=e.at, prev=e.prev, hash=e.hash)
                for e in decision.events
            ]
            bids += [
                Bid(
                    lot=lot,
                    bidder=row,
                    key=uuid4(),
                    currency="CNY",
                    amount_minor=amount,
                    seq=answer.seq,
                    at=self.now,
                    received_at=self.now,
                )
                for row, amount, answer in zip(three, amounts, decision.answers[1:], strict=True)
            ]
        create_many(events)
        create_many(bids)
        Lot.objects.bulk_update(lots, ["state", "seq", "head", "price_minor", "leader", "bids_count"], batch_size=200)


def at_database(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def copied(url: str) -> None:
    """A twin of the database that was built, for the run with two workers."""
    import psycopg
    from django.db import connection

    connection.close()
    with psycopg.connect(at_database(url, "template1"), autocommit=True) as server:
        server.execute("CREATE DATABASE twin TEMPLATE postgres STRATEGY file_copy")
        server.execute("CHECKPOINT")


def on_database(url: str, name: str) -> None:
    """Read and check there from now on."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name


def run(url: str, size: int, *, workers: int, database: str = "postgres") -> float:
    """Let `size` open lots be due at one moment; seconds until the workers have closed them all. Checks them then."""
    from auctions.models import Lot
    from market.kernel import clock

    due = list(Lot.objects.filter(state__in=Lot.BIDDING).order_by("pk").values_list("pk", flat=True)[:size])
    with working(at_database(url, database), workers):
        ends_at = clock.now() + timedelta(seconds=WARM)
        Lot.objects.filter(pk__in=due).update(ends_at=ends_at)
        time.sleep(max((ends_at - clock.now()).total_seconds() - 0.5, 0))
        while Lot.objects.filter(state__in=Lot.BIDDING, ends_at=ends_at).exists():
            time.sleep(0.05)
        taken = (clock.database_now() - ends_at).total_seconds()
    check(due)
    print(f"{size} lots, {workers} worker(s): {taken:.2f} s", file=sys.stderr)
    return round(taken, 2)


@contextlib.contextmanager
def working(url: str, workers: int) -> Iterator[None]:
    """So many `manage.py work` on the database."""
    env = os.environ | {"DATABASE_URL": url, "DB_POOL": "4", "PROBE_URLS": "", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "manage.py", "work"]
    started = [subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE) for _ in range(workers)]
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == b"working\n"
        yield
        assert all(process.poll() is None for process in started), "a worker died"
    finally:
        for process in started:
            process.kill()
        for process in started:
            process.wait()


def check(due: list[int]) -> None:
    """That each lot is over once, its deal and deposits are right, the log has no gap and the books add up."""
    from django.db.models import Count, F, Max

    from auctions.models import Bidder, Event, Lot
    from auctions.rules import chain
    from market.deals.models import Deal
    from market.ledger import queries
    from market.ledger.models import Transfer, Void
    from market.payments.models import Payout

    lots = Lot.objects.filter(pk__in=due)
    sold = lots.filter(state=Lot.State.SOLD)
    passed = lots.filter(state=Lot.State.PASSED_IN).count()
    assert sold.count() + passed == len(due), "not every lot is over"
    assert passed == lots.filter(has_reserve=True).count()
    origins = {f"lot:{code}" for code in sold.values_list("code", flat=True)}
    assert Deal.objects.filter(origin__in=origins).count() == len(origins), "a deal a sold lot"
    bidders = Bidder.objects.filter(lot__in=due)
    ended = dict(bidders.values_list("deposit").annotate(Count("pk")).order_by())
    assert ended.get("applied", 0) == len(origins)
    assert ended.get("released", 0) == len(due) * 3 - len(origins)
    refs = {f"bidder:{code}" for code in bidders.values_list("code", flat=True)}
    assert Payout.objects.filter(subject__in=refs).count() == ended["released"], "a refund a loser"
    bonds = [f"{ref}:bond" for ref in refs]
    assert Transfer.objects.filter(ref__in=bonds, hold__isnull=False).count() == ended.get("applied", 0)
    assert Void.objects.filter(hold__ref__in=bonds).count() == ended["released"]
    gaps = lots.annotate(n=Count("events"), last=Max("events__seq")).exclude(n=F("seq"), last=F("seq"))
    assert not gaps.exists(), "a log has a gap"
    assert Event.objects.filter(lot__in=due, kind="closed").count() == len(due)
    some = secrets.SystemRandom().sample(due, min(len(due), 100))
    for lot in Lot.objects.filter(pk__in=some):  # not replayed: the bench moved the end behind the log's back
        head = ""
        for row in lot.events.all():
            link = chain.linked(lot.code, seq=row.seq, kind=row.kind, at=row.at, payload=row.payload, prev=head)
            assert (row.prev, row.hash) == (head, link.hash), "the chain is broken"
            head = row.hash
        assert head == lot.head
    assert not queries.differences(queries.trial_balance()), "the books do not add up"


def top(table: str) -> int:
    """The highest id of a table."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        return int(cursor.fetchone()[0])


def bare(before: dict[str, int], lots: int) -> float:
    """Seconds to insert the rows that closing wrote or changed, for `lots` lots, into unguarded tables of that shape."""
    from django.db import connection

    from auctions.engine.closing import TOGETHER

    rows: dict[str, list[Any]] = {}
    closed = "SELECT id FROM auctions_lot WHERE closed_at IS NOT NULL"
    which = {
        "auctions_lot": f"id IN ({closed})",
        "auctions_bidder": f"lot_id IN ({closed})",
        "listings_listing": f"id IN (SELECT listing_id FROM auctions_lot WHERE id IN ({closed}))",
    }
    connection.ensure_connection()
    client = connection.connection
    for table in (*WRITTEN[0], *WRITTEN[1]):
        client.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING INDEXES INCLUDING CONSTRAINTS)")
        where = which.get(table, f"id > {before.get(table, 0)}")
        rows[table] = client.execute(f"SELECT t::text FROM {table} t WHERE {where} ORDER BY id").fetchall()
    turns = max(lots // TOGETHER, 1)
    begun = time.perf_counter()
    for turn in range(turns):
        with client.transaction():
            for table, every in rows.items():
                some = every[len(every) * turn // turns : len(every) * (turn + 1) // turns]
                values = ", ".join([f"((%s::{table}).*)"] * len(some))
                if some:
                    client.execute(f"INSERT INTO bare_{table} VALUES {values}", [row[0] for row in some])
    taken = time.perf_counter() - begun
    print(f"{sum(map(len, rows.values()))} bare rows: {taken:.2f} s", file=sys.stderr)
    return round(taken, 2)


if __name__ == "__main__":
    sys.exit(main())
