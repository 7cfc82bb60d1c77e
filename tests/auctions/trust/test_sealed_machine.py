"""Any life of a lot of sealed bids, right and wrong turns mixed, goes as a plain list of envelopes would have it.

One fault put into the product, and the same machine led to where it shows, objects: it would notice.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, transaction
from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from auctions import live, opening, sealed
from auctions.models import Bidder, Envelope, Event, Lot
from auctions.rules import merkle, replay, sealing
from auctions.rules.chain import Json, canonical
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.parties.models import Party
from tests.auctions import factory
from tests.auctions.trust import envelopes as by_hand
from tests.auctions.trust.conftest import OPENER, verdict
from tests.auctions.trust.sealed_model import Handed, Inside, Model
from tests.effort import WHOLE

PADDLES = (8036, 2417, 77)
AMOUNTS = (99_999_999, 100_000_000, 120_000_001, 120_000_002, 150_000_003)  # below the start, at it, above
LIES: dict[str, dict[str, Any]] = {
    "other_lot": {"lot": "L-ELSEWHERE"},
    "other_bidder": {"paddle": 1},
    "other_terms": {"terms": "1" * 64},
    "currency": {"amount": {"amount": "1500000.00", "currency": "USD"}},
    "unreadable": {"amount": "1500000.00"},
}
paddles = st.sampled_from(PADDLES)
amounts = st.sampled_from(AMOUNTS)


class SealedMachine(RuleBasedStateMachine):
    """The market beside its model. `parties`: seller, agency, three companies; `home`: where papers are laid for checking."""

    parties: list[Party]
    home: Path
    taken = Bundle("taken")

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block._from_testcase = True  # as Django's own test cases mark theirs: durable blocks may lie within
        self.block.__enter__()

    @initialize(
        pricing=st.sampled_from(["first", "second"]),
        withdraw=st.sampled_from(["yes", "no"]),
        reserve=st.sampled_from([None, 120_000_002, 900_000_000]),
    )
    def ceremony(self, pricing: str, withdraw: str, reserve: int | None) -> None:
        seller, agency, *companies = self.parties
        kept = Money(reserve, "CNY") if reserve else None
        self.lot, self.shares = by_hand.sealed_lot(seller, agency, pricing=pricing, withdraw=withdraw, reserve=kept)
        self.bidders = {
            paddle: factory.bidder(self.lot, company, paddle)
            for paddle, company in zip(PADDLES, companies, strict=True)
        }
        self.model = Model(self.lot.ends_at, pricing, withdraw == "yes", reserve, self.lot.start_minor)
        self.now = self.lot.ends_at - timedelta(minutes=20)
        self.receipts: list[Json] = []

    def teardown(self) -> None:
        try:
            if hasattr(self, "model") and self.model.over:
                self.check_the_papers()
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    # What bidders do

    def give(self, paddle: int, key: str, text: bytes, cipher: bytes, inside: Inside, commitment: str = "") -> Any:
        """Hand an envelope in; it must be taken exactly when the model takes it."""
        sha256 = hashlib.sha256(cipher).hexdigest()
        given = {"ciphertext": cipher, "commitment": commitment or hashlib.sha256(text).hexdigest()}
        if self.ask(paddle, key, sealing.BID, sha256, given):
            self.model.envelopes.append(Handed(paddle, inside, key, sha256))
            return paddle, key, given
        return multiple()

    def ask(self, paddle: int, key: str, kind: str, sha256: str, given: dict[str, Any]) -> bool:
        """Whether it was taken, which must be what the model says."""
        row = self.tried(
            self.model.refusal(paddle, kind, sha256, self.now),
            sealed.hand_in,
            lot_id=self.lot.pk,
            bidder_id=self.bidders[paddle].pk,
            key=key,
            kind=kind,
            received_at=self.now,
            **given,
        )
        if row is not None:
            self.receipts.append(opening.receipt_of(row))
        return row is not None

    def tried(self, wanted: str, act: Callable[..., Any], **given: Any) -> Any:
        """What `act` returns at this moment; None when it refuses. Its code must be `wanted`, "" for none."""
        code, done = "", None
        with time_machine.travel(self.now, tick=False):
            try:
                done = act(**given)
            except Refused as refused:
                code = refused.code
        assert code == wanted, f"{code!r} instead of {wanted!r}"
        return done

    @rule(target=taken, paddle=paddles, amount=amounts)
    def hand_in(self, paddle: int, amount: int) -> Any:
        text = self.text(paddle, amount)
        inside = amount if amount >= self.lot.start_minor else "below_start"
        return self.give(paddle, str(uuid4()), text, by_hand.encrypted(self.lot, paddle, text), inside)

    @rule(target=taken, paddle=paddles, lie=st.sampled_from(sorted(LIES)))
    def hand_in_a_lie(self, paddle: int, lie: str) -> Any:
        text = self.text(paddle, AMOUNTS[-1], **LIES[lie])
        return self.give(paddle, str(uuid4()), text, by_hand.encrypted(self.lot, paddle, text), lie)

    @rule(target=taken, paddle=paddles, at=st.integers(0, sealing.CIPHER - 1), bit=st.integers(0, 7))
    def hand_in_a_damaged_one(self, paddle: int, at: int, bit: int) -> Any:
        text = self.text(paddle, AMOUNTS[-1])
        cipher = bytearray(by_hand.encrypted(self.lot, paddle, text))
        cipher[at] ^= 1 << bit
        assume((at, bit) != (31, 7))  # the one bit that X25519 ignores: HPKE still binds it, but that is its own matter
        return self.give(paddle, str(uuid4()), text, bytes(cipher), "unopenable")

    @rule(target=taken, paddle=paddles, amount=amounts)
    def hand_in_what_was_not_committed_to(self, paddle: int, amount: int) -> Any:
        text = self.text(paddle, amount)
        cipher = by_hand.encrypted(self.lot, paddle, text)
        return self.give(paddle, str(uuid4()), text, cipher, "commitment", commitment="0" * 64)

    @rule(target=taken, paddle=paddles, other=paddles)
    def hand_in_for_another_paddle(self, paddle: int, other: int) -> Any:
        if paddle == other:
            return multiple()
        text = self.text(paddle, AMOUNTS[-1])
        return self.give(paddle, str(uuid4()), text, by_hand.encrypted(self.lot, other, text), "unopenable")

    @rule(one=taken, paddle=paddles)
    def copy(self, one: Any, paddle: int) -> None:
        assert self.give(paddle, str(uuid4()), b"", one[2]["ciphertext"], "", one[2]["commitment"]) == multiple()

    @rule(one=taken)
    def send_again(self, one: Any) -> None:
        paddle, key, given = one
        row = self.tried("", self.again, paddle=paddle, key=key, given=given)
        assert opening.receipt_of(row) in self.receipts

    @rule(one=taken)
    def reuse_a_key(self, one: Any) -> None:
        text = self.text(one[0], AMOUNTS[-1])
        other = {
            "ciphertext": by_hand.encrypted(self.lot, one[0], text),
            "commitment": hashlib.sha256(text).hexdigest(),
        }
        self.tried("bid.key_reused", self.again, paddle=one[0], key=one[1], given=other)

    def again(self, paddle: int, key: str, given: dict[str, Any]) -> Envelope:
        pk, bidder_id = self.lot.pk, self.bidders[paddle].pk
        return sealed.hand_in(
            lot_id=pk,
            bidder_id=bidder_id,
            key=key,
            kind=sealing.BID,
            received_at=self.now,
            **given,  # type: ignore[arg-type]
        )

    @rule(paddle=paddles)
    def take_back(self, paddle: int) -> None:
        key = str(uuid4())
        if self.ask(paddle, key, sealing.WITHDRAWAL, "", {"ciphertext": b"", "commitment": ""}):
            self.model.envelopes.append(Handed(paddle, None, key, ""))

    @rule(paddle=paddles)
    def bar(self, paddle: int) -> None:
        Bidder.objects.filter(pk=self.bidders[paddle].pk).update(state=Bidder.State.QUALIFIED)
        self.model.barred.add(paddle)

    # What time, the worker and the officers do

    @rule(minutes=st.integers(1, 5))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: len(self.model.envelopes) > 1)  # a life that ends too early has little to tell
    @rule(late=st.sampled_from([-1, 0, 1]))
    def come_to_the_deadline(self, late: int) -> None:
        self.now = max(self.now, self.lot.ends_at + timedelta(microseconds=late))

    @precondition(lambda self: len(self.model.envelopes) > 1)
    @rule(target=taken, paddle=paddles)
    def hand_in_on_the_stroke(self, paddle: int) -> Any:
        self.come_to_the_deadline(0)
        return self.hand_in(paddle, AMOUNTS[-1])

    @rule()
    def the_worker_turns(self) -> None:
        due = self.now >= self.lot.ends_at and not self.model.sealed
        with time_machine.travel(self.now, tick=False):
            assert sealed.seal_due() == due
            self.model.sealed |= due
            closes = self.model.sealed and not self.model.over and (self.model.opened or not self.model.counting())
            assert factory.engine.close_due() == closes
        self.model.over |= closes

    @rule(numbers=st.sampled_from([(1,), (2, 3), (1, 3), (1, 2), (1, 2, 3)]))
    def open(self, numbers: tuple[int, ...]) -> None:
        private = by_hand.joined(self.shares, *numbers)
        due = self.model.sealed and not self.model.opened and not self.model.over
        wanted = "opening.not_due" if not due else "" if len(numbers) > 1 else "opening.wrong_key"
        self.tried(wanted, sealed.unseal, lot=self.lot, private=private, by=self.lot.sale.created_by)
        self.model.opened |= not wanted

    @precondition(lambda self: len(self.model.envelopes) > 2)
    @rule(paddle=paddles, amount=amounts, numbers=st.sampled_from([(2, 3), (1, 3), (1, 2)]))
    def go_to_the_end(self, paddle: int, amount: int, numbers: tuple[int, ...]) -> None:
        """What random turns would take long to come upon: a last good envelope and all that is left, in order."""
        self.hand_in(paddle, amount)
        self.come_to_the_deadline(1)
        self.the_worker_turns()
        self.open(numbers)
        self.the_worker_turns()
        assert self.model.over

    # What must be so after every step

    @invariant()
    def the_envelopes_are_the_models(self) -> None:
        columns = ("index", "bidder__paddle", "sha256", "key", "at")
        rows = list(Envelope.objects.filter(lot=self.lot).order_by("index").values_list(*columns))
        kept = [(number, one.paddle, one.sha256, one.key) for number, one in enumerate(self.model.envelopes, 1)]
        assert [(index, paddle, sha256, str(key)) for index, paddle, sha256, key, _ in rows] == kept
        assert all(at < self.lot.ends_at for *_, at in rows)

    @invariant()
    def the_lot_says_what_it_may(self) -> None:
        known, model = self.lot.seq, self.model
        self.lot.refresh_from_db()
        assert (opening.sealed(self.lot), opening.unsealed(self.lot)) == (model.sealed, model.opened)
        if self.lot.seq == known:
            return
        log = live.log(self.lot)
        live.check_rows(self.lot.code, replay.verify(log))
        if not model.opened:
            said = json.dumps([log, opening.opening_file(self.lot)])
            assert not any(Money(amount, "CNY").plain() in said for amount in AMOUNTS[2:])
        if model.over:
            self.check_the_result()

    def check_the_result(self) -> None:
        read = Event.objects.filter(lot=self.lot, kind="unsealed").first()
        bids = read.payload["bids"] if read else []
        told = [(one["index"], one["paddle"], one.get("void") or Money.from_wire(one["amount"]).minor) for one in bids]
        assert told == self.model.read_aloud()
        result = self.model.result()
        if isinstance(result, str):
            assert (self.lot.state, live.log(self.lot)["events"][-1]["payload"].get("reason")) == ("passed_in", result)
        else:
            assert self.lot.state == Lot.State.SOLD
            assert self.lot.leader is not None
            assert (self.lot.leader.paddle, self.lot.price_minor) == result

    def check_the_papers(self) -> None:
        """At the end: every receipt hangs under the root, and a stranger's program opens the same amounts again."""
        assert [opening.receipt_of(row) for row in opening.envelopes(self.lot)] == self.receipts
        file = opening.opening_file(self.lot)
        root = bytes.fromhex(file["body"]["root"])
        for place, paper in enumerate(self.receipts):
            path = [bytes.fromhex(beside) for beside in file["body"]["envelopes"][place]["path"]]
            entry = canonical(paper["body"]["envelope"])
            assert merkle.included(entry=entry, index=place, count=len(self.receipts), proof=path, head=root)
        if self.model.opened:
            said = verdict(self.home, file, *self.receipts, {"log": live.log(self.lot)}, program=OPENER)
            assert f"verified: {self.lot.code}" in said, said

    def text(self, paddle: int, minor: int, /, **changed: Any) -> bytes:
        return by_hand.plain(self.lot, paddle, Money(minor, "CNY"), self.bidders[paddle].terms_sha256, **changed)


@pytest.fixture
def parties(jida: Party, agency: Party, anne_co: Party, bob_co: Party, carol_co: Party) -> list[Party]:
    return [jida, agency, anne_co, bob_co, carol_co]


@pytest.mark.proof
@pytest.mark.django_db
def test_sealed_bids_go_as_a_list_of_envelopes_would(parties: list[Party], tmp_path: Path) -> None:
    SealedMachine.parties, SealedMachine.home = parties, tmp_path
    how = settings(max_examples=150 if WHOLE else 5, stateful_step_count=25)
    run_state_machine_as_test(SealedMachine, settings=how)


def first_counts(envelopes: Any) -> Any:
    """Each bidder's first envelope instead of its last."""
    return COUNTING([*{one.paddle: one for one in sorted(envelopes, key=lambda one: -one.index)}.values()])


def a_moment_too_long(state: Any, *, now: datetime, **given: Any) -> Any:
    """The deadline itself is still in time."""
    return REFUSAL(state, now=now - timedelta(microseconds=1), **given)


def without_the_reserve(bids: Any, *, reserve: int | None, **given: Any) -> Any:
    """A reserve that nobody minds."""
    return OUTCOME(bids, reserve=None, **given)


def for_any_paddle(lot: str, paddle: int) -> bytes:
    """Ciphertexts that are bound to no paddle."""
    return CONTEXT(lot, 0)


COUNTING, REFUSAL, OUTCOME, CONTEXT = sealing.counting, sealing.refusal, sealing.outcome, sealing.context


def a_second_envelope(machine: SealedMachine) -> None:
    machine.hand_in(PADDLES[0], 150_000_003)
    machine.hand_in(PADDLES[0], 120_000_001)


def one_on_the_stroke(machine: SealedMachine) -> None:
    machine.hand_in_on_the_stroke(PADDLES[0])


def one_below_the_reserve(machine: SealedMachine) -> None:
    machine.hand_in(PADDLES[0], 120_000_001)


def one_made_for_another(machine: SealedMachine) -> None:
    machine.hand_in_for_another_paddle(PADDLES[0], PADDLES[1])


FAULTS = {
    "counting": (a_second_envelope, first_counts),
    "refusal": (one_on_the_stroke, a_moment_too_long),
    "outcome": (one_below_the_reserve, without_the_reserve),
    "context": (one_made_for_another, for_any_paddle),
}


def told(parties: list[Party], home: Path, life: Callable[[SealedMachine], None]) -> None:
    """One life with a known course, looked at after each step as the machine looks."""
    SealedMachine.parties, SealedMachine.home = parties, home
    machine = SealedMachine()
    try:
        machine.ceremony(pricing="first", withdraw="no", reserve=120_000_002)
        for step in (life, lambda machine: machine.go_to_the_end(PADDLES[2], AMOUNTS[0], (1, 2))):
            step(machine)
            machine.the_envelopes_are_the_models()
            machine.the_lot_says_what_it_may()
    finally:
        machine.teardown()


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.django_db
def test_a_fault_in_the_product_is_found(
    name: str, parties: list[Party], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life, wrong = FAULTS[name]
    told(parties, tmp_path, life)
    monkeypatch.setattr(sealing, name, wrong)
    with pytest.raises((AssertionError, DatabaseError)):
        told(parties, tmp_path, life)
