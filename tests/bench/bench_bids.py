"""How many bids the engine takes, beside what the database alone can: python -m tests.bench.bench_bids [--short] [--json].

A PostgreSQL that really writes to the disk, a Redis and real web processes of its own; the bidders are real websockets
in another process on the same machine. In the same run pgbench does the least a bid can be: lock one row, insert, update; and
the same server answers the same bidders without looking at their bids, which is all that its sockets can do.
After every leg each lot is read again: no gap, every link of the chain right, every acknowledged bid there.
"""

import argparse
import contextlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from deploy import debian, throwaway

Figures = dict[str, Any]
GOALS = {
    "hot_vs_pgbench": (">=", 2.0),
    "p99_at_200_ms": ("<=", 100),
    "alone_vs_pgbench_latency": ("<=", 4),
    "two_processes_vs_one": (">=", 1),
    "four_processes_vs_one": (">=", 1),
    "many_vs_pgbench": (">=", 0.5),
    "sqlite_vs_bare": (">=", 0.5),
}
TABLES = """CREATE TABLE lot (id int PRIMARY KEY, price bigint, seq bigint);
CREATE TABLE bid (lot int, seq bigint, bidder int, amount bigint, PRIMARY KEY (lot, seq));
INSERT INTO lot SELECT n, 0, 0 FROM generate_series(1, 1000) n;"""
LEAST = """\\set lot random(1, {lots})
BEGIN;
SELECT price, seq FROM lot WHERE id = :lot FOR NO KEY UPDATE \\gset
INSERT INTO bid VALUES (:lot, :seq + 1, 1, :price + 1);
UPDATE lot SET price = price + 1, seq = seq + 1 WHERE id = :lot;
COMMIT;
"""


class Bench:
    """One database with the market on it, and what was acknowledged so far."""

    def __init__(self, url: str, redis: str, home: str, *, lots: int) -> None:
        self.env = os.environ | {
            "DATABASE_URL": url,
            "REDIS_URL": redis,
            "DB_POOL": "8",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "WEBSOCKET_ORIGINS": "http://bench",
            "VAR_DIR": home,
            "SECRET_KEY": "bench",
            "LOG_LEVEL": "ERROR",
        }
        if not redis:
            del self.env["REDIS_URL"]
        self.home = home
        self.stage = self._python("tests.bench.bids_stage", "make", str(lots))
        self.stage["echo"] = [["/echo/all/", ""]] * len(self.stage["hot"])
        self.acknowledged: dict[str, dict[str, int]] = {}
        self.first = {"hot": 1, "many": 1, "echo": 1}

    def _python(self, *command: str, given: Any = None) -> Any:
        """Run a module and read the JSON it prints."""
        done = subprocess.run(
            [sys.executable, "-m", *command],
            input=json.dumps(given) if given is not None else None,
            env=self.env,
            text=True,
            stdout=subprocess.PIPE,
            check=True,
        )
        return json.loads(done.stdout)

    @contextlib.contextmanager
    def servers(self, count: int) -> Iterator[list[int]]:
        """So many web processes, each on a port of its own."""
        with contextlib.ExitStack() as running:
            yield [running.enter_context(self._server()) for _ in range(count)]

    @contextlib.contextmanager
    def _server(self) -> Iterator[int]:
        port = free_port()
        options = (
            "--port",
            str(port),
            "--lifespan",
            "off",
            "--log-level",
            "error",
            "--ws-per-message-deflate",
            "false",
        )
        profile = ("-m", "cProfile", "-o", f"{self.home}/profile") if os.environ.get("PROFILE") else ()
        command = [sys.executable, *profile, "-m", "uvicorn", "tests.bench.bids_server:application", *options]
        process = subprocess.Popen(command, env=self.env)
        try:
            deadline = time.monotonic() + 60
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("a web process did not start")
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()
            process.wait()

    def leg(self, which: str, ports: list[int], *, bidders: int, seconds: float, at_once: int = 0) -> Figures:
        """Bid with so many bidders, spread over the web processes, and prove that all is whole."""
        sockets = [[ports[n % len(ports)], *one] for n, one in enumerate(self.stage[which][:bidders])]
        given = {"sockets": sockets, "at_once": at_once or bidders, "seconds": seconds, "first": self.first[which]}
        figures: Figures = self._python("tests.bench.bids_bidders", given=given)
        self.first[which] = figures.pop("amount") + 1_000
        for lot, keys in figures.pop("acknowledged").items():
            if which != "echo":
                self.acknowledged.setdefault(lot, {}).update(keys)
        print(f"{which}, {bidders} bidders, {len(ports)} processes: {figures}", file=sys.stderr)
        return figures

    def check(self) -> Figures:
        """Whether all lots are whole. RuntimeError when one is not."""
        found: Figures = self._python("tests.bench.bids_stage", "check", given=self.acknowledged)
        if found["wrong"]:
            raise RuntimeError(f"not whole: {found['wrong']}")
        return found


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pgbench(host: str, *, lots: int, clients: int, seconds: int) -> Figures:
    """The least a bid can be, over so many rows: transactions a second, and milliseconds each takes."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(LEAST.format(lots=lots))
        script.flush()
        options = ("-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(seconds), "-f", script.name)
        command = [program("pgbench"), "-U", "postgres", "-h", host, *options, "postgres"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {
        "tps": round(float(said.split("tps = ")[1].split()[0])),
        "ms": float(said.split("latency average = ")[1].split()[0]),
    }


def program(name: str) -> str:
    """A program of PostgreSQL, wherever Debian keeps it."""
    found = shutil.which(name) or next(iter(sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)
    if found is None:
        raise RuntimeError(f"{name} is not installed (apt-get install postgresql)")
    return str(found)


def bare_sqlite(home: str, seconds: float) -> int:
    """Transactions a second of the least a bid can be, as durable as the product's: WAL, synchronous=FULL."""
    with contextlib.closing(sqlite3.connect(f"{home}/bare.sqlite3", isolation_level=None)) as bare:
        bare.execute("PRAGMA journal_mode=WAL")
        bare.execute("PRAGMA synchronous=FULL")
        bare.execute("CREATE TABLE lot (id integer PRIMARY KEY, price integer, seq integer)")
        bare.execute("CREATE TABLE bid (lot int, seq int, bidder int, amount int, PRIMARY KEY (lot, seq))")
        bare.execute("INSERT INTO lot VALUES (1, 0, 0)")
        done, end = 0, time.monotonic() + seconds
        while time.monotonic() < end:
            bare.execute("BEGIN IMMEDIATE")
            price, seq = bare.execute("SELECT price, seq FROM lot WHERE id = 1").fetchone()
            bare.execute("INSERT INTO bid VALUES (1, ?, 1, ?)", (seq + 1, price + 1))
            bare.execute("UPDATE lot SET price = price + 1, seq = seq + 1 WHERE id = 1")
            bare.execute("COMMIT")
            done += 1
    return round(done / seconds)


def on_postgres(short: bool) -> Figures:
    """Legs a to d."""
    seconds, pause = (2, 2) if short else (5, 3)
    lots = 200 if short else 1_000
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(throwaway.postgres(str(debian.postgres_programs()), throwaway.DURABLE))
        redis = stack.enter_context(throwaway.redis())
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="luochui-bench-"))
        host = parse_qs(urlsplit(url).query)["host"][0]
        subprocess.run([program("psql"), "-q", "-U", "postgres", "-h", host, "-c", TABLES, "postgres"], check=True)
        bench = Bench(url, redis, home, lots=lots)
        figures: Figures = {"pgbench": {}, "hot": {}, "processes": {}}
        for clients in (1, 4, 16) if short else (1, 4, 16, 64):
            figures["pgbench"][clients] = pgbench(host, lots=1, clients=clients, seconds=pause)
        with bench.servers(1) as ports:
            for bidders in (1, 64, 200, 256):
                figures["hot"][bidders] = bench.leg("hot", ports, bidders=bidders, seconds=seconds)
            figures["echo"] = {n: bench.leg("echo", ports, bidders=n, seconds=pause) for n in (1, 256)}
        figures["check"] = bench.check()
        for count in (2,) if short else (2, 4):
            with bench.servers(count) as ports:
                figures["processes"][count] = bench.leg("hot", ports, bidders=256, seconds=seconds)
        figures["many_pgbench"] = pgbench(host, lots=1_000, clients=64, seconds=pause)
        with bench.servers(1) as ports:
            figures["many"] = bench.leg("many", ports, bidders=2 * lots, at_once=64, seconds=seconds)
        figures["check"] = bench.check()
    return figures


def on_sqlite(short: bool) -> Figures:
    """Leg e."""
    seconds = 2 if short else 5
    with tempfile.TemporaryDirectory(prefix="luochui-bench-") as home:
        bench = Bench(f"sqlite:///{home}/bench.sqlite3", "", home, lots=0)
        bare = bare_sqlite(home, 2)
        with bench.servers(1) as ports:
            figures = {n: bench.leg("hot", ports, bidders=n, seconds=seconds) for n in (1, 64)}
        return {"bare": bare, "hot": figures, "check": bench.check()}


def ratios(figures: Figures) -> dict[str, float]:
    """What the goals are about."""
    postgres, sqlite = figures["postgres"], figures["sqlite"]
    best, hot, processes = (
        max(one["tps"] for one in postgres["pgbench"].values()),
        postgres["hot"],
        postgres["processes"],
    )
    found = {
        "hot_vs_pgbench": hot[256]["accepted"] / best,
        "hot_vs_echo": hot[256]["accepted"] / postgres["echo"][256]["accepted"],
        "echo_vs_pgbench": postgres["echo"][256]["accepted"] / best,
        "p99_at_200_ms": hot[200]["p99"],
        "alone_vs_pgbench_latency": hot[1]["p50"] / postgres["pgbench"][1]["ms"],
        "two_processes_vs_one": processes[2]["accepted"] / hot[256]["accepted"],
        "many_vs_pgbench": postgres["many"]["accepted"] / postgres["many_pgbench"]["tps"],
        "sqlite_vs_bare": sqlite["hot"][64]["accepted"] / sqlite["bare"],
    }
    if 4 in processes:
        found["four_processes_vs_one"] = processes[4]["accepted"] / hot[256]["accepted"]
        # Where amounts that rise from one counter go through several doors, many find a higher one before them.
        found["four_answer_vs_one"] = _answered(processes[4]) / _answered(hot[256])
    return {name: round(value, 2) for name, value in found.items()}


def _answered(leg: Figures) -> int:
    """Bids decided a second, the refused with them: these are kept with their answers too."""
    return int(leg["accepted"] + sum(leg["refused"].values()))


def main() -> int:
    """Measure, print; 1 when a goal is missed at full size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="in under a minute")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures: Figures = {"load_before": os.getloadavg()[0]}
    figures |= {"postgres": on_postgres(options.short), "sqlite": on_sqlite(options.short)}
    figures |= {"ratios": ratios(figures), "load_after": os.getloadavg()[0]}
    found = figures["ratios"]
    missed = [
        name
        for name, (way, goal) in GOALS.items()
        if name in found and (found[name] < goal if way == ">=" else found[name] > goal)
    ]
    if options.json:
        print(json.dumps(figures))
    else:
        show(figures)
    return int(bool(missed) and not options.short)


def show(figures: Figures) -> None:
    """The figures for a reader."""
    print(f"load average before {figures['load_before']:.2f}, after {figures['load_after']:.2f}")
    for place in ("postgres", "sqlite"):
        for name, value in figures[place].items():
            rows = value.items() if isinstance(value, dict) and all(isinstance(v, dict) for v in value.values()) else ()
            print(f"{place:>9}  {name}" + ("" if rows else f"  {value}"))
            for key, row in rows:
                print(f"{'':>11}{key:>5}  {row}")
    for name, value in figures["ratios"].items():
        print(f"{name:>26}  {value:>7}  " + (f"(goal {' '.join(map(str, GOALS[name]))})" if name in GOALS else ""))


if __name__ == "__main__":
    sys.exit(main())
