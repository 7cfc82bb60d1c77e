"""The pages of a negotiation: made, checked, seen, countered, accepted, and closed to everybody else."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from market.deals.models import Deal
from market.deals.negotiation import handlers
from market.listings.models import Listing
from market.listings.offers import actions, queries, rounds
from market.listings.offers.models import Floor, Negotiation
from market.parties.models import Membership, Party, User
from market.trail.models import Fact
from tests import people
from tests.market.listings.offers.table import answer, listed, offered, standing, yuan

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


@pytest.fixture(scope="module")
def on_offer(kept_rows: None) -> Listing:
    """A patent of 吉林大学 whose price is to be negotiated."""
    return listed(people.jilin_university(), people.changchun_agency())


@pytest.fixture
def listing(on_offer: Listing) -> Listing:
    """The same as this test may change it."""
    return Listing.objects.select_related("right", "seller", "agency").get(pk=on_offer.pk)


def filled(page: Any, **more: Any) -> dict[str, Any]:
    """What the form of a page sends."""
    form = page.context["form"]
    return {field.name: field.value() or "" for field in form} | {"amount": "1200000"} | more


def test_from_the_asset_to_the_deal(listing: Listing, anne: User, li_wei: User, client_of: ClientOf) -> None:
    buyer, seller = client_of(anne), client_of(li_wei)
    made = f"/assets/{listing.code}/offer/"
    assert made in buyer.get(f"/assets/{listing.code}/").content.decode()
    form = filled(buyer.get(made), conditions="附培训")
    checked = buyer.post(made, form)
    text = checked.content.decode()
    assert "壹佰贰拾万元整" in text
    assert "¥1,260,000.00" in text  # with the premium of five percent
    assert not Negotiation.objects.exists()
    again = buyer.post(made, form | {"change": "1"})
    assert again.context["form"]["conditions"].value() == "附培训"
    for _ in range(2):  # a double click
        sent = buyer.post(made, form | {"confirmed": "1"})
        page = sent.headers["Location"]
    negotiation = Negotiation.objects.get()
    assert standing(negotiation).seen_at is None
    assert "Take it back" in buyer.get(page).content.decode()
    assert "Answer the offer" in seller.get("/me/").content.decode()
    shown = seller.get(page).content.decode()
    assert standing(negotiation).seen_at is not None
    assert "¥1,164,000.00" in shown  # less the commission of three percent
    assert "Take it back" not in buyer.get(page).content.decode()
    countered = filled(seller.get(f"{page}counter/"), amount="1300000", pay_days="5", confirmed="1")
    seller.post(f"{page}counter/", countered | {"seen": standing(negotiation).sha256})
    told = re.sub(r"\s+", " ", buyer.get(page).content.decode())
    assert '<del class="num">¥1,200,000</del> → <ins class="num">¥1,300,000</ins>' in told
    assert "<del>10</del> → <ins>5</ins>" in told
    accepting = buyer.get(f"{page}accept/")
    assert "壹佰叁拾万元整" in accepting.content.decode()
    assert standing(negotiation).sha256 in accepting.content.decode()
    buyer.post(f"{page}accept/", {"seen": accepting.context["form"]["seen"].value()})
    handlers.on_offer_accepted(Fact.objects.get(name="offer.accepted"))
    assert Deal.objects.get().ref.removeprefix("deal:") in buyer.get(page).content.decode()


def test_an_answer_to_another_version_is_a_conflict(
    listing: Listing, anne_co: Party, li_wei: User, client_of: ClientOf
) -> None:
    page = f"/offers/{offered(listing, anne_co).code}/"
    seller = client_of(li_wei)
    for what in ("accept", "decline"):
        assert seller.post(f"{page}{what}/", {"seen": "0" * 64}).status_code == 409
    assert seller.post(f"{page}accept/", {"seen": "x"}).status_code == 422
    assert seller.get(f"{page}withdraw/").status_code == 405
    assert Negotiation.objects.get().state == "open"


def test_nobody_else_learns_of_it_and_who_reads_does_not_answer(
    listing: Listing, anne_co: Party, mallory: User, agent_chen: User, bob: User, client_of: ClientOf
) -> None:
    negotiation = offered(listing, anne_co)
    page = f"/offers/{negotiation.code}/"
    for reader, status in ((mallory, 404), (agent_chen, 200)):
        client = client_of(reader)
        assert client.get(page).status_code == status
        assert client.get(f"{page}accept/").status_code == 404
        seen = {"seen": standing(negotiation).sha256}
        assert client.post(f"{page}accept/", seen).status_code == 404
        assert client.post(f"{page}decline/", seen).status_code == 404
    assert client_of(None).get(page).status_code == 302
    assert standing(negotiation).seen_at is None
    Membership.objects.filter(user=bob).update(party=listing.seller, role=Membership.Role.FINANCE)
    User.objects.filter(pk=bob.pk).update(acting_for=listing.seller)
    assert client_of(bob).get(page).status_code == 200
    assert client_of(bob).get(f"{page}accept/").status_code == 422
    assert standing(negotiation).seen_at is None


def test_a_floor_says_no_in_the_very_words_of_a_person(
    listing: Listing, anne_co: Party, bob_co: Party, jida: Party, li_wei: User, client_of: ClientOf
) -> None:
    client_of(li_wei).post(f"/sell/{listing.code}/floor/", {"floor": "1200000"})
    assert Floor.objects.get().amount == yuan(1_200_000)
    assert client_of(people.owner_of(anne_co)).get(f"/sell/{listing.code}/floor/").status_code == 404
    low, person = offered(listing, anne_co, 1_190_000), offered(listing, bob_co, 1_210_000)
    answer("decline", person, jida)
    pages = []
    for one, party in ((low, anne_co), (person, bob_co)):
        text = client_of(people.owner_of(party)).get(f"/offers/{one.code}/").content.decode()
        main = text[text.index("<main") : text.index("</main>")]
        for name in (one.code, party.name, standing(one).sha256[:8], standing(one).sha256[-4:]):
            main = main.replace(name, "")
        pages.append(re.sub(r"[¥\d,.:T+-]+|[壹贰叁肆伍陆柒捌玖拾佰仟万元整]+", "", main))
    assert pages[0] == pages[1]


def test_a_refusal_stands_at_its_field_and_what_was_typed_stays(
    listing: Listing, anne: User, anne_co: Party, client_of: ClientOf
) -> None:
    made, buyer = f"/assets/{listing.code}/offer/", client_of(anne)
    Floor.objects.create(listing=listing, amount_minor=10**12)
    offered(listing, anne_co)
    again = buyer.get(f"{made}?again")
    assert again.context["form"].initial["amount"] == yuan(1_000_000)
    refused = buyer.post(made, filled(again, amount="900000", confirmed="1", message="<b>"))
    assert refused.status_code == 422
    assert "Offer more than that" in str(refused.context["form"].errors["amount"])
    assert "&lt;b&gt;" in refused.content.decode()
    wrong = filled(again, amount="1e9", valid_h="1", key="x", sign_days="7", confirmed="1")
    assert set(buyer.post(made, wrong).context["form"].errors) == {"amount", "valid_h", "key", "sign_days"}
    assert Negotiation.objects.count() == 1


def test_the_list_costs_the_same_however_many_there_are(
    listing: Listing,
    anne_co: Party,
    bob_co: Party,
    carol_co: Party,
    li_wei: User,
    client_of: ClientOf,
    django_assert_num_queries: Any,
) -> None:
    seller = client_of(li_wei)
    offered(listing, anne_co)
    seller.get("/offers/")
    with django_assert_num_queries(8) as first:
        assert seller.get("/offers/?side=seller").status_code == 200
    for party in (bob_co, carol_co):
        offered(listing, party)
    with django_assert_num_queries(len(first)):
        page = seller.get("/offers/?side=seller")
    assert len(page.context["rows"]) == 3
    assert seller.get("/offers/?view=x&side=x&after=x").status_code == 200
    rows, last = queries.page(queries.of_party(listing.seller), "open", "", 2)
    assert (len(rows), last) == (2, rows[-1].code)
    assert len(queries.page(queries.of_party(listing.seller), "open", last, 2)[0]) == 1


def test_a_private_round_is_agreed_by_the_consignor_and_seen_by_the_invited_only(
    listing: Listing, anne_co: Party, bob: User, anne: User, li_wei: User, client_of: ClientOf
) -> None:
    Listing.objects.filter(pk=listing.pk).update(pricing="auction")
    made = rounds.propose(listing, origin="lot:L-1", invited=[anne_co], actor="system:test")
    assert made is not None
    assert rounds.propose(listing, origin="lot:L-1", invited=[anne_co], actor="system:test") == made
    page, buyer, seller = f"/offers/rounds/{made.code}/", client_of(anne), client_of(li_wei)
    assert buyer.get(page).status_code == 404
    assert buyer.post(page, {"decision": "agree"}).status_code == 404
    seller.post(page, {"decision": "agree"})
    assert client_of(bob).get(page).status_code == 404
    assert "Private round: make an offer" in buyer.get("/me/").content.decode()
    assert f"/assets/{listing.code}/offer/" in buyer.get(page).content.decode()
    assert client_of(bob).get(f"/assets/{listing.code}/offer/").status_code == 422
    negotiation = offered(listing, anne_co)
    made.refresh_from_db()
    assert made.ends_at is not None
    assert negotiation.round == made
    assert negotiation.expires_at <= made.ends_at
    assert answer("accept", negotiation, listing.seller).state == "accepted"
    assert actions.note_seen(negotiation, party=anne_co, by=anne).state == "accepted"
