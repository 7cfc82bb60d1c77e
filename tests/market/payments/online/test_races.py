"""Stripe tells several processes at once, and several workers ask it at once: each effect happens once."""

import json

import pytest
from django.test import Client

from deploy.standin.provider import Provider
from market.ledger import queries as ledger
from market.payments.models import Charge, Checkout, Outgoing, Payout, Webhook
from market.payments.online import webhooks
from market.payments.online.actions import errands
from market.trail.models import Fact
from tests import people
from tests import stage as threads
from tests.market.payments import stage as money
from tests.market.payments.online import stage
from tests.market.payments.online.test_errands import Work

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
RUNNERS = 8


@pytest.fixture
def events(stripe: Provider, transactional_db: None) -> list[bytes]:
    """Anne has paid; what the market is told of it, each event as often as there are processes, with and without numbers
    of their own."""
    page = stage.opened(
        money.ask_deposit("B-ANNE", people.anne_co(), people.changchun_agency()), people.owner_of(people.anne_co())
    )
    stripe.pay(page.session)
    event = next(stripe.all("event", type="payment_intent.succeeded"))
    return [
        json.dumps(event | {"id": f"evt_{number % 3}"} if number % 2 else event).encode() for number in range(RUNNERS)
    ]


def _told(body: bytes) -> int:
    event = json.loads(body)
    return stage.tell(Client(), event).status_code


def test_one_payment_told_by_many_processes_counts_once(events: list[bytes]) -> None:
    answers = threads.race(RUNNERS, lambda number: _told(events[number]))
    assert answers == [200] * RUNNERS
    assert Webhook.objects.count() == 4
    assert (Charge.objects.get().state, Checkout.objects.get().outcome) == ("confirmed", "confirmed")
    assert money.standing()["deposit:B-ANNE"] == money.DEPOSIT
    assert Fact.objects.filter(name="charge.confirmed").count() == 1


def test_without_the_lock_on_the_page_they_stand_in_each_others_way(
    events: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: all read the page as open, and only what the database itself forbids keeps it to one effect."""
    monkeypatch.setattr(
        "django.db.models.query.QuerySet.select_for_update", lambda self, **how: (threads.meet(), self)[1]
    )
    answers = threads.race(RUNNERS, lambda number: _told(events[number]))
    assert answers != [200] * RUNNERS
    assert ledger.differences(ledger.trial_balance()) == []


def test_one_errand_taken_by_many_workers_is_asked_once(stripe: Provider, transactional_db: None) -> None:
    work = Work(stripe, lambda: [webhooks.looked_up("checkout.session.", page.session or "")() for page in _open()])
    ref = work.make("refund")
    threads.race(RUNNERS, lambda _: errands.run_due())
    work.done_once("refund", ref)
    assert Outgoing.objects.get().attempts == 0
    assert Payout.objects.get().state == "sent"


def _open() -> list[Checkout]:
    return list(Checkout.objects.filter(state="open"))
