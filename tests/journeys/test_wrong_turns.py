"""Every wrong turn a person may take, at the real doors in both languages: what is said, what is kept, nothing changed."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import escape
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from auctions import actions
from auctions.engine import bids
from auctions.models import Bid, Bidder, Lot, Sale
from auctions.queries import lot_terms
from auctions.rules.presets import COMMERCIAL
from auctions.rules.sales import terms_sha256
from market.deals import actions as deals
from market.documents.models import Version
from market.documents.rules import MAX_BYTES
from market.kernel import clock
from market.kernel.calendar import earliest_after_notice
from market.kernel.errors import Refused
from market.kernel.words import sentence
from market.listings import actions as listings
from market.listings.fees.rules import flat
from market.parties import actions as parties
from market.parties.models import Party, User
from tests import assets
from tests.auctions import factory
from tests.auctions.factory import yuan

pytestmark = pytest.mark.django_db
ROOMS = "trail ledger parties documents notices rights listings deals payments filings auctions".split()
NEW = "/sell/new/?kind=patent"


@pytest.fixture(autouse=True)
def _rested() -> None:
    """Nobody is out of breath from the test before, whose bidders had the same keys."""
    bids._paces.clear()


@pytest.fixture(params=["zh-hans", "en"])
def language(request: pytest.FixtureRequest) -> str:
    """What the person reads."""
    return str(request.param)


@pytest.fixture
def reader(language: str) -> Callable[[User], Client]:
    """reader(user): a browser signed in as `user`, in that language."""

    def signed_in(user: User) -> Client:
        client = Client(headers={"accept-language": language})
        client.cookies["django_language"] = language
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def says(language: str) -> Callable[..., None]:
    """says(answer, "bid.too_low", ...): the page or message carries the sentence of that code, in that language."""

    def check(answer: HttpResponse, code: str, **facts: Any) -> None:
        with translation.override(language):
            words = sentence(Refused(code, **facts))
        assert words
        if answer.headers["Content-Type"].startswith("application/json"):
            told = json.loads(answer.content)
            assert (told["code"], told["detail"]) == (code, words)
            return
        assert escape(words, quote=False) in answer.content.decode().replace("&#x27;", "'").replace("&quot;", '"')

    return check


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every room, as it lies in its table. A refused bid is kept as the answer to its key, so only accepted
    ones count here."""
    tables = [model._meta.db_table for room in ROOMS for model in apps.get_app_config(room).get_models()]
    rows = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
            names = [column[0] for column in cursor.description]
            rows[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for user in rows["parties_user"]:
        user.pop("last_login")
    rows["auctions_bid"] = [bid for bid in rows["auctions_bid"] if bid["seq"] is not None]
    return rows


@contextmanager
def nothing_changes() -> Iterator[None]:
    before = everything()
    yield
    assert everything() == before


def kept(answer: HttpResponse, *typed: str) -> None:
    """What was typed stands in the page that came back."""
    page = answer.content.decode()
    assert [text for text in typed if text not in page] == []


# -- a right and its listing ---------------------------------------------------------------------------------------


def test_a_wrong_check_digit_names_the_digit_expected(reader, says, li_wei: User) -> None:
    right = assets.cn_number(1)
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    with nothing_changes():
        answer = reader(li_wei).post(NEW, {"number": wrong, "office": "CN", "type": ""})
    assert answer.status_code == 422
    says(answer, "right.check_digit", typed=wrong, got=wrong[-1], expected=right[-1])
    kept(answer, f'value="{wrong}"')


def test_a_number_already_listed_leads_to_its_listing(reader, says, jida: Party, agency: Party, mallory: User) -> None:
    listing = assets.published(jida, agency)
    with nothing_changes():
        answer = reader(mallory).post(NEW, {"number": assets.cn_number(1), "office": "CN", "type": ""})
    assert answer.status_code == 422
    says(answer, "listing.exists", number=listing.right.number, listing=listing.code)
    kept(answer, f'value="{assets.cn_number(1)}"', f'href="/assets/{listing.code}/"')


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("证书.exe", b"MZ\x90\x00" + b"\x00" * 60, "file.type"),
        ("证书.pdf", b"<html><script>alert(1)</script></html>", "file.type"),
        ("证书.pdf", b"%PDF-1.7\n" + b"0" * MAX_BYTES, "file.size"),
    ],
    ids=["a program", "a page called pdf", "too large"],
)
def test_a_file_of_the_wrong_type_or_size_is_not_kept(
    reader, says, jida: Party, agency: Party, li_wei: User, name: str, content: bytes, code: str
) -> None:
    listing = assets.draft_listing(jida, agency)
    file = SimpleUploadedFile(name, content, content_type="application/pdf")
    files = Version.objects.count()
    with nothing_changes():
        answer = reader(li_wei).post(f"/sell/{listing.code}/evidence/", {"what": "proof:register", "file": file})
    assert answer.status_code == 422
    says(answer, code, name=name, size=len(content), limit=MAX_BYTES)
    assert answer.context["form"]["what"].value() == "proof:register"
    assert Version.objects.count() == files


def test_a_stale_form_shows_what_was_typed_beside_what_is_stored(
    reader, says, jida: Party, agency: Party, li_wei: User
) -> None:
    stale = assets.draft_listing(jida, agency)
    listings.edit(stale, edition=stale.edition, by=li_wei, summary="同事先改的")
    typed = {"summary": "我写的一句", "application": "储能", "defects": "无", "edition": stale.edition}
    with nothing_changes():
        answer = reader(li_wei).post(f"/sell/{stale.code}/text/", typed)
    assert answer.status_code == 409
    kept(answer, "我写的一句", "同事先改的", f'href="/sell/{stale.code}/text/"')


# -- a sale ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def typed(agency: Party) -> dict[str, str]:
    """A sale that opens in five days, as an agent types it; the law wants seven days' notice (拍卖法 45)."""
    opens = clock.now().astimezone(clock.BEIJING) + timedelta(days=5)
    frame = {"title": "冬季专场", "title_en": "Winter sale", "mode": "online_bidding", "ruleset": COMMERCIAL.name}
    frame["deposit_kind"] = "bid_bond"
    dates = {"display_from": opens - timedelta(days=4), "register_until": opens - timedelta(hours=1), "opens_at": opens}
    return frame | {name: f"{moment:%Y-%m-%dT%H:%M}" for name, moment in dates.items()}


def test_a_date_inside_the_notice_period_is_answered_with_the_earliest_lawful_one(
    reader, says, typed: dict[str, str], agent_chen: User
) -> None:
    client, days, today = reader(agent_chen), COMMERCIAL.notice_days, clock.today()
    with nothing_changes():
        answer = client.post("/desk/sales/new/", typed)
    assert answer.status_code == 422
    first = earliest_after_notice(today, days)
    says(answer, "calendar.too_early", article=COMMERCIAL.notice_article, days=days, earliest=first, notice=today)
    assert set(answer.context["form"].errors) == {"opens_at"}
    kept(
        answer, *(f'value="{text}"' for name, text in typed.items() if name not in ("mode", "ruleset", "deposit_kind"))
    )
    lawful = typed | {"opens_at": f"{first}T10:00"}
    assert client.post("/desk/sales/new/", lawful).status_code == 302
    assert Sale.objects.get().title == "冬季专场"


def test_a_draft_that_waited_too_long_is_told_the_same_when_it_is_announced(
    reader, says, jida: Party, agency: Party, typed: dict[str, str], agent_chen: User, zhou_min: User
) -> None:
    client, days = reader(agent_chen), COMMERCIAL.notice_days
    client.post("/desk/sales/new/", typed | {"opens_at": f"{earliest_after_notice(clock.today(), days)}T10:00"})
    sale, terms = Sale.objects.get(), {"start": yuan(1_000_000), "deposit": yuan(100_000), "step": yuan(20_000)}
    listing = assets.published(jida, agency)
    actions.add_lot(sale=sale, listing=listing, duration=timedelta(hours=1), by=zhou_min, **terms)
    with clock.shifted_to(clock.now() + timedelta(days=1)), nothing_changes():
        answer = client.post(f"/desk/sales/{sale.code}/notice/")
        today = clock.today()
    assert answer.status_code == 422
    first = earliest_after_notice(today, days)
    says(answer, "calendar.too_early", article=COMMERCIAL.notice_article, days=days, earliest=first, notice=today)
    kept(answer, f'href="/desk/sales/{sale.code}/edit/"')


# -- registering and bidding ------------------------------------------------------------------------------------------


@pytest.fixture
def lot(jida: Party, agency: Party) -> Lot:
    """A lot at ¥1,000,000 in steps of ¥20,000, bidding open."""
    return factory.lot(jida, agency)


@pytest.fixture
def annes(lot: Lot, anne_co: Party) -> Bidder:
    """Anne with paddle 7, leading at ¥1,000,000."""
    made = factory.bidder(lot, anne_co, 7)
    assert factory.bid(made, 1_000_000).accepted
    return made


@pytest.fixture
def bobs(lot: Lot, bob_co: Party, annes: Bidder) -> Bidder:
    """Bob with paddle 8, who has not bid."""
    return factory.bidder(lot, bob_co, 8)


def bid(client: Client, lot: Lot, figure: int, *, key: str = "", by: str = "form") -> Any:
    """Bid through the form or, as a program does, with a frame."""
    amount, key, door = f"{figure}.00", key or str(uuid4()), f"/lots/{lot.code}/bid/"
    if by == "form":
        return client.post(door, {"amount": amount, "key": key})
    frame = {"type": "bid", "key": key, "amount": {"amount": amount, "currency": "CNY"}, "seen_seq": 1}
    return client.post(door, json.dumps(frame), content_type="application/json")


@pytest.mark.parametrize("by", ["form", "frame"])
def test_a_bid_too_low_is_told_the_lowest_valid_one(reader, says, lot: Lot, bobs: Bidder, bob: User, by: str) -> None:
    with nothing_changes():
        answer = bid(reader(bob), lot, 1_010_000, by=by)
    assert answer.status_code == 422
    says(answer, "bid.too_low", minimum=yuan(1_020_000).wire())
    if by == "form":
        kept(answer, 'value="1010000.00"')


@pytest.mark.parametrize("by", ["form", "frame"])
def test_a_bid_after_the_end_is_told_when_the_end_was(reader, says, lot: Lot, bobs: Bidder, bob: User, by: str) -> None:
    client = reader(bob)
    with clock.shifted_to(lot.ends_at), nothing_changes():
        answer = bid(client, lot, 1_020_000, by=by)
    assert answer.status_code == 422
    says(answer, "bid.lot_closed", ended_at=lot.ends_at)


@pytest.mark.parametrize("by", ["form", "frame"])
def test_without_its_deposit_nobody_bids(reader, says, lot: Lot, carol_co: Party, carol: User, by: str) -> None:
    columns = {"user": carol, "state": Bidder.State.QUALIFIED, "terms_sha256": "0" * 64}
    Bidder.objects.create(lot=lot, party=carol_co, **columns)
    with nothing_changes():
        answer = bid(reader(carol), lot, 1_000_000, by=by)
    assert answer.status_code == 422
    says(answer, "bid.deposit_missing")
    assert not Bid.objects.filter(seq__isnull=False).exists()


@pytest.mark.parametrize("by", ["form", "frame"])
def test_the_seller_cannot_bid_without_a_registration(reader, says, lot: Lot, li_wei: User, by: str) -> None:
    with nothing_changes():
        answer = bid(reader(li_wei), lot, 1_000_000, by=by)
    assert answer.status_code == 422
    says(answer, "bid.not_registered")


@pytest.mark.parametrize("who", ["seller", "agency", "affiliate"])
def test_the_seller_the_agency_and_their_affiliates_are_not_registered(
    reader, says, jida: Party, agency: Party, mallory_co: Party, li_wei: User, mallory: User, zhou_min: User, who: str
) -> None:
    parties.declare_affiliation(party=mallory_co, other=jida, kind="control", by=mallory)
    soon = timedelta(days=3)
    lot = factory.lot(
        jida, agency, of_sale=factory.sale(agency, opens_in=soon), ends_in=soon + timedelta(hours=1), opened=False
    )
    user = {"seller": li_wei, "agency": zhou_min, "affiliate": mallory}[who]
    typed = {"acknowledged": "on", "terms": terms_sha256(lot_terms(lot))}
    with nothing_changes():
        answer = reader(user).post(f"/lots/{lot.code}/register/", typed)
    assert answer.status_code == 422
    says(answer, "bid.related_party")


def test_an_affiliate_found_out_after_registering_cannot_bid(
    reader, says, lot: Lot, bobs: Bidder, bob_co: Party, bob: User, jida: Party
) -> None:
    parties.declare_affiliation(party=bob_co, other=jida, kind="control", by=bob)
    with nothing_changes():
        answer = bid(reader(bob), lot, 1_020_000, by="frame")
    assert answer.status_code == 422
    says(answer, "bid.related_party")


def test_one_key_is_one_bid_however_often_it_comes(reader, says, lot: Lot, bobs: Bidder, bob: User) -> None:
    client, key = reader(bob), str(uuid4())
    first = bid(client, lot, 1_020_000, key=key, by="frame")
    assert (first.status_code, first.json()["type"]) == (200, "ack")
    with nothing_changes():
        again = bid(client, lot, 1_020_000, key=key, by="frame")
        other = bid(client, lot, 1_040_000, key=key, by="frame")
    assert (again.status_code, again.json()) == (200, first.json())
    assert other.status_code == 409
    says(other, "bid.key_reused", amount=yuan(1_020_000).wire())


def test_a_malformed_frame_is_told_what_is_wrong_with_it(reader, says, lot: Lot, bobs: Bidder, bob: User) -> None:
    """The same on the socket, which stays open: tests/auctions/room/test_socket.py."""
    with nothing_changes():
        answer = reader(bob).post(f"/lots/{lot.code}/bid/", '{"type": "bid",', content_type="application/json")
    assert answer.status_code == 400
    says(answer, "frame.json")


# -- a deal -----------------------------------------------------------------------------------------------------------


def test_another_organisations_deal_looks_like_no_deal(
    reader, lot: Lot, anne_co: Party, mallory: User, mallory_co: Party
) -> None:
    terms = {"seller_fees": flat(300), "buyer_fees": flat(500), "actor": "system:test"}
    deal = deals.open(origin=lot.ref, listing=lot.listing, buyer=anne_co, price=yuan(1_000_000), **terms)
    client = reader(mallory)
    with nothing_changes():
        for door in ("/deals/{}/", "/deals/{}/sign/confirmation/", "/desk/settlements/{}/"):
            theirs, nobodys = client.get(door.format(deal.code)), client.get(door.format("D-2222222222"))
            assert theirs.status_code == nobodys.status_code == 404
            assert _body(theirs) == _body(nobodys)
        posted = client.post(f"/deals/{deal.code}/sign/confirmation/", {"consent": "on", "password": "password-1234"})
    assert posted.status_code == 404


def _body(answer: HttpResponse) -> list[str]:
    """The page without what differs in any two answers: the address and the form tokens."""
    lines = answer.content.decode().splitlines()
    return [line for line in lines if "csrfmiddlewaretoken" not in line and "D-" not in line]
