"""The record of a lot (拍卖笔录, 拍卖法 53): every event of the log, under the seal, signed by those the law names."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from auctions import engine, papers
from auctions.models import Bidder, Lot, Record, RecordSignature, Sale
from auctions.rules import record as rules
from market.deals.models import Deal
from market.documents import seal
from market.kernel import clock
from market.kernel.errors import Conflict, Refused
from market.parties.models import Auctioneer, User
from market.trail import journal
from tests import people
from tests.auctions import factory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


@pytest.fixture(scope="module")
def drafted(kept_rows: None) -> Record:
    """That record, as often as it is asked for."""
    agency = people.changchun_agency()
    lot = factory.lot(people.jilin_university(), agency)
    host = Auctioneer.objects.get(agency=agency)
    Sale.objects.filter(pk=lot.sale_id).update(mode=Sale.Mode.AUCTION, auctioneer=host)
    factory.bid(factory.bidder(lot, people.bob_co(), 2417), 1_000_000)
    factory.bid(factory.bidder(lot, people.anne_co(), 8036), 1_020_000)
    with clock.shifted_to(lot.ends_at + timedelta(seconds=1)):
        engine.close_due()
        while journal.deliver_due():
            pass
    return Record.objects.get(lot=lot)


@pytest.fixture
def record(drafted: Record, db: None) -> Record:
    """The record of an auction under zhou_min's hammer that Anne won against Bob."""
    return Record.objects.get(pk=drafted.pk)


def content(record: Record) -> bytes:
    with record.version.file.open("rb") as file:
        return bytes(file.read())


def test_it_holds_every_event_in_order_and_names_nobody_who_lost(record: Record) -> None:
    lot = record.lot
    logged = [str(seq) for seq in lot.events.order_by("seq").values_list("seq", flat=True)]
    assert [row[0] for row in record.terms["events"]] == logged
    said = [(row[2], row[3]) for row in record.terms["events"]]
    assert ("应价 Bid", "2417 号 · ¥1,000,000.00") in said
    assert ("成交 Sold", "8036 号 · ¥1,020,000.00") in said
    assert lot.leader is not None
    assert lot.leader.party.name in str(record.terms["facts"])
    assert "吉林新材料股份有限公司" not in str(record.terms)
    lot.refresh_from_db()
    assert ["竞价记录摘要 SHA-256", "Log, SHA-256", lot.head] in record.terms["facts"]


def test_it_is_sealed_and_drafted_once(record: Record) -> None:
    assert seal.verify(content(record), seal.certificate_pem())
    assert papers.draft_record(record.lot) == record
    assert Record.objects.count() == 1


def test_the_sale_confirmation_is_sealed_too(record: Record) -> None:
    with Deal.objects.get().papers.get(kind="confirmation").version.file.open("rb") as file:
        assert seal.verify(file.read(), seal.certificate_pem())


@pytest.mark.parametrize(
    ("mode", "buyers", "roles"),
    [
        ("auction", 1, ["auctioneer", "recorder", "buyer"]),
        ("auction", 0, ["auctioneer", "recorder"]),
        ("auction", 2, ["auctioneer", "recorder"]),
        ("online_bidding", 1, ["recorder", "buyer"]),
        ("online_bidding", 0, ["recorder"]),
    ],
)
def test_who_signs(mode: str, buyers: int, roles: list[str]) -> None:
    assert rules.roles(mode, buyers=buyers) == roles


def test_each_signs_once_in_the_one_role_that_fits(
    record: Record, zhou_min: User, agent_chen: User, anne: User, bob: User, finance_sun: User
) -> None:
    sha256 = record.version.sha256

    def sign(by: User) -> RecordSignature:
        return papers.sign_record(record=record, by=by, sha256=sha256, statement="同意")

    for stranger in (bob, finance_sun):
        with pytest.raises(Refused, match=r"paper\.not_yours"):
            sign(stranger)
    assert [sign(by).role for by in (zhou_min, agent_chen, anne)] == ["auctioneer", "recorder", "buyer"]
    with pytest.raises(Refused, match=r"paper\.not_yours"):
        sign(zhou_min)
    assert record.signatures.count() == 3


def test_the_auctioneer_does_not_record_as_well(record: Record, zhou_min: User) -> None:
    papers.sign_record(record=record, by=zhou_min, sha256=record.version.sha256, statement="同意")
    assert papers.role_of(Record.objects.get(pk=record.pk), zhou_min) == ""


def test_only_the_file_that_was_read_is_signed(record: Record, agent_chen: User) -> None:
    with pytest.raises(Conflict, match=r"paper\.changed"):
        papers.sign_record(record=record, by=agent_chen, sha256="0" * 64, statement="同意")
    with pytest.raises(Refused, match=r"signature\.no_consent"):
        papers.sign_record(record=record, by=agent_chen, sha256=record.version.sha256, statement=" ")
    assert not record.signatures.exists()


def test_online_bidding_is_called_an_auction_nowhere(lot: Lot, anne_bids: Bidder, deliver: Callable[[], None]) -> None:
    factory.bid(anne_bids, 1_000_000)
    with clock.shifted_to(lot.ends_at + timedelta(seconds=1)):
        engine.close_due()
        deliver()
    terms = Record.objects.get(lot=lot).terms
    assert "拍卖" not in str([terms["heading"], terms["signatories"], [row[1:] for row in terms["facts"][1:]]])


@pytest.mark.parametrize(
    ("who", "status"),
    [("agent_chen", 200), ("anne", 200), ("li_wei", 200), ("regulator", 200), ("bob", 404), ("mallory", 404)],
)
def test_who_reads_it(
    record: Record, request: pytest.FixtureRequest, client_of: ClientOf, who: str, status: int
) -> None:
    assert client_of(request.getfixturevalue(who)).get(f"/lots/{record.lot.code}/record/").status_code == status


def test_the_page_takes_a_signature_with_the_password(record: Record, anne: User, client_of: ClientOf) -> None:
    client, path = client_of(anne), f"/lots/{record.lot.code}/record/"
    assert "Sign as Purchaser" in client.get(path).text
    said = {"sha256": record.version.sha256, "consent": "on"}
    assert client.post(path, {**said, "password": "wrong"}).status_code == 422
    assert client.post(path, {**said, "password": people.PASSWORD}).status_code == 302
    assert [row.role for row in record.signatures.all()] == ["buyer"]
    assert "Sign the record" not in client.get(path).text
