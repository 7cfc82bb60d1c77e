"""What watchers and bidders see on the socket, and what it does with everything else."""

import asyncio
import json
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import Mock
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.sessions.models import Session

from auctions import consumers, hub, live
from auctions.engine import bids
from auctions.models import Bid, Bidder, Lot
from deploy.asgi import application
from market.kernel import clock
from market.kernel.states import move
from market.parties.models import Membership, Party, User
from tests.auctions import factory
from tests.auctions.factory import bid, yuan
from tests.auctions.room.conftest import Opener

pytestmark = pytest.mark.django_db(transaction=True)

in_thread = database_sync_to_async


async def test_anybody_may_watch_and_sees_every_bid(watch: Opener, lot: Lot, anne_bids: Bidder) -> None:
    stranger = await watch(lot)
    hello, state = await stranger.hear("hello"), await stranger.hear("state")
    assert (hello["protocol"], hello["reader"]) == (1, {"step": "observer", "paddle": None, "has_bid": False})
    assert (state["seq"], state["phase"], state["price"]) == (1, "live", None)
    await in_thread(bid)(anne_bids, 1_000_000)
    state = await stranger.state(2)
    assert (state["price"], state["leader"]) == (yuan(1_000_000).wire(), 8036)
    assert state["last"][0].items() >= {"seq": 2, "paddle": 8036, "amount": yuan(1_000_000).wire()}.items()


async def test_no_public_message_names_a_bidder(
    watch: Opener, lot: Lot, anne: User, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    stranger = await watch(lot)
    browser = await watch(lot, anne)
    await browser.bid(1_000_000)
    text = json.dumps(await stranger.state(2), ensure_ascii=False)
    for secret in (anne.username, anne.email, anne_bids.party.name, anne_bids.code, anne_bids.party.code, "bidder"):
        assert secret not in text


async def test_a_bidder_gets_a_private_answer_and_everybody_the_state(
    watch: Opener, lot: Lot, anne: User, bob: User, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    anne_browser, bob_browser = await watch(lot, anne), await watch(lot, bob)
    assert (await anne_browser.hear("hello"))["reader"] == {"step": "active", "paddle": 8036, "has_bid": False}
    key = str(uuid4())
    ack = await anne_browser.bid(1_000_000, key)
    assert ack.items() >= {"type": "ack", "key": key, "seq": 2, "amount": yuan(1_000_000).wire()}.items()
    seen = []
    while not seen or seen[-1].get("seq") != 2:
        seen.append(json.loads(await bob_browser.receive_from(3)))
    assert key not in json.dumps(seen)
    answer = await bob_browser.bid(1_000_000)
    assert (answer["type"], answer["code"]) == ("reject", "bid.too_low")
    assert answer["facts"]["minimum"] == yuan(1_020_000).wire()
    assert answer["detail"] == "The price has moved: the lowest bid now is ¥1,020,000. Bid that or more."


async def test_the_sentence_is_in_the_language_of_the_page(
    watch: Opener, lot: Lot, anne: User, anne_bids: Bidder
) -> None:
    browser = await watch(lot, anne, language="zh-hans")
    await browser.bid(1_000_000)
    english = await watch(lot, anne, language="en")
    theirs, ours = await browser.bid(1_000_000), await english.bid(1_000_000)
    assert (theirs["code"], ours["code"]) == ("bid.self", "bid.self")
    assert ours["detail"].startswith("You are leading")


async def test_the_same_key_on_two_sockets_is_one_bid(watch: Opener, lot: Lot, anne: User, anne_bids: Bidder) -> None:
    key = str(uuid4())
    browsers = [await watch(lot, anne) for _ in range(4)]
    answers = await asyncio.gather(*(browser.bid(1_000_000, key) for browser in browsers))
    assert all(answer == answers[0] for answer in answers)
    assert await Bid.objects.acount() == 1
    assert (await browsers[0].bid(1_020_000, key))["code"] == "bid.key_reused"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("{", "frame.json"),
        ("", "frame.empty"),
        ("null", "frame.object"),
        ('{"type":"shout"}', "frame.type"),
        ('{"type":"bid"}', "frame.field_missing"),
        ('{"type":"ping","t0":NaN}', "frame.json"),
        ('{"type":"ping","t0":1e9}', "frame.number"),
        ('{"type":"ping","t0":1,"t0":2}', "frame.duplicate_key"),
        ("[" * 9000, "frame.depth"),
        ("9" * 9000, "frame.number"),
        ('{"type":"\\ud800"}', "frame.text"),
        ('{"type":"resume","last_seq":1000000}', "frame.future"),
        (" " * 20000, "frame.too_big"),
    ],
)
async def test_a_bad_frame_is_answered_and_the_socket_lives(watch: Opener, lot: Lot, frame: str, code: str) -> None:
    browser = await watch(lot)
    await browser.send_input({"type": "websocket.receive", "text": frame})
    error = await browser.hear("error")
    assert (error["code"], error["retry"]) == (code, False)
    await browser.say(type="ping", t0=7)
    assert (await browser.hear("pong"))["t0"] == 7


async def test_twenty_bad_frames_a_minute_are_enough(watch: Opener, lot: Lot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "FRAMES_A_SECOND", 100)
    browser = await watch(lot)
    for _ in range(21):
        await browser.send_to(text_data="{")
        await browser.hear("error")
    assert await browser.closed() == 4400


async def test_a_binary_frame_closes(watch: Opener, lot: Lot) -> None:
    browser = await watch(lot)
    await browser.send_to(bytes_data=b"\x00")
    assert await browser.closed() == 1003


async def test_a_flood_is_warned_and_closed(watch: Opener, lot: Lot) -> None:
    browser = await watch(lot)
    for _ in range(40):
        await browser.say(type="ping", t0=1)
    assert (await browser.hear("error"))["code"] == "frame.too_fast"
    assert await browser.closed() == 4429


async def test_more_than_five_bids_a_second_are_refused_and_the_accepted_stay(
    watch: Opener, lot: Lot, anne: User, anne_bids: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bids, "time", SimpleNamespace(monotonic=lambda: 100.0))  # a slow machine would let more in
    bids._paces.clear()
    browser = await watch(lot, anne)
    answers = [await browser.bid(1_000_000 + turn) for turn in range(9)]
    codes = [answer.get("code", "") for answer in answers]
    assert codes[:5] == ["", *["bid.self"] * 4]
    assert "bid.too_fast" in codes[5:]
    assert await Bid.objects.filter(seq__isnull=False).acount() == 1


async def test_an_unknown_lot_is_not_there(watch: Opener) -> None:
    assert await (await watch("L-NOWHERE")).closed() == 4404


async def test_a_draft_lot_is_not_there_for_strangers(watch: Opener, lot: Lot, agent_chen: User) -> None:
    await Lot.objects.filter(pk=lot.pk).aupdate(state=Lot.State.DRAFT)
    assert await (await watch(lot)).closed() == 4404
    assert (await (await watch(lot, agent_chen)).hear("hello"))["reader"]["step"] == "observer"


@pytest.mark.parametrize("path", ["/ws/", "/ws/v1/lots/../../admin/", "/ws/v1/lots/" + "a" * 10240, "/"])
async def test_any_other_address_is_turned_away(path: str) -> None:
    headers = [(b"origin", b"http://127.0.0.1:8000")]
    connected, _ = await WebsocketCommunicator(application, path, headers=headers).connect()
    assert not connected


async def test_who_is_not_signed_in_cannot_bid(watch: Opener, lot: Lot) -> None:
    browser = await watch(lot)
    assert (await browser.bid(1_000_000))["code"] == "bid.sign_in"
    assert await browser.closed() == 4401
    assert await Bid.objects.acount() == 0


async def test_who_signed_out_elsewhere_cannot_bid_here(watch: Opener, lot: Lot, anne: User, anne_bids: Bidder) -> None:
    browser = await watch(lot, anne)
    await Session.objects.all().adelete()
    assert (await browser.bid(1_000_000))["code"] == "bid.sign_in"
    assert await browser.closed() == 4401
    assert await Bid.objects.acount() == 0


async def test_a_closed_account_cannot_bid(watch: Opener, lot: Lot, anne: User, anne_bids: Bidder) -> None:
    browser = await watch(lot, anne)
    await User.objects.filter(pk=anne.pk).aupdate(is_active=False)
    assert (await browser.bid(1_000_000))["code"] == "bid.sign_in"
    assert await Bid.objects.acount() == 0


async def test_a_lost_role_counts_from_the_next_command(watch: Opener, lot: Lot, anne: User, anne_bids: Bidder) -> None:
    browser = await watch(lot, anne)
    await Membership.objects.filter(user=anne).aupdate(role=Membership.Role.VIEWER)
    assert (await browser.bid(1_000_000))["code"] == "role.missing"
    assert await browser.closed() == 4403
    assert await Bid.objects.acount() == 0


async def test_a_suspended_bidder_is_refused_by_the_transaction(
    watch: Opener, lot: Lot, anne: User, anne_bids: Bidder
) -> None:
    browser = await watch(lot, anne)
    await in_thread(move)(anne_bids, Bidder.State.ENDED)
    assert (await browser.bid(1_000_000))["code"] == "bid.not_registered"
    assert (await Lot.objects.aget(pk=lot.pk)).seq == 1


async def test_who_has_no_registration_is_told_so(watch: Opener, lot: Lot, mallory: User) -> None:
    browser = await watch(lot, mallory)
    assert (await browser.bid(1_000_000))["code"] == "bid.not_registered"
    await browser.say(type="ping", t0=1)
    await browser.hear("pong")


async def test_resuming_gives_the_missed_events_then_the_state(
    watch: Opener, lot: Lot, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    browser = await watch(lot)
    await in_thread(bid)(anne_bids, 1_000_000)
    await in_thread(bid)(bob_bids, 1_020_000)
    await browser.state(3)
    await browser.say(type="resume", last_seq=1)
    events = (await browser.hear("events"))["events"]
    assert [(event["seq"], event["kind"]) for event in events] == [(2, "bid"), (3, "bid")]
    assert events[1]["prev"] == events[0]["hash"]
    assert (await browser.hear("state"))["head"] == events[1]["hash"]


@pytest.mark.parametrize("last_seq", [-1, 0])
async def test_who_knows_nothing_gets_the_state(watch: Opener, lot: Lot, last_seq: int) -> None:
    browser = await watch(lot)
    await browser.hear("state")
    await browser.say(type="resume", last_seq=last_seq)
    assert (await browser.hear("state"))["seq"] == 1


async def test_a_heartbeat_tells_the_seq_and_the_time(watch: Opener, lot: Lot) -> None:
    browser = await watch(lot)
    beat = await browser.hear("heartbeat", timeout=hub.BEAT_EVERY + 2)
    assert beat["seq"] == 1
    assert abs((clock.now() - clock.now().fromisoformat(beat["server_time"])).total_seconds()) < 2


async def test_a_lost_wake_up_is_healed_by_the_poll(
    watch: Opener, lot: Lot, anne_bids: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await watch(lot)
    await browser.hear("state")
    monkeypatch.setattr(hub, "announce", lambda news: None)
    await in_thread(bid)(anne_bids, 1_000_000)
    assert (await browser.state(2))["leader"] == 8036


async def test_a_withdrawal_reaches_those_who_wait(watch: Opener, jida: Party, agency: Party) -> None:
    sale = await in_thread(factory.sale)(agency, opens_in=timedelta(minutes=5))
    lot = await in_thread(factory.lot)(jida, agency, of_sale=sale)
    browser = await watch(lot)
    assert (await browser.hear("state"))["phase"] == "noticed"
    await in_thread(move)(lot, Lot.State.WITHDRAWN)
    while (await browser.hear("state"))["phase"] != "withdrawn":
        continue


async def test_many_bids_in_a_row_reach_watchers_coalesced_and_in_order(
    watch: Opener, lot: Lot, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    browser = await watch(lot)
    await browser.hear("state")

    def duel() -> None:
        for turn in range(20):
            bid((anne_bids, bob_bids)[turn % 2], 1_000_000 + turn * 20_000)

    began = asyncio.get_running_loop().time()
    await in_thread(duel)()
    seqs = []
    while not seqs or seqs[-1] < 21:
        seqs.append((await browser.hear("state"))["seq"])
    took = asyncio.get_running_loop().time() - began
    assert seqs == sorted(seqs)
    assert len(seqs) <= took / hub.FRAME_EVERY + 2


async def test_a_thousand_watchers_cost_one_read(watch: Opener, lot: Lot, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = 0
    public_states = hub.live.public_states

    def counted(lot_ids: set[int], latest: live.Latest) -> object:
        nonlocal reads
        reads += 1
        return public_states(lot_ids, latest)

    monkeypatch.setattr(hub.live, "public_states", counted)
    for browser in await asyncio.gather(*(watch(lot) for _ in range(30))):
        assert (await browser.hear("state"))["seq"] == 1
    assert reads <= 2, "one when the first came, one when Redis was found"


async def test_what_is_decided_here_is_told_without_a_reading(
    watch: Opener, lot: Lot, anne_bids: Bidder, bob_bids: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await watch(lot)
    await browser.hear("state")
    monkeypatch.setattr(hub.live, "public_states", Mock(side_effect=OSError("nobody asked for it")))
    await in_thread(bid)(anne_bids, 1_000_000)
    assert (await browser.state(2))["leader"] == 8036
    await in_thread(bid)(bob_bids, 1_020_000)
    assert (await browser.state(3))["leader"] == 2417


async def test_the_last_watcher_leaves_nothing_running(watch: Opener, lot: Lot) -> None:
    browser = await watch(lot)
    await browser.hear("state")
    assert hub.here().rooms
    await browser.disconnect()
    assert hub.here().rooms == {}
    assert hub.here()._tasks == []
