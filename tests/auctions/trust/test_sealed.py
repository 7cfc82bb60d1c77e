"""Sealed bids through the actions: in time, replaced, withdrawn, opened by two of three, and nothing else counts."""

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from auctions import engine, live, opening, sealed
from auctions.models import Bidder, Envelope, Event, Lot, OpeningKey
from auctions.rules import merkle, replay, sealing, shares
from market.deals.models import Deal
from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.models import Party
from tests.auctions import factory
from tests.auctions.factory import yuan
from tests.auctions.trust import envelopes as by_hand
from tests.guards import guards_down

pytestmark = pytest.mark.django_db(transaction=True)

Sealed = tuple[Lot, dict[int, bytes]]


@pytest.fixture
def lot_and_shares(jida: Party, agency: Party) -> Sealed:
    """A lot of sealed bids, open for half an hour; the winner pays its own price, one may withdraw."""
    return by_hand.sealed_lot(jida, agency)


@pytest.fixture
def lot(lot_and_shares: Sealed) -> Lot:
    return lot_and_shares[0]


@pytest.fixture
def made(lot_and_shares: Sealed) -> dict[int, bytes]:
    return lot_and_shares[1]


def refusal(act: object, *given: object, **named: object) -> str:
    """The code with which `act` refuses; and that no envelope and no event came of it."""
    before = (Envelope.objects.count(), Event.objects.count())
    with pytest.raises(Refused) as refused:
        act(*given, **named)  # type: ignore[operator]
    assert (Envelope.objects.count(), Event.objects.count()) == before
    return refused.value.code


def test_the_highest_envelope_wins_and_pays_its_own_price(
    lot: Lot, made: dict[int, bytes], anne_bids: Bidder, bob_bids: Bidder, tmp_path: object
) -> None:
    first = by_hand.hand_in(anne_bids, 1_234_567)
    by_hand.hand_in(bob_bids, 1_234_568)
    assert first.index == 1
    by_hand.opened(lot, made, 2, 3)
    assert (lot.state, lot.price, lot.leader_id) == (Lot.State.SOLD, yuan(1_234_568), bob_bids.pk)
    assert [event.kind for event in lot.events.order_by("seq")] == ["opened", "envelopes", "unsealed", "closed", "sold"]
    assert Deal.objects.get(origin=lot.ref).price == yuan(1_234_568)
    assert replay.verify(live.log(lot)).price == 123_456_800
    live.check_rows(lot.code, replay.verify(live.log(lot)))


@pytest.mark.parametrize(
    ("pricing", "reserve", "bids", "result"),
    [
        ("second", None, (1_300_000, 1_200_000), 1_200_000),
        ("second", None, (1_300_000,), 1_000_000),
        ("second", 1_250_000, (1_300_000, 1_200_000), 1_250_000),
        ("first", 1_250_000, (1_300_000, 1_200_000), 1_300_000),
        ("first", 1_400_000, (1_300_000, 1_200_000), "below_reserve"),
        ("first", None, (), "no_bids"),
    ],
)
def test_the_price_follows_the_lots_terms(
    pricing: str,
    reserve: int | None,
    bids: tuple[int, ...],
    result: object,
    jida: Party,
    agency: Party,
    anne_co: Party,
    bob_co: Party,
) -> None:
    lot, made = by_hand.sealed_lot(jida, agency, pricing=pricing, reserve=yuan(reserve) if reserve else None)
    for party, amount, paddle in zip((anne_co, bob_co), bids, (8036, 2417), strict=False):
        by_hand.hand_in(factory.bidder(lot, party, paddle), amount)
    if bids:
        by_hand.opened(lot, made)
    else:
        with clock.shifted_to(by_hand.after(lot)):
            sealed.seal_due()
            engine.close_due()
        lot.refresh_from_db()
    last = live.events_after(lot.pk, 0)[-1]
    assert last["payload"].get("reason", lot.price and lot.price.minor // 100) == result
    replay.verify(live.log(lot))


def test_equal_bids_go_to_the_earlier_envelope_and_a_replacement_is_a_later_one(
    lot: Lot, made: dict[int, bytes], anne_bids: Bidder, bob_bids: Bidder
) -> None:
    by_hand.hand_in(anne_bids, 1_200_000)
    by_hand.hand_in(bob_bids, 1_200_000)
    by_hand.hand_in(anne_bids, 1_200_000)
    by_hand.opened(lot, made)
    assert lot.leader_id == bob_bids.pk
    assert lot.bids_count == 2


def test_one_may_withdraw_and_hand_in_again(
    lot: Lot, made: dict[int, bytes], anne_bids: Bidder, bob_bids: Bidder
) -> None:
    assert refusal(by_hand.withdraw, anne_bids) == "envelope.nothing"
    by_hand.hand_in(anne_bids, 2_000_000)
    by_hand.withdraw(anne_bids)
    assert refusal(by_hand.withdraw, anne_bids) == "envelope.nothing"
    by_hand.hand_in(bob_bids, 1_100_000)
    by_hand.opened(lot, made)
    assert (lot.leader_id, lot.price) == (bob_bids.pk, yuan(1_100_000))
    said = Event.objects.get(lot=lot, kind="unsealed").payload
    assert [one["paddle"] for one in said["bids"]] == [2417]  # what was withdrawn is not read aloud


def test_where_the_terms_do_not_allow_it_nobody_withdraws(jida: Party, agency: Party, anne_co: Party) -> None:
    lot, _made = by_hand.sealed_lot(jida, agency, withdraw="no")
    anne = factory.bidder(lot, anne_co, 8036)
    by_hand.hand_in(anne, 1_200_000)
    assert refusal(by_hand.withdraw, anne) == "envelope.no_withdrawal"


@pytest.mark.parametrize(("late", "taken"), [(-1, True), (0, False), (1, False)])
def test_the_deadline_itself_is_late_by_a_microsecond(
    late: int, taken: bool, lot: Lot, anne_bids: Bidder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "database_now", lambda: lot.ends_at + timedelta(microseconds=late))
    if taken:
        assert by_hand.hand_in(anne_bids, 1_200_000).at == lot.ends_at - timedelta(microseconds=1)
    else:
        assert refusal(by_hand.hand_in, anne_bids, 1_200_000) == "bid.lot_closed"


def test_the_same_key_gets_the_same_envelope_and_with_another_inside_is_refused(lot: Lot, anne_bids: Bidder) -> None:
    text = by_hand.plain(lot, 8036, yuan(1_200_000), anne_bids.terms_sha256)
    cipher, commitment, key = by_hand.encrypted(lot, 8036, text), hashlib.sha256(text).hexdigest(), uuid4()
    first = by_hand.give(anne_bids, cipher, commitment, key=key)
    assert by_hand.give(anne_bids, cipher, commitment, key=key) == first
    assert refusal(by_hand.hand_in, anne_bids, 1_300_000, key=key) == "bid.key_reused"
    assert refusal(by_hand.give, anne_bids, cipher, commitment) == "envelope.copied"


def test_a_competitors_ciphertext_is_refused_and_does_not_open_in_another_name(
    lot: Lot, made: dict[int, bytes], anne_bids: Bidder, bob_bids: Bidder
) -> None:
    theirs = by_hand.hand_in(anne_bids, 1_500_000)
    assert refusal(by_hand.give, bob_bids, bytes(theirs.ciphertext), theirs.commitment) == "envelope.copied"
    with guards_down():  # the database's owner forges what the door refuses
        copied = by_hand.hand_in(bob_bids, 1_100_000)
        Envelope.objects.filter(pk=theirs.pk).update(sha256="0" * 64, ciphertext=b"\0" * sealing.CIPHER)
        Envelope.objects.filter(pk=copied.pk).update(
            sha256=theirs.sha256, ciphertext=bytes(theirs.ciphertext), commitment=theirs.commitment
        )
    by_hand.opened(lot, made)
    said = Event.objects.get(lot=lot, kind="unsealed").payload
    assert [one["void"] for one in said["bids"]] == ["unopenable", "unopenable"]
    assert (lot.state, lot.price) == (Lot.State.PASSED_IN, None)


def test_an_altered_envelope_does_not_open_and_a_lying_one_does_not_count(
    lot: Lot, made: dict[int, bytes], anne_bids: Bidder, bob_bids: Bidder, carol_co: Party
) -> None:
    text = by_hand.plain(lot, 8036, yuan(9_000_000), anne_bids.terms_sha256)
    cipher = bytearray(by_hand.encrypted(lot, 8036, text))
    cipher[500] ^= 1
    by_hand.give(anne_bids, bytes(cipher), hashlib.sha256(text).hexdigest())
    text = by_hand.plain(lot, 2417, yuan(8_000_000), bob_bids.terms_sha256)
    by_hand.give(bob_bids, by_hand.encrypted(lot, 2417, text), "0" * 64)
    carol = factory.bidder(lot, carol_co, 77)
    by_hand.hand_in(carol, 1_000_000)
    by_hand.opened(lot, made)
    said = Event.objects.get(lot=lot, kind="unsealed").payload
    assert [one.get("void", "") for one in said["bids"]] == ["unopenable", "commitment", ""]
    assert lot.leader_id == carol.pk


@pytest.mark.parametrize(
    ("changed", "void"),
    [
        ({"lot": "L-OTHER"}, "other_lot"),
        ({"paddle": 1}, "other_bidder"),
        ({"terms": "f" * 64}, "other_terms"),
        ({"amount": {"amount": "5000000.00", "currency": "EUR"}}, "currency"),
        ({"amount": {"amount": "999999.99", "currency": "CNY"}}, "below_start"),
        ({"amount": {"amount": "1e9", "currency": "CNY"}}, "unreadable"),
        ({"amount": "5000000.00"}, "unreadable"),
        ({"format": "luochui.bid/2"}, "unreadable"),
        ({"more": 1}, "unreadable"),
    ],
)
def test_what_is_inside_must_be_a_bid_for_this_lot_by_this_bidder_on_these_terms(
    changed: dict[str, object], void: str, lot: Lot, made: dict[int, bytes], anne_bids: Bidder
) -> None:
    by_hand.hand_in(anne_bids, 1_200_000, **changed)
    by_hand.opened(lot, made)
    assert Event.objects.get(lot=lot, kind="unsealed").payload["bids"] == [{"index": 1, "paddle": 8036, "void": void}]
    assert lot.state == Lot.State.PASSED_IN


def test_nobody_opens_early_with_one_share_with_a_wrong_one_or_twice(
    lot: Lot, made: dict[int, bytes], anne_bids: Bidder
) -> None:
    by_hand.hand_in(anne_bids, 1_200_000)
    right, by = shares.join({1: made[1], 2: made[2]}).hex(), lot.sale.created_by
    assert refusal(sealed.unseal, lot=lot, private=right, by=by) == "opening.not_due"
    with clock.shifted_to(by_hand.after(lot)):
        assert refusal(sealed.unseal, lot=lot, private=right, by=by) == "opening.not_due"  # no root published yet
        assert sealed.seal_due() == 1
        assert sealed.seal_due() == 0
        assert engine.close_due() == 0  # nothing closes over unopened envelopes
        for wrong in (
            made[1].hex(),
            shares.join({1: made[1]}).hex(),
            shares.join({1: made[1], 3: made[2]}).hex(),
            "",
            "x" * 64,
        ):
            assert refusal(sealed.unseal, lot=lot, private=wrong, by=by) == "opening.wrong_key"
        assert refusal(by_hand.hand_in, anne_bids, 1_300_000) == "bid.lot_closed"
        sealed.unseal(lot=lot, private=right, by=by)
        assert refusal(sealed.unseal, lot=lot, private=right, by=by) == "opening.not_due"


def test_a_lot_that_closed_without_envelopes_is_not_opened_with_any_key(lot: Lot, made: dict[int, bytes]) -> None:
    by = lot.sale.created_by
    with clock.shifted_to(by_hand.after(lot)):
        assert (sealed.seal_due(), engine.close_due()) == (1, 1)
        for key in (made[1].hex(), shares.join({1: made[1], 2: made[2]}).hex()):
            assert refusal(sealed.unseal, lot=lot, private=key, by=by) == "opening.not_due"
        client = Client()
        client.force_login(by)
        page = client.get(f"/desk/lots/{lot.code}/opening/", headers={"accept-language": "en"}).content.decode()
    assert "There is nothing to open: the lot stands at “Passed in”." in page
    assert "after the deadline" not in page


def test_every_receipt_hangs_under_the_published_root(
    lot: Lot, made: dict[int, bytes], anne_bids: Bidder, bob_bids: Bidder
) -> None:
    rows = [by_hand.hand_in(anne_bids, 1_200_000), by_hand.hand_in(bob_bids, 1_300_000), by_hand.withdraw(anne_bids)]
    receipts = [opening.receipt_of(row)["body"]["envelope"] for row in rows]
    by_hand.opened(lot, made)
    file = opening.opening_file(lot)["body"]
    root = Event.objects.get(lot=lot, kind="envelopes").payload
    assert (root["root"], root["count"], root["live"]) == (file["root"], 3, 1)
    for place, receipt in enumerate(receipts):
        proof = [bytes.fromhex(beside) for beside in file["envelopes"][place]["path"]]
        told = {"entry": replay_bytes(receipt), "index": place, "count": 3, "proof": proof}
        assert merkle.included(**told, head=bytes.fromhex(file["root"]))
        changed = {**receipt, "sha256": "1" * 64}
        assert not merkle.included(**{**told, "entry": replay_bytes(changed)}, head=bytes.fromhex(file["root"]))
    assert file["private"] == OpeningKey.objects.get(lot=lot).private


def replay_bytes(entry: dict[str, object]) -> bytes:
    from auctions.rules.chain import canonical

    return canonical(entry)


def test_the_database_itself_takes_no_envelope_late_out_of_turn_or_changed(lot: Lot, anne_bids: Bidder) -> None:
    row = by_hand.hand_in(anne_bids, 1_200_000)
    fields = {
        "lot": lot,
        "bidder": anne_bids,
        "kind": "bid",
        "key": uuid4(),
        "ciphertext": b"1",
        "sha256": "2" * 64,
        "commitment": "3" * 64,
        "received_at": clock.now(),
        "index": 2,
        "at": clock.now(),
    }
    forged = [
        {**fields, "index": 3},
        {**fields, "at": lot.ends_at},
        {**fields, "sha256": row.sha256},
        {**fields, "commitment": ""},
    ]
    for one in forged:
        with pytest.raises(DatabaseError), transaction.atomic():
            Envelope.objects.create(**one)
    for change in (lambda: Envelope.objects.update(commitment="4" * 64), lambda: Envelope.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Envelope.objects.get().commitment == row.commitment


def test_a_key_is_made_for_a_draft_and_only_with_three_holders_and_a_sound_point(jida: Party, agency: Party) -> None:
    draft = factory.lot(jida, agency, opened=False, state=Lot.State.DRAFT)
    by_hand.ceremony(draft)
    by_hand.ceremony(draft)  # a share got lost before the notice: again
    assert OpeningKey.objects.get(lot=draft).shares.count() == 3
    holders = [sealed.Holder(f"某{n}", role, f"{n}" * 64) for n, role in enumerate(("agency", "platform", "notary"))]
    given = {
        "lot": draft,
        "public": "9" * 64,
        "holders": holders,
        "pricing": "first",
        "withdraw": "no",
        "by": draft.sale.created_by,
    }
    for public in ("0" * 64, "1" * 63, "G" * 64, "01" + "00" * 31):
        assert refusal(sealed.keep_key, **{**given, "public": public}) == "ceremony.key"
    for wrong in (holders[:2], [*holders[:2], holders[1]], [*holders[:2], sealed.Holder(" ", "seller", "7" * 64)]):
        assert refusal(sealed.keep_key, **{**given, "holders": wrong}) == "ceremony.holders"
    Lot.objects.filter(pk=draft.pk).update(state=Lot.State.NOTICED)
    assert refusal(sealed.keep_key, **given) == "ceremony.announced"


def test_an_open_bid_is_refused_on_a_lot_of_sealed_bids_and_an_envelope_on_any_other(
    lot: Lot, anne_bids: Bidder, jida: Party, agency: Party, bob_co: Party
) -> None:
    assert factory.bid(anne_bids, 1_200_000).code == "bid.sealed_only"
    plain_lot = factory.lot(jida, agency)
    other = factory.bidder(plain_lot, bob_co, 5)
    assert refusal(by_hand.give, other, b"\1" * sealing.CIPHER, "0" * 64) == "bid.sealed_only"
