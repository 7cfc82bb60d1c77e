"""What a reader of an asset's page learns: its state, owners, burdens, papers and the next step."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from market.documents import actions as documents
from market.kernel import clock
from market.listings import actions, rules
from market.listings.models import Listing, Watch
from market.parties.models import Party, User
from market.rights import actions as rights
from market.rights.models import Encumbrance, Right
from market.rights.rules.grants import all_but, only
from tests import assets
from tests.market.listings import shelf
from tests.people import days_from_today

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


@pytest.fixture
def listing(jida: Party, agency: Party) -> Listing:
    """吉林大学's patent, on the market."""
    return assets.published(jida, agency)


def page(client: Client, listing: Listing) -> str:
    """The page of a listing."""
    answer = client.get(f"/assets/{listing.code}/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("days", "words"), [(0, "In force, looked up on"), (30, "In force, looked up on"), (31, "not looked up since")]
)
def test_a_look_at_the_office_older_than_thirty_days_is_amber(
    listing: Listing, client_of: ClientOf, days: int, words: str
) -> None:
    Right.objects.filter(pk=listing.right_id).update(checked_on=days_from_today(-days))
    shown = page(client_of(None), listing)
    assert words in shown
    assert ('<span class="tag tag-out">' in shown) == (days > 30)


def test_a_dead_right_is_not_called_in_force(listing: Listing, client_of: ClientOf) -> None:
    Right.objects.filter(pk=listing.right_id).update(state="lapsed")
    shown = page(client_of(None), listing)
    assert "Lapsed" in shown
    assert "In force" not in shown
    assert "Nothing in the register bars it" not in shown


def test_what_does_not_burden_it_is_said_kind_by_kind(listing: Listing, client_of: ClientOf) -> None:
    shown = page(client_of(None), listing)
    for kind in Encumbrance.Kind:
        assert f"<dt>{kind.label}</dt><dd>None</dd>" in shown or f"<dt>{kind}</dt>" not in shown
    assert shown.count("<dd>None</dd>") == len(Encumbrance.Kind)
    assert "Nothing in the register bars it" in shown


def test_a_pledge_is_named_and_bars_the_transfer(listing: Listing, client_of: ClientOf) -> None:
    Encumbrance.objects.create(
        right=listing.right, kind="pledge", in_favour_of="吉林银行", number="Y2025", since=days_from_today(-9)
    )
    shown = page(client_of(None), listing)
    assert "吉林银行" in shown
    assert "Y2025" in shown
    assert "Bars the transfer" in shown
    assert shown.count("<dd>None</dd>") == len(Encumbrance.Kind) - 1


def test_owners_are_shown_with_their_shares_and_whether_they_agreed(
    jida: Party, anne_co: Party, client_of: ClientOf
) -> None:
    right = assets.draft_right(jida, holders=[(jida, 2, 3), (anne_co, 1, 3)])
    shown = page(client_of(None), shelf.offer(right))
    assert "2/3" in shown
    assert "1/3" in shown
    assert anne_co.name in shown
    assert "Has not agreed yet" in shown


def test_each_kind_tells_its_own_facts(jida: Party, client_of: ClientOf) -> None:
    told = {
        assets.patent_draft(): ["H01M 10/0562", "李伟", "Claim 1", "其特征在于"],
        assets.trademark_draft(): ["Nice class", "0901, 0913", "计算机；电池", "长白雪"],
        assets.software_draft(): ["Kind of work", "Software", "2014SR001852"],
    }
    for draft, words in told.items():
        shown = page(client_of(None), shelf.offer(assets.draft_right(jida, draft=draft)))
        assert [word for word in words if word not in shown] == []


def test_papers_say_who_may_read_them_and_link_only_for_those(
    listing: Listing, client_of: ClientOf, jida: Party, li_wei: User, mallory: User
) -> None:
    version = documents.store(
        subject=listing.right.ref,
        kind="report",
        title="实验数据",
        name="数据.pdf",
        content=b"%PDF-1.7\n%%EOF\n",
        content_type="application/pdf",
        owner=jida,
        by=li_wei,
        level="members",
    )
    address = f'href="/documents/{version.document.code}/'
    assert address not in page(client_of(None), listing)
    assert "Signed-in users" in page(client_of(None), listing)
    assert address in page(client_of(mallory), listing)


def test_the_seller_sees_a_draft_with_a_banner_and_strangers_do_not(
    jida: Party, agency: Party, li_wei: User, mallory: User, client_of: ClientOf
) -> None:
    draft = assets.draft_listing(jida, agency)
    assert "Only you and your colleagues see this page." in page(client_of(li_wei), draft)
    assert client_of(mallory).get(f"/assets/{draft.code}/").status_code == 404
    assert client_of(None).get("/assets/A-0000000000/").status_code == 404


def test_a_withdrawn_one_says_so_and_leads_on(listing: Listing, li_wei: User, client_of: ClientOf) -> None:
    actions.withdraw(listing, by=li_wei, reason="另有安排")
    answer = client_of(None).get(f"/assets/{listing.code}/")
    assert answer.status_code == 410
    assert "另有安排" in answer.content.decode()
    assert "/assets/?" in answer.content.decode()
    assert "This listing has ended." in page(client_of(li_wei), listing)


@pytest.mark.parametrize(
    ("state", "words"),
    [("published", "Contact the agency"), ("under_offer", "Contact the agency"), ("dealt", "It has been dealt.")],
)
def test_the_next_step_goes_with_the_state(listing: Listing, client_of: ClientOf, state: str, words: str) -> None:
    Listing.objects.filter(pk=listing.pk).update(state=state)
    assert words in page(client_of(None), listing)


def test_somebody_watches_and_stops(listing: Listing, mallory: User, client_of: ClientOf) -> None:
    client = client_of(mallory)
    assert client.post(f"/assets/{listing.code}/watch/").status_code == 302
    assert 'aria-pressed="true"' in page(client, listing)
    assert listing.right.number in client.get("/assets/watched/").content.decode()
    client.post(f"/assets/{listing.code}/watch/")
    assert not Watch.objects.exists()
    assert "You watch nothing yet." in client.get("/assets/watched/").content.decode()


def test_nobody_watches_without_signing_in_or_what_they_may_not_see(
    jida: Party, agency: Party, mallory: User, client_of: ClientOf
) -> None:
    draft = assets.draft_listing(jida, agency)
    assert client_of(mallory).post(f"/assets/{draft.code}/watch/").status_code == 404
    assert client_of(None).post(f"/assets/{draft.code}/watch/").status_code == 302
    assert client_of(mallory).get(f"/assets/{draft.code}/watch/").status_code == 405
    assert not Watch.objects.exists()


def test_the_page_asks_few_questions(listing: Listing, mallory: User, client_of: ClientOf) -> None:
    for number in range(5):
        Encumbrance.objects.create(right=listing.right, kind="licence", in_favour_of=f"{number}", since=clock.today())
    client = client_of(mallory)
    with CaptureQueriesContext(connection) as questions:
        page(client, listing)
    assert len(questions) <= 25, [question["sql"][:150] for question in questions]


@pytest.mark.parametrize(
    ("until", "left"),
    [
        (None, None),
        (date(2026, 11, 23), (0, 0)),
        (date(2026, 11, 24), (0, 0)),
        (date(2026, 12, 23), (0, 0)),
        (date(2026, 12, 24), (0, 1)),
        (date(2043, 1, 23), (16, 1)),
        (date(2043, 1, 24), (16, 2)),
        (date(2020, 1, 1), (0, 0)),
    ],
)
def test_the_remaining_term_is_whole_months(until: date | None, left: tuple[int, int] | None) -> None:
    assert rules.term_left(until, date(2026, 11, 24)) == left


def test_a_look_is_stale_after_thirty_days() -> None:
    today = date(2026, 11, 24)
    assert rules.is_stale(None, today)
    assert not rules.is_stale(today - timedelta(days=30), today)
    assert rules.is_stale(today - timedelta(days=31), today)


def test_the_register_is_shown_as_of_a_day(client: Client, jida: Party, agency: Party, li_wei: User) -> None:
    listing = assets.published(jida, agency)
    rights.add_encumbrance(listing.right, kind="pledge", in_favour_of="吉林银行", since=date(2024, 1, 1), by=li_wei)
    page = reverse("asset-register", args=[listing.code])
    assert page in client.get(reverse("asset", args=[listing.code])).content.decode()
    shown = client.get(page, {"on": "2024-01-01"})
    assert [(label, burden.in_favour_of) for label, burden in shown.context["burdens"]] == [("质押", "吉林银行")]
    assert "吉林银行" in shown.content.decode()
    before = client.get(page, {"on": "2023-12-31"})
    assert before.context["burdens"] == []
    assert "吉林银行" not in before.content.decode(), "an entry of a later day says nothing of this one"
    assert client.get(page, {"on": "2010-01-01"}).context["register"].state == ""
    assert client.get(page, {"on": "soon"}).status_code == 422


def test_the_register_of_a_draft_is_nobody_elses(client: Client, jida: Party, agency: Party) -> None:
    listing = assets.draft_listing(jida, agency)
    assert client.get(reverse("asset-register", args=[listing.code])).status_code == 404


def test_who_can_cure_a_defect_is_named_and_the_agency_has_a_button(
    listing: Listing, client_of: ClientOf, zhou_min: User, mallory: User
) -> None:
    rights.add_encumbrance(
        listing.right, kind="pledge", in_favour_of="吉林银行", since=date(2024, 1, 1), number="Y1", by=zhou_min
    )
    page, desk = reverse("asset", args=[listing.code]), reverse("desk-register", args=[listing.code])
    theirs, ours = (client_of(user).get(page).content.decode() for user in (mallory, zhou_min))
    for shown in (theirs, ours):
        assert "Civil Code, art. 444" in shown
        assert "Can be cured by the pledgee" in shown
    assert f'href="{desk}">Put it right' in ours
    assert "Put it right" not in theirs


def test_a_work_shows_right_by_right_what_is_granted_and_what_is_reserved(
    jida: Party, agency: Party, client_of: ClientOf
) -> None:
    program = assets.published(jida, agency, draft=assets.software_draft())
    said = {"right": program.right, "kind": "licence", "since": date(2026, 1, 1)}
    Encumbrance.objects.create(in_favour_of="安妮", grade="exclusive", acts=only("rental"), **said)
    Encumbrance.objects.create(in_favour_of="包博", acts=only("rental"), territory=all_but("CN"), **said)
    Encumbrance.objects.create(in_favour_of="卡罗", **said)
    shown = page(client_of(None), program)
    table = shown[shown.index("Right by right") :]
    assert table.count("Reserved to the owner") == 5
    for words in (
        "Granted twice",
        "安妮 and 包博 both hold rental",
        "all but CN",
        "The licence of 卡罗 names no right",
    ):
        assert words in table
    patent = page(client_of(None), assets.published(jida, agency))
    assert "Right by right" not in patent
