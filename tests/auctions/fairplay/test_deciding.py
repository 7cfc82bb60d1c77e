"""A review is decided by two people of whom one looks again at what was found; nothing else moves meanwhile."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from auctions import engine, fairplay
from auctions.models import Lot, Review
from market.deals.models import Deal, Hold
from market.kernel import clock
from market.kernel.errors import Conflict, Refused
from market.listings.models import Listing
from market.parties.models import Party, User
from market.trail import journal
from market.trail.models import Fact
from tests import people
from tests.auctions import factory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


@pytest.fixture(scope="module")
def opened(kept_rows: None) -> Review:
    """That review, as often as it is asked for."""
    lot = factory.lot(people.jilin_university(), people.changchun_agency())
    anne = factory.bidder(lot, people.anne_co(), 8036)
    bob = factory.bidder(lot, people.bob_co(), 2417)
    Party.objects.filter(pk=bob.party_id).update(bank_account=anne.party.bank_account)
    factory.bid(bob, 1_000_000)
    factory.bid(anne, 1_020_000)
    with clock.shifted_to(lot.ends_at + timedelta(seconds=1)):
        engine.close_due()
        while journal.deliver_due():
            pass
    return Review.objects.get(lot=lot)


@pytest.fixture
def review(opened: Review, db: None) -> Review:
    """The review of a lot whose two bidders have one bank account."""
    return Review.objects.get(pk=opened.pk)


def test_the_agency_and_the_regulator_are_told_and_not_the_parties(
    review: Review, agency: Party, ip_office: Party
) -> None:
    fact = Fact.objects.get(name="review.opened")
    assert fact.audience == sorted([agency.ref, ip_office.ref])
    assert "findings" not in fact.data


def test_two_people_clear_it_and_the_settlement_goes_on(review: Review, agent_chen: User, regulator: User) -> None:
    fairplay.propose(review=review, outcome="cleared", reason="两家公司为同一集团，已书面说明。", by=agent_chen)
    with pytest.raises(Refused, match=r"review\.second_person"):
        fairplay.agree(review=review, outcome_seen="cleared", by=agent_chen)
    assert Hold.objects.get().released_at is None
    with pytest.raises(Conflict, match=r"review\.changed"):
        fairplay.agree(review=review, outcome_seen="upheld", by=regulator)
    done = fairplay.agree(review=review, outcome_seen="cleared", by=regulator)
    assert (done.state, done.proposed_by, done.decided_by) == ("cleared", agent_chen, regulator)
    assert Hold.objects.get().released_by == regulator.ref
    with pytest.raises(Refused, match=r"review\.decided"):
        fairplay.propose(review=review, outcome="upheld", reason="x", by=agent_chen)


def test_upheld_lot_and_deal_are_annulled_and_the_parties_learn_no_findings(
    review: Review, agent_chen: User, zhou_min: User
) -> None:
    fairplay.propose(review=review, outcome="upheld", reason="串通", by=zhou_min)
    fairplay.agree(review=review, outcome_seen="upheld", by=agent_chen)
    assert (Lot.objects.get().state, Deal.objects.get().state) == ("annulled", "annulled")
    assert "串通" not in str(Fact.objects.get(name="deal.annulled").data)
    while journal.deliver_due():
        pass
    assert Listing.objects.get().state == "published"


@pytest.mark.parametrize(
    ("at", "lot", "deal"), [("settled", "sold", "settled"), ("title_passed", "annulled", "returning")]
)
def test_upheld_late_title_goes_back_and_nothing_once_the_escrow_was_shared_out(
    at: str, lot: str, deal: str, review: Review, agent_chen: User, zhou_min: User
) -> None:
    Deal.objects.update(state=at, title_passed_on=clock.today())
    fairplay.propose(review=review, outcome="upheld", reason="串通", by=zhou_min)
    fairplay.agree(review=review, outcome_seen="upheld", by=agent_chen)
    assert Hold.objects.get().released_at is None
    assert (Lot.objects.get().state, Deal.objects.get().state) == (lot, deal)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"outcome": "open", "reason": "x"}, "review.outcome"),
        ({"outcome": "cleared", "reason": " "}, "review.reason_missing"),
    ],
)
def test_a_proposal_says_what_and_why(review: Review, agent_chen: User, said: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refused:
        fairplay.propose(review=review, by=agent_chen, **said)
    assert refused.value.code == code
    review.refresh_from_db()
    assert (review.proposed, review.reason) == ("", "")


def test_looking_again_finds_the_same_review(review: Review) -> None:
    assert fairplay.review_lot(review.lot) == review
    assert Review.objects.count() == Hold.objects.count() == 1


def test_a_decided_review_stays_as_it_was_looked_at(review: Review, agent_chen: User, regulator: User) -> None:
    fairplay.propose(review=review, outcome="cleared", reason="已核实", by=agent_chen)
    fairplay.agree(review=review, outcome_seen="cleared", by=regulator)
    Party.objects.filter(bidders__lot=review.lot).update(phone="0431-1")
    fairplay.review_lot(review.lot)
    review.refresh_from_db()
    assert [one["name"] for one in review.findings] == ["one_account"]


@pytest.mark.parametrize(("who", "status"), [("agent_chen", 200), ("regulator", 200), ("anne", 404), ("li_wei", 404)])
def test_the_desk_is_the_agencys_and_the_regulators(
    review: Review, request: pytest.FixtureRequest, client_of: ClientOf, who: str, status: int
) -> None:
    client = client_of(request.getfixturevalue(who))
    for path in ("/desk/fairplay/", f"/desk/fairplay/{review.code}/"):
        assert client.get(path).status_code == status, path


def test_the_desk_tells_the_sign_in_words_and_takes_both_decisions(
    review: Review, agent_chen: User, regulator: User, client_of: ClientOf
) -> None:
    path = f"/desk/fairplay/{review.code}/"
    first = client_of(agent_chen)
    assert "No. 2417, No. 8036: the same bank account is entered for them." in first.get(path).text
    assert first.post(path, {"outcome": "cleared", "reason": ""}).status_code == 422
    assert first.post(path, {"outcome": "cleared", "reason": "explained"}).status_code == 302
    assert client_of(regulator).post(path, {"seen": "cleared"}).status_code == 302
    review.refresh_from_db()
    assert review.state == Review.State.CLEARED


def test_other_lots_of_the_same_people_stand_beside_the_review(
    jida: Party, agency: Party, anne_co: Party, mallory_co: Party, review: Review
) -> None:
    near, far = factory.lot(jida, agency), factory.lot(jida, agency)
    factory.bidder(near, anne_co, 1001)
    factory.bidder(far, mallory_co, 1002)
    assert list(fairplay.related_lots(review)) == [near]
