"""The rows of the catalogue of bad input (W-…) that need a lot and somebody who bids, and that no row was forgotten."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.sessions.models import Session

from auctions import guests
from auctions.models import Bid, Bidder, Lot
from deploy.asgi import application
from market.kernel import clock
from market.kernel.states import move
from market.parties.models import Party, User
from tests.auctions import factory
from tests.auctions.factory import bid, yuan
from tests.auctions.room.conftest import Browser, Opener

pytestmark = pytest.mark.django_db(transaction=True)

in_thread = database_sync_to_async

CANNOT_OCCUR = {
    "W-22": "uvicorn answers pings before they reach us and reads no faster than it answers; frames of ours are counted.",
    "W-33": "One socket is one lot: there is nothing to subscribe to.",
    "W-37": "uvicorn pings every 20 s and cuts a line that does not answer within 20 s more; room.js cuts after 8 s of silence.",
    "W-44": "The room arms an amount and asks again before it sends; the wire takes what was confirmed there.",
    "W-45": "No rule set derives a limit from the deposit: a deposit is held or it is not.",
    "W-51": "The rules are frozen in the sale when it is announced, and a registration names the hash of the terms.",
    "W-58": "A deposit is money on an account of the ledger, not a card hold: it has no end of its own.",
}


def test_every_row_is_tried_or_cannot_occur() -> None:
    sources = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    tried = {f"W-{row}" for row in re.findall(r"(?:W-|_w_)(\d\d)", sources.replace(str(CANNOT_OCCUR), ""))}
    said = re.findall(r'^    "(W-\d\d)":', Path(__file__).read_text(), re.MULTILINE)
    assert said == list(CANNOT_OCCUR)
    assert {f"W-{row:02d}" for row in range(1, 61)} <= tried | set(CANNOT_OCCUR)


def row(text: str, *values: Any) -> Any:
    """A parameter whose id is the row of the catalogue."""
    return pytest.param(*values, id=text)


# ---- the handshake

ORIGINS = [
    row("W-25-missing", None),
    row("W-25-null", "null"),
    row("W-25-evil", "http://evil.example"),
    row("W-25-evil-subdomain", "http://127.0.0.1.evil.example:8000"),
    row("W-25-ours-as-subdomain", "http://evil.127.0.0.1:8000"),
    row("W-25-userinfo", "http://127.0.0.1:8000@evil.example"),
    row("W-25-file", "file://"),
    row("W-25-empty", ""),
    row("W-25-no-scheme", "127.0.0.1:8000"),
    row("W-25-two-in-one", "http://127.0.0.1:8000 http://evil.example"),
    row("W-26-port", "http://127.0.0.1:9999"),
    row("W-26-no-port", "http://127.0.0.1"),
    row("W-26-scheme", "https://127.0.0.1:8000"),
    row("W-26-websocket-scheme", "ws://127.0.0.1:8000"),
    row("W-26-path", "http://127.0.0.1:8000/lots/"),
    row("W-26-dot", "http://127.0.0.1.:8000"),
    row("W-26-case", "HTTP://127.0.0.1:8000"),  # no browser writes it so
]


@pytest.mark.parametrize("origin", ORIGINS)
async def test_a_foreign_origin_is_turned_away_at_the_door(lot: Lot, origin: str | None) -> None:
    assert not await lets_in(lot, *([] if origin is None else [origin]))


async def test_w_25_two_origins_are_none(lot: Lot) -> None:
    assert not await lets_in(lot, "http://evil.example", "http://127.0.0.1:8000")
    assert not await lets_in(lot, "http://127.0.0.1:8000", "http://evil.example")
    assert await lets_in(lot, "http://127.0.0.1:8000")


async def lets_in(lot: Lot, *origins: str) -> bool:
    """Whether a socket with these Origin headers is accepted."""
    headers = [(b"origin", origin.encode()) for origin in origins]
    socket = WebsocketCommunicator(application, f"/ws/v1/lots/{lot.code}/", headers=headers)
    connected, _ = await socket.connect(timeout=3)
    await socket.disconnect()
    return connected


@pytest.mark.parametrize(
    "cookie",
    [
        row("W-27-none", ""),
        row("W-27-garbage", "sessionid=%00'; x"),
        row("W-27-nul", r'sessionid="\000"'),
        row("W-27-old", "sessionid=abc"),
    ],
)
async def test_without_a_good_session_one_watches_as_a_stranger(watch: Opener, lot: Lot, cookie: str) -> None:
    browser = await watch(lot, cookie=cookie)
    assert (await browser.hear("hello"))["reader"] == {"step": "observer", "paddle": None, "has_bid": False}


async def test_w_28_who_signs_out_elsewhere_is_signed_out_here(
    watch: Opener, lot: Lot, anne: User, bob: User, anne_bids: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guests, "RECHECK_EVERY", 0.1)
    stranger, browser, other = await watch(lot), await watch(lot, anne), await watch(lot, bob)
    for each in (stranger, browser, other):
        await each.hear("state")
    anna = [s.pk async for s in Session.objects.all() if s.get_decoded()["_auth_user_id"] == str(anne.pk)]
    await Session.objects.filter(pk__in=anna).adelete()
    assert await browser.closed() == 4401
    await other.say(type="ping", t0=1)
    assert (await other.hear("pong"))["t0"] == 1


@pytest.mark.parametrize(
    "change",
    [
        row("W-28-password", {"password": "another"}),
        row("W-28-account-closed", {"is_active": False}),
    ],
)
async def test_who_may_no_longer_be_signed_in_is_closed(
    watch: Opener, lot: Lot, anne: User, change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guests, "RECHECK_EVERY", 0.1)
    browser = await watch(lot, anne)
    await browser.hear("state")
    await User.objects.filter(pk=anne.pk).aupdate(**change)
    assert await browser.closed() == 4401


async def test_w_29_a_suspended_bidder_is_refused_at_the_next_bid(
    watch: Opener, lot: Lot, anne: User, anne_bids: Bidder
) -> None:
    browser = await watch(lot, anne)
    await in_thread(move)(anne_bids, Bidder.State.ENDED)
    assert (await browser.bid(1_000_000))["code"] == "bid.not_registered"


async def test_w_32_a_lot_one_may_not_see_is_not_there(watch: Opener, lot: Lot, mallory: User) -> None:
    await Lot.objects.filter(pk=lot.pk).aupdate(state=Lot.State.DRAFT)
    assert await (await watch(lot, mallory)).closed() == 4404
    assert await (await watch("L-NOWHERE", mallory)).closed() == 4404


async def test_w_34_who_opens_too_many_sockets_loses_the_oldest(
    watch: Opener, lot: Lot, anne: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guests, "PER_USER", 3)
    bobs = await watch(lot, bob)
    sockets = []
    for _ in range(4):
        sockets.append(await watch(lot, anne))
        await sockets[-1].hear("state")  # signed in by now: the next one comes later
    assert await sockets[0].closed() == 4409
    for browser in (bobs, *sockets[1:]):
        await browser.say(type="ping", t0=1)
        await browser.hear("pong")


# ---- resuming


@pytest.mark.parametrize(
    ("last_seq", "heard"),
    [row("W-38-minus-one", -1, "state"), row("W-38-far-future", 10**12, "error"), row("W-39-long-ago", 1, "state")],
)
async def test_a_resume_from_anywhere_ends_in_the_state_or_is_named(
    watch: Opener, lot: Lot, last_seq: int, heard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from auctions import live

    monkeypatch.setattr(live, "MOST", 0)  # whatever was missed is too much to repeat
    browser = await watch(lot)
    await browser.hear("state")
    await browser.say(type="resume", last_seq=last_seq)
    answer = await browser.hear(heard)
    assert answer.get("code") == ("frame.future" if heard == "error" else None)


# ---- bids


async def test_w_40_a_key_is_its_bidders_own(
    watch: Opener, lot: Lot, anne: User, bob: User, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    key = str(UUID(int=0))
    annes, bobs = await watch(lot, anne), await watch(lot, bob)
    assert (await annes.bid(1_000_000, key))["type"] == "ack"
    assert (await bobs.bid(1_020_000, key))["type"] == "ack"
    assert await Bid.objects.acount() == 2


async def test_w_41_the_same_bid_on_five_sockets_is_one(watch: Opener, lot: Lot, anne: User, anne_bids: Bidder) -> None:
    key, sockets = str(uuid4()), [await watch(lot, anne) for _ in range(5)]
    answers = await asyncio.gather(*(browser.bid(1_000_000, key) for browser in sockets))
    assert {(answer["type"], answer["seq"]) for answer in answers} == {("ack", 2)}
    assert await Bid.objects.acount() == 1


async def test_w_42_another_amount_under_the_same_key_is_refused(
    watch: Opener, lot: Lot, anne: User, anne_bids: Bidder
) -> None:
    browser, key = await watch(lot, anne), str(uuid4())
    await browser.bid(1_000_000, key)
    assert (await browser.bid(1_020_000, key))["code"] == "bid.key_reused"
    assert (await Lot.objects.aget(pk=lot.pk)).seq == 2


Prepare = Callable[[Lot, Bidder], None]


def nothing(lot: Lot, anne: Bidder) -> None:
    """The lot as it is: live, nobody has bid."""


def column(**values: Any) -> Prepare:
    """The lot with other columns; moments are relative to now."""

    def change(lot: Lot, anne: Bidder) -> None:
        now = clock.now()
        moments = {name: now + value if isinstance(value, timedelta) else value for name, value in values.items()}
        Lot.objects.filter(pk=lot.pk).update(**moments)

    return change


ahead = column(state="noticed", opens_at=timedelta(hours=1), ends_at=timedelta(hours=2))


def related(lot: Lot, anne: Bidder) -> None:
    """Anne's company is the seller's own."""
    Bidder.objects.filter(pk=anne.pk).update(party=lot.listing.seller)


def led(lot: Lot, anne: Bidder) -> None:
    """Anne leads."""
    bid(anne, 1_000_000)


REFUSED = [
    row("W-43-below-the-start", nothing, "980000.00", "bid.too_low"),
    row("W-43-off-the-grid", nothing, "1000000.01", "bid.off_grid"),
    row("W-46-nothing", nothing, "0", "amount.range"),
    row("W-46-nothing-at-all", nothing, "0.00", "amount.range"),
    row("W-50-another-currency", nothing, "1000000.00 EUR", "bid.currency"),
    row("W-53-after-the-end", column(ends_at=timedelta(seconds=-1)), "1000000.00", "bid.lot_closed"),
    row("W-53-sold", column(state="sold"), "1000000.00", "bid.lot_closed"),
    row(
        "W-54-before-the-opening",
        column(state="noticed", opens_at=timedelta(hours=1), ends_at=timedelta(hours=2)),
        "1000000.00",
        "bid.not_open",
    ),
    row("W-55-the-seller", related, "1000000.00", "bid.related_party"),
    row("W-56-own-highest", led, "1000000.00", "bid.self"),
    row("W-57-suspended", column(state="suspended"), "1000000.00", "bid.suspended"),
]


@pytest.mark.parametrize(("prepare", "amount", "code"), REFUSED)
async def test_a_bid_that_cannot_count_is_refused_and_changes_nothing(
    watch: Opener, lot: Lot, anne: User, anne_bids: Bidder, jida: Party, prepare: Prepare, amount: str, code: str
) -> None:
    browser = await watch(lot, anne)
    await in_thread(prepare)(lot, anne_bids)
    if prepare is related:
        browser = await watch(lot, await in_thread(lambda: jida.memberships.all()[0].user)())
    before = await Lot.objects.aget(pk=lot.pk)
    figures, _, currency = amount.partition(" ")
    key = str(uuid4())
    await browser.say(type="bid", key=key, amount={"amount": figures, "currency": currency or "CNY"}, seen_seq=0)
    answer = await browser.answer(key)
    assert (answer["type"], answer["code"]) == ("reject", code)
    after = await Lot.objects.aget(pk=lot.pk)
    assert (after.seq, after.price_minor, after.state) == (before.seq, before.price_minor, before.state)


async def test_w_43_who_is_too_low_is_told_the_least(watch: Opener, lot: Lot, anne: User, anne_bids: Bidder) -> None:
    answer = await (await watch(lot, anne)).bid(1)
    assert answer["facts"]["minimum"] == yuan(1_000_000).wire()


async def test_w_59_fifty_bids_a_second_end_at_the_door_and_the_accepted_stay(
    watch: Opener, lot: Lot, anne: User, anne_bids: Bidder
) -> None:
    browser: Browser = await watch(lot, anne)
    for turn in range(50):
        amount = {"amount": f"{1_000_000 + 20_000 * turn}.00", "currency": "CNY"}
        await browser.say(type="bid", key=str(uuid4()), amount=amount, seen_seq=0)
    assert await browser.closed(timeout=30) == 4429
    assert await Bid.objects.filter(seq__isnull=False).acount() == 1
    assert (await Lot.objects.aget(pk=lot.pk)).price_minor == factory.START
