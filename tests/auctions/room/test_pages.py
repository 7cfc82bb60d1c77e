"""The lot's pages and its HTTP doors, for every reader, with and without a script."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from auctions import actions, engine
from auctions.engine import hosting
from auctions.models import Bid, Bidder, Lot
from auctions.rules import record
from auctions.rules.replay import verify
from auctions.views.verify import KINDS
from auctions.views.words import saying
from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.models import Party, User
from tests.auctions import factory
from tests.auctions.factory import bid, yuan

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User | None], Client]


def page(client: Client, lot: Lot, rest: str = "") -> str:
    answer = client.get(f"/lots/{lot.code}/{rest}")
    assert answer.status_code == 200
    return answer.content.decode()


def frame(amount: str = "1000000.00", **changes: Any) -> dict[str, Any]:
    made = {"type": "bid", "key": str(uuid4()), "amount": {"amount": amount, "currency": "CNY"}, "seen_seq": 1}
    return {**made, **changes}


def post(client: Client, lot: Lot, body: Any) -> tuple[int, dict[str, Any]]:
    raw = body if isinstance(body, str | bytes) else json.dumps(body)
    answer = client.post(f"/lots/{lot.code}/bid/", raw, content_type="application/json")
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("nobody", "You are watching"),
        ("ready", "You have not bid yet"),
        ("leading", "You are leading"),
        ("outbid", "You have been outbid"),
        ("won", "The lot is yours"),
        ("lost", "The lot went to another bidder"),
    ],
)
def test_the_server_draws_the_standing_itself(
    client_of: ClientOf, lot: Lot, anne: User, anne_bids: Bidder, bob_bids: Bidder, when: str, words: str
) -> None:
    if when in ("leading", "outbid", "won", "lost"):
        bid(anne_bids, 1_000_000)
    if when in ("outbid", "lost"):
        bid(bob_bids, 1_020_000)
    if when in ("won", "lost"):
        lot.refresh_from_db()
        with clock.shifted_to(lot.ends_at):
            engine.close_due()
    text = page(client_of(None if when == "nobody" else anne), lot)
    assert f'<span id="band-text">{words}</span>' in text
    assert text.count("<h1") == 1
    if when == "won":
        assert "Go to the deal" in text


def test_before_the_opening_a_stranger_is_invited_to_register(
    client_of: ClientOf, jida: Party, agency: Party, mallory: User
) -> None:
    lot = factory.lot(jida, agency, of_sale=factory.sale(agency, opens_in=timedelta(days=2)), ends_in=timedelta(days=3))
    assert f"/lots/{lot.code}/register/" in page(client_of(mallory), lot)
    assert "Sign in to register" in page(client_of(None), lot)
    seller = User.objects.get(username="li_wei")
    assert f"/lots/{lot.code}/register/" not in page(client_of(seller), lot)


def test_a_draft_is_not_there(client_of: ClientOf, lot: Lot, mallory: User, agent_chen: User) -> None:
    Lot.objects.filter(pk=lot.pk).update(state=Lot.State.DRAFT)
    for rest in ("", "bid/", "state/", "bids/", "events.json", "bids.csv"):
        assert client_of(mallory).get(f"/lots/{lot.code}/{rest}").status_code == 404, rest
    assert client_of(agent_chen).get(f"/lots/{lot.code}/").status_code == 200


def test_the_reserve_is_on_no_page(client_of: ClientOf, jida: Party, agency: Party, anne: User, anne_co: Party) -> None:
    lot = factory.lot(jida, agency, reserve=yuan(1_357_913))
    factory.bidder(lot, anne_co, 8036)
    client = client_of(anne)
    status, answer = post(client, lot, frame())
    assert status == 200
    texts = [
        page(client, lot, rest) for rest in ("", "state/", "bids/", "events.json", "bids.csv", "bid/?amount=1100000")
    ]
    for text in [*texts, json.dumps(answer)]:
        assert not [form for form in ("1357913", "1,357,913", "135.79", "135791300") if form in text]


def test_no_page_names_a_bidder_to_a_stranger(client_of: ClientOf, lot: Lot, anne_bids: Bidder) -> None:
    bid(anne_bids, 1_000_000)
    for rest in ("", "state/", "bids/", "events.json", "bids.csv"):
        text = page(client_of(None), lot, rest)
        assert anne_bids.party.name not in text
        assert anne_bids.code not in text
        assert anne_bids.party.code not in text


def test_the_page_costs_few_queries_however_long_the_history(
    client_of: ClientOf, lot: Lot, anne: User, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    client = client_of(anne)
    page(client, lot)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(client, lot)
        return len(queries)

    bid(bob_bids, 1_000_000)
    few = cost()
    for turn in range(10):
        bid((anne_bids, bob_bids)[turn % 2], 1_020_000 + turn * 20_000)
    assert cost() <= few <= 20


# ---- bidding over HTTP


def test_a_bid_by_json_is_the_bid_of_the_socket(client_of: ClientOf, lot: Lot, anne: User, anne_bids: Bidder) -> None:
    client, said = client_of(anne), frame()
    status, answer = post(client, lot, said)
    assert (status, answer["type"], answer["seq"]) == (200, "ack", 2)
    assert post(client, lot, said) == (200, answer)
    assert post(client, lot, {**said, "amount": {"amount": "1020000", "currency": "CNY"}})[0] == 409
    status, answer = post(client, lot, frame())
    assert (status, answer["code"]) == (422, "bid.self")
    assert Bid.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "frame.json"),
        (b"\xc3\x28", "frame.text"),
        (frame(fee="0"), "frame.field_unknown"),
        (frame("1e6"), "amount.format"),
        ({"type": "ping", "t0": 1}, "frame.type"),
        ("[" * 5000, "frame.depth"),
        (" " * 20000, "frame.too_big"),
    ],
)
def test_bad_json_is_named(client_of: ClientOf, lot: Lot, anne: User, anne_bids: Bidder, body: Any, code: str) -> None:
    status, answer = post(client_of(anne), lot, body)
    assert (status, answer["type"], answer["code"]) == (400, "error", code)
    assert not Bid.objects.exists()


def test_strangers_are_told_to_sign_in_or_register(client_of: ClientOf, lot: Lot, mallory: User) -> None:
    assert post(client_of(None), lot, frame())[0] == 401
    assert post(client_of(mallory), lot, frame())[1]["code"] == "bid.not_registered"
    assert not Bid.objects.exists()


def test_another_site_cannot_bid_for_its_visitor(lot: Lot, anne: User, anne_bids: Bidder) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(anne)
    answer = client.post(f"/lots/{lot.code}/bid/", json.dumps(frame()), content_type="application/json")
    assert answer.status_code == 403
    assert not Bid.objects.exists()


def test_without_a_script_a_bid_passes_the_check_page(
    client_of: ClientOf, lot: Lot, anne: User, anne_bids: Bidder
) -> None:
    client = client_of(anne)
    answer = client.get(f"/lots/{lot.code}/bid/?amount=1000000.00")
    text = answer.content.decode()
    assert "¥1,000,000" in text
    assert "¥1,050,000" in text, "price and premium of 5 %"
    sent = {"amount": "1000000.00", "key": str(answer.context["key"]), "seen_seq": "1"}
    for _ in range(2):  # a second press
        answer = client.post(f"/lots/{lot.code}/bid/", sent)
        assert (answer.status_code, answer["Location"]) == (302, f"/lots/{lot.code}/")
    assert Bid.objects.get().seq == 2
    assert "Your bid of ¥1,000,000 is recorded." in page(client, lot)


@pytest.mark.parametrize("typed", ["１，１８０，０００元", "1,180,000", "¥1180000", " 1180000 "])
def test_an_amount_is_read_as_people_type_it(
    client_of: ClientOf, lot: Lot, anne: User, anne_bids: Bidder, typed: str
) -> None:
    answer = client_of(anne).get(f"/lots/{lot.code}/bid/", {"amount": typed})
    assert answer.status_code == 200
    assert answer.context["amount"] == yuan(1_180_000)


@pytest.mark.parametrize("typed", ["", "abc", "118万", "1e6", "0", "-5", "1.005"])
def test_a_mistyped_amount_is_kept_and_explained(
    client_of: ClientOf, lot: Lot, anne: User, anne_bids: Bidder, typed: str
) -> None:
    answer = client_of(anne).post(f"/lots/{lot.code}/bid/", {"amount": typed})
    assert answer.status_code == 422
    assert not Bid.objects.exists()
    assert f'value="{typed}"' in answer.content.decode() or not typed


def test_a_refused_bid_keeps_what_was_typed_and_names_the_minimum(
    client_of: ClientOf, lot: Lot, anne: User, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    bid(bob_bids, 1_100_000)
    answer = client_of(anne).post(f"/lots/{lot.code}/bid/", {"amount": "1020000", "key": str(uuid4())})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "the lowest bid now is ¥1,120,000" in text
    assert 'value="1020000"' in text
    assert Lot.objects.get(pk=lot.pk).leader == bob_bids


@pytest.mark.parametrize("late", [Refused("bid.busy"), TimeoutError(), DatabaseError("the line is cut")])
def test_a_bid_not_answered_in_time_may_be_asked_for_again_under_its_key(
    client_of: ClientOf, lot: Lot, anne: User, anne_bids: Bidder, late: Exception
) -> None:
    client, asked, key = client_of(anne), frame(), str(uuid4())
    by_form = {"amount": "1000000", "key": key, "seen_seq": "1"}
    with patch.object(engine, "bid", side_effect=late):
        status, answer = post(client, lot, asked)
        shown = client.post(f"/lots/{lot.code}/bid/", by_form)
    assert (status, answer["type"], answer["retry"], answer["key"]) == (503, "error", True, asked["key"])
    assert shown.status_code == 503
    assert f'name="key" value="{key}"' in shown.content.decode()
    assert client.post(f"/lots/{lot.code}/bid/", by_form).status_code == 302
    assert str(Bid.objects.get().key) == key


def test_the_check_page_asks_to_sign_in(client_of: ClientOf, lot: Lot) -> None:
    answer = client_of(None).get(f"/lots/{lot.code}/bid/?amount=1")
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


# ---- state, history, log


def test_the_state_is_the_socket_s_and_a_heartbeat_when_nothing_is_new(
    client_of: ClientOf, lot: Lot, anne_bids: Bidder
) -> None:
    bid(anne_bids, 1_000_000)
    client = client_of(None)
    state = client.get(f"/lots/{lot.code}/state/?since=1&phase=live").json()
    assert (state["type"], state["seq"], state["leader"]) == ("state", 2, 8036)
    assert client.get(f"/lots/{lot.code}/state/?since=2&phase=live").json()["type"] == "heartbeat"
    for since in ("x", "-1", "9" * 40, ""):
        assert client.get(f"/lots/{lot.code}/state/", {"since": since}).json()["type"] == "state"


def test_history_and_log_are_public_and_verify(
    client_of: ClientOf, lot: Lot, anne: User, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    bid(anne_bids, 1_000_000)
    bid(bob_bids, 1_020_000)
    bid(anne_bids, 1_020_000)
    client = client_of(None)
    rows = client.get(f"/lots/{lot.code}/bids.csv").content.decode().splitlines()
    assert [row.split(",")[0] for row in rows] == ["seq", "3", "2"]
    assert rows[1].endswith(",2417,1020000.00,CNY,1")
    assert verify(client.get(f"/lots/{lot.code}/events.json").json()).seq == 3
    assert "Refused" not in page(client, lot, "bids/")
    assert "bid.too_low" in page(client_of(anne), lot, "bids/")
    for before in ("x", "-1", "9" * 40, "1"):
        assert client.get(f"/lots/{lot.code}/bids/", {"before": before}).status_code == 200


def test_the_bids_of_a_sealed_lot_stand_on_its_pages_once_they_are_opened(
    client: Client, jida: Party, agency: Party, anne_co: Party, bob_co: Party
) -> None:
    lot = factory.lot(jida, agency, format=Lot.Format.SEALED_FIRST)
    for number, (party, amount) in enumerate([(anne_co, 1_300_000), (bob_co, 1_700_000)]):
        by = factory.bidder(lot, party, 8036 + number)
        given = {"lot_id": lot.pk, "bidder_id": by.pk, "key": uuid4(), "amount": yuan(amount)}
        assert engine.place_bid(engine.Offer(**given, received_at=clock.now(), kind="sealed")).accepted
    client.cookies["django_language"] = "en"
    for rest in ("", "bids/"):
        assert "Bids stay sealed until the end" in page(client, lot, rest)
    with clock.shifted_to(lot.ends_at + timedelta(milliseconds=1)):
        engine.close_due()
    assert 'id="no-bids">Bids stay sealed until the end; then they stand under' in page(client, lot)
    opened = page(client, lot, "bids/")
    assert "No bid yet" not in opened
    assert "¥1,300,000" in opened
    assert "¥1,700,000" in opened
    rows = client.get(f"/lots/{lot.code}/bids.csv").content.decode().splitlines()
    assert [row.split(",")[2:] for row in rows[1:]] == [
        ["8036", "1300000.00", "CNY", "1"],
        ["8037", "1700000.00", "CNY", "1"],
    ]


def test_the_page_of_an_annulled_lot_says_why_and_that_of_a_withdrawn_one_leads_back(
    client: Client, lot: Lot, anne_bids: Bidder, jida: Party, agency: Party, zhou_min: User
) -> None:
    client.cookies["django_language"] = "en"
    hosting.annul(lot, reason="委托人丧失处分权")
    assert "Annulled: 委托人丧失处分权" in page(client, lot)
    replayed = page(client, lot, "replay/")
    assert "<b>Annulled</b>" in replayed
    sale = factory.sale(agency, opens_in=timedelta(hours=1))
    soon = factory.lot(jida, agency, of_sale=sale, opened=False, ends_in=timedelta(hours=2))
    actions.withdraw_lot(lot=soon, reason="委托人撤回委托", by=zhou_min)
    replayed = page(client, soon, "replay/")
    assert "was withdrawn before its bidding began" in replayed
    assert f'<a class="btn" href="/lots/{soon.code}/">' in replayed


@pytest.mark.parametrize("kind", sorted(record.KINDS))
def test_every_kind_of_event_has_a_word_on_the_replay_and_on_the_console(kind: str) -> None:
    assert kind in KINDS
    said = {"count": 1, "paddle": 1, "price": yuan(1).wire(), "amount": yuan(1).wire(), "reason": "x"}
    assert saying(kind, said) != kind
