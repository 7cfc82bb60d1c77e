"""What the public gets of sealed bids, and the program with which a stranger opens them again."""

import ast
import copy
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from auctions import live, opening, sealed
from auctions.models import Bidder, Lot
from auctions.rules.chain import Json
from market.kernel import clock
from market.parties.models import Party, User
from tests.auctions.trust import envelopes as by_hand
from tests.auctions.trust.conftest import OPENER

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lot_and_shares(jida: Party, agency: Party) -> tuple[Lot, dict[int, bytes]]:
    return by_hand.sealed_lot(jida, agency)


@pytest.fixture
def lot(lot_and_shares: tuple[Lot, dict[int, bytes]]) -> Lot:
    return lot_and_shares[0]


@pytest.fixture
def opened(lot_and_shares: tuple[Lot, dict[int, bytes]], anne_bids: Bidder, bob_bids: Bidder) -> tuple[Lot, list[Json]]:
    """Opened: Anne replaced her bid, Bob's stands; and their receipts."""
    lot, made = lot_and_shares
    rows = [
        by_hand.hand_in(anne_bids, 1_900_000),
        by_hand.hand_in(bob_bids, 1_200_000),
        by_hand.hand_in(anne_bids, 1_100_000),
    ]
    return by_hand.opened(lot, made), [opening.receipt_of(row) for row in rows]


def test_the_program_is_one_file_of_the_standard_library() -> None:
    tree = ast.parse(OPENER.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert names <= set(sys.stdlib_module_names)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


def test_a_stranger_opens_the_envelopes_again(
    opened: tuple[Lot, list[Json]], client: Client, stranger: Callable[..., Any]
) -> None:
    lot, receipts = opened
    answer = client.get(f"/lots/{lot.code}/opening.json")
    log = live.log(lot)
    done = stranger(answer.json(), *receipts, {"log": log}, program=OPENER)
    assert done.returncode == 0, done.stderr
    assert "envelope 2 paddle 2417 {'amount': '1200000.00', 'currency': 'CNY'}" in done.stdout
    assert "envelope 3 paddle 8036 {'amount': '1100000.00', 'currency': 'CNY'}" in done.stdout
    assert "1900000" not in done.stdout  # replaced: not opened
    assert f"verified: {lot.code}, 3 envelopes" in done.stdout

    def lies() -> Any:
        for change in (
            lambda body: body["envelopes"][1].update(commitment="0" * 64),
            lambda body: body["envelopes"].pop(),
            lambda body: body["envelopes"][0].update(at="2026-01-01T00:00:00.000000Z"),
            lambda body: body.update(root="0" * 64),
            lambda body: body.update(private="1" * 64),
            lambda body: body["envelopes"][1].update(ciphertext=body["envelopes"][2]["ciphertext"]),
        ):
            forged = copy.deepcopy(answer.json())
            change(forged["body"])
            yield forged

    for forged in lies():
        assert stranger(forged, *receipts, program=OPENER).returncode == 1
    missing = copy.deepcopy(receipts[1])
    missing["body"]["envelope"]["sha256"] = "1" * 64
    assert "does not have the envelope" in stranger(answer.json(), missing, program=OPENER).stderr
    other = copy.deepcopy(log)
    next(event for event in other["events"] if event["kind"] == "unsealed")["payload"]["bids"][0]["amount"][
        "amount"
    ] = "1200001.00"
    assert "other amounts" in stranger(answer.json(), {"log": other}, program=OPENER).stderr


def test_before_the_deadline_nothing_is_published_and_before_the_opening_no_amount(
    lot_and_shares: tuple[Lot, dict[int, bytes]], anne_bids: Bidder, client: Client, stranger: Callable[..., Any]
) -> None:
    lot, _made = lot_and_shares
    receipt = opening.receipt_of(by_hand.hand_in(anne_bids, 1_234_567))
    assert client.get(f"/lots/{lot.code}/opening.json").status_code == 404
    assert "8036" not in client.get(f"/lots/{lot.code}/envelopes/").content.decode()
    with clock.shifted_to(by_hand.after(lot)):
        sealed.seal_due()
    body = client.get(f"/lots/{lot.code}/opening.json").json()["body"]
    assert (body["private"], body["count"]) == ("", 1)
    assert stranger({"body": body}, receipt, program=OPENER).returncode == 0
    page = client.get(f"/lots/{lot.code}/envelopes/").content.decode()
    assert "8036" in page
    assert body["root"] in page


def test_an_envelope_over_http_is_answered_by_its_receipt_and_only_its_bidder_gets_it_again(
    lot: Lot, anne_bids: Bidder, anne: User, bob: User, client_of: Callable[..., Client]
) -> None:
    text = by_hand.plain(lot, 8036, by_hand.factory.yuan(1_200_000), anne_bids.terms_sha256)
    frame = by_hand.frame(lot, 8036, text)
    address = f"/lots/{lot.code}/envelope/"
    answer = client_of(anne).post(address, json.dumps(frame), content_type="application/json")
    assert answer.status_code == 200
    body = answer.json()["receipt"]["body"]
    assert (body["envelope"]["commitment"], body["key"]) == (frame["commitment"], frame["key"])
    again = client_of(anne).get(f"/lots/{lot.code}/envelopes/1.json").json()
    assert again == answer.json()["receipt"]
    assert client_of(bob).get(f"/lots/{lot.code}/envelopes/1.json").status_code == 404
    assert client_of(None).post(address, json.dumps(frame), content_type="application/json").status_code == 401
    assert (
        client_of(bob).post(address, json.dumps(frame), content_type="application/json").json()["code"]
        == "bid.not_registered"
    )


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "null", "{}", '{"key": 1}', "[" * 5000,
        '{"key":"x","kind":"bid","ciphertext":"","commitment":""}',
        '{"key":"0b9c5a52-8a4f-4a4b-9d0e-0d3f5f7e9a11","kind":"free","ciphertext":"","commitment":""}',
        '{"key":"0b9c5a52-8a4f-4a4b-9d0e-0d3f5f7e9a11","kind":"bid","ciphertext":"?","commitment":""}',
        '{"key":"0b9c5a52-8a4f-4a4b-9d0e-0d3f5f7e9a11","kind":"bid","ciphertext":"AAAA","commitment":""}',
        '{"key":"0b9c5a52-8a4f-4a4b-9d0e-0d3f5f7e9a11","kind":"bid","ciphertext":"","commitment":"","amount":"5"}',
    ],
)  # fmt: skip
def test_what_is_no_envelope_is_refused_by_name(
    body: str, lot: Lot, anne_bids: Bidder, anne: User, client_of: Callable[..., Client]
) -> None:
    answer = client_of(anne).post(f"/lots/{lot.code}/envelope/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "envelope.shape")
    assert lot.envelopes.count() == 0


def test_the_pages_tell_each_reader_what_concerns_them(
    lot_and_shares: tuple[Lot, dict[int, bytes]], anne_bids: Bidder, anne: User, mallory: User, agent_chen: User,
    client_of: Callable[..., Client],
) -> None:  # fmt: skip
    lot, made = lot_and_shares
    by_hand.hand_in(anne_bids, 1_200_000)
    mine = client_of(anne).get(f"/lots/{lot.code}/envelope/").content.decode()
    assert "Sealed bidding needs scripts" in mine
    assert f"/lots/{lot.code}/envelopes/1.json" in mine
    assert 'id="envelope"' not in client_of(mallory).get(f"/lots/{lot.code}/envelope/").content.decode()
    assert (
        "What this cannot promise"
        in client_of(None).get(f"/lots/{lot.code}/envelopes/", headers={"accept-language": "en"}).content.decode()
    )
    room = client_of(anne).get(f"/lots/{lot.code}/").content.decode()
    assert f"/lots/{lot.code}/envelope/" in room
    assert 'class="dock"' not in room
    desk = f"/desk/lots/{lot.code}/opening/"
    assert client_of(mallory).get(desk).status_code == 404
    assert "ciphertext" not in client_of(agent_chen).get(desk).content.decode().split("<main")[0]
    with clock.shifted_to(by_hand.after(lot)):
        sealed.seal_due()
    assert '"ciphertext"' in client_of(agent_chen).get(desk).content.decode()
    wrong = client_of(agent_chen).post(desk, {"private": made[1].hex()})
    assert wrong.status_code == 422
    done = client_of(agent_chen).post(desk, {"private": by_hand.joined(made, 1, 2)})
    assert done.status_code == 302
    assert "1,200,000" in client_of(None).get(f"/lots/{lot.code}/envelopes/").content.decode()
