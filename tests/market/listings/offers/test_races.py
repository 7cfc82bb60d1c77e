"""Two answers at the same moment: one wins, and the other hears why. Needs real row locks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from market.kernel import clock
from market.kernel.errors import Refused
from market.listings.models import Listing
from market.listings.offers import actions, ending, queries, rows
from market.listings.offers.models import Negotiation
from market.parties.models import Party
from market.trail.models import Fact
from tests import people, stage
from tests.market.listings.offers.table import answer, listed, offered, proposal, standing

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sides() -> tuple[Listing, Party, Party]:
    """A listing on offer, and two who want it."""
    listing = listed(people.jilin_university(), people.changchun_agency())
    return listing, people.anne_co(), people.bob_co()


def accepting(negotiation: Negotiation) -> Callable[[], Any]:
    """The seller accepts what it read."""
    seen, seller = standing(negotiation).sha256, negotiation.listing.seller
    return lambda: answer("accept", negotiation, seller, seen=seen)


def codes(results: list[Any]) -> list[str]:
    """What each runner was refused with, "" for who got through."""
    return sorted(one.code if isinstance(one, Refused) else "" for one in results)


def raced(*acts: Callable[[], Any]) -> list[str]:
    """Both at once."""
    results = stage.race(len(acts), lambda number: acts[number]())
    assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, Refused)], results
    return codes(results)


def unlocked(listing: int) -> Listing:
    """The listing without its lock; both runners have read it before either goes on."""
    found = Listing.objects.select_related("right", "seller", "agency").get(pk=listing)
    stage.meet()
    return found


def test_of_two_offers_accepted_at_once_one_is(sides: tuple[Listing, Party, Party]) -> None:
    listing, anne_co, bob_co = sides
    one, other = offered(listing, anne_co), offered(listing, bob_co)
    assert raced(accepting(one), accepting(other)) == ["", "offer.over"]
    assert sorted(Negotiation.objects.values_list("state", flat=True)) == ["accepted", "closed"]
    assert Fact.objects.filter(name="offer.accepted").count() == 1


def test_without_the_lock_the_second_breaks_on_a_row_that_moved_under_it(
    sides: tuple[Listing, Party, Party], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race the lock is for: both think the asset is free, and only the last wall, the conditional move, stops one."""
    listing, anne_co, bob_co = sides
    one, other = offered(listing, anne_co), offered(listing, bob_co)
    acts = accepting(one), accepting(other)
    monkeypatch.setattr(rows, "held", unlocked)
    results = stage.race(2, lambda number: acts[number]())
    failed = [getattr(error, "code", "deadlock") for error in results if isinstance(error, Exception)]
    assert failed
    assert "offer.over" not in failed


def test_an_acceptance_and_a_withdrawal_at_once_have_one_winner(sides: tuple[Listing, Party, Party]) -> None:
    listing, anne_co, _ = sides
    negotiation = offered(listing, anne_co)
    anne = people.owner_of(anne_co)
    said = raced(accepting(negotiation), lambda: actions.withdraw(negotiation, party=anne_co, by=anne))
    assert said in (["", "offer.over"], ["", "offer.seen"])
    assert Fact.objects.filter(name__in=["offer.accepted", "offer.withdrawn"]).count() == 1


def test_an_acceptance_and_the_end_of_time_at_once_have_one_winner(sides: tuple[Listing, Party, Party]) -> None:
    listing, anne_co, _ = sides
    negotiation = offered(listing, anne_co)
    late = clock.now() + timedelta(hours=80)

    def ended() -> None:
        with clock.shifted_to(late):
            ending.expire_due()

    said = raced(accepting(negotiation), ended)
    state = Negotiation.objects.get(pk=negotiation.pk).state
    assert (said, state) in ((["", ""], "accepted"), (["", "offer.over"], "expired"))
    assert Fact.objects.filter(name__in=["offer.accepted", "offer.expired"]).count() == 1


def test_a_key_sent_twice_at_once_is_one_offer(sides: tuple[Listing, Party, Party]) -> None:
    listing, anne_co, _ = sides
    said, anne = proposal(), people.owner_of(anne_co)
    made = stage.race(2, lambda _: actions.make(listing, said, buyer=anne_co, by=anne))
    assert len({offer.pk for offer in made}) == 1
    assert queries.open_of(listing, anne_co) is not None
