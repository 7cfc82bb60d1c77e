"""Facts whose handler gave up are shown to those they concern, and run again when asked."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from market.kernel.states import move
from market.parties.models import Membership, Party, User
from market.trail import journal
from market.trail.models import Delivery
from tests import people

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User | None], Client]


def dead(actor: str, *audience: str) -> Delivery:
    """A delivery that failed at every turn."""
    with transaction.atomic():
        fact = journal.record("tea.served", subject=f"cup:{actor}", actor=actor, audience=audience)
        delivery = Delivery.objects.create(fact=fact, handler="kitchen.serve")
        move(delivery, Delivery.State.DEAD, attempts=7, error="ValueError: <cold>")
    return delivery


def test_an_agency_sees_the_facts_told_to_it_and_those_its_people_made(
    agency: Party, finance_sun: User, agent_chen: User, mallory: User, client_of: ClientOf
) -> None:
    dead("system:told", agency.ref)
    dead(agent_chen.ref)
    dead(mallory.ref, "party:P-OTHER")
    page = client_of(finance_sun).get(reverse("desk-deliveries")).content.decode()
    assert "cup:system:told" in page
    assert f"cup:{agent_chen.ref}" in page
    assert f"cup:{mallory.ref}" not in page
    assert "kitchen.serve" in page
    assert "ValueError: &lt;cold&gt;" in page


def test_a_superuser_sees_all(mallory: User, registrar: User, client_of: ClientOf) -> None:
    dead(mallory.ref)
    assert client_of(registrar).get(reverse("desk-deliveries")).status_code == 404, "staff is not superuser"
    root = people.person("root", "管理员", is_superuser=True)
    assert f"cup:{mallory.ref}" in client_of(root).get(reverse("desk-deliveries")).content.decode()


def test_it_runs_again_once_when_asked(agency: Party, finance_sun: User, client_of: ClientOf) -> None:
    delivery = dead("system:told", agency.ref)
    client = client_of(finance_sun)
    assert client.post(reverse("desk-deliveries"), {"delivery": delivery.pk}).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("pending", 0)
    assert client.post(reverse("desk-deliveries"), {"delivery": delivery.pk}).status_code == 404, "no longer dead"


@pytest.mark.parametrize("asked", ["", "0", "abc", "９９", "9" * 5000, "-1"])
def test_a_number_that_is_none_of_ours_is_not_there(
    asked: str, agency: Party, finance_sun: User, client_of: ClientOf
) -> None:
    delivery = dead("user:0", "party:P-OTHER")
    client = client_of(finance_sun)
    for number in (asked, delivery.pk):
        assert client.post(reverse("desk-deliveries"), {"delivery": number}).status_code == 404
    delivery.refresh_from_db()
    assert delivery.state == "dead"


def test_a_viewer_runs_nothing_again(agency: Party, client_of: ClientOf) -> None:
    viewer = people.person("viewer", "看客")
    people.join(viewer, agency, Membership.Role.VIEWER)
    delivery = dead("system:told", agency.ref)
    assert client_of(viewer).get(reverse("desk-deliveries")).status_code == 200
    assert client_of(viewer).post(reverse("desk-deliveries"), {"delivery": delivery.pk}).status_code == 404
    delivery.refresh_from_db()
    assert delivery.state == "dead"
