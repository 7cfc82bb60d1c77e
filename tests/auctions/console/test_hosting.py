"""The auctioneer's hand: order of warnings, a hammer that loses to a bid, pauses that give the time back, take-overs."""

from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client

from auctions import engine
from auctions.engine import hosting
from auctions.models import Bid, Bidder, Lot, Sale
from auctions.rules import lot as rules
from market.deals.models import Deal
from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.models import Auctioneer, Membership, Party, User
from market.trail.models import Fact
from tests import people
from tests.auctions import factory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


@pytest.fixture
def lot(jida: Party, agency: Party) -> Lot:
    """A lot of an auction that zhou_min leads."""
    made = factory.lot(jida, agency, format="auctioneer")
    Sale.objects.filter(pk=made.sale_id).update(auctioneer=Auctioneer.objects.get(agency=agency), mode="auction")
    made.sale.refresh_from_db()
    return made


@pytest.fixture
def hosted(lot: Lot, zhou_min: User) -> Lot:
    """The same, taken by her."""
    hosting.take(sale=lot.sale, by=zhou_min)
    return lot


def kinds(lot: Lot) -> list[str]:
    return list(lot.events.order_by("seq").values_list("kind", flat=True))


def say(lot: Lot, by: User, *saids: hosting.Said) -> None:
    for said in saids:
        engine.command(lot.pk, said, by=by)


def seq(lot: Lot) -> int:
    return Lot.objects.get(pk=lot.pk).seq


def test_two_warnings_and_the_hammer_sell_at_once(hosted: Lot, anne_bids: Bidder, zhou_min: User) -> None:
    factory.bid(anne_bids, 1_000_000)
    say(hosted, zhou_min, rules.Warn(1), rules.Warn(2), rules.Hammer(seq(hosted)))
    assert kinds(hosted) == ["opened", "bid", "warning", "warning", "hammer", "closed", "sold"]
    assert Lot.objects.get(pk=hosted.pk).state == Lot.State.SOLD
    assert Deal.objects.get(origin=hosted.ref).price == factory.yuan(1_000_000)


def test_a_hammer_that_fell_stands_though_the_closing_cannot_be_written_yet(
    hosted: Lot, anne_bids: Bidder, zhou_min: User
) -> None:
    factory.bid(anne_bids, 1_000_000)
    say(hosted, zhou_min, rules.Warn(1), rules.Warn(2))
    with patch.object(hosting, "close", side_effect=OperationalError("canceling statement due to lock timeout")):
        say(hosted, zhou_min, rules.Hammer(seq(hosted)))
    assert (kinds(hosted)[-1], Deal.objects.exists()) == ("hammer", False)
    assert engine.close_due() == 1
    assert Deal.objects.get(origin=hosted.ref).price == factory.yuan(1_000_000)


def test_a_bid_before_the_hammer_wins_over_it(hosted: Lot, anne_bids: Bidder, bob_bids: Bidder, zhou_min: User) -> None:
    factory.bid(anne_bids, 1_000_000)
    say(hosted, zhou_min, rules.Warn(1), rules.Warn(2))
    seen = seq(hosted)
    factory.bid(bob_bids, 1_020_000)
    before = kinds(hosted)
    with pytest.raises(Refused, match=r"hammer\.price_moved"):
        say(hosted, zhou_min, rules.Hammer(seen))
    assert kinds(hosted) == before
    assert Lot.objects.get(pk=hosted.pk).state == Lot.State.LIVE
    with pytest.raises(Refused, match=r"hammer\.warnings"):
        say(hosted, zhou_min, rules.Hammer(seq(hosted)))


def test_a_pause_gives_the_time_back(hosted: Lot, zhou_min: User) -> None:
    now = clock.now()
    say(hosted, zhou_min, rules.Suspend("话筒故障"))
    held = Lot.objects.get(pk=hosted.pk)
    assert held.state == Lot.State.SUSPENDED
    assert Fact.objects.filter(name="lot.held", subject=hosted.ref).exists()
    with clock.shifted_to(now + timedelta(minutes=10)):
        held = Lot.objects.select_related("sale", "leader").get(pk=hosted.pk)
        say(hosted, zhou_min, hosting.going_on(held, clock.now()))
    again = Lot.objects.get(pk=hosted.pk)
    assert again.state in Lot.BIDDING
    assert timedelta(minutes=9, seconds=50) < again.ends_at - hosted.ends_at < timedelta(minutes=10, seconds=10)
    assert kinds(hosted) == ["opened", "held", "resumed"]


def test_a_halt_is_not_ended_from_the_console(hosted: Lot, zhou_min: User) -> None:
    engine.stop(scope="lot", reason="演练", by=zhou_min, lot=hosted)
    held = Lot.objects.select_related("sale", "leader").get(pk=hosted.pk)
    assert held.state == Lot.State.SUSPENDED
    with pytest.raises(Refused, match=r"halt\.in_force"):
        say(hosted, zhou_min, hosting.going_on(held, clock.now()))
    assert Lot.objects.get(pk=hosted.pk).state == Lot.State.SUSPENDED


def test_a_lot_without_a_bid_is_passed_in(hosted: Lot, zhou_min: User) -> None:
    say(hosted, zhou_min, rules.PassIn())
    assert kinds(hosted)[-2:] == ["closed", "passed_in"]
    assert Lot.objects.get(pk=hosted.pk).state == Lot.State.PASSED_IN


def test_only_who_has_taken_the_sale_commands_it(lot: Lot, zhou_min: User, agent_chen: User) -> None:
    with pytest.raises(Refused, match=r"console\.taken_over"):
        say(lot, zhou_min, rules.Warn(1))
    assert hosting.take(sale=lot.sale, by=zhou_min) == hosting.take(sale=lot.sale, by=zhou_min) == "#1"
    say(lot, zhou_min, rules.Notice("开始"))
    assert hosting.take(sale=lot.sale, by=agent_chen) == "#2"
    with pytest.raises(Refused, match=r"console\.taken_over"):
        say(lot, zhou_min, rules.Notice("我还在"))
    say(lot, agent_chen, rules.Notice("继续"))
    assert kinds(lot) == ["opened", "notice", "handover", "notice"]
    handed = lot.events.get(kind="handover")
    assert handed.payload == {"operator": "#2"}, "an alias, never a name"
    assert [fact.actor for fact in Fact.objects.filter(name="sale.hosted")] == [zhou_min.ref, agent_chen.ref]
    assert [(fact.actor, fact.data["what"]) for fact in Fact.objects.filter(name="lot.hosted")] == [
        (zhou_min.ref, "notice"),
        (agent_chen.ref, "notice"),
    ]


def test_looking_at_what_may_be_done_writes_nothing(hosted: Lot, anne_bids: Bidder) -> None:
    lot = Lot.objects.select_related("sale", "leader").get(pk=hosted.pk)
    found = hosting.refusals(
        lot, {"warn2": rules.Warn(2), "warn1": rules.Warn(1), "hammer": rules.Hammer(9)}, clock.now()
    )
    assert {name: refused.code if refused else "" for name, refused in found.items()} == {
        "warn2": "warn.order",
        "warn1": "",
        "hammer": "hammer.no_bid",
    }
    assert kinds(hosted) == ["opened"]


# ---- the page


def page(lot: Lot) -> str:
    return f"/desk/sales/{lot.sale.code}/console/"


@pytest.mark.parametrize(
    ("who", "status"),
    [("zhou_min", 200), ("agent_chen", 200), ("finance_sun", 404), ("anne", 404), ("li_wei", 404), ("regulator", 404)],
)
def test_who_may_open_the_console(
    lot: Lot, request: pytest.FixtureRequest, client_of: ClientOf, who: str, status: int
) -> None:
    assert client_of(request.getfixturevalue(who)).get(page(lot)).status_code == status


def test_the_named_auctioneer_may_though_no_member(lot: Lot, agency: Party, mallory: User, client_of: ClientOf) -> None:
    assert client_of(mallory).get(page(lot)).status_code == 404
    Auctioneer.objects.filter(agency=agency).update(user=mallory)
    assert client_of(mallory).get(page(lot)).status_code == 200


def test_a_viewer_of_the_agency_may_not(lot: Lot, agency: Party, client_of: ClientOf) -> None:
    viewer = people.person("viewer", "看客")
    people.join(viewer, agency, Membership.Role.VIEWER)
    assert client_of(viewer).get(page(lot)).status_code == 404


def test_the_plain_forms_run_a_lot_from_taking_it_to_the_hammer(
    lot: Lot, anne_bids: Bidder, bob_bids: Bidder, zhou_min: User, client_of: ClientOf
) -> None:
    client, here = client_of(zhou_min), page(lot)

    def press(what: str, **said: object) -> str:
        answer = client.post(f"{here}?lot={lot.code}", {"what": what, **said}, follow=True)
        assert answer.status_code == 200
        return answer.text

    assert "aria-disabled" in client.get(here).text
    assert "You host this sale now." in press("take")
    assert "The bid from the floor is recorded." in press("floor", paddle="8036", amount="1000000")
    assert Bid.objects.get().kind == Bid.Kind.FLOOR
    assert "not registered" in press("floor", paddle="1", amount="1020000").lower() or Bid.objects.count() == 1
    press("warn1")
    press("warn2")
    factory.bid(bob_bids, 1_020_000)
    stale = press("hammer", text=str(seq(lot) - 1), armed=lot.code)
    assert "A new bid has come; the hammer is called off." in stale
    press("warn1")
    press("warn2")
    first = press("hammer", text=str(seq(lot)))
    assert "Press again: hammer" in first
    assert Lot.objects.get(pk=lot.pk).state == Lot.State.LIVE, "the first press only arms"
    assert "The hammer has fallen." in press("hammer", text=str(seq(lot)), armed=lot.code)
    assert Lot.objects.get(pk=lot.pk).state == Lot.State.SOLD


def test_what_may_not_be_done_says_why(hosted: Lot, zhou_min: User, client_of: ClientOf) -> None:
    text = client_of(zhou_min).get(page(hosted)).text
    assert text.count('aria-disabled="true"') >= 3
    assert "There is no bid to sell to." in text
    assert "What is not there" not in text


def test_the_console_shows_no_identity_and_no_reserve(
    jida: Party, agency: Party, anne_co: Party, zhou_min: User, client_of: ClientOf
) -> None:
    lot = factory.lot(jida, agency, format="auctioneer", reserve=factory.yuan(1_357_900))
    factory.bid(factory.bidder(lot, anne_co, 8036), 1_000_000)
    text = client_of(zhou_min).get(page(lot)).text
    assert "8036" in text
    for secret in (anne_co.name, "1,357,900", "1357900"):
        assert secret not in text


def test_the_big_screen_is_everybodys_and_says_the_price(
    hosted: Lot, anne_bids: Bidder, zhou_min: User, client_of: ClientOf
) -> None:
    factory.bid(anne_bids, 1_000_000)
    say(hosted, zhou_min, rules.Warn(1))
    text = client_of(None).get(f"/auctions/{hosted.sale.code}/screen/").text
    assert "¥1,000,000" in text
    assert "First warning" in text
    assert "No. 8036" in text


def test_a_floor_bid_obeys_the_same_key(hosted: Lot, anne_bids: Bidder, zhou_min: User, client_of: ClientOf) -> None:
    client, key = client_of(zhou_min), str(uuid4())
    for _ in range(2):
        client.post(
            f"{page(hosted)}?lot={hosted.code}", {"what": "floor", "paddle": "8036", "amount": "1000000", "key": key}
        )
    assert Bid.objects.count() == 1
