"""A seller's walk through the wizard, without a script, with every way to stumble."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import engines
from django.test import Client
from django.utils.translation import override

from market.kernel.money import Money
from market.listings import actions, queries
from market.listings.models import Listing
from market.parties.models import Party, User
from market.rights.models import Right
from tests import assets

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]

PARTICULARS = {
    "title": "固态电解质制备方法",
    "title_en": "Solid electrolyte",
    "filed_on": "2019-02-08",
    "granted_on": "2021-01-15",
    "expires_on": "",
    "application_no": assets.cn_number(1),
    "ipc": "H01M10/0562\nc01b 25/14",
    "creators": "李伟；王芳",
    "annuity_paid_to": "2027-02-08",
    "industry": "materials",
    "region": "吉林省长春市",
}
ALONE = {"shared": "no", "burdened": "no"}
TEXT = {"summary": "较低温度下制备的固态电解质。", "defects": "无已知瑕疵", "trl": "6"}


def certificate(name: str = "certificate.pdf") -> SimpleUploadedFile:
    """A small PDF to upload."""
    return SimpleUploadedFile(name, b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n", content_type="application/pdf")


@pytest.fixture
def seller(client_of: ClientOf, li_wei: User) -> Client:
    """吉林大学's owner in a browser."""
    return client_of(li_wei)


def begin(seller: Client) -> Listing:
    """Type the number and get a draft."""
    answer = seller.post("/sell/new/?kind=patent", {"number": f"ZL {assets.cn_number(1)}", "office": "CN", "type": ""})
    assert answer.status_code == 302, answer.context["form"].errors
    return Listing.objects.get()


def save(seller: Client, listing: Listing, step: str, given: dict[str, Any]) -> Any:
    """Post a step of the draft as it is now."""
    edition = Listing.objects.get(pk=listing.pk).edition
    return seller.post(f"/sell/{listing.code}/{step}/", {**given, "edition": edition})


def test_a_right_goes_from_its_number_to_the_agency(seller: Client, jida: Party, agency: Party) -> None:
    assert "List a right" in seller.get("/sell/").content.decode()
    listing = begin(seller)
    assert save(seller, listing, "particulars", PARTICULARS)["Location"].endswith("/title/")
    assert save(seller, listing, "title", ALONE)["Location"].endswith("/evidence/")
    page = f"/sell/{listing.code}/evidence/"
    assert "whose right it is" in seller.get(page).content.decode()
    seller.post(page, {"what": "proof:certificate", "file": certificate()})
    assert "whose right it is" not in seller.get(page).content.decode()
    terms = {
        "mode": "assignment",
        "pricing": "auction",
        "asking": "1,500,000",
        "reserve": "１２０００００元",
        "agency": agency.code,
        "commission": "2.5",
    }
    assert save(seller, listing, "offer", terms)["Location"].endswith("/text/")
    assert save(seller, listing, "text", TEXT)["Location"].endswith("/check/")
    check = seller.get(f"/sell/{listing.code}/check/").content.decode()
    assert "¥1,500,000" in check
    assert "2.5%" in check
    assert "1,200,000" not in check
    answer = seller.post(f"/sell/{listing.code}/check/", {"declared": "on"})
    assert answer["Location"].endswith("/done/")
    assert listing.code in seller.get(answer["Location"]).content.decode()
    listing.refresh_from_db()
    right = Right.objects.get()
    assert (listing.state, listing.asking, listing.trl) == ("submitted", Money(150_000_000, "CNY"), 6)
    assert queries.reserve_of(listing) == Money(120_000_000, "CNY")
    assert right.number == f"ZL{assets.cn_number(1)}"
    assert right.patent.ipc == ["H01M 10/0562", "C01B 25/14"]
    assert right.expires_on is not None


def test_a_wrong_number_keeps_what_was_typed_and_names_the_right_digit(seller: Client) -> None:
    typed = assets.cn_number(1)[:-1] + ("0" if assets.cn_number(1)[-1] != "0" else "1")
    answer = seller.post("/sell/new/?kind=patent", {"number": typed, "office": "CN", "type": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert typed in page
    assert assets.cn_number(1)[-1] in page
    assert not Right.objects.exists()


def test_a_listed_number_leads_to_its_listing(
    seller: Client, jida: Party, agency: Party, mallory: User, client_of: ClientOf
) -> None:
    listing = assets.published(jida, agency)
    answer = client_of(mallory).post(
        "/sell/new/?kind=patent", {"number": assets.cn_number(1), "office": "CN", "type": ""}
    )
    assert answer.status_code == 422
    assert f"/assets/{listing.code}/" in answer.content.decode()
    assert Listing.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "typed", "key"),
    [
        ("trademark", {"number": "1590557", "nice_class": "第9类"}, "1590557/9"),
        ("copyright", {"number": "2014SR001852", "type": "software"}, "2014SR001852"),
        ("ic_layout", {"number": "BS 205001234", "type": "memory"}, "BS.205001234"),
        ("plant_variety", {"number": "CNA20191234.5", "type": "woody"}, "CNA201912345"),
    ],
)
def test_every_other_kind_begins_too(seller: Client, kind: str, typed: dict[str, str], key: str) -> None:
    answer = seller.post(f"/sell/new/?kind={kind}", {"office": "CN", **typed})
    assert answer.status_code == 302
    listing = Listing.objects.get()
    assert listing.right.key == key
    assert seller.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("given", "wrong"),
    [({"family": "PCT/CN20"}, "family"), ({"creators": "李伟 P-NOBODY"}, "creators"), ({"family": "2018"}, "family")],
)
def test_a_family_and_a_maker_s_code_are_checked(seller: Client, given: dict[str, str], wrong: str) -> None:
    listing = begin(seller)
    answer = save(seller, listing, "particulars", PARTICULARS | given)
    assert wrong in answer.context["form"].errors
    assert listing.right.family is None
    assert save(seller, listing, "particulars", PARTICULARS | {"family": "PCT/CN2013/000353"}).status_code == 302
    assert str(Right.objects.get().family) == "WO CN2013/000353"
    assert "CN2013/000353" in seller.get(f"/sell/{listing.code}/particulars/").content.decode()


def test_an_industry_left_open_is_the_one_the_classification_points_to(seller: Client) -> None:
    listing = begin(seller)
    left = PARTICULARS | {"industry": ""}
    none = save(seller, listing, "particulars", left | {"ipc": "A23L 2/00"})
    assert "points to no industry" in str(none.context["form"].errors["industry"])
    assert save(seller, listing, "particulars", left).status_code == 302
    assert Right.objects.get().industry == "energy"
    page = seller.get(f"/sell/{listing.code}/particulars/").content.decode()
    assert "The classification H01M 10/0562 points to" in page
    assert save(seller, listing, "particulars", left | {"industry": "vehicles"}).status_code == 302
    assert Right.objects.get().industry == "vehicles"


def test_a_mark_is_described_by_its_words_and_groups(seller: Client) -> None:
    seller.post("/sell/new/?kind=trademark", {"office": "CN", "number": "1590557", "nice_class": "9"})
    listing = Listing.objects.get()
    given = {"words": "长白雪", "groups": "0901\n1202", "filed_on": "2018-03-01", "industry": "culture"}
    answer = save(seller, listing, "particulars", given)
    assert answer.status_code == 422
    assert "长白雪" in answer.content.decode()
    assert save(seller, listing, "particulars", given | {"groups": "0901；0913"}).status_code == 302
    right = Right.objects.get()
    assert (right.title, right.trademark.groups) == ("长白雪", ["0901", "0913"])


def test_neither_owners_nor_burdens_may_be_left_open(seller: Client) -> None:
    listing = begin(seller)
    answer = save(seller, listing, "title", {})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"shared", "burdened"}
    assert not queries.done(Listing.objects.get())["title"]


def test_co_owners_and_pledgees_are_named_and_asked(seller: Client, agency: Party, anne_co: Party) -> None:
    listing = begin(seller)
    save(seller, listing, "particulars", PARTICULARS)
    shared = {"shared": "yes", "owner_1": anne_co.uscc, "share_1": "１/３", "burdened": "yes"}
    pledge = {"kind_1": "pledge", "for_1": "吉林银行", "number_1": "Y1", "since_1": "2024-01-01"}
    assert save(seller, listing, "title", shared | pledge).status_code == 302
    shares = {title.holder.name: (title.share_num, title.share_den) for title in listing.right.titles.all()}
    assert shares == {"吉林大学": (2, 3), anne_co.name: (1, 3)}
    page = seller.get(f"/sell/{listing.code}/evidence/").content.decode()
    assert f"Consent of the co-owner {anne_co.name}" in page
    for what in (f"co_owner:{anne_co.code}", f"pledgee:{listing.right.encumbrances.get().pk}", "proof:register"):
        seller.post(f"/sell/{listing.code}/evidence/", {"what": what, "file": certificate()})
    assert not seller.get(f"/sell/{listing.code}/evidence/").context["missing"]
    assert listing.right.consents.count() == 2
    again = seller.get(f"/sell/{listing.code}/title/").content.decode()
    assert str(anne_co.uscc) in again
    assert "吉林银行" in again


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"shared": "yes"}, "owner_1"),
        ({"shared": "yes", "owner_1": "P-NOBODY", "share_1": "1/2"}, "owner_1"),
        ({"shared": "yes", "owner_1": "anne", "share_1": "half"}, "share_1"),
        ({"shared": "yes", "owner_1": "anne", "share_1": "1/1"}, "share_1"),
        ({"shared": "yes", "owner_1": "anne", "share_1": "1/0"}, "share_1"),
        ({"shared": "yes", "owner_1": "anne", "share_1": "1/3", "owner_2": "anne", "share_2": "1/3"}, "owner_2"),
        ({"burdened": "yes"}, "kind_1"),
        ({"burdened": "yes", "kind_1": "pledge"}, "for_1"),
    ],
)
def test_half_answers_about_title_are_sent_back(
    seller: Client, anne_co: Party, given: dict[str, str], wrong: str
) -> None:
    listing = begin(seller)
    typed = {name: anne_co.code if value == "anne" else value for name, value in given.items()}
    answer = save(seller, listing, "title", ALONE | typed)
    assert answer.status_code == 422
    assert wrong in answer.context["form"].errors
    assert listing.right.titles.count() == 1


def test_a_stale_form_shows_both_versions(seller: Client, jida: Party, agency: Party, li_wei: User) -> None:
    listing = assets.draft_listing(jida, agency)
    actions.edit(listing, edition=listing.edition, by=li_wei, summary="同事先改的")
    answer = seller.post(f"/sell/{listing.code}/text/", {**TEXT, "summary": "我写的", "edition": listing.edition})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "我写的" in page
    assert "同事先改的" in page
    assert Listing.objects.get().summary == "同事先改的"


def test_a_stale_offer_does_not_show_a_reserve(seller: Client, jida: Party, agency: Party, li_wei: User) -> None:
    listing = assets.draft_listing(jida, agency)
    actions.set_reserve(listing, edition=listing.edition, reserve=Money(123_456_700, "CNY"), by=li_wei)
    terms = {
        "mode": "assignment",
        "pricing": "auction",
        "asking": "10",
        "agency": agency.code,
        "commission": "3",
        "edition": "1",
    }
    answer = seller.post(f"/sell/{listing.code}/offer/", terms)
    assert answer.status_code == 409
    assert "1234567" not in answer.content.decode()
    assert "1234567" not in seller.get(f"/sell/{listing.code}/offer/").content.decode()


def test_an_unfinished_listing_says_what_is_missing_and_stays(seller: Client) -> None:
    listing = begin(seller)
    assert seller.get(f"/sell/{listing.code}/")["Location"].endswith("/particulars/")
    answer = seller.post(f"/sell/{listing.code}/check/", {"declared": "on"})
    assert answer.status_code == 422
    assert "Papers" in answer.content.decode()
    assert Listing.objects.get().state == "draft"


def test_change_links_lead_back_to_the_check(seller: Client, jida: Party, agency: Party) -> None:
    listing = assets.draft_listing(jida, agency)
    answer = seller.post(f"/sell/{listing.code}/text/?back=check", {**TEXT, "edition": listing.edition})
    assert answer["Location"].endswith("/check/")


def test_what_was_handed_over_is_looked_at_not_edited(seller: Client, jida: Party, agency: Party) -> None:
    listing = assets.submitted(jida, agency)
    assert seller.get(f"/sell/{listing.code}/text/")["Location"] == f"/sell/{listing.code}/"
    assert "compares the listing" in seller.get(f"/sell/{listing.code}/").content.decode()


def test_remarks_stand_beside_what_to_mend(seller: Client, jida: Party, agency: Party, zhou_min: User) -> None:
    listing = assets.submitted(jida, agency)
    actions.send_back(listing, remarks={"text": "请删去广告用语"}, by=zhou_min)
    assert seller.get(f"/sell/{listing.code}/")["Location"].endswith("/text/")
    assert "请删去广告用语" in seller.get(f"/sell/{listing.code}/text/").content.decode()
    waiting = engines["django"].from_string("{% load listings_tags %}{% listings_waiting party %}")
    with override("en"):
        assert f"Mend the listing of {listing.right.title_en}" in waiting.render({"party": jida})


def test_a_verified_right_is_shown_not_asked(seller: Client, jida: Party, agency: Party, li_wei: User) -> None:
    listing = actions.withdraw(assets.published(jida, agency), by=li_wei)
    again = actions.begin(described=assets.patent_draft(), seller=jida, by=li_wei)
    assert listing.pk != again.pk
    page = seller.get(f"/sell/{again.code}/particulars/").content.decode()
    assert "has been verified" in page
    assert "<textarea" not in page


def test_a_listing_is_withdrawn_with_its_reason(seller: Client, jida: Party, agency: Party) -> None:
    listing = assets.published(jida, agency)
    seller.post(f"/sell/{listing.code}/withdraw/", {"reason": "另有安排"})
    listing.refresh_from_db()
    assert (listing.state, listing.remarks) == ("withdrawn", {"withdrawn": "另有安排"})


@pytest.mark.parametrize("path", ["", "check/", "text/", "done/", "withdraw/"])
def test_another_seller_s_draft_does_not_exist(
    path: str, jida: Party, agency: Party, mallory: User, client_of: ClientOf
) -> None:
    listing = assets.draft_listing(jida, agency)
    stranger = client_of(mallory)
    assert stranger.get(f"/sell/{listing.code}/{path}").status_code in (404, 405)
    assert stranger.post(f"/sell/{listing.code}/{path}", {"edition": "1"}).status_code in (404, 405)
    assert Listing.objects.get().state == "draft"


def test_sellers_pages_ask_strangers_to_sign_in(client_of: ClientOf) -> None:
    for path in ("/sell/", "/sell/new/", "/sell/import/", "/sell/import/template.csv", "/desk/reviews/"):
        assert client_of(None).get(path).status_code == 302
