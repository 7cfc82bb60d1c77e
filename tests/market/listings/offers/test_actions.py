"""A negotiation from the first offer to its end: it binds, it is seen, it is answered once, and every version stays."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.listings import actions as listings
from market.listings.models import Listing
from market.listings.offers import actions, ending, queries, rules
from market.listings.offers.models import Floor, Negotiation, Offer
from market.parties.models import Affiliation, Party, User
from market.trail.models import Fact
from tests.market.listings.offers.table import answer, listed, offered, proposal, standing, yuan
from tests.people import changchun_agency, jilin_university, owner_of

pytestmark = pytest.mark.django_db
MODELS: tuple[Any, ...] = (Negotiation, Offer, Listing, Floor)


@pytest.fixture(scope="module")
def on_offer(kept_rows: None) -> Listing:
    """吉林大学's patent, its price to be negotiated, in every test of this module as fresh as at first."""
    return listed(jilin_university(), changchun_agency())


@pytest.fixture
def listing(on_offer: Listing) -> Listing:
    """The same as this test may change it."""
    return Listing.objects.select_related("right", "seller", "agency").get(pk=on_offer.pk)


def refused(code: str, act: Callable[[], Any]) -> None:
    """`act` is refused with `code`, whose sentence can be read, and nothing has changed."""
    before = [*(list(model.objects.order_by("pk").values()) for model in MODELS), Fact.objects.count()]
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    assert sentence(caught.value)
    assert [*(list(model.objects.order_by("pk").values()) for model in MODELS), Fact.objects.count()] == before


def told(name: str) -> list[list[str]]:
    """Whom each fact of that name was told to."""
    return list(Fact.objects.filter(name=name).order_by("pk").values_list("audience", flat=True))


def test_an_offer_is_countered_and_accepted_and_every_version_stays(
    listing: Listing, anne_co: Party, jida: Party, agency: Party
) -> None:
    negotiation = offered(listing, anne_co)
    assert told("offer.made") == [[jida.ref]]
    second = answer("counter", negotiation, jida, proposal(1_300_000, terms={"pay_days": 5}))
    assert told("offer.countered") == [[anne_co.ref]]
    assert (second.number, second.side) == (2, "seller")
    done = answer("accept", negotiation, anne_co)
    assert done.state == "accepted"
    assert told("offer.accepted") == [sorted([anne_co.ref, jida.ref, agency.ref])]
    assert Listing.objects.get(pk=listing.pk).state == "under_offer"
    (last, changes), (first, none) = queries.versions(Negotiation.objects.get(pk=negotiation.pk))
    assert none == []
    assert {change.place for change in changes} == {"amount", "pay_days"}
    assert first.seen_at == last.made_at
    assert last.seen_at is not None


def test_the_same_acceptance_twice_is_one_and_another_afterwards_is_refused(
    listing: Listing, anne_co: Party, jida: Party
) -> None:
    negotiation = offered(listing, anne_co)
    seen = standing(negotiation).sha256
    answer("accept", negotiation, jida, seen=seen)
    answer("accept", negotiation, jida, seen=seen)
    assert len(told("offer.accepted")) == 1
    refused("offer.over", lambda: answer("accept", negotiation, jida, seen="0" * 64))
    refused("offer.over", lambda: answer("decline", negotiation, jida))
    refused("offer.over", lambda: actions.withdraw(negotiation, party=anne_co, by=owner_of(anne_co)))


def test_whoever_else_negotiated_is_told_and_freed(
    listing: Listing, anne_co: Party, bob_co: Party, jida: Party
) -> None:
    won, lost = offered(listing, anne_co), offered(listing, bob_co, 900_000)
    answer("accept", won, jida)
    assert Negotiation.objects.get(pk=lost.pk).state == "closed"
    assert told("offer.closed") == [[bob_co.ref]]
    refused("offer.not_on_offer", lambda: offered(listing, bob_co))


def test_an_offer_may_be_changed_and_taken_back_until_it_was_seen(
    listing: Listing, anne_co: Party, jida: Party, li_wei: User
) -> None:
    negotiation, anne = offered(listing, anne_co), owner_of(anne_co)
    before = standing(negotiation).sha256
    changed = actions.change(negotiation, proposal(1_100_000), party=anne_co, by=anne)
    assert (changed.number, changed.edition, changed.seen_at) == (1, 2, None)
    refused("offer.changed", lambda: answer("accept", negotiation, jida, seen=before))
    actions.note_seen(negotiation, party=anne_co, by=anne)  # one's own look is nothing
    assert standing(negotiation).seen_at is None
    actions.note_seen(negotiation, party=jida, by=li_wei)
    seen_at = standing(negotiation).seen_at
    assert seen_at is not None
    actions.note_seen(negotiation, party=jida, by=li_wei)
    assert standing(negotiation).seen_at == seen_at
    assert Fact.objects.filter(name="offer.seen").count() == 1
    refused("offer.seen", lambda: actions.change(negotiation, proposal(1_200_000), party=anne_co, by=anne))
    refused("offer.seen", lambda: actions.withdraw(negotiation, party=anne_co, by=anne))


def test_an_unseen_offer_is_taken_back_once(listing: Listing, anne_co: Party, jida: Party) -> None:
    negotiation, anne = offered(listing, anne_co), owner_of(anne_co)
    actions.withdraw(negotiation, party=anne_co, by=anne)
    actions.withdraw(negotiation, party=anne_co, by=anne)
    assert told("offer.withdrawn") == [[jida.ref]]
    refused("offer.over", lambda: answer("accept", negotiation, jida))


def test_the_same_key_is_the_same_offer_and_never_another_one(listing: Listing, anne_co: Party) -> None:
    said, anne = proposal(), owner_of(anne_co)
    first = actions.make(listing, said, buyer=anne_co, by=anne)
    assert actions.make(listing, said, buyer=anne_co, by=anne) == first
    refused(
        "offer.key_reused",
        lambda: actions.make(listing, proposal(2_000_000, key=said.key), buyer=anne_co, by=anne),
    )
    refused("offer.open_already", lambda: offered(listing, anne_co))


def test_below_the_floor_it_is_declined_at_once_and_nothing_tells_it_from_a_no(
    listing: Listing, anne_co: Party, bob_co: Party, jida: Party, li_wei: User
) -> None:
    actions.set_floor(listing, floor=yuan(1_200_000), by=li_wei)
    low = offered(listing, anne_co, 1_199_999)
    person = offered(listing, bob_co, 1_200_000)
    answer("decline", person, jida)
    facts = [
        {key: value for key, value in fact.data.items() if key not in ("offer", "amount", "sha256", "expires_at")}
        for fact in Fact.objects.filter(name="offer.declined").order_by("pk")
    ]
    assert facts[0] == facts[1]
    rows = [Negotiation.objects.get(pk=one.pk) for one in (low, person)]
    assert [(row.state, row.reason) for row in rows] == [("declined", "")] * 2
    assert told("offer.declined") == [[anne_co.ref], [bob_co.ref]]
    assert told("offer.made") == [[], [jida.ref]]
    assert "1200000" not in str(list(Fact.objects.filter(subject=low.ref).values()))


def test_who_was_declined_must_come_back_with_more_and_not_too_often(listing: Listing, anne_co: Party) -> None:
    Floor.objects.create(listing=listing, amount_minor=10**12)
    offered(listing, anne_co, 1_000_000)
    refused("offer.not_higher", lambda: offered(listing, anne_co, 1_000_000))
    offered(listing, anne_co, 1_000_001)
    offered(listing, anne_co, 1_000_002)
    refused("offer.tries", lambda: offered(listing, anne_co, 1_000_003))
    with clock.shifted_to(clock.now() + timedelta(days=31)):
        assert offered(listing, anne_co, 1_000_003).state == "declined"


def test_an_unseen_offer_cannot_feel_for_the_floor_from_above(listing: Listing, anne_co: Party) -> None:
    negotiation = offered(listing, anne_co)
    lower = proposal(999_999)
    refused("offer.not_lower", lambda: actions.change(negotiation, lower, party=anne_co, by=owner_of(anne_co)))


def test_time_ends_an_offer_for_everybody(listing: Listing, anne_co: Party, jida: Party, li_wei: User) -> None:
    negotiation = offered(listing, anne_co)
    with clock.shifted_to(clock.now() + timedelta(hours=72)):
        refused("offer.expired", lambda: answer("accept", negotiation, jida))
        assert ending.expire_due() == 1
        assert ending.expire_due() == 0
        assert told("offer.expired") == [sorted([anne_co.ref, jida.ref])]
        again = offered(listing, anne_co)  # what expired was not declined: the same sum is taken again
        assert again.state == "open"
    with clock.shifted_to(clock.now() + timedelta(days=7)):
        assert actions.note_seen(again, party=jida, by=li_wei).state == "expired"
        assert standing(again).seen_at is None


def test_who_has_no_business_with_it_may_not_offer(
    listing: Listing, anne_co: Party, bob_co: Party, jida: Party, agency: Party, mallory: User
) -> None:
    refused("offer.related", lambda: offered(listing, jida))
    refused("offer.related", lambda: offered(listing, agency))
    Affiliation.objects.create(party=bob_co, other=jida, kind=Affiliation.Kind.values[0])
    refused("offer.related", lambda: offered(listing, bob_co))
    Party.objects.filter(pk=anne_co.pk).update(state=Party.State.SUBMITTED)
    anne_co.refresh_from_db()
    refused("party.unverified", lambda: offered(listing, anne_co))
    with pytest.raises(Http404):
        actions.make(listing, proposal(), buyer=anne_co, by=mallory)


def test_only_the_two_sides_answer(listing: Listing, anne_co: Party, bob_co: Party, jida: Party, agency: Party) -> None:
    negotiation = offered(listing, anne_co)
    for stranger in (bob_co, agency):
        with pytest.raises(Http404):
            answer("accept", negotiation, stranger)
    refused("offer.their_turn", lambda: answer("accept", negotiation, anne_co))
    refused("offer.not_yours", lambda: actions.withdraw(negotiation, party=jida, by=owner_of(jida)))


def test_the_last_round_can_only_be_accepted_or_declined(listing: Listing, anne_co: Party, jida: Party) -> None:
    negotiation, last = offered(listing, anne_co), rules.NEGOTIATED.rounds
    for number in range(2, last + 1):
        answer("counter", negotiation, anne_co if number % 2 else jida, proposal(1_000_000 + number))
    refused("offer.rounds", lambda: answer("counter", negotiation, anne_co, proposal(2_000_000)))
    assert answer("accept", negotiation, anne_co).state == "accepted"


def test_what_is_withdrawn_from_the_market_ends_its_negotiations(
    listing: Listing, anne_co: Party, jida: Party, li_wei: User, deliver: Callable[[], None]
) -> None:
    negotiation = offered(listing, anne_co)
    listings.withdraw(listing, by=li_wei)
    refused("offer.not_on_offer", lambda: answer("accept", negotiation, jida))
    deliver()
    assert Negotiation.objects.get(pk=negotiation.pk).state == "closed"
    assert told("offer.closed") == [[anne_co.ref]]


def test_an_auction_and_a_fixed_price_take_no_bargaining(listing: Listing, anne_co: Party) -> None:
    Listing.objects.filter(pk=listing.pk).update(pricing="auction")
    refused("offer.by_auction", lambda: offered(listing, anne_co))
    Listing.objects.filter(pk=listing.pk).update(pricing="fixed")
    refused("offer.asking", lambda: offered(listing, anne_co, 1_499_999))
    assert offered(listing, anne_co, 1_500_000).rules["name"] == "fixed_price"


def test_the_database_keeps_every_version(listing: Listing, anne_co: Party) -> None:
    offer = standing(offered(listing, anne_co))
    for column in ({"amount_minor": 1}, {"terms": {}}, {"expires_at": clock.now()}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Offer.objects.filter(pk=offer.pk).update(**column)
    with pytest.raises(DatabaseError), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).delete()
    Offer.objects.filter(pk=offer.pk).update(seen_at=clock.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(seen_at=None)


def test_a_key_of_another_party_is_another_offer(listing: Listing, anne_co: Party, bob_co: Party) -> None:
    key = uuid4()
    assert offered(listing, anne_co, key=key) != offered(listing, bob_co, key=key)
