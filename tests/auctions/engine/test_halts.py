"""The kill switch: one stops, two let it go on, and the time that was left is left again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from auctions import engine, live
from auctions.models import Bidder, Halt, Lot, Pause, Release
from auctions.rules.replay import verify
from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.models import Party, User
from market.trail.models import Fact
from tests.auctions import factory
from tests.auctions.factory import bid

pytestmark = pytest.mark.django_db

WHY = "报价记录存疑，核查中"


def stop(by: User, **scope: Any) -> Halt:
    kind = "lot" if "lot" in scope else "agency" if "agency" in scope else "platform"
    return engine.stop(scope=kind, reason=WHY, by=by, **scope)


def again(lot: Lot) -> Lot:
    """The lot as it is, after proving that its log tells the same."""
    lot = Lot.objects.select_related("sale", "leader", "listing__right").get(pk=lot.pk)
    assert verify(live.log(lot)) == live.state_of(lot)
    return lot


def test_a_stopped_lot_takes_no_bid_and_does_not_close(
    lot: Lot, anne_bids: Bidder, zhou_min: User, agent_chen: User
) -> None:
    bid(anne_bids, 1_000_000)
    halt = stop(zhou_min, lot=lot)
    assert bid(anne_bids, 1_100_000).code == "bid.suspended"
    held = again(lot)
    assert (held.state, held.events.last().payload) == (Lot.State.SUSPENDED, {"reason": WHY})
    fact = Fact.objects.get(name="lot.held")
    assert (fact.data["reason"], anne_bids.party.ref in fact.audience) == (WHY, True)
    with clock.shifted_to(lot.ends_at + timedelta(hours=2)):
        assert engine.close_due() == 0
        engine.release(halt, by=zhou_min)
        assert (again(lot).state, again(lot).seq) == (Lot.State.SUSPENDED, held.seq)
        engine.release(halt, by=agent_chen)
        gone_on = again(lot)
        assert (gone_on.state, gone_on.leader, gone_on.price) == (Lot.State.LIVE, anne_bids, factory.yuan(1_000_000))
        left = lot.ends_at - held.events.get(kind="held").at
        assert abs(gone_on.ends_at - clock.now() - left) < timedelta(seconds=5)
    assert Fact.objects.filter(name="lot.resumed", subject=lot.ref).count() == 1


def test_one_person_cannot_let_it_go_on_alone(lot: Lot, zhou_min: User, agent_chen: User, finance_sun: User) -> None:
    halt = stop(zhou_min, lot=lot)
    engine.release(halt, by=zhou_min)
    with pytest.raises(Refused, match=r"halt\.same_person"):
        engine.release(halt, by=zhou_min)
    assert again(lot).state == Lot.State.SUSPENDED
    engine.release(halt, by=agent_chen)
    with pytest.raises(Refused, match=r"halt\.over"):
        engine.release(halt, by=finance_sun)
    assert Release.objects.count() == 2


def test_a_stop_says_why(lot: Lot, zhou_min: User) -> None:
    with pytest.raises(Refused, match=r"halt\.reason_missing"):
        engine.stop(scope="lot", reason="  ", by=zhou_min, lot=lot)
    assert (Halt.objects.count(), again(lot).state) == (0, Lot.State.LIVE)


def test_an_agencys_and_the_platforms_stop_reach_every_lot_and_what_opens_meanwhile(
    jida: Party, agency: Party, zhou_min: User, agent_chen: User, registrar: User
) -> None:
    other = factory.lot(jida, agency)
    waiting = factory.lot(jida, agency, opened=False)
    first = stop(zhou_min, agency=agency)
    second = stop(registrar)
    assert again(other).state == Lot.State.SUSPENDED
    assert engine.open_due() == 0
    for person in (zhou_min, agent_chen):
        engine.release(first, by=person)
    assert again(other).state == Lot.State.SUSPENDED, "the platform's stop still covers it"
    assert Pause.objects.filter(lot=other).count() == 1
    engine.release(second, by=registrar)
    engine.release(second, by=User.objects.create_user("registrar2", is_staff=True))
    assert again(other).state == Lot.State.LIVE
    assert engine.open_due() == 1
    assert again(waiting).state == Lot.State.LIVE


def test_no_bid_opens_a_stopped_lot_and_one_that_is_open_is_held_by_the_worker(
    jida: Party, agency: Party, anne_co: Party, registrar: User
) -> None:
    live = factory.lot(jida, agency)
    waiting = factory.lot(jida, agency, opened=False)
    Halt.objects.create(scope="platform", reason=WHY, by=registrar, by_platform=True)
    assert bid(factory.bidder(waiting, anne_co, 8036), 1_000_000).code == "bid.halted"
    assert engine.enforce() == 1
    assert Lot.objects.get(pk=live.pk).state == Lot.State.SUSPENDED
    assert Lot.objects.get(pk=waiting.pk).state == Lot.State.NOTICED
    assert engine.enforce() == 0


def test_halts_are_never_changed(lot: Lot, zhou_min: User) -> None:
    halt = stop(zhou_min, lot=lot)
    for act in (
        lambda: Halt.objects.filter(pk=halt.pk).update(reason="nothing"),
        lambda: Pause.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_the_desk_stops_and_lets_go_on(
    lot: Lot, zhou_min: User, agent_chen: User, client_of: Callable[[User | None], Client]
) -> None:
    desk = client_of(zhou_min)
    assert desk.get("/desk/halts/").status_code == 200
    wrong = desk.post("/desk/halts/", {"scope": "lot", "lot": "L-NOTHING", "reason": WHY})
    assert (wrong.status_code, Halt.objects.count()) == (422, 0)
    assert desk.post("/desk/halts/", {"scope": "lot", "lot": lot.code, "reason": WHY}).status_code == 302
    halt = Halt.objects.get()
    assert WHY in desk.get("/desk/halts/").content.decode()
    desk.post(f"/desk/halts/{halt.code}/release/")
    client_of(agent_chen).post(f"/desk/halts/{halt.code}/release/")
    assert again(lot).state == Lot.State.LIVE


def test_who_may_stop_what(
    lot: Lot,
    zhou_min: User,
    registrar: User,
    mallory: User,
    finance_sun: User,
    client_of: Callable[[User | None], Client],
) -> None:
    assert client_of(mallory).get("/desk/halts/").status_code == 404
    assert client_of(None).get("/desk/halts/").status_code == 302
    assert client_of(finance_sun).post("/desk/halts/", {"scope": "agency", "reason": WHY}).status_code == 422
    assert client_of(zhou_min).post("/desk/halts/", {"scope": "platform", "reason": WHY}).status_code == 422
    assert (Halt.objects.count(), again(lot).state) == (0, Lot.State.LIVE)
    assert client_of(registrar).post("/desk/halts/", {"scope": "platform", "reason": WHY}).status_code == 302
    halt = Halt.objects.get()
    assert client_of(zhou_min).post(f"/desk/halts/{halt.code}/release/").status_code == 404
    assert WHY in client_of(zhou_min).get("/desk/halts/").content.decode()
    assert Release.objects.count() == 0


def test_a_lot_that_a_halt_keeps_from_opening_says_so_and_why(
    jida: Party,
    agency: Party,
    anne_co: Party,
    zhou_min: User,
    agent_chen: User,
    client_of: Callable[[User | None], Client],
) -> None:
    lot = factory.lot(
        jida,
        agency,
        of_sale=factory.sale(agency, opens_in=timedelta(hours=1)),
        ends_in=timedelta(hours=2),
        opened=False,
    )
    anne = factory.bidder(lot, anne_co, 8036)
    halt = stop(zhou_min, agency=agency)
    assert bid(anne, 1_000_000).code == "bid.not_open", "its opening lies ahead"
    with clock.shifted_to(lot.opens_at + timedelta(minutes=1)):
        assert engine.open_due() == 0
        answer = bid(anne, 1_000_000)
        assert (answer.code, answer.facts["reason"]) == ("bid.halted", WHY)
        assert f"Stopped before its opening: {WHY}" in client_of(None).get(f"/lots/{lot.code}/").content.decode()
        lot.refresh_from_db()
        assert (lot.state, lot.seq) == (Lot.State.NOTICED, 0)
        for one in (zhou_min, agent_chen):
            engine.release(halt, by=one)
        assert bid(anne, 1_000_000).accepted
        assert "Stopped before" not in client_of(None).get(f"/lots/{lot.code}/").content.decode()
    assert again(lot).bids_count == 1
