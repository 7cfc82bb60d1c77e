"""How fast transfers are posted in bulk, one by one, and audited: python -m tests.bench.bench_ledger [--rows N...] [--json].

On a PostgreSQL of its own that waits for its disk. A set is royalties of licences: a payment into escrow, commission and
the holder's part out of it, and the payout. `post` enters sets by `books.transfer_many`; `copy` is the same rows into the
same table by bare COPY, our guards off; `bare` the same without foreign keys too. Both last run before and after `post`.
"""

import argparse
import io
import os
import statistics
import sys
import time
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from deploy import debian, throwaway
from tests.bench.embedded import tell

if TYPE_CHECKING:
    from market.ledger.books import Leg

GOAL_RATIO, GOAL_AUDIT_S = 0.5, 15.0
SIZES = (10_000, 100_000, 1_000_000)
SET = 100_000  # legs of a set
LICENCES, PARTIES, SINGLES = 10_000, 1_000, 200
COLUMNS = "ref, debit_id, credit_id, amount_minor, currency, memo, at"


def main() -> int:
    """Post, compare, audit, print; 1 when a goal is missed at full size or the audit finds anything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with throwaway.postgres(str(debian.postgres_programs()), throwaway.DURABLE) as url:
        os.environ |= {"DATABASE_URL": url, "DB_POOL": "0", "DJANGO_SETTINGS_MODULE": "tests.settings"}
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        figures: dict[str, Any] = {str(rows): measured(rows) for rows in options.rows}
    tell(figures | {"load": os.getloadavg()}, as_json=options.json)
    full = figures.get("1000000", {"ratio": 1, "audit_s": 0})
    sound = all(one["sound"] for one in figures.values())
    return int(not sound or full["ratio"] < GOAL_RATIO or full["audit_s"] > GOAL_AUDIT_S)


def legs(rows: int) -> "Iterator[Leg]":
    """The movements of so many transfers, four for each licence in turn."""
    from market.kernel.money import Money
    from market.ledger.books import Leg

    for number in range(rows // 4):
        escrow, payable = f"escrow:licence:{number % LICENCES}", f"payable:P-{number % PARTIES}"
        paid = Money(100_000 + number % 977, "CNY")
        commission = paid.portion(500)
        yield Leg(paid, "bank:P-1", escrow, "royalty")
        yield Leg(commission, escrow, "commission:P-1", "commission")
        yield Leg(paid - commission, escrow, payable, "holder's part")
        yield Leg(paid - commission, payable, "bank:P-1", "payout")


def measured(rows: int) -> dict[str, Any]:
    """Transfers a second of each way, the ratios, one transfer's milliseconds at that size, and the audit's seconds."""
    from market.ledger import books

    made = legs(rows)
    sets = list(iter(lambda: list(islice(made, SET)), []))
    books.transfer_many(list(legs(4 * LICENCES)), ref="accounts")  # everything is open before anything is timed
    first = [copied(sets, *way) for way in WAYS]
    empty()
    begun = time.perf_counter()
    for number, one in enumerate(sets):
        books.transfer_many(one, ref=f"run:{number}")
    post = rows / (time.perf_counter() - begun)
    figures: dict[str, Any] = {"post_per_s": round(post), "single_ms": one_by_one()} | audited()
    copy, bare = (statistics.mean(pair) for pair in zip(first, (copied(sets, *way) for way in WAYS), strict=True))
    figures |= {"copy_per_s": round(copy), "bare_per_s": round(bare)}
    return figures | {"ratio": round(post / copy, 2), "ratio_bare": round(post / bare, 2)}


# What takes the guards of the table down for bare COPY, and what puts them up: ours alone, or all and the foreign keys.
WAYS = (
    ("ALTER TABLE ledger_transfer DISABLE TRIGGER USER", "ALTER TABLE ledger_transfer ENABLE TRIGGER USER"),
    ("SET session_replication_role = replica", "SET session_replication_role = origin"),
)


def copied(sets: "list[list[Leg]]", down: str, up: str) -> float:
    """Rows a second by bare COPY into the empty table, a transaction for each set."""
    from django.db import connection

    from market.kernel import clock
    from market.ledger.models import Account

    empty()
    keys = dict(Account.objects.values_list("code", "pk"))
    at = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(down)
        begun = time.perf_counter()
        for number, one in enumerate(sets):
            with cursor.copy(f"COPY ledger_transfer ({COLUMNS}) FROM STDIN") as copy:
                for place, (amount, debit, credit, memo) in enumerate(one, 1):
                    row = (f"run:{number}:{place}", keys[debit], keys[credit], amount.minor, amount.currency, memo, at)
                    copy.write_row(row)
        took = time.perf_counter() - begun
        cursor.execute(up)
    return sum(map(len, sets)) / took


def empty() -> None:
    """No transfers any more; the accounts stay."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE ledger_transfer RESTART IDENTITY CASCADE")
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE ledger_transfer")


def one_by_one() -> float:
    """Milliseconds (p50) of one payment into escrow and of one out of it, each a transaction."""
    from market.kernel.money import Money
    from market.ledger import books

    yuan, took = Money(100, "CNY"), []
    for number in range(SINGLES):
        escrow, ref = f"escrow:licence:{number}", f"single:{number}"
        begun = time.perf_counter()
        books.transfer(yuan, debit="bank:P-1", credit=escrow, ref=f"{ref}:in", memo="")
        books.transfer(yuan, debit=escrow, credit="payable:P-1", ref=f"{ref}:out", memo="")
        took.append((time.perf_counter() - begun) * 500)
    return round(statistics.median(took), 2)


def audited() -> dict[str, Any]:
    """The seconds of `manage.py audit_books`, and whether it finds the books sound."""
    from django.core.management import CommandError, call_command

    begun = time.perf_counter()
    try:
        call_command("audit_books", "--json", stdout=io.StringIO())
    except CommandError:
        return {"audit_s": round(time.perf_counter() - begun, 1), "sound": False}
    return {"audit_s": round(time.perf_counter() - begun, 1), "sound": True}


if __name__ == "__main__":
    sys.exit(main())
