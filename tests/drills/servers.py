"""Servers that a drill may kill, freeze and restart: PostgreSQL and Redis as its own children, and the market's processes.

The market's processes are forked from one nursery (`nursery.py`) that has loaded Django already, so that a hundred
restarts cost seconds; each is a process of its own all the same, and dies by the same SIGKILL.
"""

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from deploy import debian, throwaway

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds a server may take to come up on a busy machine
BASE = "base"  # the database every drill's own is copied from


class Cluster:
    """A PostgreSQL that writes to the disk, run as our own child: `pg_ctl` would leave its remains to whoever reaps them."""

    def __init__(self) -> None:
        self.home = tempfile.mkdtemp(prefix="luochui-drill-pg-")
        self.programs = str(debian.postgres_programs())
        self.env = {"PATH": os.environ["PATH"], "HOME": self.home, "LC_ALL": "C.UTF-8"}
        self.user: dict[str, Any] = {}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.home, owner.pw_uid, owner.pw_gid)
            self.user = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        initdb = [f"{self.programs}/initdb", "-D", f"{self.home}/data", *throwaway.INITDB]
        subprocess.run(initdb, cwd=self.home, env=self.env, check=True, stdout=subprocess.DEVNULL, **self.user)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, settings: str = throwaway.DURABLE, preload: dict[str, str] | None = None) -> float:
        """Start and wait until it answers; seconds that took, recovery included."""
        begun = time.monotonic()
        command = [f"{self.programs}/postgres", "-D", f"{self.home}/data", "-k", self.home, "-h", ""]
        command += ["-c", "max_connections=300", "-c", "recovery_init_sync_method=syncfs"]
        with Path(self.home, "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *settings.split()],
                cwd=self.home,
                env=self.env | (preload or {}),
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.user,
            )
        while time.monotonic() - begun < PATIENCE:
            assert self.process.poll() is None, Path(self.home, "log").read_text()[-2000:]
            with contextlib.suppress(psycopg.OperationalError), self.connect("template1"):
                return time.monotonic() - begun
            time.sleep(0.02)
        raise AssertionError("PostgreSQL does not come back")

    def kill(self) -> None:
        """SIGKILL the whole tree at once, as a machine that stops: the postmaster is frozen first, so that it forks no more."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        tree = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        children = [int(pid) for pid in tree.read_text().split()]
        for pid in (*children, self.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        while any(Path(f"/proc/{pid}").exists() and _state(pid) != "Z" for pid in children):
            time.sleep(0.002)
        self.process = None

    def stop(self) -> None:
        """Stop in good order."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait()
            self.process = None

    def connect(self, database: str) -> "psycopg.Connection[Any]":
        """A connection of our own, committing each statement."""
        return psycopg.connect(self.url(database), autocommit=True)

    def url(self, database: str) -> str:
        """The DATABASE_URL of a database of this cluster."""
        return f"postgres://postgres@/{database}?host={self.home}"

    def copy(self, database: str) -> None:
        """Make `database` anew from the base."""
        with self.connect("template1") as server:
            server.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {database} TEMPLATE {BASE} STRATEGY file_copy")

    def remove(self) -> None:
        """Kill it and forget its files."""
        if self.process is not None:
            self.kill()
        shutil.rmtree(self.home, ignore_errors=True)


def _state(pid: int) -> str:
    """The state letter of a process ("Z": dead, waiting to be reaped); "Z" when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "Z"


class Redis:
    """A Redis that keeps nothing."""

    def __init__(self) -> None:
        self.home = tempfile.mkdtemp(prefix="luochui-drill-redis-")
        self.path = f"{self.home}/redis.sock"
        self.url = f"unix://{self.path}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers."""
        command = ["redis-server", "--port", "0", "--unixsocket", self.path, "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([*command, "--dir", self.home], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                self.say(b"PING\r\n")
                return
            time.sleep(0.02)
        raise AssertionError("redis-server does not answer")

    def say(self, command: bytes) -> None:
        """One command, answered."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(self.path)
            line.sendall(command)
            line.recv(64)

    def signal(self, number: int) -> None:
        """SIGSTOP freezes it with its connections open, which is what a partition looks like; SIGKILL kills it."""
        assert self.process is not None
        self.process.send_signal(number)
        if number == signal.SIGKILL:
            self.process.wait()
            self.process = None

    def remove(self) -> None:
        """Kill it and forget its files."""
        if self.process is not None:
            self.signal(signal.SIGKILL)
        shutil.rmtree(self.home, ignore_errors=True)


class Nursery:
    """The process the market's processes are forked from; it dies with us, and they with it."""

    def __init__(self, cluster: Cluster, redis: Redis, var: str, preload: dict[str, str] | None = None) -> None:
        self.log = Path(var, "processes.log")
        env = os.environ | {
            "DATABASE_URL": cluster.url(BASE),
            "REDIS_URL": redis.url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "VAR_DIR": var,
            "LOG_LEVEL": "ERROR",
            **(preload or {}),
        }
        command = [sys.executable, "-m", "tests.drills.nursery", str(self.log)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=pipe, stdout=pipe, text=True)
        self.children: set[int] = set()

    def ask(self, **order: Any) -> int:
        """One order, one number back: the pid of a new process, or how a process ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def fork(self, **order: Any) -> "Child":
        """A new process of the market (see `nursery.ROLES`)."""
        pid = self.ask(**order)
        self.children.add(pid)
        return Child(self, pid)

    def remove(self) -> None:
        """Kill every process it made, and itself."""
        for pid in self.children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()


class Child:
    """One process of the market."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self.nursery, self.pid = nursery, pid

    def kill(self) -> None:
        """SIGKILL, and gone when this returns."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def wait(self) -> int:
        """Until it ended; its exit code, or minus the signal that killed it."""
        self.nursery.children.discard(self.pid)
        return self.nursery.ask(role="reap", pid=self.pid)


class Web:
    """A web process on a port that it keeps through its lives."""

    def __init__(self, nursery: Nursery, database: str, weak: str = "") -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.nursery, self.order = nursery, {"role": "web", "database": database, "weak": weak, "port": self.port}
        self.start()

    def start(self) -> None:
        """Start and wait until it listens."""
        self.child = self.nursery.fork(**self.order)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            time.sleep(0.01)
        raise AssertionError(f"no web process: {self.nursery.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """SIGKILL."""
        self.child.kill()
