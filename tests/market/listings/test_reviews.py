"""The agency's desk: a queue, a listing beside its evidence, and nobody else's business."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import engines
from django.test import Client
from django.utils.translation import override

from market.kernel.money import Money
from market.listings import actions
from market.listings.forms.listing import REVIEW_WORDS
from market.listings.models import Listing
from market.listings.rules import REVIEWED
from market.parties.models import Membership, Party, User
from market.rights.models import Right
from market.rights.rules.grants import EVERYTHING, all_but, only
from tests import assets, people

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]
ALL = {f"tick_{name}": "on" for name in REVIEWED}


def test_every_point_an_agency_vouches_for_has_its_words() -> None:
    assert list(REVIEW_WORDS) == list(REVIEWED)


def test_an_agent_accepts_what_is_ticked(jida: Party, agency: Party, agent_chen: User, client_of: ClientOf) -> None:
    listing = assets.submitted(jida, agency)
    desk = client_of(agent_chen)
    assert listing.right.title_en in desk.get("/desk/reviews/").content.decode()
    page = f"/desk/reviews/{listing.code}/"
    shown = desk.get(page).content.decode()
    assert "certificate.pdf" in shown
    answer = desk.post(page, {"decision": "accept", "tick_number": "on", "remark_text": "还没看完"})
    assert answer.status_code == 422
    assert "还没看完" in answer.content.decode()
    assert Listing.objects.get().state == "submitted"
    assert desk.post(page, {"decision": "accept", **ALL})["Location"] == "/desk/reviews/"
    assert Listing.objects.get().state == "published"


def test_an_agent_sends_back_with_remarks(jida: Party, agency: Party, agent_chen: User, client_of: ClientOf) -> None:
    listing = assets.submitted(jida, agency)
    page = f"/desk/reviews/{listing.code}/"
    assert client_of(agent_chen).post(page, {"decision": "back"}).status_code == 422
    client_of(agent_chen).post(page, {"decision": "back", "remark_text": "请删去广告用语"})
    listing.refresh_from_db()
    assert (listing.state, listing.remarks) == ("draft", {"text": "请删去广告用语"})


def test_a_bar_found_at_review_stops_the_publication(
    jida: Party, agency: Party, agent_chen: User, client_of: ClientOf
) -> None:
    listing = assets.submitted(jida, agency)
    listing.right.encumbrances.create(kind="preservation", in_favour_of="长春知识产权法庭", since="2026-01-01")
    answer = client_of(agent_chen).post(f"/desk/reviews/{listing.code}/", {"decision": "accept", **ALL})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Patent Rules, art. 103-105" in page
    assert Listing.objects.get().state == "submitted"


def test_a_listing_handed_over_twice_is_decided_once(
    jida: Party, agency: Party, agent_chen: User, zhou_min: User, client_of: ClientOf
) -> None:
    listing = assets.submitted(jida, agency)
    actions.accept(listing, by=zhou_min)
    answer = client_of(agent_chen).post(f"/desk/reviews/{listing.code}/", {"decision": "back", "remark_text": "晚了"})
    assert answer.status_code == 422
    assert Listing.objects.get().state == "published"


def test_the_reserve_is_not_the_agency_s_to_read(
    jida: Party, agency: Party, li_wei: User, agent_chen: User, client_of: ClientOf
) -> None:
    listing = assets.draft_listing(jida, agency)
    listing = actions.set_reserve(listing, edition=listing.edition, reserve=Money(123_456_700, "CNY"), by=li_wei)
    actions.submit(listing, by=li_wei)
    page = client_of(agent_chen).get(f"/desk/reviews/{listing.code}/").content.decode()
    assert "Set, secret" in page
    assert "1,234,567" not in page
    assert "1234567" not in page


def test_only_the_chosen_agency_s_people_see_a_review(
    jida: Party,
    agency: Party,
    li_wei: User,
    mallory: User,
    finance_sun: User,
    regulator: User,
    client_of: ClientOf,
) -> None:
    listing = assets.submitted(jida, agency)
    page = f"/desk/reviews/{listing.code}/"
    stranger = people.party(people.person("other", "别家"), Party.Kind.AGENCY, "吉林另一运营中心", 77)
    for user in (li_wei, mallory, regulator, people.owner_of(stranger)):
        assert client_of(user).get(page).status_code == 404
        assert client_of(user).post(page, {"decision": "accept", **ALL}).status_code == 404
    assert client_of(None).get(page).status_code == 302
    assert client_of(finance_sun).get(page).status_code == 200
    assert client_of(finance_sun).post(page, {"decision": "accept", **ALL}).status_code == 422
    assert Listing.objects.get().state == "submitted"


def test_a_draft_is_not_the_agency_s_yet(jida: Party, agency: Party, agent_chen: User, client_of: ClientOf) -> None:
    listing = assets.draft_listing(jida, agency)
    assert client_of(agent_chen).get(f"/desk/reviews/{listing.code}/").status_code == 404
    assert client_of(agent_chen).get(f"/assets/{listing.code}/").status_code == 404


@pytest.mark.parametrize("role", [Membership.Role.VIEWER, Membership.Role.FINANCE])
def test_a_reader_of_the_seller_s_changes_nothing(
    role: str, jida: Party, agency: Party, mallory: User, client_of: ClientOf
) -> None:
    listing = assets.draft_listing(jida, agency)
    people.join(mallory, jida, role)
    answer = client_of(mallory).post(f"/sell/{listing.code}/text/", {"edition": listing.edition, "summary": "x"})
    assert answer.status_code == 422
    assert Listing.objects.get().summary == listing.summary


def test_the_desk_card_counts_and_leads(jida: Party, agency: Party) -> None:
    card = engines["django"].from_string("{% load listings_tags %}{% listings_queue agency %}")
    with override("en"):
        assert "No listing waits for review." in card.render({"agency": agency})
        listing = assets.submitted(jida, agency)
        assert f"/desk/reviews/{listing.code}/" in card.render({"agency": agency})
        assert card.render({"agency": None}).strip() == ""


def test_the_queue_costs_the_same_however_long(
    jida: Party, agency: Party, agent_chen: User, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    for serial in range(1, 6):
        assets.submitted(jida, agency, draft=assets.patent_draft(serial))
    desk = client_of(agent_chen)
    with django_assert_max_num_queries(9):
        desk.get("/desk/reviews/")


@pytest.fixture
def entry(jida: Party, agency: Party) -> Listing:
    """A published listing whose register entry the agency keeps."""
    return assets.published(jida, agency)


def test_the_agency_keeps_the_register_entry(entry: Listing, agent_chen: User, client_of: ClientOf) -> None:
    desk, page = client_of(agent_chen), f"/desk/reviews/{entry.code}/register/"
    Right.objects.update(checked_on=people.days_from_today(-40))
    assert "in the last 30 days" in desk.get(page).content.decode()
    desk.post(page, {"act": "looked_up"})
    assert "in the last 30 days" not in desk.get(page).content.decode()
    freeze = {"burden-kind": "preservation", "burden-in_favour_of": "长春知识产权法庭", "burden-since": "2026-01-01"}
    desk.post(page, {"act": "burden", **freeze})
    assert "Patent Rules, art. 103-105" in desk.get(f"/assets/{entry.code}/").content.decode()
    row = entry.right.encumbrances.get()
    assert desk.post(page, {"act": "release", "burden": row.pk, "on": "2999-01-01"}).status_code == 422
    desk.post(page, {"act": "release", "burden": row.pk, "on": "2026-02-01"})
    row.refresh_from_db()
    assert str(row.released_on) == "2026-02-01"
    desk.post(page, {"act": "state", "state-state": "lapsed", "state-source": "公告 42-01"})
    assert Right.objects.get().state == "lapsed"


def test_a_licence_is_entered_with_what_it_covers_and_every_entry_with_its_paper(
    entry: Listing, agent_chen: User, client_of: ClientOf
) -> None:
    desk, page = client_of(agent_chen), f"/desk/reviews/{entry.code}/register/"

    def paper(name: str) -> SimpleUploadedFile:
        return SimpleUploadedFile(name, b"%PDF-1.7\n%%EOF\n" + name.encode(), content_type="application/pdf")

    licence = {"kind": "licence", "in_favour_of": "一汽", "number": "X1", "since": "2026-01-01", "grade": "exclusive"}
    licence |= {
        "scope": "except",
        "fields_of_use": ["vehicles"],
        "acts": ["make", "sell"],
        "debt": "5",
        "file": paper("x.pdf"),
    }
    given = {"act": "burden"} | {f"burden-{name}": value for name, value in licence.items()}
    for wrong in ("", "Narnia, ZZ"):
        answer = desk.post(page, given | {"burden-territory": wrong, "burden-file": paper("x.pdf")})
        assert "territory" in answer.context["forms"]["burden"].errors
    desk.post(page, given | {"burden-territory": "cn, US", "burden-file": paper("x.pdf")})
    row = entry.right.encumbrances.get()
    assert (row.grade, row.territory, row.debt) == ("exclusive", all_but("CN", "US"), None)
    assert (row.fields, row.acts) == (only("vehicles"), only("make", "sell"))
    assert "except CN, US" in desk.get(f"/assets/{entry.code}/").content.decode()
    pledge = {"kind": "pledge", "in_favour_of": "吉林银行", "since": "2026-01-01", "debt": "3,000,000", "grade": "sole"}
    desk.post(page, {"act": "burden"} | {f"burden-{name}": value for name, value in pledge.items()})
    pledged = entry.right.encumbrances.get(kind="pledge")
    assert (pledged.debt, pledged.grade, pledged.territory) == (Money(300_000_000, "CNY"), "", EVERYTHING)
    desk.post(page, {"act": "release", "burden": pledged.pk, "on": "2026-02-01", "file": paper("y.pdf")})
    desk.post(page, {"act": "state", "state-state": "lapsed", "state-source": "公告", "state-file": paper("z.pdf")})
    papers = dict(entry.right.events.values_list("kind", "document__name"))
    assert (papers["licence"], papers["pledge"], papers["pledge_release"], papers["lapse"]) == (
        "x.pdf",
        None,
        "y.pdf",
        "z.pdf",
    )


def test_the_agency_files_a_pledgee_s_agreement_that_came_later(
    entry: Listing, agent_chen: User, li_wei: User, mallory: User, client_of: ClientOf
) -> None:
    pledge = entry.right.encumbrances.create(kind="pledge", in_favour_of="吉林银行", since="2026-01-01")
    page = f"/desk/reviews/{entry.code}/register/"
    paper = SimpleUploadedFile("agreement.pdf", b"%PDF-1.7\n%%EOF\n", content_type="application/pdf")
    desk = client_of(agent_chen)
    desk.post(page, {"act": "consent", "what": f"pledgee:{pledge.pk}", "file": paper})
    consent = entry.right.consents.get()
    assert consent.document is not None
    for user, status in ((agent_chen, 200), (li_wei, 200), (mallory, 404)):
        assert client_of(user).get(f"/documents/{consent.document.code}/").status_code == status
    assert "who has not agreed" not in desk.get(page).content.decode()


def test_nobody_else_touches_the_register_entry(
    entry: Listing, li_wei: User, mallory: User, finance_sun: User, client_of: ClientOf
) -> None:
    page = f"/desk/reviews/{entry.code}/register/"
    state = {"act": "state", "state-state": "lapsed", "state-source": "x"}
    for user in (li_wei, mallory):
        assert client_of(user).get(page).status_code == 404
        assert client_of(user).post(page, state).status_code == 404
    assert client_of(finance_sun).post(page, state).status_code == 422
    assert Right.objects.get().state == "granted"
