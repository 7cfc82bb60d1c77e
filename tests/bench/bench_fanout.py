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
    from django.test import Client

    from auctions import live, protocol
    from auctions.models import Bidder
    from market.parties.models import Membership, Party, User
    from tests import people
    from tests.auctions import factory

    lot, made = factory.lot(people.jilin_university(), people.changchun_agency()), []
    many = range(max(bidders, 2))
    users = User.objects.bulk_create(
        User(username=f"bidder{number}", email=f"{number}@example.com", name="竞买") for number in many
    )
    parties = Party.objects.bulk_create(
        Party(kind="enterprise", name=f"竞买{number}有限公司", uscc=people.credit_code(1000 + number), state="verified")
        for number in many
    )
    Membership.objects.bulk_create(
        Membership(user=u, party=p, role="owner") for u, p in zip(users, parties, strict=True)
    )
    active = {"state": "active", "deposit": "held", "terms_sha256": "0" * 64}
    rows = Bidder.objects.bulk_create(
        Bidder(lot=lot, user=users[number], party=parties[number], paddle=1000 + number, **active) for number in many
    )
    for bidder in rows:
        client = Client()
        client.force_login(bidder.user)
        made.append((bidder, client.cookies[settings.SESSION_COOKIE_NAME].value))
    for turn in range(live.LAST):  # so that the state has its full length
        factory.bid(made[turn % 2][0], 1_000_000 + 20_000 * turn)
    frame = protocol.encode(live.public_states([lot.pk])[lot.pk])
    return lot, [(b.paddle or 0, f"{settings.SESSION_COOKIE_NAME}={key}") for b, key in made][:bidders], frame


def fanout(sizes: tuple[int, ...], port: int, path: str, lot: str, frame: str) -> Figures:
    """One message to more and more sockets, the product's and the library's in turn, so that both meet the same weather:
    while one is measured the other stands still."""
    raw_port = free_port()
    with (
        server("product", lot, port) as ours,
        server("raw", frame, raw_port) as theirs,
        child("tests.bench.fanout_clients") as our_crowd,
        child("tests.bench.fanout_clients") as their_crowd,
    ):
        product = Side(ours, our_crowd, {"port": port, "path": path, "state": True})
        raw = Side(theirs, their_crowd, {"port": raw_port, "path": "/", "state": False})
        found: Figures = {"frame_bytes": len(frame.encode())}
        for size in sizes:
            for side in (product, raw):
                side.grow(size)
            for _ in range(7):
                for side, other in ((product, raw), (raw, product)):
                    with other.still():
                        side.round()
            each = {"product": product.figures(size), "raw": raw.figures(size)}
            ratios = [mine / libs for mine, libs in zip(product.rounds, raw.rounds, strict=True)]
            found[str(size)] = {**each, "ratio": round(statistics.median(ratios), 2)}
        return found


class Side:
    """One server with its crowd."""

    def __init__(self, target: Child, crowd: Child, where: Figures) -> None:
        self.target, self.crowd, self.where = target, crowd, where
        self.opened = crowd.ask("open", **where, up_to=1)  # all that is loaded once is loaded
        self.seq = [target.ask("say")["seq"] for _ in range(3)][-1]
        self.empty = target.ask("usage")["rss_kb"]
        self.rounds: list[float] = []
        self.cpu = 0.0
        self.got: Figures = {}

    def grow(self, size: int) -> None:
        """Open sockets until there are so many."""
        self.opened = self.crowd.ask("open", **self.where, up_to=size)
        if not self.opened["ready"]:
            raise RuntimeError(f"not all sockets opened: {self.opened}")
        self.rounds, self.cpu = [], 0.0

    @contextlib.contextmanager
    def still(self) -> Iterator[None]:
        """The server does nothing meanwhile."""
        self.target.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.target.process.send_signal(signal.SIGCONT)

    def round(self) -> None:
        """One message: ms from the moment it was announced to the last receipt."""
        time.sleep(0.25)  # the room rests a tenth of a second between two states
        self.seq += 1
        self.crowd.ask("expect", seq=self.seq)
        self.crowd.tell("got", seconds=20)
        before = self.target.ask("usage")["cpu_s"]
        said = self.target.ask("say")
        self.got = self.crowd.answer()
        self.cpu += self.target.ask("usage")["cpu_s"] - before
        self.rounds.append((self.got["last"] - said["at"]) * 1000)

    def figures(self, size: int) -> Figures:
        """Median and worst ms, CPU ms a message (with the bid, where there is one), what was lost, kB a socket."""
        return {
            "last_ms": round(statistics.median(self.rounds), 1),
            "worst_ms": round(max(self.rounds), 1),
            "cpu_ms": round(self.cpu / len(self.rounds) * 1000, 1),
            "lost": self.got["missing"],
            "closed": self.got["closed"],
            "kb_a_socket": round((self.target.ask("usage")["rss_kb"] - self.empty) / size, 1),
            "open_s": round(self.opened["seconds"], 1),
        }


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
        came_in = room.ask("bidders", port=port, path=path, who=bidders, pause=1.0)
        time.sleep(1)
        crowd.ask("record", on=True)
        began, before = time.monotonic(), ours.ask("usage")
        time.sleep(seconds)
        answers, took = room.ask("stop", since=began), time.monotonic() - began
        after = ours.ask("usage")
        time.sleep(1)
        ages = crowd.ask("ages", told=ours.ask("told")["told"])
    times = sorted(second for second, _ in answers)
    return {
        "watchers": watchers,
        "bidders": len(bidders),
        "all_answered_once_s": round(came_in["seconds"], 1),
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
