"""Every way of bidding through the room's doors: by socket and by HTTP, and what of it reaches nobody else."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from django.test import Client

from auctions import live
from auctions.models import Bid, Bidder, Lot
from auctions.rules.chain import stamp
from auctions.rules.replay import verify
from market.kernel import clock
from market.parties.models import Party, User
from tests.auctions import factory
from tests.auctions.factory import yuan
from tests.auctions.room import contract
from tests.auctions.room.conftest import Message, Opener

pytestmark = pytest.mark.django_db(transaction=True)

in_thread = database_sync_to_async

FALLING = {"step": 10_000_00, "every_s": 60, "floor": 100_000_00}
STAGED = {**FALLING, "sealed_s": 600, "best_s": 600}
# kind: the lot's columns, what Anne bids (yuan, more of the frame), the event it makes, and what that says to all
KINDS: dict[str, tuple[dict[str, Any], int, dict[str, Any], str, dict[str, Any]]] = {
    "exact": ({}, 1_060_000, {}, "bid", {"amount": yuan(1_060_000).wire()}),
    "proxy": ({}, 1_500_000, {}, "bid", {"amount": yuan(1_000_000).wire(), "proxy": True}),
    "sealed": ({"format": "sealed_first"}, 1_500_000, {}, "sealed", {}),
    "accept": ({"format": "dutch", "params": FALLING}, 900_000, {}, "bid", {"amount": yuan(400_000).wire()}),
    "units": ({"format": "uniform", "params": {"supply": 5}}, 1_100_000, {"units": 3}, "sealed", {}),
    "best": (
        {"format": "hybrid", "params": STAGED, "public": {"stage": "best", "taker": 8036}},
        1_100_000,
        {},
        "bid",
        {"amount": yuan(1_100_000).wire()},
    ),
}


@pytest.fixture
def of_kind(jida: Party, agency: Party, anne_co: Party, bob_co: Party) -> Callable[[str], Lot]:
    """of_kind("accept"): a lot bid for that way, Anne's company as paddle 8036 and Bob's as 2417."""

    def made(kind: str) -> Lot:
        columns = KINDS[kind][0]
        lot = factory.lot(jida, agency, **columns)
        factory.bidder(lot, anne_co, 8036)
        factory.bidder(lot, bob_co, 2417)
        return lot

    return made


def frame(amount: int, **how: Any) -> Message:
    return {"type": "bid", "key": str(uuid4()), "amount": yuan(amount).wire(), "seen_seq": 1, **how}


def post(client: Client, lot: Lot, said: Message) -> tuple[int, Message]:
    contract.hold_received(json.dumps(said))
    answer = client.post(f"/lots/{lot.code}/bid/", json.dumps(said), content_type="application/json")
    contract.hold_sent(answer.json())
    return answer.status_code, answer.json()


def stands(lot: Lot, kind: str, answer: Message) -> None:
    """The bid is kept as it was made, and its event says what everybody may know."""
    _, amount, how, event, said = KINDS[kind]
    kept = Bid.objects.get(lot=lot)
    assert (kept.kind, kept.units, kept.amount, kept.code) == (kind, how.get("units", 1), yuan(amount), "")
    made = lot.events.get(seq=answer["seq"])
    assert (made.kind, made.payload) == (event, {"paddle": 8036, **said})
    told = said["amount"] if kind == "accept" else yuan(amount).wire()  # a price that fell below what was seen
    assert answer["amount"] == answer["receipt"]["body"]["amount"] == told


@pytest.mark.parametrize("kind", KINDS)
async def test_a_bid_of_every_kind_goes_through_the_socket(
    watch: Opener, of_kind: Callable[[str], Lot], anne: User, kind: str
) -> None:
    lot = await in_thread(of_kind)(kind)
    browser = await watch(lot, anne)
    assert (await browser.hear("state"))["format"]["kinds"] in ([kind], ["exact", "proxy"])
    answer = await browser.bid(KINDS[kind][1], kind=kind, **KINDS[kind][2])
    assert answer["type"] == "ack"
    await in_thread(stands)(lot, kind, answer)


@pytest.mark.parametrize("kind", KINDS)
def test_a_bid_of_every_kind_goes_through_http(
    client_of: Callable[[User | None], Client], of_kind: Callable[[str], Lot], anne: User, kind: str
) -> None:
    lot, client = of_kind(kind), client_of(anne)
    said = frame(KINDS[kind][1], kind=kind, **KINDS[kind][2])
    status, answer = post(client, lot, said)
    assert (status, answer["type"]) == (200, "ack")
    stands(lot, kind, answer)
    again = client.get(f"/lots/{lot.code}/bids/{said['key']}/").json()
    assert {name: again[name] for name in ("seq", "amount", "at")} == {
        name: answer[name] for name in ("seq", "amount", "at")
    }
    fetched = client.get(f"/lots/{lot.code}/receipts/{answer['seq']}.json").json()
    assert fetched["body"]["amount"] == answer["amount"]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "exact"])
def test_another_kind_than_the_lot_s_own_is_refused_and_changes_nothing(
    client_of: Callable[[User | None], Client], of_kind: Callable[[str], Lot], anne: User, kind: str
) -> None:
    lot = of_kind("accept" if kind != "accept" else "exact")
    status, answer = post(client_of(anne), lot, frame(1_060_000, kind=kind))
    assert (status, answer["code"]) == (422, "bid.kind")
    lot.refresh_from_db()
    assert (lot.seq, lot.price, lot.leader, lot.secret) == (1, None, None, {})


def test_no_bidder_calls_a_bid_from_the_floor(
    client_of: Callable[[User | None], Client], lot: Lot, anne: User, anne_bids: Bidder
) -> None:
    Lot.objects.filter(pk=lot.pk).update(format="auctioneer")
    status, answer = post(client_of(anne), lot, frame(1_000_000, kind="floor"))
    assert (status, answer["code"]) == (400, "frame.kind")
    assert not Bid.objects.exists()


@pytest.mark.parametrize("other", [{"kind": "exact"}, {"kind": "units", "units": 2}])
def test_one_key_is_one_bid_of_one_kind(
    client_of: Callable[[User | None], Client], lot: Lot, anne: User, anne_bids: Bidder, other: Message
) -> None:
    client, said = client_of(anne), frame(1_500_000, kind="proxy")
    assert post(client, lot, said)[1]["type"] == "ack"
    status, answer = post(client, lot, {**said, **other})
    assert (status, answer["code"]) == (409, "bid.key_reused")
    assert Bid.objects.count() == 1


def test_a_price_that_is_still_above_the_one_seen_is_not_taken(
    client_of: Callable[[User | None], Client], of_kind: Callable[[str], Lot], anne: User
) -> None:
    lot = of_kind("accept")
    status, answer = post(client_of(anne), lot, frame(300_000, kind="accept"))
    assert (status, answer["code"]) == (422, "bid.price_moved")
    assert answer["facts"]["price"] == yuan(400_000).wire()
    lot.refresh_from_db()
    assert (lot.seq, lot.price) == (1, None)


# ---- a maximum is its bidder's own


async def test_a_leader_who_raises_its_maximum_is_told_so_and_nobody_else_hears(
    watch: Opener, lot: Lot, anne: User, anne_bids: Bidder
) -> None:
    browser, key = await watch(lot, anne), str(uuid4())
    assert (await browser.bid(1_500_000, kind="proxy"))["type"] == "ack"
    said = await browser.bid(2_000_000, key, kind="proxy")
    assert said == {"type": "kept", "key": key, "amount": yuan(2_000_000).wire(), "at": said["at"]}
    assert await browser.bid(2_000_000, key, kind="proxy") == said
    lower = await browser.bid(1_900_000, kind="proxy")
    assert (lower["type"], lower["code"]) == ("reject", "bid.max_lower")
    await lot.arefresh_from_db()
    assert (lot.seq, lot.price, lot.secret) == (2, yuan(1_000_000), {"max": 200_000_000})


def test_the_raise_is_answered_alike_over_http_and_by_its_key_and_listed(
    client_of: Callable[[User | None], Client], lot: Lot, anne: User, bob: User, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    client, said = client_of(anne), frame(2_000_000, kind="proxy")
    post(client, lot, frame(1_500_000, kind="proxy"))
    status, answer = post(client, lot, said)
    assert (status, answer["type"], answer["amount"]) == (200, "kept", yuan(2_000_000).wire())
    address = f"/lots/{lot.code}/bids/{said['key']}/"
    assert client.get(address).json() == answer
    assert client_of(bob).get(address).status_code == 404
    verify(client.get(f"/lots/{lot.code}/events.json").json())


def seen_by(client_of: Callable[[User | None], Client], who: User | None, lot: Lot) -> dict[str, str]:
    """Every page of a lot as `who` sees it, by its path below the lot's."""
    client = client_of(who)
    rest = ("state/", "bids/", "events.json", "bids.csv", "replay/", "bid/?amount=1100000")
    return {path: client.get(f"/lots/{lot.code}/{path}").content.decode() for path in ("", *rest)}


async def test_a_maximum_reaches_nobody_else_by_any_frame_or_page(
    watch: Opener,
    client_of: Callable[[User | None], Client],
    jida: Party,
    agency: Party,
    anne: User,
    bob: User,
    carol: User,
    anne_co: Party,
    bob_co: Party,
) -> None:
    """Two worlds that differ in Anne's maximum alone, 3,141,592 and 2,718,281 yuan, and in her raise of it."""
    worlds = []
    for first, raised in ((3_141_592, 5_141_592), (2_718_281, 4_718_281)):
        lot = await in_thread(factory.lot)(jida, agency)
        for party, paddle in ((anne_co, 8036), (bob_co, 2417)):
            await in_thread(factory.bidder)(lot, party, paddle)
        mine, his, stranger = await watch(lot, anne), await watch(lot, bob), await watch(lot)
        assert (await mine.bid(first, kind="proxy"))["type"] == "ack"
        assert (await mine.bid(raised, kind="proxy"))["type"] == "kept"
        answers = [await his.bid(1_200_000), await his.bid(1_300_000, kind="proxy")]
        assert [one["type"] for one in answers] == ["ack", "ack"]
        await stranger.say(type="resume", last_seq=1)
        events = (await stranger.hear("events"))["events"]
        state = await stranger.state(events[-1]["seq"])
        pages = [await in_thread(seen_by)(client_of, who, lot) for who in (bob, carol, None)]
        said = [[event["kind"], event["payload"]] for event in events]
        told = {name: state[name] for name in ("price", "leader", "bids", "minimum", "format", "extensions")}
        worlds.append((said, told, [one["amount"] for one in answers]))
        for text in (json.dumps([events, state, answers]), *(text for page in pages for text in page.values())):
            for figure in (first, raised):
                for written in (f"{figure}", f"{figure:,}", f"{figure / 10_000:g}"):
                    assert written not in text
        own = await in_thread(seen_by)(client_of, anne, lot)
        assert f"{raised:,}" in own["bids/"], "who may know it finds it"
    assert worlds[0] == worlds[1]


def test_the_public_state_says_how_one_bids_and_nothing_secret(of_kind: Callable[[str], Lot]) -> None:
    falling = live.state_message(of_kind("accept"))["format"]
    assert (
        falling.items()
        >= {
            "name": "dutch",
            "kinds": ["accept"],
            "start": yuan(1_000_000).wire(),
            "step": yuan(10_000).wire(),
            "every_s": 60,
            "floor": yuan(100_000).wire(),
            "stands_at": None,
        }.items()
    )
    assert live.state_message(of_kind("sealed"))["format"] == {"name": "sealed_first", "kinds": ["sealed"]}
    uniform = {"name": "uniform", "kinds": ["units"], "supply": 5, "allotments": []}
    assert live.state_message(of_kind("units"))["format"] == uniform


# ---- the room's page and the check page, without any script

BUTTON = {
    "exact": "Bid ¥1,060,000",
    "proxy": "Bid up to ¥1,500,000",
    "sealed": "Hand in ¥1,500,000",
    "accept": "Take it at ¥900,000",
    "units": "Bid ¥1,100,000 each for 3",
    "best": "Offer ¥1,100,000",
}
DONE = {
    "exact": "Your bid of ¥1,060,000 is recorded.",
    "proxy": "Your maximum of ¥1,500,000 is recorded. Nobody else sees it.",
    "sealed": "Your sealed bid of ¥1,500,000 is handed in.",
    "accept": "You took the price of ¥400,000.",
    "units": "Your bid of ¥1,100,000 each for 3 is handed in.",
    "best": "Your last offer of ¥1,100,000 is recorded.",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_bid_for_from_the_page_without_a_script(
    client_of: Callable[[User | None], Client], of_kind: Callable[[str], Lot], anne: User, kind: str
) -> None:
    lot, client, (_, amount, how, _, _) = of_kind(kind), client_of(anne), KINDS[kind]
    room = client.get(f"/lots/{lot.code}/").content.decode()
    assert {"exact": 'id="quick"', "accept": "data-take"}.get(kind, f'data-offer="{kind}"') in room
    asked = {"amount": str(amount), "kind": kind, "seen_seq": "1", **{name: str(value) for name, value in how.items()}}
    check = client.get(f"/lots/{lot.code}/bid/", asked)
    assert BUTTON[kind] in check.content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', check.content.decode()))
    answer = client.post(f"/lots/{lot.code}/bid/", hidden)
    assert (answer.status_code, answer["Location"]) == (302, f"/lots/{lot.code}/")
    kept = Bid.objects.get(lot=lot)
    assert (kept.kind, kept.units, kept.amount) == (kind, how.get("units", 1), yuan(amount))
    assert DONE[kind] in client.get(f"/lots/{lot.code}/").content.decode()


def test_a_refused_acceptance_keeps_its_kind_and_names_the_price(
    client_of: Callable[[User | None], Client], of_kind: Callable[[str], Lot], anne: User
) -> None:
    lot = of_kind("accept")
    answer = client_of(anne).post(f"/lots/{lot.code}/bid/", {"amount": "300000", "kind": "accept"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "The price now is ¥400,000" in text
    assert 'name="kind" value="accept"' in text
    assert "lowest valid bid" not in text
    assert not Bid.objects.filter(code="").exists()


@pytest.mark.parametrize("said", [{"kind": "floor"}, {"kind": "raffle"}, {"kind": "units", "units": "0"}])
def test_a_kind_that_is_none_is_not_bid(
    client_of: Callable[[User | None], Client], lot: Lot, anne: User, anne_bids: Bidder, said: Message
) -> None:
    answer = client_of(anne).post(f"/lots/{lot.code}/bid/", {"amount": "1000000", **said})
    assert answer.status_code == 422
    assert not Bid.objects.exists()


def test_whoever_handed_in_a_sealed_bid_is_not_told_it_was_outbid(
    client_of: Callable[[User | None], Client], of_kind: Callable[[str], Lot], anne: User
) -> None:
    lot, client = of_kind("sealed"), client_of(anne)
    post(client, lot, frame(1_500_000, kind="sealed"))
    text = client.get(f"/lots/{lot.code}/").content.decode()
    assert '<span id="band-text">Your bid is in. It stays sealed until the end.</span>' in text
    assert "data-offer" not in text
    assert "Your sealed bid was handed in and is final" in text


def test_the_page_tells_its_own_reader_the_maximum_that_stands(
    client_of: Callable[[User | None], Client], lot: Lot, anne: User, bob: User, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    post(client_of(anne), lot, frame(1_500_000, kind="proxy"))
    post(client_of(anne), lot, frame(2_000_000, kind="proxy"))
    own = client_of(anne).get(f"/lots/{lot.code}/").content.decode()
    assert "Your maximum is ¥2,000,000. Only you see it." in own
    listed = client_of(anne).get(f"/lots/{lot.code}/bids/").content.decode()
    assert "up to ¥1,500,000" in listed
    assert "Maximum raised" in listed
    assert "Not accepted" not in listed
    post(client_of(bob), lot, frame(2_500_000))
    shown = re.sub(r"<script.*?</script>", "", client_of(anne).get(f"/lots/{lot.code}/").content.decode())
    assert "Only you see it" not in shown


def test_the_holder_of_a_better_right_is_offered_the_price_as_it_stands(
    client_of: Callable[[User | None], Client],
    jida: Party,
    agency: Party,
    anne: User,
    bob: User,
    anne_co: Party,
    bob_co: Party,
) -> None:
    sale = factory.sale(agency, priority_match=True, priority_window_s=600)
    past = {"free_until": stamp(clock.now() - timedelta(minutes=10)), "cycle_s": 120}
    lot = factory.lot(jida, agency, of_sale=sale, format="free_then_timed", params=past)
    leads, holder = factory.bidder(lot, anne_co, 8036), factory.bidder(lot, bob_co, 2417)
    Bidder.objects.filter(pk=holder.pk).update(priority=1)
    factory.bid(leads, 1_000_000)
    Lot.objects.filter(pk=lot.pk).update(public={"stage": "priority"})
    state = live.public_states([lot.pk])[lot.pk]["format"]
    assert state == {"name": "free_then_timed", "kinds": ["exact"], "stage": "priority"}
    theirs = client_of(bob).get(f"/lots/{lot.code}/").content.decode()
    assert 'value="1000000.00" data-steps="0"' in theirs
    assert "Up to a maximum" not in theirs
    assert "Priority rights may be used now." in theirs
    assert "You have not bid yet" not in re.sub(r"<script.*?</script>", "", theirs)
    assert "data-steps" not in client_of(anne).get(f"/lots/{lot.code}/").content.decode()
    assert post(client_of(bob), lot, frame(1_000_000))[1]["type"] == "ack"
