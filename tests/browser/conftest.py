"""A chromium, the real server in a process of its own, and people who are signed in."""

import contextlib
import fcntl
import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.audit import watch

if TYPE_CHECKING:
    from tests.browser.rooms import Room, Stage

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


class Visit(Protocol):
    """Opens a page of the live market the way one reader sees it."""

    def __call__(
        self,
        path: str,
        *,
        user: str = "",
        language: str = "zh-hans",
        scheme: str = "light",
        width: int = 1280,
        cookies: dict[str, str] | None = None,
        javascript: str = "on",
    ) -> Page:
        """The page at `path`, loaded; `javascript` is on or off, `user` a name of the demonstration's cast."""


# A loaded machine is slow, not wrong: a page gets this long (milliseconds) to show what is expected of it.
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this directory drives chromium."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


# Reads one program a line and answers with what it printed: starting Django anew for each takes longer than they do.
INTERPRETER = """
import contextlib, io, json, sys
import django
django.setup()
for line in sys.stdin:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(json.loads(line), {})
    print(json.dumps(said.getvalue()), flush=True)
"""


SIGN_IN = """
from django.test import Client
from market.parties.models import User
client = Client()
client.force_login(User.objects.get(username={name!r}))
print(client.cookies["sessionid"].value)
"""


@dataclass
class Market:
    """A running market: its address, and the environment its own commands run in."""

    url: str
    env: dict[str, str]

    def manage(self, *command: str) -> str:
        """Run `manage.py ...` on the market's database; what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=self.env, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def python(self, code: str) -> str:
        """Run a program on the market's database; what it printed. An exception in it ends the test."""
        told, said = self._interpreter.stdin, self._interpreter.stdout
        assert told is not None
        assert said is not None
        told.write(json.dumps(code) + "\n")
        told.flush()
        answer = said.readline()
        if not answer:
            del self._interpreter  # the next program gets another one
            pytest.fail(f"failed, see its traceback:\n{code}")
        return str(json.loads(answer))

    @functools.cached_property
    def _interpreter(self) -> "subprocess.Popen[str]":
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", INTERPRETER]
        return subprocess.Popen(command, cwd=ROOT, env=self.env, stdin=pipe, stdout=pipe, text=True)

    def close(self) -> None:
        """End the interpreter, if there is one."""
        if "_interpreter" in vars(self):
            self._interpreter.communicate()


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A var/ with the demonstration in it, made once for all processes of this run."""
    mine = tmp_path_factory.getbasetemp()
    made = (mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine) / "demonstration"
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            begun = made.with_suffix(".begun")
            empty_market(begun).manage("demo")
            begun.rename(made)
    return made


def empty_market(var: Path) -> Market:
    """A market that keeps its state in `var`, with tables and static files and nobody in it; nothing serves it."""
    made = Market("", _environment(var, "127.0.0.1:8000"))
    made.manage("migrate")
    made.manage("collectstatic", "--no-input")
    return made


@pytest.fixture(scope="session")
def market(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """A market of our own, with a copy of the demonstration in it; or the running one LIVE names."""
    if "LIVE" in os.environ:
        running = Market(os.environ["LIVE"], dict(os.environ))
        yield running
        running.close()
        return
    with serving(request.getfixturevalue("demonstration"), tmp_path_factory.mktemp("market") / "var") as made:
        yield made


@contextlib.contextmanager
def serving(demonstration: Path, var: Path) -> Iterator[Market]:
    """A server with a copy of that demonstration, kept in `var`, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    shutil.copytree(demonstration, var)
    made = Market(f"http://{address}", _environment(var, address))
    log = (var / "serve.log").open("w+")
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve", address], cwd=ROOT, env=made.env, stdout=log, stderr=log
    )
    try:
        _wait_for(f"http://{address}/healthz", server, log.name)
        yield made
    finally:
        made.close()
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)
        log.close()


def _environment(var: Path, address: str) -> dict[str, str]:
    """What `manage.py` needs to know of a demonstration at `address` that keeps its state in `var`."""
    site = f"http://{address}"
    env = os.environ | {"VAR_DIR": str(var), "SITE_URL": site, "WEBSOCKET_ORIGINS": site}
    env |= {"DEMO": "1", "STYLEGUIDE": "1", "DJANGO_SETTINGS_MODULE": "deploy.settings"}
    env.pop("DATABASE_URL", None)
    return env


@pytest.fixture(scope="session")
def live(market: Market) -> str:
    """The address of the running market."""
    return market.url


def _wait_for(url: str, server: subprocess.Popen[bytes], log: str) -> None:
    """Return when `url` answers; fail with the server's words when it ends or takes 60 seconds."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            server_is_starting = 0.1
            time.sleep(server_is_starting)
    pytest.fail(f"{url} does not answer:\n{Path(log).read_text()[-2000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium (or the one CHROMIUM names), asking nobody for anything."""
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or "/usr/bin/chromium", args=FLAGS
        )
        yield program
        program.close()


@pytest.fixture(scope="session")
def as_user(market: Market) -> Callable[[str], Any]:
    """`as_user("maijia1")`: the cookies of somebody of the demonstration's cast, signed in (test_signing_in has the form)."""
    return signing_in(market)


def signing_in(market: Market) -> Callable[[str], Any]:
    """What `as_user` is for people of that market."""

    @functools.cache
    def signed_in(name: str) -> Any:
        session = market.python(SIGN_IN.format(name=name)).strip()
        cookie = {"name": "sessionid", "value": session, "domain": urlsplit(market.url).hostname, "path": "/"}
        return {
            "cookies": [{**cookie, "expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}],
            "origins": [],
        }

    return signed_in


@pytest.fixture
def visit(live: str, browser: Browser, as_user: Callable[[str], Any]) -> Iterator[Visit]:
    """Opens pages as one reader sees them (see Visit); what goes wrong on them is noted for `audit`."""
    opened: list[BrowserContext] = []

    def go(
        path: str,
        *,
        user: str = "",
        language: str = "zh-hans",
        scheme: str = "light",
        width: int = 1280,
        cookies: dict[str, str] | None = None,
        javascript: str = "on",
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            java_script_enabled=javascript == "on",
            storage_state=as_user(user) if user else None,
        )
        opened.append(context)
        chosen = {"django_language": language, **(cookies or {})}
        context.add_cookies([{"name": name, "value": value, "url": live} for name, value in chosen.items()])
        page = watch(context.new_page())
        page.goto(live + path)
        return page

    yield go
    for context in opened:
        context.close()


@pytest.fixture
def stage(market: Market, visit: Visit) -> "Stage":
    """stage([("bob", 1_000_000)], ends_in=1800): a fresh lot with those bids made."""

    from tests.browser.rooms import Room, seeded  # they need this module

    def make(script: list[tuple[str, int]], **how: Any) -> "Room":
        return Room(market, visit, **seeded(market, [(script, how)])[0])

    return make
