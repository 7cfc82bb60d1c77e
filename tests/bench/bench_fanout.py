"""How a lot's room carries a crowd: python -m tests.bench.bench_fanout [--short] [--json].

One web process on a PostgreSQL (fsync on) and a Redis of its own. `fanout`: one bid reaches every socket; beside it, in the
same run and with the same client, the `websockets` library broadcasts the same text. `watching`: the age of the oldest news
in each frame watchers get while others bid. `storm`: all sockets break and return within five seconds. Clients share the
machine, so that trust is in the ratios.
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from deploy import debian, throwaway

RATIO, KB, AGE_MS, FRAMES, SNAPSHOTS = 1.5, 40, 250, 2, 1  # the goals
Figures = dict[str, Any]


class Child:
    """A process that answers JSON lines."""

    def __init__(self, *command: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, do: str, **given: Any) -> Any:
        """One command and its answer."""
        self.tell(do, **given)
        return self.answer()

    def tell(self, do: str, **given: Any) -> None:
        """One command; the answer is fetched later."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"do": do, **given}) + "\n")
        self.process.stdin.flush()

    def answer(self) -> Any:
        """The answer to the oldest command that waits for one."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args!r} ended with {self.process.wait()}")
        return json.loads(line)


@contextlib.contextmanager
def child(*command: str) -> Iterator[Child]:
    """A child that lives as long as the block."""
    made = Child(*command)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.wait()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def server(kind: str, given: str, port: int) -> Iterator[Child]:
    """One of the two servers, listening."""
    with child("tests.bench.fanout_server", kind, str(port), given) as made:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield made


def main() -> int:
    """Measure, print; 1 when a goal is missed at full size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a tenth of the size, in under a minute")
    parser.add_argument("--only", choices=("fanout", "watching", "storm"), help="one of the three parts")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    tenth = 10 if options.short else 1
    sizes = (100, 1_000) if options.short else (100, 1_000, 5_000, 10_000)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are stopped
    figures: Figures = {"load_before": os.getloadavg()[0]}
    with contextlib.ExitStack() as servers:
        url = servers.enter_context(throwaway.postgres(str(debian.postgres_programs()), throwaway.DURABLE))
        redis = servers.enter_context(throwaway.redis())
        port = free_port()
        os.environ |= {"DATABASE_URL": url, "REDIS_URL": redis, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        os.environ |= {"SITE_URL": f"http://127.0.0.1:{port}", "LOG_LEVEL": "ERROR"}
        lot, bidders, frame = stage(bidders=200 // tenth)
        path = f"/ws/v1/lots/{lot.code}/"
        parts: dict[str, Callable[[], Figures]] = {
            "fanout": lambda: fanout(sizes, port, path, str(lot.pk), frame),
            "watching": lambda: watching(2_000 // tenth, bidders, port, path, str(lot.pk), seconds=15 - tenth),
            "storm": lambda: storm(5_000 // tenth, port, path, str(lot.pk)),
        }
        for name in parts:
            if options.only in (None, name):
                figures[name] = parts[name]()
                print(
                    f"{name}: {json.dumps(figures[name])}, load {os.getloadavg()[0]:.2f}", file=sys.stderr, flush=True
                )
    figures["load_after"] = os.getloadavg()[0]
    if options.json:
        print(json.dumps(figures))
    else:
        show(figures)
    return int(options.only is None and not options.short and bool(missed(figures)))


def stage(*, bidders: int) -> tuple[Any, list[tuple[int, str]], str]:
    """A lot being bid on, bidders with paddle and session cookie, and a state as watchers get it."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from django.conf import settings
    from django.db import transaction
    from django.test import Client

    from auctions import live, protocol
    from tests import people
    from tests.auctions import factory

    lot, made = factory.lot(people.jilin_university(), people.changchun_agency()), []
    with transaction.atomic():
        for number in range(max(bidders, 2)):
            party = people.enterprise(f"bidder{number}", "竞买", f"竞买{number}有限公司", 1000 + number)
            bidder = factory.bidder(lot, party, 1000 + number)
            client = Client()
            client.force_login(bidder.user)
            made.append((bidder, client.cookies[settings.SESSION_COOKIE_NAME].value))
    for turn in range(live.LAST):  # so that the state has its full length
        factory.bid(made[turn % 2][0], 1_000_000 + 20_000 * turn)
    frame = protocol.encode(live.public_state(lot.pk))
    return lot, [(b.paddle or 0, f"{settings.SESSION_COOKIE_NAME}={key}") for b, key in made][:bidders], frame


def fanout(sizes: tuple[int, ...], port: int, path: str, lot: str, frame: str) -> Figures:
    """One message to more and more sockets, the product's and the library's."""
    found: Figures = {"frame_bytes": len(frame.encode())}
    with server("product", lot, port) as ours:
        product = grown(ours, sizes, port, path, state=True)
    raw_port = free_port()
    with server("raw", frame, raw_port) as theirs:
        raw = grown(theirs, sizes, raw_port, "/", state=False)
    for size in sizes:
        ratio = round(product[size]["last_ms"] / raw[size]["last_ms"], 2)
        found[str(size)] = {"product": product[size], "raw": raw[size], "ratio": ratio}
    return found


def grown(target: Child, sizes: tuple[int, ...], port: int, path: str, *, state: bool) -> dict[int, Figures]:
    """At each size: ms to the last receipt (median and worst of seven), CPU ms of the server, what was lost, kB a socket."""
    found = {}
    with child("tests.bench.fanout_clients") as clients:
        clients.ask("open", port=port, path=path, up_to=1, state=state)  # all that is loaded once is loaded
        for _ in range(3):
            target.ask("say")
        empty = target.ask("usage")["rss_kb"]
        for size in sizes:
            opened = clients.ask("open", port=port, path=path, up_to=size, state=state)
            if not opened["ready"]:
                raise RuntimeError(f"not all sockets opened: {opened}")
            time.sleep(0.5)
            rounds, seq = [], 0
            before = target.ask("usage")
            for _ in range(7):
                seq = (seq or target.ask("say")["seq"]) + 1
                time.sleep(0.25)  # the room rests a tenth of a second between two states
                clients.ask("expect", seq=seq)
                clients.tell("got", seconds=20)
                said = target.ask("say")
                got = clients.answer()
                rounds.append((got["last"] - said["at"]) * 1000)
            after = target.ask("usage")
            found[size] = {
                "last_ms": round(statistics.median(rounds), 1),
                "worst_ms": round(max(rounds), 1),
                "cpu_ms": round((after["cpu_s"] - before["cpu_s"]) / 8 * 1000, 1),
                "lost": got["missing"],
                "closed": got["closed"],
                "kb_a_socket": round((after["rss_kb"] - empty) / size, 1),
                "open_s": round(opened["seconds"], 1),
            }
    return found


def watching(
    watchers: int, bidders: list[tuple[int, str]], port: int, path: str, lot: str, *, seconds: float
) -> Figures:
    """Watchers in one process, bidders in another, each bidding about once a second."""
    with (
        server("product", lot, port) as ours,
        child("tests.bench.fanout_clients") as crowd,
        child("tests.bench.fanout_clients") as room,
    ):
        crowd.ask("open", port=port, path=path, up_to=watchers, state=True)
        room.ask("bidders", port=port, path=path, who=bidders, pause=1.0)
        time.sleep(1)
        crowd.ask("record", on=True)
        began, before = time.monotonic(), ours.ask("usage")
        time.sleep(seconds)
        answers, took = room.ask("stop"), time.monotonic() - began
        after = ours.ask("usage")
        time.sleep(1)
        ages = crowd.ask("ages", told=ours.ask("told")["told"])
    times = sorted(second for second, _ in answers)
    return {
        "watchers": watchers,
        "bidders": len(bidders),
        "answers_a_second": round(len(answers) / took),
        "accepted_a_second": round(sum(code == "ack" for _, code in answers) / took),
        "answers": dict(Counter(code for _, code in answers)),
        "answer_p99_ms": round(times[len(times) * 99 // 100] * 1000),
        "server_cpu": round((after["cpu_s"] - before["cpu_s"]) / took, 2),
        "reads_a_second": round((after["reads"] - before["reads"]) / took, 1),
        "frames": ages["frames"],
        "behind_at_the_end": ages["behind"],
        **{f"age_{name}_ms": round(ages[name]) for name in ("p50", "p99", "max")},
    }


def storm(sockets: int, port: int, path: str, lot: str) -> Figures:
    """All sockets break, and return within five seconds."""
    with server("product", lot, port) as ours, child("tests.bench.fanout_clients") as clients:
        clients.ask("open", port=port, path=path, up_to=sockets, state=True)
        time.sleep(1)
        before = ours.ask("usage")
        found = clients.ask("storm", spread=5.0)
        after = ours.ask("usage")
    return {
        "sockets": sockets,
        "all_back": found["ready"],
        "seconds": round(found["seconds"], 1),
        "most_frames_a_socket": found["most"],
        "mean_frames_a_socket": round(found["mean"], 2),
        "heartbeats_a_socket": round(found["heartbeats"] / sockets, 2),
        "snapshot_reads": after["reads"] - before["reads"],
        "server_cpu_s": round(after["cpu_s"] - before["cpu_s"], 1),
    }


def missed(figures: Figures) -> list[str]:
    """The goals that were not reached."""
    largest = figures["fanout"]["10000"]
    watching, storm = figures["watching"], figures["storm"]
    goals = {
        f"last receipt at 10,000 <= {RATIO} x the library's": largest["ratio"] <= RATIO,
        "nothing lost": not largest["product"]["lost"] and not watching["behind_at_the_end"] and storm["all_back"],
        f"<= {KB} kB a socket": largest["product"]["kb_a_socket"] <= KB,
        f"the latest state <= {AGE_MS} ms at p99": watching["age_p99_ms"] <= AGE_MS,
        f"<= {FRAMES} frames a socket after a storm": storm["most_frames_a_socket"] <= FRAMES,
        f"<= {SNAPSHOTS} snapshot read after a storm": storm["snapshot_reads"] <= SNAPSHOTS,
    }
    return [goal for goal, reached in goals.items() if not reached]


def show(figures: Figures) -> None:
    """The figures as lines."""
    for part in [name for name in figures if not name.startswith("load")]:
        print(part)
        for name, figure in figures[part].items():
            print(f"{name:>22}  {figure}")
    print(f"load {figures['load_before']:.2f} before, {figures['load_after']:.2f} after")
    if "10000" in figures.get("fanout", {}) and "storm" in figures:
        print("missed: " + "; ".join(missed(figures) or ["nothing"]))


if __name__ == "__main__":
    sys.exit(main())
