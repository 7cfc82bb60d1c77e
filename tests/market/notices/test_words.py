"""How a notice reads: in the reader's language, with a link to what it is about, never breaking the page."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from market.notices import queries
from market.notices.models import Notice
from market.parties.models import User
from tests.market.notices.told import record

WORDS = Path(__file__).resolve().parents[3] / "templates" / "notices"


def notice(user: User, name: str = "party.verified", **data: Any) -> Notice:
    """A notice to `user` about a fact."""
    return Notice.objects.create(user=user, fact=record(name, **data))


def test_names_are_told_as_they_are_written(anne: User) -> None:
    with translation.override("en"):
        words = queries.render(notice(anne, party_name="R&D <Lab> Co"))
    assert "R&D <Lab> Co" in words.subject
    assert words.body


@pytest.mark.parametrize(
    ("language", "title_en", "said"),
    [
        ("en", "Solid electrolyte", "Solid electrolyte"),
        ("en", "", "固体电解质"),
        ("zh-hans", "Solid electrolyte", "固体电解质"),
    ],
)
def test_a_title_is_told_in_the_readers_language_where_it_has_one(
    anne: User, language: str, title_en: str, said: str
) -> None:
    about = notice(anne, "filing.prepared", subject="filing:F-1", deal="D-1", title="固体电解质", title_en=title_en)
    with translation.override(language):
        assert said in queries.render(about).body


def test_words_that_fail_do_not_take_the_page_with_them(anne: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "text", lambda *_: 1 / 0)
    with translation.override("en"):
        assert queries.render(notice(anne)).subject == "News about P-TEST"


@pytest.mark.parametrize(
    ("subject", "data", "name"),
    [
        ("party:P-1", {}, "organisation"),
        ("deal:D-1", {}, "deal"),
        ("lot:L-1", {}, "lot"),
        ("licence:Y-1", {}, "licence"),
        ("open_licence:O-1", {}, "open-licence"),
        ("cross:X-1", {}, "cross"),
        ("condition:K-1", {}, "consent"),
        ("listing:A-1", {}, "asset"),
        ("bidder:B-1", {"lot": "L-1"}, "lot"),
        ("bidder:B-1", {"lot": "lot:L-1"}, "lot"),
        ("charge:C-1", {}, "charge"),
        ("sale:S-1", {}, "sale"),
        ("filing:F-1", {"deal": "D-1"}, "deal"),
        ("filing:F-1", {"declaration": "O-1"}, "open-licence"),
    ],
)
def test_a_notice_links_to_the_page_of_its_subject(subject: str, data: dict[str, str], name: str, db: None) -> None:
    link = queries.link(record(subject=subject, **data))
    code = next(iter(data.values()), subject).rpartition(":")[2]
    assert link == reverse(name, args=[] if name == "organisation" else [code])


@pytest.mark.parametrize(
    ("fact", "subject", "name"),
    [
        ("party.submitted", "party:P-1", "desk-party"),
        ("listing.submitted", "listing:A-1", "desk-review"),
        ("listing.sent_back", "listing:A-1", "sell-listing"),
        ("charge.reported", "charge:C-1", "desk-payment"),
    ],
)
def test_whoever_has_to_act_is_led_to_the_page_where_they_can(fact: str, subject: str, name: str, db: None) -> None:
    assert queries.link(record(fact, subject=subject)) == reverse(name, args=[subject.rpartition(":")[2]])


def test_money_that_came_back_is_shown_among_my_payments(db: None) -> None:
    assert queries.link(record("deposit.released", subject="bidder:B-1")) == reverse("my-payments")


def test_a_subject_without_a_page_has_no_link(db: None) -> None:
    assert queries.link(record(subject="moon:M-1")) == ""
    assert queries.link(record(subject="bidder:B-1")) == ""
