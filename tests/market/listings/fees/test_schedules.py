"""Published schedules: version by version, chosen for a consignment, kept by value whatever is published later."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse

from market.kernel.errors import Refused
from market.kernel.money import Money
from market.listings import actions as listings
from market.listings.fees import actions, queries, rules
from market.listings.fees.models import FeeSchedule
from market.listings.models import Listing
from market.parties.models import Party, User
from market.trail.models import Fact
from tests import assets

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]
GRADED = rules.read("3; 1000000: 2", Money(500_00, "CNY"), 500)


def published(agency: Party, by: User, fees: rules.Schedule = GRADED, side: str = "seller") -> FeeSchedule:
    return actions.publish(agency=agency, side=side, name="标准", fees=fees, by=by)


def test_a_schedule_survives_the_database_and_what_is_typed() -> None:
    assert rules.Schedule.from_data(GRADED.as_data()) == GRADED
    assert rules.read(rules.typed(GRADED), GRADED.minimum, GRADED.cap_bp) == GRADED


def test_a_change_is_a_new_version_and_what_was_published_stays(agency: Party, zhou_min: User, li_wei: User) -> None:
    first = published(agency, zhou_min)
    assert published(agency, zhou_min) == first
    second = published(agency, zhou_min, rules.flat(250))
    assert (second.version, list(queries.offered(agency, "seller"))) == (2, [second])
    assert FeeSchedule.objects.get(pk=first.pk).fees == GRADED
    for change in (
        lambda: FeeSchedule.objects.filter(pk=first.pk).update(fees=rules.flat(900)),
        lambda: FeeSchedule.objects.filter(pk=first.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    with pytest.raises(Http404):
        actions.withdraw(schedule=second, by=li_wei)
    assert actions.withdraw(schedule=actions.withdraw(schedule=second, by=zhou_min), by=zhou_min).withdrawn_at
    assert not queries.offered(agency, "seller").exists()
    assert published(agency, zhou_min, rules.flat(250)).version == 3
    assert Fact.objects.filter(name__startswith="fees.").count() == 4


def test_what_cannot_be_agreed_is_refused(agency: Party, jida: Party, zhou_min: User) -> None:
    cases = {
        "fees.not_offered": {"agency": jida},
        "fees.currency": {"currency": "USD"},
        "fees.cap": {"cap_bp": 499},
    }
    schedule = published(agency, zhou_min)
    for code, other in cases.items():
        with pytest.raises(Refused) as caught:
            actions.agreed(schedule, **({"agency": agency, "side": "seller", "currency": "CNY"} | other))
        assert caught.value.code == code
    with pytest.raises(Refused, match=r"fees\.not_offered"):
        actions.agreed(schedule, agency=agency, side="buyer", currency="CNY")


def test_a_consignment_keeps_what_it_agreed(agency: Party, jida: Party, zhou_min: User, li_wei: User) -> None:
    schedule = published(agency, zhou_min)
    listing = listings.draft(right=assets.right(jida), seller=jida, by=li_wei)
    offer = {"pricing": "auction", "asking": None, "agency": agency, "by": li_wei}
    listing = listings.offer(listing, edition=listing.edition, schedules={"seller": schedule}, **offer)
    published(agency, zhou_min, rules.flat(100))
    mandate = Listing.objects.get(pk=listing.pk).mandate
    assert mandate.seller_fees.tiers == GRADED.tiers
    assert (mandate.seller_fees.code, mandate.seller_fees.name) == (schedule.code, "标准 v1")
    assert mandate.buyer_fees == rules.standard_premium()


def test_the_agency_publishes_on_a_page_and_everybody_calculates(
    agency: Party, zhou_min: User, li_wei: User, client_of: ClientOf
) -> None:
    desk, address = client_of(zhou_min), reverse("desk-fees")
    typed = {"side": "buyer", "name": "买受人", "rates": "5; 1000000: 3", "least": "500", "most": "5"}
    assert desk.post(address, typed | {"rates": "3; 100: 5"}).status_code == 422
    assert desk.post(address, typed).status_code == 302
    schedule = FeeSchedule.objects.get()
    assert schedule.code in desk.get(address).content.decode()
    assert client_of(li_wei).get(address).status_code == 404
    public = client_of(None)
    page = public.get(reverse("agency", args=[agency.code])).content.decode()
    assert schedule.code in page
    link = page.split(f"{reverse('fees')}?")[1].split('"')[0].replace("&amp;", "&")
    assert "¥55,400.00" in public.get(f"{reverse('fees')}?{link}&price=1180000").content.decode()
    assert desk.post(reverse("desk-fees-withdraw", args=[schedule.code])).status_code == 302
    assert schedule.code not in public.get(reverse("agency", args=[agency.code])).content.decode()
