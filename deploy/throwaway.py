"""Servers that live as long as a test run: PostgreSQL and Redis on sockets in a temporary directory."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

# A crash of the machine may cost a throwaway database; a drill that kills processes asks for DURABLE.
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
DURABLE = "-c fsync=on -c synchronous_commit=on"
INITDB = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")


@contextlib.contextmanager
def postgres(programs: str, settings: str = FAST) -> Iterator[str]:
    """Start a new PostgreSQL cluster with the given directory of programs and yield its DATABASE_URL."""
    home = tempfile.mkdtemp(prefix="luochui-pg-")
    try:
        start = f"-h '' -k {home} -c max_connections=200 {settings}"
        _as_postgres(home, f"{programs}/initdb", "-D", f"{home}/data", *INITDB)
        control = [f"{programs}/pg_ctl", "-D", f"{home}/data", "-w", "-l", f"{home}/log"]
        _as_postgres(home, *control, "-o", start, "start")
        try:
            yield f"postgres://postgres@/postgres?host={home}"
        finally:
            _as_postgres(home, *control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _as_postgres(home: str, *command: str) -> None:
    """Run as the postgres user when we are root, whom the server refuses, else as ourselves; raise with its log."""
    env = {"PATH": os.environ["PATH"], "HOME": home, "LC_ALL": "C.UTF-8"}
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(home, owner.pw_uid, owner.pw_gid)
        done = subprocess.run(
            command, cwd=home, env=env, capture_output=True, user=owner.pw_uid, group=owner.pw_gid, extra_groups=[]
        )
    else:
        done = subprocess.run(command, cwd=home, env=env, capture_output=True)
    if done.returncode:
        log = Path(home, "log")
        raise RuntimeError(f"{command[0]}: {done.stderr.decode()}{log.read_text() if log.exists() else ''}")


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """Start a Redis that keeps nothing and yield its REDIS_URL."""
    home = tempfile.mkdtemp(prefix="luochui-redis-")
    path = f"{home}/redis.sock"
    command = ["redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no", "--dir", home]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for_redis(path, server)
        yield f"unix://{path}"
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(home, ignore_errors=True)


def _wait_for_redis(path: str, server: "subprocess.Popen[bytes]") -> None:
    """Return when the socket answers a PING; raise when the server ended or stayed silent for 10 seconds."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.connect(path)
            connection.sendall(b"PING\r\n")
            if connection.recv(16).startswith(b"+PONG"):
                return
        time.sleep(0.01)
    raise RuntimeError(f"redis-server does not answer (exit code {server.poll()})")
