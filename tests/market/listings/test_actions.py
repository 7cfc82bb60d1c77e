"""A listing's way to the market: begun, edited, handed over, accepted or sent back, withdrawn."""

from collections.abc import Callable
from typing import Any

import pytest

from market.documents.models import Document
from market.kernel.errors import Conflict, Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.listings import actions, queries
from market.listings.fees.rules import flat
from market.listings.models import Entry, Listing, Mandate, Reserve
from market.listings.rules import basis_points
from market.parties.models import Party, User
from market.rights import actions as rights
from market.rights.models import Right
from market.trail.models import Fact
from tests import assets

pytestmark = pytest.mark.django_db
PRICE = Money(150_000_000, "CNY")


def refused(code: str, act: Callable[[], Any]) -> Refused:
    """Run `act`, expect the refusal `code` with a sentence, and give it back."""
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    assert sentence(caught.value)
    return caught.value


def test_a_number_begins_a_draft_of_a_claimed_right(jida: Party, li_wei: User) -> None:
    listing = actions.begin(described=assets.patent_draft(title=""), seller=jida, by=li_wei)
    assert (listing.state, listing.right.state, listing.right.registered_by) == ("draft", "draft", jida)
    again = actions.begin(described=assets.patent_draft(title=""), seller=jida, by=li_wei)
    assert again == listing
    assert Right.objects.count() == 1


def test_what_is_on_the_market_is_not_listed_twice(
    jida: Party, agency: Party, mallory_co: Party, mallory: User
) -> None:
    listing = assets.published(jida, agency)
    found = refused(
        "listing.exists", lambda: actions.begin(described=assets.patent_draft(), seller=mallory_co, by=mallory)
    )
    assert found.facts["listing"] == listing.code
    assert Listing.objects.count() == 1


def test_a_stranger_does_not_learn_the_code_of_a_draft(
    jida: Party, agency: Party, mallory_co: Party, mallory: User
) -> None:
    assets.draft_listing(jida, agency)
    found = refused(
        "listing.exists", lambda: actions.begin(described=assets.patent_draft(), seller=mallory_co, by=mallory)
    )
    assert found.facts["listing"] == ""


def test_an_abandoned_claim_may_be_taken_over_and_nothing_of_it_stays(
    jida: Party, li_wei: User, mallory_co: Party, mallory: User
) -> None:
    squatted = actions.begin(described=assets.patent_draft(), seller=mallory_co, by=mallory)
    actions.withdraw(squatted, by=mallory)
    listing = actions.begin(described=assets.patent_draft(), seller=jida, by=li_wei)
    assert (listing.right_id, listing.right.registered_by) == (squatted.right_id, jida)
    assert not listing.right.titles.exists()


def test_what_was_entered_for_another_party_is_left_to_it(jida: Party, mallory_co: Party, mallory: User) -> None:
    assets.draft_right(jida)
    refused("right.claimed", lambda: actions.begin(described=assets.patent_draft(), seller=mallory_co, by=mallory))
    assert Right.objects.get().registered_by == jida


def test_a_verified_right_is_listed_by_its_owners_only(
    jida: Party, agency: Party, mallory_co: Party, mallory: User
) -> None:
    assets.right(jida)
    refused("right.not_yours", lambda: actions.begin(described=assets.patent_draft(), seller=mallory_co, by=mallory))
    assert not Listing.objects.exists()


def test_a_listing_is_handed_over_with_its_papers(jida: Party, agency: Party, li_wei: User) -> None:
    listing = assets.submitted(jida, agency)
    assert listing.state == "submitted"
    assert list(Document.objects.get().readers.all()) == [agency]
    assert (listing.mandate.signed_by, listing.mandate.accepted_at) == (li_wei, None)
    fact = Fact.objects.get(name="listing.submitted")
    assert (fact.subject, fact.audience) == (listing.ref, [agency.ref])


def test_what_is_missing_is_named_by_its_step(jida: Party, li_wei: User) -> None:
    listing = actions.begin(described=assets.patent_draft(title="", filed_on=None), seller=jida, by=li_wei)
    found = refused("listing.incomplete", lambda: actions.submit(listing, by=li_wei))
    assert found.facts["steps"] == ["particulars", "title", "evidence", "offer", "text"]
    listing.refresh_from_db()
    assert listing.state == "draft"


def test_a_co_owner_who_has_not_consented_bars_the_listing(
    jida: Party, agency: Party, anne_co: Party, li_wei: User
) -> None:
    listing = assets.draft_listing(jida, agency)
    owners = [(jida, 1, 2), (anne_co, 1, 2)]
    listing = actions.declare(listing, edition=listing.edition, owners=owners, burdens=[], by=li_wei)
    words = sentence(refused("listing.blocked", lambda: actions.submit(listing, by=li_wei)))
    assert anne_co.name in words
    rights.give_consent(listing.right, kind="co_owner", of_party=anne_co, document=None, by=li_wei)
    assert actions.submit(listing, by=li_wei).state == "submitted"


def test_the_agency_s_word_verifies_the_right_and_publishes(jida: Party, agency: Party, zhou_min: User) -> None:
    listing = actions.accept(assets.submitted(jida, agency), by=zhou_min)
    listing.refresh_from_db()
    assert (listing.state, listing.right.state, listing.mandate.accepted_by) == ("published", "granted", zhou_min)
    assert listing.published_at is not None
    assert Entry.objects.get().listing == listing
    assert Fact.objects.get(name="listing.published").audience == [jida.ref]


def test_an_agency_vouches_for_everything_or_nothing(jida: Party, agency: Party, zhou_min: User) -> None:
    listing = assets.submitted(jida, agency)
    refused("review.unticked", lambda: actions.accept(listing, by=zhou_min, ticked=["number", "text"]))
    listing.refresh_from_db()
    assert (listing.state, listing.right.state) == ("submitted", "draft")
    assert not Entry.objects.exists()


def test_nobody_reviews_a_listing_of_their_own_party(jida: Party, agency: Party, li_wei: User) -> None:
    listing = assets.submitted(jida, agency)
    refused("review.own", lambda: actions.accept(listing, by=li_wei))
    assert Listing.objects.get().state == "submitted"


def test_remarks_go_back_and_disappear_when_mended(jida: Party, agency: Party, li_wei: User, zhou_min: User) -> None:
    listing = assets.submitted(jida, agency)
    refused(
        "review.no_remark", lambda: actions.send_back(listing, remarks={"text": "  ", "nonsense": "x"}, by=zhou_min)
    )
    listing = actions.send_back(listing, remarks={"text": "删去广告用语", "offer": " "}, by=zhou_min)
    assert (listing.state, listing.remarks) == ("draft", {"text": "删去广告用语"})
    assert queries.sent_back(jida) == [listing]
    listing = actions.edit(listing, edition=listing.edition, by=li_wei, summary="改过的简介")
    assert listing.remarks == {}


def test_an_editor_of_an_old_version_is_told(jida: Party, agency: Party, li_wei: User) -> None:
    listing = assets.draft_listing(jida, agency)
    actions.edit(listing, edition=listing.edition, by=li_wei, summary="先保存的")
    with pytest.raises(Conflict, match=r"listing\.outdated"):
        actions.edit(listing, edition=listing.edition, by=li_wei, summary="后保存的")
    assert Listing.objects.get().summary == "先保存的"


def test_what_was_handed_over_is_not_edited(jida: Party, agency: Party, li_wei: User) -> None:
    listing = assets.submitted(jida, agency)
    refused("listing.not_draft", lambda: actions.edit(listing, edition=listing.edition, by=li_wei, summary="另一个"))
    refused("listing.not_draft", lambda: actions.submit(listing, by=li_wei))


def test_the_terms_are_those_of_the_mandate(jida: Party, agency: Party, anne_co: Party, li_wei: User) -> None:
    listing = assets.draft_listing(jida, agency)

    def offer(**terms: Any) -> Listing:
        given = {"pricing": "auction", "asking": PRICE, "agency": agency} | terms
        return actions.offer(listing, edition=listing.edition, by=li_wei, **given)

    refused("listing.no_price", lambda: offer(pricing="fixed", asking=None))
    refused("listing.not_agency", lambda: offer(agency=anne_co))
    changed = offer(pricing="fixed", seller_commission_bp=250)
    assert (changed.asking, changed.mandate.seller_fees) == (PRICE, flat(250))
    assert Mandate.objects.count() == 1


def test_a_right_is_offered_for_licence_beside_its_sale_but_not_twice(jida: Party, agency: Party, li_wei: User) -> None:
    sold = assets.published(jida, agency)
    given = {"edition": 1, "pricing": "negotiable", "asking": None, "agency": agency, "by": li_wei}
    licensed = actions.draft(right=sold.right, seller=jida, by=li_wei, mode="licence")
    refused("listing.exists", lambda: actions.offer(licensed, mode="assignment", **given))
    assert actions.offer(licensed, mode="licence", **given).mode == "licence"


def test_an_agency_does_not_sell_its_own_rights(agency: Party, zhou_min: User) -> None:
    right = assets.draft_right(agency)
    listing = actions.draft(right=right, seller=agency, by=zhou_min)
    refused(
        "listing.own_agency",
        lambda: actions.offer(listing, edition=1, pricing="auction", asking=None, agency=agency, by=zhou_min),
    )
    assert not Mandate.objects.exists()


def test_the_reserve_is_told_to_nobody(jida: Party, agency: Party, li_wei: User, zhou_min: User) -> None:
    listing = assets.draft_listing(jida, agency)
    listing = actions.set_reserve(listing, edition=listing.edition, reserve=Money(123_456_789, "CNY"), by=li_wei)
    actions.accept(actions.submit(listing, by=li_wei), by=zhou_min)
    assert queries.reserve_of(listing) == Money(123_456_789, "CNY")
    told = "".join(f"{fact.data}" for fact in Fact.objects.all()) + Entry.objects.get().words
    assert "123456789" not in told
    assert "1234567" not in told


def test_a_reserve_may_be_taken_away_again(jida: Party, agency: Party, li_wei: User) -> None:
    listing = assets.draft_listing(jida, agency)
    listing = actions.set_reserve(listing, edition=listing.edition, reserve=PRICE, by=li_wei)
    listing = actions.set_reserve(listing, edition=listing.edition, reserve=None, by=li_wei)
    assert not queries.has_reserve(listing)
    assert not Reserve.objects.exists()


def test_a_sale_takes_it_and_gives_it_back(jida: Party, agency: Party, li_wei: User) -> None:
    listing = assets.published(jida, agency)
    listing = actions.enter_sale(listing, actor="system:test")
    assert Entry.objects.get().in_sale is True
    refused("listing.in_sale", lambda: actions.withdraw(listing, by=li_wei))
    [listing] = actions.leave_sale_many([listing], actor="system:test")
    assert Entry.objects.get().in_sale is False
    listing = actions.enter_sale(listing, actor="system:test")
    actions.mark_dealt(listing, actor="system:test")
    assert not Entry.objects.exists()


def test_a_withdrawn_listing_leaves_the_catalogue_and_frees_the_right(jida: Party, agency: Party, li_wei: User) -> None:
    listing = actions.withdraw(assets.published(jida, agency), by=li_wei, reason="另有安排")
    assert (listing.state, listing.remarks) == ("withdrawn", {"withdrawn": "另有安排"})
    assert not Entry.objects.exists()
    fresh = actions.begin(described=assets.patent_draft(), seller=jida, by=li_wei)
    assert (fresh.pk != listing.pk, fresh.right_id) == (True, listing.right_id)
    assert queries.done(fresh)["evidence"] is True


@pytest.mark.parametrize(("typed", "points"), [("3", 300), ("3.5", 350), ("３．５％", 350), ("0", 0), ("5.00", 500)])
def test_a_rate_is_read_as_basis_points(typed: str, points: int) -> None:
    assert basis_points(typed) == points


@pytest.mark.parametrize(
    ("typed", "code"), [("", "commission.format"), ("-1", "commission.format"), ("5.01", "commission.range")]
)
def test_a_rate_out_of_range_is_refused(typed: str, code: str) -> None:
    refused(code, lambda: basis_points(typed))
