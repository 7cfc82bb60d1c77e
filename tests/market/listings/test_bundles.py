"""A portfolio on offer: listed together or not at all, handed over, vouched for and withdrawn as one."""

from collections.abc import Callable

import pytest
from django.test import Client

from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.listings import queries as of_listings
from market.listings import rules
from market.listings.bundles import actions, queries
from market.listings.fees.rules import flat
from market.listings.models import Bundle, Listing
from market.parties.models import Party, User
from market.rights import actions as rights
from market.rights.models import Right
from market.rights.portfolios import actions as portfolios
from market.rights.portfolios.models import Portfolio
from tests import assets

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]
TICKS = tuple(rules.REVIEWED)


@pytest.fixture
def made(jida: Party, li_wei: User) -> Portfolio:
    """吉林大学's portfolio: a patent and the two marks the law ties together."""
    made = portfolios.create(owner=jida, name="固态电池组合", name_en="", by=li_wei)
    twin = assets.trademark_draft("1682310", title="长白雪山", groups=("0913",))
    members = [
        assets.right(jida),
        assets.right(jida, draft=assets.trademark_draft()),
        assets.right(jida, draft=twin),
    ]
    portfolios.add(made, rights=members, by=li_wei)
    return made


def begun(made: Portfolio, agency: Party, by: User, way: str = "parts") -> Bundle:
    """The portfolio drafted for the market."""
    said = {"summary": "电池专利与商标", "summary_en": "", "defects": "无"}
    return actions.begin(made, way=way, agency=agency, by=by, **said)


def states(bundle: Bundle) -> set[str]:
    """The states its listings are in."""
    return {listing.state for listing in queries.listings_of(bundle)}


def test_tied_marks_are_offered_together_though_neither_could_be_alone(
    made: Portfolio, agency: Party, li_wei: User, agent_chen: User
) -> None:
    bundle = begun(made, agency, li_wei)
    mark = Listing.objects.get(right__number="1590557")
    assert mark.mandate.seller_fees == flat(300)
    tied = sorted(Right.objects.filter(kind="trademark").values_list("code", flat=True))
    assert bundle.groups == [tied]
    assert "marks_left" not in [blocker.code for blocker in of_listings.blockers_of(mark)]
    actions.submit(bundle, by=li_wei)
    assert states(bundle) == {"submitted"}
    with pytest.raises(Refused, match=r"review\.unticked"):
        actions.accept(bundle, ticked=TICKS[1:], by=agent_chen)
    assert states(bundle) == {"submitted"}
    actions.accept(bundle, ticked=TICKS, by=agent_chen)
    assert states(bundle) == {"published"}
    assert queries.ready_for(agency) == [bundle]
    actions.withdraw(bundle, reason="另有安排", by=li_wei)
    assert states(bundle) == {"withdrawn"}
    assert "marks_left" in [blocker.code for blocker in of_listings.blockers_of(mark)]
    with pytest.raises(Refused, match=r"bundle\.nothing_to_do"):
        actions.withdraw(bundle, reason="", by=li_wei)


def test_sold_whole_nothing_of_it_may_be_split(made: Portfolio, agency: Party, li_wei: User) -> None:
    bundle = begun(made, agency, li_wei, way="whole")
    assert bundle.groups == [sorted(Right.objects.values_list("code", flat=True))]


def test_what_would_split_marks_is_refused_and_names_them(made: Portfolio, agency: Party, li_wei: User) -> None:
    portfolios.take_out(made, rights=[Right.objects.get(number="1682310")], by=li_wei)
    with pytest.raises(Refused, match=r"bundle\.splits_marks") as refused:
        begun(made, agency, li_wei)
    assert "1682310 长白雪山" in sentence(refused.value)
    assert not Listing.objects.exists()


def test_one_bad_member_keeps_all_from_the_market_by_name(made: Portfolio, agency: Party, li_wei: User) -> None:
    patent = Right.objects.get(kind="patent")
    rights.set_state(patent, Right.State.LAPSED, source="专利公报", actor="system:test")
    with pytest.raises(Refused, match=r"bundle\.blocked") as refused:
        begun(made, agency, li_wei)
    assert patent.number in sentence(refused.value)
    assert (Listing.objects.count(), Bundle.objects.count()) == (0, 0)


def test_a_member_that_goes_bad_before_the_hand_over_keeps_all_back(
    made: Portfolio, agency: Party, li_wei: User
) -> None:
    bundle = begun(made, agency, li_wei)
    patent = Right.objects.get(kind="patent")
    rights.set_state(patent, Right.State.LAPSED, source="专利公报", actor="system:test")
    with pytest.raises(Refused, match=r"listing\.blocked"):
        actions.submit(bundle, by=li_wei)
    assert states(bundle) == {"draft"}


def test_what_is_listed_already_is_named_and_an_own_draft_is_taken_along(
    made: Portfolio, jida: Party, agency: Party, li_wei: User
) -> None:
    draft = assets.draft_listing(jida, agency, draft=assets.patent_draft(2))
    portfolios.add(made, rights=[draft.right], by=li_wei)
    bundle = begun(made, agency, li_wei)
    draft.refresh_from_db()
    assert (draft.bundle, draft.summary) == (bundle, "较低温度下制备的固态电解质，用于动力电池与储能。")
    with pytest.raises(Refused, match=r"bundle\.listed_already") as refused:
        begun(made, agency, li_wei)
    assert Listing.objects.get(right__kind="patent", right__state="granted").code in sentence(refused.value)
    actions.submit(bundle, by=li_wei)
    assert states(bundle) == {"submitted"}


def test_a_right_nobody_looked_up_keeps_it_back_until_its_listing_is_complete(
    made: Portfolio, jida: Party, agency: Party, li_wei: User
) -> None:
    claim = assets.draft_right(jida, draft=assets.patent_draft(2))
    portfolios.add(made, rights=[claim], by=li_wei)
    bundle = begun(made, agency, li_wei)
    with pytest.raises(Refused, match=r"bundle\.incomplete") as refused:
        actions.submit(bundle, by=li_wei)
    assert claim.number in sentence(refused.value)
    assert states(bundle) == {"draft"}


def test_who_sees_and_who_acts(
    made: Portfolio, agency: Party, li_wei: User, agent_chen: User, regulator: User, mallory: User, client_of: ClientOf
) -> None:
    path = f"/portfolios/{made.code}/offer/"
    said = {"way": "whole", "agency": agency.code, "commission": "3", "summary": "电池", "defects": "无"}
    assert client_of(mallory).post(path, said).status_code == 404
    assert client_of(li_wei).post(path, said | {"agency": ""}).status_code == 422
    answer = client_of(li_wei).post(path, said)
    page, desk = answer.url, answer.url.replace("/bundles/", "/desk/bundles/")

    def seen(*users: User | None) -> list[int]:
        return [client_of(user).get(page).status_code for user in users]

    assert seen(li_wei, agent_chen, regulator, None) == [200, 404, 404, 404]
    assert client_of(agent_chen).get(desk).status_code == 404
    assert client_of(mallory).post(page + "hand-over/", {"declared": "on"}).status_code == 404
    assert client_of(li_wei).post(page + "hand-over/").status_code == 422
    client_of(li_wei).post(page + "hand-over/", {"declared": "on"})
    assert seen(regulator, mallory, None) == [200, 404, 404]
    assert client_of(li_wei).get(desk).status_code == 404
    assert made.name in client_of(agent_chen).get("/desk/reviews/").content.decode()
    assert client_of(agent_chen).post(desk, {}).status_code == 422
    assert client_of(agent_chen).post(desk, {f"tick_{name}": "on" for name in TICKS}).url == page
    assert page in client_of(None).get("/bundles/").content.decode()
    assert "One buyer takes all of it" in client_of(None).get(page).content.decode()
    assert made.name in client_of(None).get(f"/assets/{Listing.objects.first().code}/").content.decode()
    assert client_of(mallory).post(page + "withdraw/", {}).status_code == 404
    client_of(li_wei).post(page + "withdraw/", {"reason": "另有安排"})
    assert states(Bundle.objects.get()) == {"withdrawn"}
    assert page not in client_of(None).get("/bundles/").content.decode()
