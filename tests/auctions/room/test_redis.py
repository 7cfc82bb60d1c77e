"""Two processes and what is between them: Redis, or nothing, or something dead that must not delay a bid."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from channels.db import database_sync_to_async
from django.db import connection

from auctions import hub, relay
from auctions.models import Bidder, Lot
from tests.auctions.factory import bid
from tests.auctions.room.conftest import Opener

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[3]
BID = """
import django; django.setup()
from auctions.models import Bidder
from tests.auctions.factory import bid
from auctions import hub, relay
print(bid(Bidder.objects.get(pk={pk}), {amount}).seq)
hub.publisher.waiting.join()
"""


def bid_elsewhere(by: Bidder, amount: int) -> str:
    """Bid in a process of its own, on this test's database; its seq as printed there."""
    url = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}"))
    env = os.environ | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)}
    code = BID.format(pk=by.pk, amount=amount)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


async def heard(room: hub.Hub) -> None:
    """Until this process listens to Redis."""
    while room.ear.pubsub is None:
        await asyncio.sleep(0.01)


async def test_a_bid_in_another_process_is_seen_through_redis(
    watch: Opener, lot: Lot, anne_bids: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "POLL_EVERY", 3600)
    browser = await watch(lot)
    await browser.hear("state")
    await heard(hub.here())
    assert await database_sync_to_async(bid_elsewhere, thread_sensitive=False)(anne_bids, 1_000_000) == "2"
    assert (await browser.state(2))["leader"] == 8036


async def test_without_redis_the_poll_brings_it(
    watch: Opener, lot: Lot, anne_bids: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub.settings, "REDIS_URL", "")
    browser = await watch(lot)
    await browser.hear("state")
    await database_sync_to_async(bid_elsewhere, thread_sensitive=False)(anne_bids, 1_000_000)
    assert (await browser.state(2))["leader"] == 8036


async def test_a_redis_that_swallows_everything_delays_no_bid(
    watch: Opener, lot: Lot, anne_bids: Bidder, bob_bids: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that accepts and never answers: the worst kind of dead."""
    silent = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    monkeypatch.setattr(hub.settings, "REDIS_URL", f"redis://127.0.0.1:{port}/0")
    monkeypatch.setattr(hub, "publisher", relay.Publisher())
    browser = await watch(lot)
    await browser.hear("state")

    def duel() -> float:
        began = time.monotonic()
        for turn in range(10):
            bid((anne_bids, bob_bids)[turn % 2], 1_000_000 + turn * 20_000)
        return time.monotonic() - began

    took = await database_sync_to_async(duel, thread_sensitive=False)()
    assert took < 2
    assert (await browser.state(11))["bids"] == 10
    silent.close()


async def test_many_sockets_are_one_line_to_redis_which_is_opened_again(
    watch: Opener, lot: Lot, anne_bids: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "POLL_EVERY", 3600)
    lines, opened = list[str](), relay.redis.asyncio.from_url
    monkeypatch.setattr(relay.redis.asyncio, "from_url", lambda url, **how: lines.append(url) or opened(url, **how))
    browsers = [await watch(lot) for _ in range(10)]
    for browser in browsers:
        await browser.hear("state")
    await heard(hub.here())
    assert len(lines) == 1
    await hub.here().ear.pubsub.execute_command("QUIT")  # answered by what is no message, then cut
    assert await database_sync_to_async(bid_elsewhere, thread_sensitive=False)(anne_bids, 1_000_000) == "2"
    assert len(lines) == 2
    for browser in browsers:
        assert (await browser.state(2))["leader"] == 8036
