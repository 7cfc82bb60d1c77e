"""kill -9 of the web process around a bid and under fire: nothing acknowledged is lost, nothing is half there."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from auctions import live
from auctions.models import Bid, Bidder, Lot
from auctions.rules.replay import verify

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

POINTS = ("before the rows", "before the commit", "after the commit")  # as frail.py names them
ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def server(frail: str = "") -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The market on this test's database, in a process of its own; its address and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}"))
    env = os.environ | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "tests.settings", "FRAIL": frail}
    command = [sys.executable, "-m", "uvicorn", "tests.auctions.engine.frail:application", "--port", str(port)]
    process = subprocess.Popen([*command, "--lifespan", "off", "--log-level", "critical"], cwd=ROOT, env=env)
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                assert process.poll() is None, "the server did not start"
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def session_of(bidder: Bidder) -> dict[str, str]:
    """The cookies and the token of a signed-in browser."""
    client = Client()
    client.force_login(bidder.user)
    token = "a" * 32
    return {
        "Cookie": f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}",
        "X-CSRFToken": token,
        "Content-Type": "application/json",
    }


def post(address: str, lot: Lot, headers: dict[str, str], key: str, amount: int) -> dict[str, Any] | None:
    """The market's answer, or None when the line broke before there was one."""
    wire = {"amount": str(amount), "currency": "CNY"}
    body = json.dumps({"type": "bid", "key": key, "amount": wire, "seen_seq": 0}).encode()
    request = urllib.request.Request(f"{address}/lots/{lot.code}/bid/", body, {**headers, "Referer": address})
    try:
        try:
            answer = urllib.request.urlopen(request, timeout=10)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            said: dict[str, Any] = json.loads(answer.read())
            return said
    except (OSError, http.client.HTTPException):
        return None


def whole(lot: Lot) -> Lot:
    """The lot, once its log is proven to add up to its row."""
    lot = Lot.objects.select_related("sale", "leader").get(pk=lot.pk)
    state = verify(live.log(lot))
    live.check_rows(lot.code, state)
    return lot


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_point_the_same_key_finds_the_same_bid(lot: Lot, anne_bids: Bidder, point: str) -> None:
    key, headers = str(uuid4()), session_of(anne_bids)
    with server(frail=point) as (address, process):
        assert post(address, lot, headers, key, 1_000_000) is None
        process.wait(10)
    kept = Bid.objects.filter(key=key).count()
    assert kept == (1 if point == "after the commit" else 0)
    assert whole(lot).seq == 1 + kept
    with server() as (address, _):
        answer = post(address, lot, headers, key, 1_000_000)
        assert answer == post(address, lot, headers, key, 1_000_000)
    assert answer is not None
    assert (answer["type"], answer["seq"]) == ("ack", 2)
    assert Bid.objects.filter(key=key).count() == 1
    assert whole(lot).bids_count == 1


@pytest.mark.parametrize("turn", range(3))
def test_killed_under_fire_every_acknowledged_bid_is_there(
    lot: Lot, anne_bids: Bidder, bob_bids: Bidder, turn: int
) -> None:
    acknowledged: list[tuple[str, int]] = []
    headers = {bidder: session_of(bidder) for bidder in (anne_bids, bob_bids)}

    def fire(address: str, bidder: Bidder, amount: int) -> None:
        while True:
            key = str(uuid4())
            answer = post(address, lot, headers[bidder], key, amount)
            if answer is None:
                return
            if answer["type"] == "ack":
                acknowledged.append((key, answer["seq"]))
            amount = int(answer.get("facts", {}).get("minimum", {}).get("amount", f"{amount + 40_000}.00")[:-3])

    with server() as (address, process):
        shooters = [
            threading.Thread(target=fire, args=(address, b, 1_000_000 + n * 20_000)) for n, b in enumerate(headers)
        ]
        for shooter in shooters:
            shooter.start()
        enough, patience = random.randint(2, 30), time.monotonic() + 60
        while len(acknowledged) < enough and time.monotonic() < patience:
            threading.Event().wait(random.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        for shooter in shooters:
            shooter.join()
    assert len(acknowledged) > 1
    kept = dict(Bid.objects.filter(lot=lot, seq__isnull=False).values_list("key", "seq"))
    assert {(key, seq) for key, seq in acknowledged} <= {(str(key), seq) for key, seq in kept.items()}
    assert whole(lot).bids_count - len(acknowledged) in (0, 1, 2), "at most the bids in flight are there unannounced"
