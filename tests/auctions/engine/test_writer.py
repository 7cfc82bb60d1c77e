"""Bids decided together: one answer each, the same as one by one, in few statements, whatever happens to one of them."""

import random
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from auctions import live
from auctions.engine import batch, sql
from auctions.engine.offers import Answer, Offer
from auctions.models import Bid, Bidder, Event, Lot
from auctions.rules.replay import verify
from market.kernel import clock
from market.kernel.errors import Conflict
from market.parties.models import Affiliation, Membership, Party
from market.parties.queries import is_related
from market.trail.models import Fact
from tests import people
from tests.auctions import factory
from tests.auctions.factory import yuan


def offer(by: Bidder, amount: int, key: UUID | None = None) -> Offer:
    """`by` offers `amount` yuan."""
    return Offer(by.lot_id, by.pk, key or uuid4(), yuan(amount), clock.now())


def answers(*offers: Offer) -> list[Answer]:
    """What became of a batch that should not fail."""
    outcomes = batch.settle(offers)
    assert all(isinstance(outcome, Answer) for outcome in outcomes), outcomes
    return outcomes  # type: ignore[return-value]


def whole(lot: Lot) -> Lot:
    """The lot, once its log is proven to add up to its row and to hold the accepted bids."""
    lot = Lot.objects.select_related("sale", "leader").get(pk=lot.pk)
    state = verify(live.log(lot))
    live.check_rows(lot.code, state)
    return lot


@pytest.mark.django_db
def test_a_batch_is_answered_in_the_order_of_its_offers(lot: Lot, anne_bids: Bidder, bob_bids: Bidder) -> None:
    found = answers(
        offer(anne_bids, 1_000_000), offer(bob_bids, 1_000_000), offer(bob_bids, 1_020_000), offer(bob_bids, 1_040_000)
    )
    assert [(answer.seq, answer.code) for answer in found] == [
        (2, ""),
        (None, "bid.too_low"),
        (3, ""),
        (None, "bid.self"),
    ]
    assert {answer.at for answer in found} == {found[0].at}, "one clock for all, read after the lock"
    lot = whole(lot)
    assert (lot.price, lot.leader_id, lot.seq) == (yuan(1_020_000), bob_bids.pk, 3)
    assert Bid.objects.filter(lot=lot).count() == 4, "refused bids are kept with their keys"


@pytest.mark.django_db
def test_the_receipt_of_each_names_its_own_link_and_the_head_of_all(
    lot: Lot, anne_bids: Bidder, bob_bids: Bidder
) -> None:
    first, second = answers(offer(anne_bids, 1_000_000), offer(bob_bids, 1_020_000))
    links = dict(Event.objects.filter(lot=lot).values_list("seq", "hash"))
    assert first.place is not None
    assert second.place is not None
    assert (first.place.link, second.place.link) == (links[2], links[3])
    assert (first.place.head_seq, first.place.head) == (3, links[3])
    assert second.place.head == links[3]


@pytest.mark.django_db
def test_a_key_twice_in_a_batch_is_one_bid(lot: Lot, anne_bids: Bidder, bob_bids: Bidder) -> None:
    key = uuid4()
    found = answers(
        offer(anne_bids, 1_000_000, key),
        offer(bob_bids, 1_020_000, key),
        offer(anne_bids, 1_000_000, key),
        offer(anne_bids, 1_060_000, key),
    )
    assert [(answer.seq, answer.code) for answer in found] == [(2, ""), (3, ""), (2, ""), (None, "bid.key_reused")]
    assert found[3].facts == {"amount": yuan(1_000_000).wire()}
    assert answers(offer(anne_bids, 1_000_000, key)) == [found[0]]
    assert Bid.objects.filter(key=key).count() == 2, "a key is its bidder's own"


@pytest.mark.django_db
def test_lots_of_a_batch_do_not_mix(lot: Lot, anne_bids: Bidder, jida: Party, agency: Party, bob_co: Party) -> None:
    other = factory.lot(jida, agency)
    bob_there = factory.bidder(other, bob_co, 7)
    stranger = Offer(lot.pk, bob_there.pk, uuid4(), yuan(1_000_000), clock.now())
    nowhere = Offer(0, bob_there.pk, uuid4(), yuan(1_000_000), clock.now())
    here, there, wrong, missing = batch.settle(
        [offer(anne_bids, 1_000_000), offer(bob_there, 1_000_000), stranger, nowhere]
    )
    assert isinstance(here, Answer)
    assert isinstance(there, Answer)
    assert (here.seq, there.seq) == (2, 2)
    assert isinstance(wrong, AssertionError)
    assert isinstance(missing, Lot.DoesNotExist)
    assert whole(lot).bids_count == whole(other).bids_count == 1


@pytest.mark.django_db
def test_a_lot_that_cannot_be_decided_takes_only_its_own_bids_down(
    lot: Lot, anne_bids: Bidder, jida: Party, agency: Party, bob_co: Party
) -> None:
    other = factory.lot(jida, agency)
    bob_there = factory.bidder(other, bob_co, 7)
    seen = live.state_of

    def faulty(row: Lot) -> Any:
        if row.pk == lot.pk:
            raise ZeroDivisionError
        return seen(row)

    with patch.object(batch, "state_of", faulty):
        bad, good = batch.settle([offer(anne_bids, 1_000_000), offer(bob_there, 1_000_000)])
    assert isinstance(bad, ZeroDivisionError)
    assert isinstance(good, Answer)
    assert good.accepted
    assert (whole(lot).bids_count, whole(other).bids_count) == (0, 1)
    assert not Bid.objects.filter(lot=lot).exists()


@pytest.mark.django_db
def test_a_lot_that_was_outrun_takes_only_its_own_bids_down(
    lot: Lot, anne_bids: Bidder, jida: Party, agency: Party, bob_co: Party
) -> None:
    other = factory.lot(jida, agency)
    bob_there = factory.bidder(other, bob_co, 7)
    seen = live.state_of

    def overtaken(row: Lot) -> Any:
        state = seen(row)
        if row.pk == lot.pk:
            Lot.objects.filter(pk=row.pk).update(seq=row.seq + 1)
        return state

    with patch.object(batch, "state_of", overtaken):
        outrun, good = batch.settle([offer(anne_bids, 1_000_000), offer(bob_there, 1_000_000)])
    assert isinstance(outrun, Conflict)
    assert isinstance(good, Answer)
    assert good.accepted
    assert whole(other).bids_count == 1
    assert not Bid.objects.filter(lot=lot).exists()
    assert Event.objects.filter(lot=lot).count() == 1


@pytest.mark.django_db
def test_a_row_the_database_refuses_is_told_from_the_others(lot: Lot, anne_bids: Bidder, bob_bids: Bidder) -> None:
    keep, bad = sql.keep_bids, uuid4()

    def refusing(rows: Any, at: Any) -> None:
        if any(row["key"] == bad for row in rows):
            raise IntegrityError("a guard")
        keep(rows, at)

    with patch.object(sql, "keep_bids", refusing):
        found = batch.settle(
            [
                offer(anne_bids, 1_000_000),
                offer(bob_bids, 1_020_000, bad),
                offer(bob_bids, 1_040_000),
                offer(anne_bids, 1),
            ]
        )
    assert isinstance(found[1], IntegrityError)
    assert [it.code for it in found if isinstance(it, Answer)] == ["", "", "bid.too_low"]
    assert whole(lot).bids_count == 2


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "tries"), [("40P01", 4), ("40001", 4), ("55P03", 4), ("57014", 1)])
def test_what_passes_by_itself_is_tried_three_times_more(lot: Lot, anne_bids: Bidder, state: str, tries: int) -> None:
    failure = OperationalError()
    failure.__cause__ = type("Failure", (Exception,), {"sqlstate": state})()
    with patch.object(batch, "together", side_effect=failure) as together:
        [outcome] = batch.settle([offer(anne_bids, 1_000_000)])
    assert outcome is failure
    assert together.call_count == tries


@pytest.mark.django_db
def test_the_outbid_of_a_batch_are_told_once_and_not_who_leads(lot: Lot, anne_bids: Bidder, bob_bids: Bidder) -> None:
    turns = [offer((anne_bids, bob_bids)[turn % 2], 1_000_000 + 20_000 * turn) for turn in range(6)]
    assert all(answer.accepted for answer in answers(*turns))
    assert list(Fact.objects.filter(name="bidder.outbid").values_list("subject", flat=True)) == [anne_bids.ref]
    assert Fact.objects.get(name="bidder.outbid").data["price"] == yuan(1_100_000).wire()


@pytest.mark.django_db
@pytest.mark.parametrize("lots", [1, 20])
def test_two_hundred_bids_hold_their_lots_for_as_many_statements_as_one(jida: Party, agency: Party, lots: int) -> None:
    """The first locks; one looks around, three write, two tell the outbid; then comes the commit."""
    sale = factory.sale(agency)
    parties = [people.enterprise(f"b{n}", "竞买", f"竞买{n}有限公司", 100 + n) for n in range(4)]
    bidders = [
        [factory.bidder(made, party, 100 + n) for n, party in enumerate(parties)]
        for made in (factory.lot(jida, agency, of_sale=sale) for _ in range(lots))
    ]
    many = [offer(bidders[n % lots][n // lots % 4], 1_000_000 + 20_000 * (n // lots)) for n in range(200)]
    answers(*many[:lots])  # whether a lot's sale ends together is asked once in a process's life
    one, rest = many[lots], many[lots + 1 :]
    with CaptureQueriesContext(connection) as one_bid:
        answers(one)
    with CaptureQueriesContext(connection) as all_bids:
        found = answers(*rest)
    assert sum(answer.accepted for answer in found) == len(rest)

    def held(queries: CaptureQueriesContext) -> list[str]:
        """What is asked from the lock on: the statements' first words."""
        asked = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
        assert "FROM auctions_lot l JOIN auctions_sale" in asked[0], "something is asked before the lock"
        return [statement.split()[0] for statement in asked]

    assert held(one_bid) == held(all_bids) == ["SELECT", "SELECT", "UPDATE", "INSERT", "INSERT", "INSERT", "INSERT"]


@pytest.mark.django_db
def test_who_is_related_is_found_as_the_parties_find_it(
    lot: Lot, jida: Party, agency: Party, anne_co: Party, bob_co: Party, carol_co: Party, mallory_co: Party
) -> None:
    """The batch asks once for all; each must be judged as `is_related` would."""
    Affiliation.objects.create(party=anne_co, other=jida, kind="group")
    Affiliation.objects.create(party=agency, other=bob_co, kind="group")
    Membership.objects.create(user=people.owner_of(carol_co), party=agency, role=Membership.Role.VIEWER)
    parties = (jida, agency, anne_co, bob_co, carol_co, mallory_co)
    entered = [factory.bidder(lot, party, n) for n, party in enumerate(parties, 1)]
    judged = Bidder.objects.annotate(related=is_related("party", [jida.pk, agency.pk])).in_bulk()
    found = answers(*(offer(bidder, 1_000_000) for bidder in entered))
    for bidder, answer in zip(entered, found, strict=True):
        related = judged[bidder.pk].related or bidder.party_id in (jida.pk, agency.pk)
        assert (answer.code == "bid.related_party") == related, bidder.party
    assert found[-1].accepted


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_any_batch_gives_what_its_bids_would_give_one_by_one(
    jida: Party, agency: Party, anne_co: Party, bob_co: Party, carol_co: Party, seed: int
) -> None:
    """The same script on two lots: in batches of any size, and alone; keys are repeated, amounts are good and bad."""
    dice, sale = random.Random(seed), factory.sale(agency)
    lots = [factory.lot(jida, agency, of_sale=sale) for _ in range(2)]
    batched, alone = (
        [factory.bidder(lot, party, n) for n, party in enumerate((anne_co, bob_co, carol_co))] for lot in lots
    )
    Bidder.objects.filter(pk__in=[batched[2].pk, alone[2].pk]).update(deposit=Bidder.Deposit.RELEASED)
    keys = [uuid4() for _ in range(20)]
    script = [
        (dice.choice((0, 0, 1, 1, 2)), 1_000_000 + 10_000 * dice.randrange(n, n + 6), dice.choice(keys))
        for n in range(40)
    ]
    together: list[Answer] = []
    rest = [offer(batched[who], amount, key) for who, amount, key in script]
    while rest:
        size = dice.randint(1, 12)
        together += answers(*rest[:size])
        rest = rest[size:]
    singly = [answers(offer(alone[who], amount, key))[0] for who, amount, key in script]

    def said(answer: Answer) -> tuple[object, ...]:
        return answer.key, answer.amount, answer.seq, answer.code, answer.facts

    assert [said(answer) for answer in together] == [said(answer) for answer in singly]
    one, other = (whole(lot) for lot in lots)
    assert (one.seq, one.price, one.bids_count) == (other.seq, other.price, other.bids_count)
