"""A table by the web door: every row is looked at first, the good ones become drafts, once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from market.listings.models import Listing
from market.parties.models import Party, User
from market.rights.models import Right
from tests import assets

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]
HEADINGS = "Kind,Number,Title,Holder USCC,Filed on,Granted or registered on,Nice class\n"


def table(*rows: str, name: str = "rights.csv") -> SimpleUploadedFile:
    """A filled-in template."""
    return SimpleUploadedFile(name, (HEADINGS + "\n".join(rows)).encode("utf-8-sig"), content_type="text/csv")


def patent(serial: int, holder: str = "") -> str:
    """A good row."""
    return f"发明专利,{assets.cn_number(serial)},名称{serial},{holder},2019-02-08,2021-01-15,"


@pytest.fixture
def seller(client_of: ClientOf, li_wei: User) -> Client:
    """吉林大学's owner in a browser."""
    return client_of(li_wei)


def test_rows_are_shown_then_entered_once(seller: Client, jida: Party) -> None:
    assets.draft_right(jida, draft=assets.patent_draft(3))
    file = table(patent(1), "商标,1590557,长白雪,,2018-03-01,2019-06-07,", patent(3), patent(4, "91220101MA00000011"))
    answer = seller.post("/sell/import/", {"file": file})
    assert answer.status_code == 302
    preview = seller.get(answer["Location"])
    assert [row["outcome"] for row in preview.context["rows"]] == ["ok", "refused", "exists", "refused"]
    assert Listing.objects.count() == 0
    seller.post(answer["Location"])
    seller.post(answer["Location"])
    (listing,) = Listing.objects.all()
    assert (listing.state, listing.seller, listing.right.title) == ("draft", jida, "名称1")
    again = seller.get(answer["Location"])
    assert [row["outcome"] for row in again.context["rows"]] == ["exists", "refused", "exists", "refused"]


def test_an_imported_right_still_asks_for_owners_and_burdens(seller: Client) -> None:
    answer = seller.post("/sell/import/", {"file": table(patent(1))})
    seller.post(answer["Location"])
    listing = Listing.objects.get()
    assert seller.get(f"/sell/{listing.code}/")["Location"].endswith("/title/")


@pytest.mark.parametrize(
    ("name", "content"), [("rights.csv", b""), ("rights.pdf", b"%PDF-1.7"), ("rights.exe", b"MZ\x90\x00")]
)
def test_what_is_no_table_is_refused_with_a_reason(seller: Client, name: str, content: bytes) -> None:
    answer = seller.post("/sell/import/", {"file": SimpleUploadedFile(name, content)}, follow=True)
    assert answer.status_code == 422 or [row["outcome"] for row in answer.context["rows"]] == ["refused"]
    assert not Right.objects.exists()


def test_another_party_s_file_does_not_exist(seller: Client, mallory: User, client_of: ClientOf) -> None:
    answer = seller.post("/sell/import/", {"file": table(patent(1))})
    stranger = client_of(mallory)
    assert stranger.get(answer["Location"]).status_code == 404
    assert stranger.post(answer["Location"]).status_code == 404
    assert not Right.objects.exists()


@pytest.mark.parametrize(("form", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_the_template_is_handed_out(seller: Client, form: str, begins: bytes) -> None:
    answer = seller.get(f"/sell/import/template.{form}")
    assert answer.content.startswith(begins)
    assert f"luochui-rights.{form}" in answer["Content-Disposition"]
    assert seller.get("/sell/import/template.pdf").status_code == 422


def test_looking_at_rows_costs_the_same_however_many(seller: Client, django_assert_max_num_queries: Any) -> None:
    answer = seller.post("/sell/import/", {"file": table(*(patent(serial) for serial in range(1, 41)))})
    with django_assert_max_num_queries(20):
        assert seller.get(answer["Location"]).context["good"] == 40
