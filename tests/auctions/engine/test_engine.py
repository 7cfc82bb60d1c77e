"""Bids on real rows: what is written, what is answered, what the database itself refuses."""

from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from auctions import engine, live
from auctions.engine import batch, bids
from auctions.models import Bid, Bidder, Event, Lot
from auctions.rules.replay import replay, verify
from market.kernel import clock
from market.kernel.errors import Conflict, Refused
from market.kernel.money import Money
from market.kernel.states import move
from market.parties.models import Party
from market.trail.models import Fact
from tests.auctions import factory
from tests.auctions.factory import bid, yuan

pytestmark = pytest.mark.django_db


def standing_of(lot: Lot) -> tuple[object, ...]:
    """Everything about a lot that a bid may change, and how many rows tell of it."""
    lot = Lot.objects.get(pk=lot.pk)
    rows = Event.objects.filter(lot=lot).count(), Bid.objects.filter(lot=lot, seq__isnull=False).count()
    return lot.state, lot.seq, lot.head, lot.price_minor, lot.leader_id, lot.ends_at, lot.bids_count, *rows


def replays(lot: Lot) -> None:
    """The row is what the log adds up to, and the downloadable log verifies."""
    lot = Lot.objects.select_related("sale", "leader").get(pk=lot.pk)
    assert verify(live.log(lot)) == live.state_of(lot)


def test_anne_bids_bob_outbids_and_the_row_is_what_the_log_adds_up_to(
    lot: Lot, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    first, second = bid(anne_bids, 1_000_000), bid(bob_bids, 1_040_000)
    assert (first.seq, second.seq) == (2, 3)
    lot.refresh_from_db()
    assert (lot.price, lot.leader, lot.bids_count) == (yuan(1_040_000), bob_bids, 2)
    assert [event.kind for event in lot.events.all()] == ["opened", "bid", "bid"]
    replays(lot)


def test_a_refused_bid_is_kept_with_its_code_and_changes_nothing(lot: Lot, anne_bids: Bidder, bob_bids: Bidder) -> None:
    bid(anne_bids, 1_000_000)
    before = standing_of(lot)
    answer = bid(bob_bids, 1_000_000)
    assert (answer.code, answer.facts["minimum"]) == ("bid.too_low", yuan(1_020_000).wire())
    assert standing_of(lot) == before
    kept = Bid.objects.get(bidder=bob_bids)
    assert (kept.seq, kept.code, kept.facts) == (None, answer.code, answer.facts)


def test_the_same_key_gets_the_same_answer(lot: Lot, anne_bids: Bidder, bob_bids: Bidder) -> None:
    key, refused = uuid4(), uuid4()
    first = bid(anne_bids, 1_000_000, key=key)
    low = bid(bob_bids, 1_000_000, key=refused)
    bid(bob_bids, 1_020_000)
    before = standing_of(lot)
    assert bid(anne_bids, 1_000_000, key=key) == first
    assert bid(bob_bids, 1_000_000, key=refused) == low
    assert standing_of(lot) == before
    assert Bid.objects.count() == 3


def test_the_same_key_for_another_amount_is_refused_and_not_kept(lot: Lot, anne_bids: Bidder, bob_bids: Bidder) -> None:
    key = uuid4()
    bid(anne_bids, 1_000_000, key=key)
    before = standing_of(lot)
    assert bid(anne_bids, 1_020_000, key=key).code == "bid.key_reused"
    assert standing_of(lot) == before
    assert Bid.objects.count() == 1
    assert bid(bob_bids, 1_020_000, key=key).accepted, "a key is its bidder's own"


def test_nothing_is_no_bid(lot: Lot, anne_bids: Bidder) -> None:
    with pytest.raises(Refused, match=r"amount\.range"):
        bid(anne_bids, 0)
    assert not Bid.objects.exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"state": "qualified"}, "bid.deposit_missing"),
        ({"state": "applied"}, "bid.not_registered"),
        ({"state": "rejected"}, "bid.not_registered"),
        ({"state": "ended"}, "bid.not_registered"),
        ({"deposit": "released"}, "bid.deposit_missing"),
        ({"paddle": None}, "bid.not_registered"),
    ],
)
def test_who_may_not_bid_is_told_why(lot: Lot, anne_bids: Bidder, change: dict[str, object], code: str) -> None:
    Bidder.objects.filter(pk=anne_bids.pk).update(**change)
    before = standing_of(lot)
    assert bid(anne_bids, 1_000_000).code == code
    assert standing_of(lot) == before


def test_seller_and_agency_may_not_bid_even_with_a_paddle(lot: Lot, jida: Party, agency: Party) -> None:
    before = standing_of(lot)
    for paddle, party in enumerate((jida, agency), 1001):
        assert bid(factory.bidder(lot, party, paddle), 1_000_000).code == "bid.related_party"
    assert standing_of(lot) == before


def test_a_bid_opens_a_lot_whose_time_has_come(jida: Party, agency: Party, anne_co: Party) -> None:
    lot = factory.lot(jida, agency, opened=False)
    assert bid(factory.bidder(lot, anne_co, 8036), 1_000_000).seq == 2
    lot.refresh_from_db()
    assert lot.state == Lot.State.LIVE
    assert Fact.objects.filter(name="lot.opened", subject=lot.ref).count() == 1
    assert engine.open_due() == 0
    replays(lot)


def test_a_bid_before_the_opening_is_told_when(jida: Party, agency: Party, anne_co: Party) -> None:
    lot = factory.lot(jida, agency, of_sale=factory.sale(agency, opens_in=timedelta(minutes=5)))
    before = standing_of(lot)
    answer = bid(factory.bidder(lot, anne_co, 8036), 1_000_000)
    assert answer.code == "bid.not_open"
    assert answer.facts == {"opens_at": lot.opens_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    assert standing_of(lot) == before


def test_a_lot_whose_whole_time_was_missed_is_held(jida: Party, agency: Party) -> None:
    lot = factory.lot(jida, agency, ends_in=timedelta(seconds=-1))
    assert lot.state == Lot.State.SUSPENDED
    assert [event.kind for event in lot.events.all()] == ["opened", "held"]
    assert Fact.objects.get(name="lot.held").subject == lot.ref


def test_a_bid_in_the_window_extends_and_the_first_second_of_a_short_lot_too(
    jida: Party, agency: Party, anne_co: Party
) -> None:
    lot = factory.lot(jida, agency, opened=False, ends_in=timedelta(seconds=60))
    answer = bid(factory.bidder(lot, anne_co, 8036), 1_000_000)
    lot.refresh_from_db()
    assert (lot.state, lot.extensions, lot.ends_at) == (Lot.State.EXTENDED, 1, answer.at + timedelta(seconds=120))
    replays(lot)


def test_the_reserve_is_told_met_and_nothing_more(jida: Party, agency: Party, anne_co: Party, bob_co: Party) -> None:
    lot = factory.lot(jida, agency, reserve=yuan(1_100_000))
    anne, bob = factory.bidder(lot, anne_co, 8036), factory.bidder(lot, bob_co, 2417)
    bid(anne, 1_080_000)
    assert live.public_states([lot.pk])[lot.pk]["reserve"] == "unmet"
    bid(bob, 1_100_000)
    bid(anne, 1_120_000)
    assert live.public_states([lot.pk])[lot.pk]["reserve"] == "met"
    lot.refresh_from_db()
    assert [event.kind for event in lot.events.all()] == ["opened", "bid", "bid", "reserve_met", "bid"]
    replays(lot)


def test_the_outbid_are_told_once_in_five_minutes(lot: Lot, anne_bids: Bidder, bob_bids: Bidder) -> None:
    for turn in range(3):
        bid(anne_bids, 1_000_000 + turn * 40_000)
        bid(bob_bids, 1_020_000 + turn * 40_000)
    told = Fact.objects.filter(name="bidder.outbid")
    assert sorted(told.values_list("subject", flat=True)) == sorted([anne_bids.ref, bob_bids.ref])
    fact = told.get(subject=anne_bids.ref)
    assert fact.audience == [anne_bids.party.ref]
    assert lot.listing.right.named.items() <= fact.data.items()


def test_a_bid_costs_at_most_ten_statements(lot: Lot, anne_bids: Bidder, bob_bids: Bidder) -> None:
    bid(anne_bids, 1_000_000)
    with CaptureQueriesContext(connection) as outbid:
        bid(bob_bids, 1_020_000)
    with CaptureQueriesContext(connection) as refused:
        bid(anne_bids, 1_020_000)

    def work(queries: CaptureQueriesContext) -> list[str]:
        return [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]

    assert len(work(outbid)) <= 10, work(outbid)
    assert len(work(refused)) <= 5, work(refused)


def test_a_moved_row_is_a_conflict_and_nothing_is_written(lot: Lot, anne_bids: Bidder) -> None:
    before = standing_of(lot)
    seen = live.state_of

    def somebody_was_faster(row: Lot) -> object:
        Lot.objects.filter(pk=row.pk).update(bids_count=0, seq=row.seq + 1)
        return seen(row)

    with patch.object(batch, "state_of", somebody_was_faster), pytest.raises(Conflict):
        bid(anne_bids, 1_000_000)
    Lot.objects.filter(pk=lot.pk).update(seq=lot.seq)  # as it was before somebody moved it
    assert standing_of(lot) == before
    assert not Bid.objects.exists()


def test_the_database_keeps_bids_and_events_as_they_are(lot: Lot, anne_bids: Bidder, bob_bids: Bidder) -> None:
    bid(anne_bids, 1_000_000)
    before = standing_of(lot)
    now, kept = clock.now(), Bid.objects.get()
    same = {"lot": lot, "currency": "CNY", "at": now, "received_at": now}
    last = Event.objects.get(lot=lot, seq=2)

    def event(seq: int, prev: str) -> None:
        Event.objects.create(lot=lot, seq=seq, kind="bid", payload={}, at=now, prev=prev, hash="0" * 64)

    wrongs = [
        lambda: Bid.objects.filter(pk=kept.pk).update(amount_minor=1),
        lambda: Bid.objects.filter(pk=kept.pk)._raw_delete("default"),
        lambda: Event.objects.filter(pk=last.pk).update(kind="held"),
        lambda: Event.objects.filter(pk=last.pk)._raw_delete("default"),
        lambda: event(2, ""),
        lambda: event(3, last.hash),  # the lot's row did not move first
        lambda: Bid.objects.create(**same, bidder=bob_bids, key=uuid4(), amount_minor=factory.START * 2, seq=3),
        lambda: Bid.objects.create(**same, bidder=bob_bids, key=uuid4(), amount_minor=factory.START * 2, seq=1),
    ]
    for number, wrong in enumerate(wrongs):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()
        assert standing_of(lot) == before, number


@pytest.mark.parametrize(
    ("lot_change", "bid_change", "event_change"),
    [
        ({}, {"amount_minor": factory.START}, {}),  # not higher than the last
        ({"state": "sold"}, {}, {}),
        ({"ends_at": "past"}, {}, {}),
        ({}, {"currency": "EUR"}, {}),
        ({}, {}, {"seq": 4}),
        ({}, {}, {"prev": "0" * 64}),
    ],
)
def test_the_database_refuses_what_the_rules_would(
    lot: Lot,
    anne_bids: Bidder,
    bob_bids: Bidder,
    lot_change: dict[str, object],
    bid_change: dict[str, object],
    event_change: dict[str, object],
) -> None:
    """A writer who does everything else right, from a console."""
    bid(anne_bids, 1_000_000)
    now, last = clock.now(), Event.objects.get(lot=lot, seq=2)
    changed = {k: lot.opens_at + timedelta(seconds=1) if v == "past" else v for k, v in lot_change.items()}

    def write(lot_change: dict[str, object], bid_change: dict[str, object], event_change: dict[str, object]) -> None:
        with transaction.atomic():
            Lot.objects.filter(pk=lot.pk).update(**{"seq": 3, **lot_change})
            event = {"seq": 3, "kind": "bid", "payload": {}, "at": now, "prev": last.hash, "hash": "1" * 64}
            Event.objects.create(lot=lot, **{**event, **event_change})
            made = {"bidder": bob_bids, "key": uuid4(), "amount_minor": factory.START + factory.STEP, "seq": 3}
            Bid.objects.create(lot=lot, at=now, received_at=now, **{**made, **bid_change})
            if (lot_change, bid_change, event_change) == ({}, {}, {}):
                transaction.set_rollback(True)

    write({}, {}, {})
    with pytest.raises(IntegrityError):
        write(changed, bid_change, event_change)
    assert Lot.objects.get(pk=lot.pk).seq == 2


def test_a_bidder_of_another_lot_cannot_slip_in(
    lot: Lot, anne_bids: Bidder, jida: Party, agency: Party, bob_co: Party
) -> None:
    stranger = factory.bidder(factory.lot(jida, agency), bob_co, 2417)
    with pytest.raises(AssertionError):
        engine.place_bid(
            engine.Offer(
                lot_id=lot.pk, bidder_id=stranger.pk, key=uuid4(), amount=yuan(1_000_000), received_at=clock.now()
            )
        )
    now = clock.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Bid.objects.create(
            lot=lot, bidder=stranger, key=uuid4(), amount_minor=1, code="bid.too_low", at=now, received_at=now
        )


def test_another_currency_is_another_matter(lot: Lot, anne_bids: Bidder) -> None:
    answer = engine.place_bid(
        engine.Offer(
            lot_id=lot.pk, bidder_id=anne_bids.pk, key=uuid4(), amount=Money(10**9, "EUR"), received_at=clock.now()
        )
    )
    assert answer.code == "bid.currency"


def test_more_than_five_bids_a_second_are_not_even_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bids, "time", SimpleNamespace(monotonic=lambda: 100.0))  # a slow machine would let more in
    for _ in range(5):
        engine.admit(-1)
    with pytest.raises(Refused, match=r"bid\.too_fast"):
        engine.admit(-1)
    engine.admit(-2)


def test_a_suspended_lot_takes_no_bids(lot: Lot, anne_bids: Bidder) -> None:
    move(lot, Lot.State.SUSPENDED)
    assert bid(anne_bids, 1_000_000).code == "bid.suspended"


def test_replay_needs_the_whole_log(lot: Lot, anne_bids: Bidder) -> None:
    bid(anne_bids, 1_000_000)
    records = live.log(Lot.objects.get(pk=lot.pk))["events"]
    assert replay(lot.code, records).price == factory.START
