"""The cast itself: everybody is who the other tests think they are."""

from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model

from market.kernel import clock
from market.parties import access, actions, queries
from market.parties.models import Auctioneer, Invitation, Licence, Membership, Party, User
from tests import people


def test_the_cast_is_verified_and_acts_for_its_parties(
    jida: Party, agency: Party, anne_co: Party, mallory: User, regulator: User, li_wei: User
) -> None:
    assert {party.state for party in Party.objects.all()} == {"verified"}
    assert access.verified_party_of(li_wei) == jida
    assert access.acting_party(regulator).kind == "regulator"
    assert access.acting_party(mallory).name == "通化无关贸易有限公司"


def test_the_agency_may_hold_auctions(agency: Party, agent_chen: User, finance_sun: User) -> None:
    assert queries.may_hold_auctions(agency, clock.today())
    assert access.agency_of(agent_chen) == access.agency_of(finance_sun) == agency


def _rows(*models: type[Model]) -> list[Any]:
    """Every row but for what names it and when it was made."""
    apart = {"id", "code", "created_at", "since", "verified_at", "password", "date_joined"}
    return [
        {key: value for key, value in row.items() if key not in apart and not key.endswith("_id")}
        for model in models
        for row in model.objects.order_by("pk").values()
    ]


@pytest.fixture
def nobody(db: None) -> None:
    """A market before anybody came."""
    User.objects.update(acting_for=None)
    for model in (Auctioneer, Licence, Membership, Party, User):
        model.objects.all().delete()


def test_its_rows_are_those_the_actions_leave(nobody: None) -> None:
    models = (User, Party, Membership, Licence, Auctioneer, Invitation)
    with transaction.atomic():
        made = people.changchun_agency()
        assert User.objects.filter(acting_for=made).count() == made.memberships.count() == 3
        wanted = _rows(*models)
        transaction.set_rollback(True)
    staff, zhou_min = people.registrar(), people.person("zhou_min", "周敏")
    agency = next(row for row in wanted if row.get("kind") == Party.Kind.AGENCY)
    details = {name: agency[name] for name in ("name_en", "region", "bank_name", "bank_account")}
    opened = actions.open_party(kind=agency["kind"], name=agency["name"], uscc=agency["uscc"], by=zhou_min, **details)
    actions.submit_party(party=opened, by=zhou_min)
    made = actions.verify_party(party=opened, by=staff)
    for username, name, role in (("agent_chen", "陈立", "agent"), ("finance_sun", "孙芳", "finance")):
        people.join(people.person(username, name), made, role)
    dates = {"valid_from": people.days_from_today(-400), "valid_to": people.days_from_today(3000)}
    for kind, number in (("auction", "吉商拍批字第2201号"), ("operation", "吉知运字第007号")):
        actions.add_licence(agency=made, kind=kind, number=number, by=staff, **dates)
    until = dates["valid_to"]
    actions.add_auctioneer(agency=made, name="周敏", certificate="2200012345", valid_to=until, user=zhou_min, by=staff)
    assert User.objects.filter(acting_for=made).count() == 3
    assert sorted(map(str, _rows(*models))) == sorted(map(str, wanted))
