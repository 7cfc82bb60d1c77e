"""A lot of every way to bid, played through the engine: a stranger's program accepts its audit file and no forgery of it.

Each forgery is chained anew, as an operator could who wants to lie, so that only the rules can tell.
"""

import copy
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from auctions import engine
from auctions.engine import hosting
from auctions.models import Bidder, Lot, Sale
from auctions.rules import lot as rules
from auctions.rules.chain import Json, stamp, unstamp
from auctions.rules.packages.file import sealed
from auctions.views.verify import FAMILIES, PROGRAMS, VERIFIER
from market.kernel import clock
from market.kernel.money import Money
from market.listings.models import Listing
from market.parties.models import Auctioneer, Party, User
from tests.auctions import factory
from tests.auctions.factory import yuan
from tests.auctions.packages import conftest as packaged
from tests.auctions.trust import envelopes as by_hand
from tests.auctions.trust.conftest import verdict
from tests.auctions.trust.logs import chained_again

pytestmark = pytest.mark.django_db(transaction=True)
A, B, C = 8036, 2417, 5521
FALLING = {"step": 10_000_00, "every_s": 60, "floor": 100_000_00}
Entered = Callable[..., tuple[Lot, list[Bidder]]]


@pytest.fixture
def entered(jida: Party, agency: Party, anne_co: Party, bob_co: Party, carol_co: Party) -> Entered:
    """An open lot with Anne, Bob and Carol registered for it."""

    def enter(**terms: Any) -> tuple[Lot, list[Bidder]]:
        lot = factory.lot(jida, agency, **terms)
        return lot, [factory.bidder(lot, *who) for who in ((anne_co, A), (bob_co, B), (carol_co, C))]

    return enter


def offer(by: Bidder, amount: int, kind: str = "exact", units: int = 1) -> None:
    """`by` bids `amount` yuan now, and is accepted."""
    money, now = yuan(amount), clock.now()
    given = {"lot_id": by.lot_id, "bidder_id": by.pk, "key": uuid4(), "amount": money, "received_at": now}
    answer = engine.place_bid(engine.Offer(**given, kind=kind, units=units))
    assert answer.accepted, answer.code


def at_the_end(lot: Lot) -> None:
    """The end of the lot, or of its stage, has passed, and the worker came by."""
    lot.refresh_from_db()
    with clock.shifted_to(lot.ends_at + timedelta(milliseconds=1)):
        engine.close_due()


def upwards(enter: Entered, **terms: Any) -> Lot:
    lot, (anne, bob, carol) = enter(**terms)
    offer(anne, 1_000_000)
    offer(bob, 1_500_000, "proxy")
    offer(carol, 1_200_000)
    at_the_end(lot)
    return lot


def led(enter: Entered, host: User) -> Lot:
    lot, (anne, bob, carol) = enter(format="auctioneer")
    auctioneer = Auctioneer.objects.get(agency=lot.sale.agency)
    Sale.objects.filter(pk=lot.sale_id).update(auctioneer=auctioneer, mode="auction")
    lot.sale.refresh_from_db()
    hosting.take(sale=lot.sale, by=host)
    offer(anne, 1_000_000)
    engine.command(lot.pk, rules.Warn(1), by=host)
    offer(bob, 1_100_000, "proxy")
    offer(carol, 1_040_000)
    for said in (rules.Warn(1), rules.Warn(2), rules.Hammer(Lot.objects.get(pk=lot.pk).seq + 2)):
        engine.command(lot.pk, said, by=host)
    return lot


def in_envelopes(enter: Entered, way: str) -> Lot:
    lot, bidders = enter(format=way)
    for bidder, amount in zip(bidders, (1_300_000, 1_700_000, 1_500_000), strict=True):
        offer(bidder, amount, "sealed")
    at_the_end(lot)
    return lot


def several(enter: Entered) -> Lot:
    lot, bidders = enter(format="uniform", params={"supply": 3})
    Listing.objects.filter(pk=lot.listing_id).update(mode=Listing.Mode.LICENCE)
    for bidder, amount, units in zip(bidders, (1_500_000, 1_200_000, 1_100_000), (2, 2, 1), strict=True):
        offer(bidder, amount, "units", units)
    at_the_end(lot)
    return lot


def taken(enter: Entered) -> Lot:
    lot, (anne, *_) = enter(format="dutch", params=FALLING)
    offer(anne, 700_000, "accept")
    at_the_end(lot)
    return lot


def contested(enter: Entered) -> Lot:
    stages = {"sealed_s": 600, "best_s": 300}
    lot, (anne, bob, carol) = enter(format="hybrid", params={**FALLING, **stages})
    offer(anne, 700_000, "accept")
    offer(bob, 900_000, "sealed")
    offer(carol, 800_000, "sealed")
    lot.refresh_from_db()
    with clock.shifted_to(lot.ends_at + timedelta(milliseconds=1)):
        engine.close_due()
        offer(anne, 960_000, "best")
        engine.close_due()
    at_the_end(lot)
    return lot


def opened_by_officers(jida: Party, agency: Party, parties: tuple[Party, ...]) -> Lot:
    lot, shares = by_hand.sealed_lot(jida, agency, pricing="second")
    for party, paddle, amount in zip(parties, (A, B, C), (1_300_000, 1_700_000, 1_500_000), strict=True):
        by_hand.hand_in(factory.bidder(lot, party, paddle), amount)
    return by_hand.opened(lot, shares)


def in_packages(jida: Party, agency: Party, people: tuple[User, ...], parties: tuple[Party, ...], by: User) -> Lot:
    """Three lots; Anne's bid for two is worth as much as Bob's, and came first."""
    package = packaged.registered(packaged.make(jida, agency), *parties)
    anne, bob, carol = people
    packaged.bid(package, anne, (1, 2), 3_000_000)
    packaged.bid(package, bob, (1, 2), 3_000_000)
    packaged.bid(package, bob, (2,), 1_400_000)
    packaged.bid(package, carol, (3,), 2_000_000)
    packaged.allocated(package, by)
    return package.sale.lots.get(number=1)


@pytest.fixture
def played(
    request: pytest.FixtureRequest,
    entered: Entered,
    jida: Party,
    agency: Party,
    zhou_min: User,
) -> Lot:
    """A lot that was sold the way the test names."""
    way, told = request.param, request.getfixturevalue
    people, parties = [
        tuple(map(told, names)) for names in (("anne", "bob", "carol"), ("anne_co", "bob_co", "carol_co"))
    ]
    ends = clock.now() + timedelta(minutes=30)
    timed = {"cycle_s": 180, "free_until": stamp(ends - timedelta(seconds=180))}
    plays: dict[str, Callable[[], Lot]] = {
        "english": lambda: upwards(entered),
        "free_then_timed": lambda: upwards(entered, format="free_then_timed", params=timed, ends_at=ends),
        "auctioneer": lambda: led(entered, zhou_min),
        "uniform": lambda: several(entered),
        "dutch": lambda: taken(entered),
        "hybrid": lambda: contested(entered),
        "envelope": lambda: opened_by_officers(jida, agency, parties),
        "package": lambda: in_packages(jida, agency, people, parties, zhou_min),
    }
    made = plays[way]() if way in plays else in_envelopes(entered, way)
    return Lot.objects.get(pk=made.pk)


WAYS = (*("english", "free_then_timed", "auctioneer", "sealed_first", "sealed_second", "envelope"), "uniform", "dutch")


def said(log: Json, *kinds: str) -> list[Json]:
    """The events of these kinds."""
    return [event for event in log["events"] if event["kind"] in kinds]


def dearer(wire: Json) -> Json:
    return (Money.from_wire(wire) + yuan(20_000)).wire()


def another_winner(body: Json) -> None:
    (sold,) = said(body["log"], "sold")
    holder = sold["payload"]["allotments"][0] if "allotments" in sold["payload"] else sold["payload"]
    holder["paddle"] = next(paddle for paddle in (A, B, C, 1004) if paddle != holder["paddle"])


def another_price(body: Json) -> None:
    (sold,) = said(body["log"], "sold")
    sold["payload"]["price"] = dearer(sold["payload"]["price"])


def a_bid_dropped(body: Json) -> None:
    if "package" in body:
        body["package"]["file"]["bids"].pop(0)
    elif opened := [event for event in said(body["log"], "unsealed") if "key" in event["payload"]]:
        opened[0]["payload"]["bids"].pop()
    else:
        body["log"]["events"].remove(said(body["log"], "bid", "sealed")[-1])


def two_bids_swapped(body: Json) -> None:
    events = body["log"]["events"]
    if "package" in body:
        bids = body["package"]["file"]["bids"]
        bids[0]["order"], bids[1]["order"] = bids[1]["order"], bids[0]["order"]
        return
    found = said(body["log"], "bid", "sealed") or said(body["log"], "unsealed")[0]["payload"]["bids"]
    if len(found) == 1:
        found = [found[0], said(body["log"], "closed")[0]]
    one, other = (found[-2], found[-1]) if found[-1] not in events else [events.index(it) for it in found[-2:]]
    if found[-1] not in events:
        one["paddle"], other["paddle"] = other["paddle"], one["paddle"]
    else:
        events[one], events[other] = events[other], events[one]


def a_bid_after_the_end(body: Json) -> None:
    """The last bid is said to have come a day later; where bids are in no log, the closing an hour too early."""
    if bids := said(body["log"], "bid", "sealed"):
        bids[-1]["at"] = stamp(unstamp(bids[-1]["at"]) + timedelta(days=1))
    else:
        for event in said(body["log"], "envelopes", "unsealed", "closed", "sold"):
            event["at"] = stamp(unstamp(event["at"]) - timedelta(hours=1))


FORGERIES = (another_winner, another_price, a_bid_dropped, two_bids_swapped, a_bid_after_the_end)


def chained(body: Json) -> Json:
    """The body with all hashes made anew."""
    if body.get("package", {}).get("file"):
        body["package"]["file"] = sealed(body["package"]["file"])
        (closed,) = said(body["log"], "closed")
        closed["payload"]["allocation"] = body["package"]["file"]["sha256"]
    return {**body, "log": chained_again(body["log"])}


@pytest.mark.parametrize("played", [*WAYS, "hybrid", "package"], indirect=True)
def test_a_lot_won_in_any_way_is_decided_again_and_no_forgery_passes(
    played: Lot, client: Client, tmp_path: Path
) -> None:
    assert played.state == Lot.State.SOLD
    paper = client.get(f"/lots/{played.code}/audit.json").json()
    program = PROGRAMS / f"{FAMILIES.get(played.format, VERIFIER)}.py"
    for decides in {PROGRAMS / f"{VERIFIER}.py", program}:
        passed = verdict(tmp_path, paper, program=decides)
        assert f"verified: {played.code}" in passed, passed
        assert ("for the rest see" in passed) == (decides != program)
    honest = paper["body"]
    assert chained(copy.deepcopy(honest)) == honest
    for forge in FORGERIES:
        forged = copy.deepcopy(honest)
        forge(forged)
        assert forged != honest, forge.__name__
        answer = verdict(tmp_path, chained(forged), program=program)
        assert answer.startswith("refused"), f"{forge.__name__}: {answer}"
        assert "SystemExit" in answer, f"{forge.__name__} is stumbled over, not refused: {answer}"


def test_a_package_lot_annulled_before_the_allocation_has_a_file_that_says_so(
    jida: Party, agency: Party, client: Client, tmp_path: Path
) -> None:
    lot = factory.lot(jida, agency, format=Lot.Format.PACKAGE)
    program = PROGRAMS / f"{FAMILIES['package']}.py"
    running = verdict(tmp_path, client.get(f"/lots/{lot.code}/events.json").json(), program=program)
    assert "there is none before its bidding is over" in running
    hosting.annul(lot, reason="委托人丧失处分权")
    paper = client.get(f"/lots/{lot.code}/audit.json").json()
    assert paper["body"]["package"]["file"] is None
    passed = verdict(tmp_path, paper, program=program)
    assert f"verified: {lot.code}, 2 events, annulled" in passed
    assert "在组合报价分配之前已宣布无效" in passed
    assert "annulled before its package bids were allocated" in passed
    for kind, payload in (("sold", {"paddle": A, "price": yuan(1).wire()}), ("notice", {"text": "x"})):
        forged = copy.deepcopy(paper["body"])
        forged["log"]["events"][-1] |= {"kind": kind, "payload": payload}
        assert "SystemExit" in verdict(tmp_path, chained(forged), program=program), kind
