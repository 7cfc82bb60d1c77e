"""What a buyer looks for: looked through, published without its name, answered, and never matched by itself."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.words import sentence
from market.listings.models import Listing, WantedPost, WantedReply
from market.listings.offers.models import Negotiation
from market.listings.wanted import actions, rules
from market.listings.wanted.rules import Wish
from market.parties.models import Party, User
from market.trail.models import Fact
from tests import assets, people
from tests.people import owner_of

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


@pytest.fixture(scope="module")
def on_offer(kept_rows: None) -> Listing:
    """A patent of 吉林大学 on offer."""
    return assets.published(people.jilin_university(), people.changchun_agency())


def wish(**more: Any) -> Wish:
    """Anne looks for a battery patent for at most a million."""
    said = {"title": "固态电池", "text": "能量密度高于四百瓦时", "kind": "patent", "industry": "energy"}
    said |= {"lowest": None, "highest": Money(98_765_432, "CNY"), "until": clock.today() + timedelta(days=30)}
    return Wish(**(said | more))


def posted(buyer: Party, agency: Party, **more: Any) -> WantedPost:
    """A post on the public list."""
    made = actions.submit(wish(**more), buyer=buyer, agency=agency, by=owner_of(buyer))
    return actions.publish(made, by=owner_of(agency))


def answered(post: WantedPost, party: Party, listing: Listing | None = None, message: str = "") -> WantedReply:
    """`party` answers through its owner."""
    return actions.reply(post, party=party, listing=listing, message=message, by=owner_of(party))


def refused(code: str, act: Callable[[], Any]) -> None:
    """`act` is refused with `code`, whose sentence can be read, and nothing has changed."""
    before = list(WantedPost.objects.values()), WantedReply.objects.count(), Fact.objects.count()
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code
    assert sentence(caught.value)
    assert (list(WantedPost.objects.values()), WantedReply.objects.count(), Fact.objects.count()) == before


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"until": "today"}, "wanted.until"),
        ({"until": "too far"}, "wanted.until"),
        ({"lowest": Money(2, "CNY"), "highest": Money(1, "CNY")}, "wanted.budget"),
        ({"lowest": Money(2, "CNY"), "highest": Money(2, "CNY")}, ""),
        ({"highest": None}, ""),
    ],
)
def test_what_a_post_may_say(more: dict[str, Any], code: str) -> None:
    today = clock.today()
    days = {"today": today, "too far": today + rules.LONGEST + timedelta(days=1)}
    said = more | ({"until": days[more["until"]]} if "until" in more else {})
    with pytest.raises(Refused, match=code) if code else nullcontext():
        rules.check_wish(wish(**said), today)


def test_from_the_post_to_an_answer_and_no_further(
    on_offer: Listing, anne_co: Party, jida: Party, agency: Party, bob_co: Party
) -> None:
    post = posted(anne_co, agency)
    first = answered(post, jida, on_offer, "现货")
    assert answered(post, jida, on_offer) == first
    assert Fact.objects.get(name="wanted.answered").audience == [anne_co.ref]
    assert not Negotiation.objects.exists()
    refused("wanted.listing", lambda: answered(post, bob_co, on_offer))
    refused("wanted.own", lambda: answered(post, anne_co, message="x"))
    refused("wanted.empty", lambda: answered(post, bob_co, message="  "))
    for number in range(rules.MOST_REPLIES):
        answered(post, bob_co, message=str(number))
    refused("wanted.enough", lambda: answered(post, bob_co, message="one more"))
    actions.withdraw(post, by=owner_of(anne_co))
    actions.withdraw(post, by=owner_of(anne_co))
    refused("wanted.closed", lambda: answered(post, jida, message="late"))


def test_a_post_is_mended_and_looked_through_by_others_than_its_own_people(
    anne_co: Party, agency: Party, agent_chen: User
) -> None:
    anne = owner_of(anne_co)
    post = actions.submit(wish(), buyer=anne_co, agency=agency, by=anne)
    refused("review.no_remark", lambda: actions.send_back(post, remark=" ", by=agent_chen))
    actions.send_back(post, remark="写明用途", by=agent_chen)
    refused("state.illegal", lambda: actions.publish(post, by=agent_chen))
    actions.resubmit(post, wish(text="用于储能"), by=anne)
    people.join(agent_chen, anne_co, "agent")
    refused("review.own", lambda: actions.publish(post, by=agent_chen))
    actions.publish(post, by=owner_of(agency))
    with clock.shifted_to(clock.now() + timedelta(days=31)):
        assert (actions.expire_due(), actions.expire_due()) == (1, 0)
    assert WantedPost.objects.get().state == "expired"


def test_a_buyer_has_so_many_posts_and_no_more(anne_co: Party, agency: Party) -> None:
    anne = owner_of(anne_co)
    for _ in range(rules.MOST_OPEN):
        actions.submit(wish(), buyer=anne_co, agency=agency, by=anne)
    refused("wanted.too_many", lambda: actions.submit(wish(), buyer=anne_co, agency=agency, by=anne))


def test_the_pages_hide_who_looks_and_what_it_would_pay(
    on_offer: Listing,
    anne_co: Party,
    agency: Party,
    anne: User,
    li_wei: User,
    zhou_min: User,
    mallory: User,
    client_of: ClientOf,
) -> None:
    buyer, desk, holder = client_of(anne), client_of(zhou_min), client_of(li_wei)
    form = {"title": "固态电池", "text": "高能量密度", "kind": "patent", "industry": "energy", "highest": "987,654.32"}
    form |= {"until": (clock.today() + timedelta(days=9)).isoformat(), "agency": agency.code}
    assert buyer.post("/wanted/new/", form | {"until": "2026-02-30"}).status_code == 422
    page = buyer.post("/wanted/new/", form).headers["Location"]
    post = WantedPost.objects.get()
    assert client_of(mallory).get(page).status_code == 404
    assert client_of(mallory).get(f"/desk{page}").status_code == 404
    assert post.title in desk.get("/desk/").content.decode()
    assert "987,654.32" in desk.get(f"/desk{page}").content.decode()
    desk.post(f"/desk{page}", {"decision": "publish"})
    for address in ("/wanted/?kind=patent", "/wanted/?industry=energy&kind=nonsense", page):
        shown = client_of(None).get(address).content.decode()
        assert post.title in shown
        assert anne_co.name not in shown
        assert "987,654" not in shown
    assert post.title not in client_of(None).get("/wanted/?kind=trademark").content.decode()
    assert holder.post(f"{page}answer/", {"listing": "A-NONE", "message": "x"}).status_code == 422
    holder.post(f"{page}answer/", {"listing": on_offer.code, "message": "<i>可供</i>"})
    read = buyer.get(page).content.decode()
    assert "&lt;i&gt;可供" in read
    assert on_offer.right.number in read
    assert on_offer.right.number not in client_of(mallory).get(page).content.decode()
    assert client_of(mallory).post(f"{page}withdraw/").status_code == 404
    assert post.title in buyer.get("/wanted/mine/").content.decode()
    buyer.post(f"{page}withdraw/")
    assert client_of(None).get(page).status_code == 404
