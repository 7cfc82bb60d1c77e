"""How fast a royalty run states contracts, and at what memory: python -m tests.bench.bench_royalties [--contracts N...] [--json].

On a PostgreSQL of its own that waits for its disk. Contracts of five kinds of terms, each at a rate of its own, have reported
a quarter that is approved: `run` opens nothing and bills them all. `copy` is the same rows (statements, facts, deliveries) into
the same tables by bare COPY, our guards off; `bare` without foreign keys and indexes' checks of them too; `ledger` three ledger
rows a contract. A process a core works at the run, and shares the cores with its PostgreSQL; `alone` is one process, over a
second quarter. A third is run by one that is killed half way, and by the one that comes after it.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from deploy import debian, throwaway
from tests.bench.embedded import tell

GOAL_RATIO, GOAL_LINEAR, GOAL_GROWTH_MB = 0.3, 0.7, 64.0
SIZES = (1_000, 10_000, 100_000)
LICENSEES = 100
NOW = datetime(2026, 2, 10, 4, tzinfo=UTC)  # four quarters since 2025 are over
TABLES = ("royalties_statement", "trail_fact", "trail_delivery")


def main() -> int:
    """Run, compare, print; 1 when a goal is missed at full size, a period is billed twice or a run is not done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contracts", type=int, nargs="+", default=SIZES)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with throwaway.postgres(str(debian.postgres_programs()), throwaway.DURABLE) as url:
        os.environ |= {"DATABASE_URL": url, "DB_POOL": "0", "DJANGO_SETTINGS_MODULE": "tests.settings"}
        import django
        from django.core.management import call_command

        from market.kernel import clock

        django.setup()
        call_command("migrate", verbosity=0)
        with clock.shifted_to(NOW):
            figures: dict[str, Any] = {str(count): measured(count) for count in options.contracts}
    speeds = [one["contracts_per_s"] for one in figures.values()]
    whole = {"linear": round(min(speeds) / max(speeds), 2), "load": os.getloadavg()}
    tell(figures | whole, as_json=options.json)
    sound = all(one["sound"] for one in figures.values())
    full = figures.get("100000")
    missed = full is not None and (
        full["ratio"] < GOAL_RATIO or full["growth_mb"] > GOAL_GROWTH_MB or whole["linear"] < GOAL_LINEAR
    )
    return int(not sound or missed)


def measured(count: int) -> dict[str, Any]:
    """The figures at one size."""
    from market.royalties.models import Statement
    from market.royalties.runs.actions import at_once
    from market.royalties.runs.helpers import cores

    begin(count)
    ready(1)
    workers = cores()
    seconds, _ = timed_run(workers)
    figures: dict[str, Any] = {
        "workers": workers,
        "contracts_per_s": round(count / seconds),
        "seconds": round(seconds, 2),
    }
    figures |= {f"{name}_per_s": round(speed) for name, speed in copied(count).items()}
    figures |= {"ratio": round(figures["contracts_per_s"] / figures["copy_per_s"], 2)}
    ready(2)
    with Peak() as peak:
        alone, asked = timed_run(1)
    figures |= {
        "alone_per_s": round(count / alone),
        "growth_mb": round(peak.grown_mb, 1),
        "peak_mb": round(peak.highest_mb),
        "sql_per_chunk": round(asked / -(-count // at_once(count)), 1),
    }
    ready(3)
    before, after = killed_half_way(count)
    figures |= {"resumed_s": round(before + after, 2), "resumed_ratio": round((before + after) / alone, 2)}
    once = Statement.objects.filter(number=1).values("period").distinct().count()
    return figures | {"sound": once == Statement.objects.count() == 3 * count}


def begin(count: int) -> None:
    """So many licences with four quarters each, all open; nothing else."""
    from django.db import connection

    from market.kernel.bulk import create_many
    from market.parties.models import Party
    from market.royalties.models import Licence
    from market.royalties.runs.actions import run
    from tests import people

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "TRUNCATE royalties_licence, royalties_run, trail_fact, ledger_transfer RESTART IDENTITY CASCADE"
        )
        cursor.execute("SET session_replication_role = origin")
    right, licensor, agency = patent(), people.jilin_university(), people.changchun_agency()
    takers = list(Party.objects.filter(name__startswith="受让"))
    takers = takers or [
        Party.objects.create(name=f"受让{number}", kind=Party.Kind.PERSON) for number in range(LICENSEES)
    ]
    for first in range(0, count, 1000):
        create_many(
            Licence(
                granted_for=f"bench:{number}",
                right=right,
                licensor=licensor,
                licensee=takers[number % LICENSEES],
                agency=agency,
                terms=terms_of(number),
                terms_sha256=f"{number:064}",
                currency="CNY",
                since=date(2025, 1, 1),
                until=date(2027, 12, 31),
                every="quarter",
            )
            for number in range(first, min(first + 1000, count))
        )
    run()


def patent() -> Any:
    """The one patent they all are of."""
    from market.rights.models import Right
    from tests import people
    from tests.market.payments.stage import patent as new

    return Right.objects.first() or new({people.jilin_university(): 1})  # type: ignore[dict-item]


def terms_of(number: int) -> dict[str, Any]:
    """Terms of one of five kinds, at a rate of their own."""
    from tests.market.deals.terms.papers import running, terms, yuan

    rate = f"0.0{300 + number % 500}"
    tiered = running({"up_to": yuan("50000.00"), "rate": rate}, {"rate": "0.02"})
    kinds: tuple[dict[str, Any], ...] = (
        {"payments": [running({"rate": rate})]},
        {"payments": [tiered]},
        {"payments": [running({"rate": rate}), {"kind": "minimum", "amount": yuan("3000.00"), "scope": "period"}]},
        {"payments": [tiered], "tax": {"withholding": "0.1", "borne_by": "licensor"}},
        {"payments": [tiered], "interest": {"rate": "0.06", "year_days": 365}},
    )
    return terms(term={"start": "2025-01-01", "end": "2027-12-31"}, **kinds[number % len(kinds)])


def ready(quarter: int) -> None:
    """That quarter is reported and approved for all."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO royalties_usagereport (period_id, figures, reason, reported_by_id, at)
            SELECT id, jsonb_build_object('', jsonb_build_object('gross', jsonb_build_object(
              'amount', (60000 + id %% 40000)::text || '.50', 'currency', 'CNY'))), '',
              (SELECT min(id) FROM parties_user), now() FROM royalties_reportingperiod WHERE number = %s""",
            [quarter],
        )
        cursor.execute("UPDATE royalties_reportingperiod SET state = 'approved' WHERE number = %s", [quarter])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def timed_run(workers: int) -> tuple[float, int]:
    """Seconds a run takes by so many processes, and the statements of SQL of this one."""
    from django.db import connection

    from market.royalties.runs.actions import run
    from market.royalties.runs.helpers import helped_by

    asked = 0

    def counted(execute: Any, *given: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(*given)

    begun = time.perf_counter()
    with helped_by(workers - 1), connection.execute_wrapper(counted):
        run()
    return time.perf_counter() - begun, asked


def killed_half_way(count: int) -> tuple[float, float]:
    """Seconds of a run in a process that is killed inside a chunk half way, and of the one that goes on."""
    from django.db import connections

    from market.royalties import issuing
    from market.royalties.models import Statement
    from market.royalties.runs import actions

    connections.close_all()
    begun = time.perf_counter()
    if (child := os.fork()) == 0:
        issue, half = issuing.issue, count // actions.at_once(count) // 2
        calls = 0

        def dying(statements: Any) -> None:
            nonlocal calls
            issue(statements)
            calls += 1
            if calls > half:
                os.kill(os.getpid(), signal.SIGKILL)

        issuing.issue = dying
        actions.run()
        os._exit(0)
    os.waitpid(child, 0)
    before = time.perf_counter() - begun
    assert Statement.objects.filter(period__number=3).count() < count
    return before, timed_run(1)[0]


class Peak:
    """The most memory this process had resident inside the block, and by how much it grew."""

    def __enter__(self) -> "Peak":
        Path("/proc/self/clear_refs").write_text("5")
        self.before_mb = self._highest()
        return self

    def __exit__(self, *_: object) -> None:
        self.highest_mb = self._highest()
        self.grown_mb = self.highest_mb - self.before_mb

    @staticmethod
    def _highest() -> float:
        (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024


# What takes the guards down for bare COPY, and what puts them up: those of append-only tables alone, or foreign keys too.
WAYS = {
    "copy": tuple(f"ALTER TABLE {table} {{}} TRIGGER USER" for table in TABLES),
    "bare": ("SET session_replication_role = {}",),
}
WORDS = {"copy": ("DISABLE", "ENABLE"), "bare": ("replica", "origin")}


def copied(count: int) -> dict[str, float]:
    """Contracts a second by bare COPY of the rows the run wrote, and of three ledger rows each."""
    from django.db import connection

    speeds = {}
    with tempfile.TemporaryDirectory() as home, connection.cursor() as cursor:
        files = {table: Path(home, table) for table in TABLES}
        for table, file in files.items():
            rows = "" if table == "royalties_statement" else " WHERE " + BILLED[table]
            with file.open("wb") as kept, cursor.copy(f"COPY (SELECT * FROM {table}{rows}) TO STDOUT") as copy:
                for block in copy:
                    kept.write(block)
        for way, statements in WAYS.items():
            emptied(cursor, files)
            for statement in statements:
                cursor.execute(statement.format(WORDS[way][0]))
            speeds[way] = count / timed_copy(cursor, files)
            for statement in statements:
                cursor.execute(statement.format(WORDS[way][1]))
        speeds["ledger"] = count / ledger_copy(cursor, count)
    return speeds


BILLED = {
    "trail_fact": "name = 'royalty.billed'",
    "trail_delivery": "fact_id IN (SELECT id FROM trail_fact WHERE name = 'royalty.billed')",
}


def emptied(cursor: Any, files: dict[str, Path]) -> None:
    """The rows are gone, from the last table to the first."""
    cursor.execute("SET session_replication_role = replica")
    for table in reversed(files):
        cursor.execute(f"DELETE FROM {table}" + (f" WHERE {BILLED[table]}" if table in BILLED else ""))
    cursor.execute("SET session_replication_role = origin")
    cursor.execute("VACUUM ANALYZE")
    cursor.execute("CHECKPOINT")


def timed_copy(cursor: Any, files: dict[str, Path]) -> float:
    """Seconds in which the files are copied back into their tables, each in one transaction."""
    begun = time.perf_counter()
    for table, file in files.items():
        with file.open("rb") as kept, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            while block := kept.read(1 << 16):
                copy.write(block)
    return time.perf_counter() - begun


def ledger_copy(cursor: Any, count: int) -> float:
    """Seconds in which three ledger rows a contract are copied into the empty table, guards off."""
    from market.kernel import clock
    from market.ledger import books
    from tests.bench.bench_ledger import COLUMNS

    keys = [books.account(code, "CNY").pk for code in ("bank:P-1", "royalty:Y-1", "payable:P-1")]
    at = clock.now()
    cursor.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER USER")
    begun = time.perf_counter()
    with cursor.copy(f"COPY ledger_transfer ({COLUMNS}) FROM STDIN") as copy:
        for number in range(3 * count):
            copy.write_row(
                (f"royalty:{number}", keys[number % 3], keys[(number + 1) % 3], 100_000, "CNY", "royalty", at)
            )
    took = time.perf_counter() - begun
    cursor.execute("ALTER TABLE ledger_transfer ENABLE TRIGGER USER")
    return took


if __name__ == "__main__":
    sys.exit(main())
