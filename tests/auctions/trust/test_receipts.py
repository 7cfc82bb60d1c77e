"""The receipt comes with the answer, stands in the log, and is the bidder's alone; the audit file comes when all is over."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from auctions import engine, live
from auctions.models import Bidder, Lot
from auctions.rules import replay
from auctions.rules.chain import Json
from market.kernel import clock
from market.parties.models import Party, User
from tests.auctions import factory
from tests.auctions.trust.conftest import verdict

pytestmark = pytest.mark.django_db(transaction=True)


def bid_over_http(client: Client, lot: Lot, amount: str, key: str) -> Json:
    frame = {"type": "bid", "key": key, "amount": {"amount": amount, "currency": "CNY"}, "seen_seq": 1}
    answer: Json = client.post(f"/lots/{lot.code}/bid/", json.dumps(frame), content_type="application/json").json()
    return answer


def closed(lot: Lot) -> Lot:
    """The lot after its end came and the worker closed it."""
    lot.refresh_from_db()
    with clock.shifted_to(lot.ends_at + timedelta(milliseconds=1)):
        assert engine.close_due() == 1
    lot.refresh_from_db()
    return lot


def test_the_answer_carries_a_receipt_that_fits_the_log(
    lot: Lot, anne_bids: Bidder, bob_bids: Bidder, anne: User, client_of: Callable[..., Client], tmp_path: Path
) -> None:
    key = str(uuid4())
    answer = bid_over_http(client_of(anne), lot, "1000000.00", key)
    body = answer["receipt"]["body"]
    event = live.events_after(lot.pk, 1)[0]
    assert body == {
        "format": "luochui.receipt/1",
        "lot": lot.code,
        "seq": 2,
        "key": key,
        "amount": {"amount": "1000000.00", "currency": "CNY"},
        "at": event["at"],
        "hash": event["hash"],
        "head": {"seq": 2, "hash": event["hash"]},
    }
    factory.bid(bob_bids, 1_020_000)
    log = live.log(Lot.objects.get(pk=lot.pk))
    assert verdict(tmp_path, log, answer["receipt"]).startswith("verified")
    again = bid_over_http(client_of(anne), lot, "1000000.00", key)["receipt"]["body"]
    assert {**again, "head": None} == {**body, "head": None}
    assert again["head"] == {"seq": 3, "hash": log["head"]}


def test_the_receipt_of_an_extending_bid_names_the_head_after_the_extension(
    jida: Party, agency: Party, anne_co: Party, tmp_path: Path
) -> None:
    lot = factory.lot(jida, agency, ends_in=timedelta(seconds=60))
    answer = factory.bid(factory.bidder(lot, anne_co, 8036), 1_000_000)
    assert answer.place is not None
    assert (answer.place.seq, answer.place.head_seq) == (2, 3)
    assert answer.place.head == Lot.objects.get(pk=lot.pk).head


def test_a_refused_bid_has_no_receipt(
    lot: Lot, anne_bids: Bidder, anne: User, client_of: Callable[..., Client]
) -> None:
    answer = bid_over_http(client_of(anne), lot, "999999.00", str(uuid4()))
    assert answer["type"] == "reject"
    assert "receipt" not in answer


def test_a_receipt_can_be_fetched_again_by_who_made_the_bid_and_by_nobody_else(
    lot: Lot,
    anne_bids: Bidder,
    bob_bids: Bidder,
    anne: User,
    bob: User,
    mallory: User,
    client_of: Callable[..., Client],
) -> None:
    factory.bid(anne_bids, 1_000_000)
    address = f"/lots/{lot.code}/receipts/2.json"
    paper = client_of(anne).get(address)
    assert paper.status_code == 200
    assert paper.json()["body"]["seq"] == 2
    assert address in client_of(anne).get(f"/lots/{lot.code}/bids/").content.decode()
    assert address not in client_of(bob).get(f"/lots/{lot.code}/bids/").content.decode()
    for other in (bob, mallory, None):
        assert client_of(other).get(address).status_code == 404
    assert client_of(anne).get(f"/lots/{lot.code}/receipts/1.json").status_code == 404  # the opening is nobody's bid


def test_the_audit_file_of_a_closed_lot_satisfies_a_stranger(
    lot: Lot,
    anne_bids: Bidder,
    bob_bids: Bidder,
    anne: User,
    client: Client,
    client_of: Callable[..., Client],
    stranger: Any,
) -> None:
    receipt = bid_over_http(client_of(anne), lot, "1000000.00", str(uuid4()))["receipt"]
    factory.bid(bob_bids, 1_040_000)
    assert client.get(f"/lots/{lot.code}/audit.json").status_code == 404
    closed(lot)
    answer = client.get(f"/lots/{lot.code}/audit.json")
    audit = answer.json()
    assert audit["body"]["retention"]["article"] == "拍卖法 54"
    assert replay.verify(audit["body"]["log"]).phase == "sold"
    done = stranger(answer.content.decode(), receipt, client.get("/verify/keys.json").json())
    assert done.returncode == 0, done.stderr
    assert f"verified: {lot.code}, 5 events, sold" in done.stdout
    forged = json.loads(answer.content)
    forged["body"]["log"]["events"][2]["payload"]["paddle"] = 8036
    assert stranger(forged, receipt).returncode == 1
    page = client.get(f"/lots/{lot.code}/").content.decode()
    assert f"/lots/{lot.code}/audit.json" in page


def test_records_of_a_judicial_sale_are_kept_for_ten_years(jida: Party, agency: Party, client: Client) -> None:
    of_sale = factory.sale(agency)
    of_sale.ruleset = "judicial_online"
    of_sale.save()
    lot = closed(factory.lot(jida, agency, of_sale=of_sale))
    kept = client.get(f"/lots/{lot.code}/audit.json").json()["body"]["retention"]
    assert (kept["years"], kept["article"]) == (10, "法释〔2016〕18号 29")
    assert "10 years" in client.get(f"/lots/{lot.code}/bids/", headers={"accept-language": "en"}).content.decode()


def test_the_room_shows_the_head(lot: Lot, anne_bids: Bidder, client: Client) -> None:
    factory.bid(anne_bids, 1_000_000)
    lot.refresh_from_db()
    assert f'id="head">2 · {lot.head[:8]}…' in client.get(f"/lots/{lot.code}/").content.decode()
