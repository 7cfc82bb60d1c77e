"""The webhook's door: what Stripe did not sign is nothing, what it tells twice is once, and the object is looked up."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from deploy.standin.objects import Thing
from deploy.standin.provider import Provider
from deploy.standin.server import signature
from market.parties.models import Party, User
from market.payments.models import Charge, Checkout, Webhook
from tests.market.payments import stage as money
from tests.market.payments.online import stage
from tests.market.payments.online.stage import SECRET

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(stripe: Provider, anne_co: Party, anne: User, agency: Party) -> Checkout:
    """A page on which Anne has paid her deposit, of which the market has not heard."""
    page = stage.opened(money.ask_deposit("B-ANNE", anne_co, agency), anne)
    stripe.pay(page.session)
    return page


@pytest.fixture
def paid(page: Checkout, stripe: Provider) -> Thing:
    """The event that says so."""
    return next(stripe.all("event", type="payment_intent.succeeded"))


def body_of(event: Thing) -> bytes:
    return json.dumps(event).encode()


@pytest.mark.parametrize(
    "header",
    [
        "",
        "garbage",
        "t=abc,v1=00",
        lambda body: signature(body, "whsec_other"),
        lambda body: signature(json.dumps(json.loads(body), indent=1).encode(), SECRET),
        lambda body: signature(body, SECRET, scheme="v0"),
        lambda body: signature(body, SECRET, at=int(time.time()) - 302),
        lambda body: signature(body, SECRET, at=int(time.time()) + 310),
    ],
)
def test_what_stripe_did_not_sign_just_now_is_turned_away(
    client: Client, paid: Thing, header: "str | Callable[[bytes], str]"
) -> None:
    body = body_of(paid)
    said = header if isinstance(header, str) else header(body)
    assert stage.knock(client, body, **{"Stripe-Signature": said}).status_code == 400
    assert not Webhook.objects.exists()
    assert Charge.objects.get().state == "due"


def test_both_secrets_count_while_one_replaces_the_other(client: Client, paid: Thing, settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", SECRET]
    body = body_of(paid)
    assert stage.tell(client, paid).status_code == 200
    assert stage.knock(client, body, **{"Stripe-Signature": signature(body, "whsec_new")}).status_code == 200
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new"]
    assert stage.tell(client, paid).status_code == 400


@pytest.mark.parametrize("method", ["get", "options", "put", "delete"])
def test_only_a_post_is_a_webhook(client: Client, stripe: Provider, method: str) -> None:
    assert getattr(client, method)(stage.HOOK).status_code == 405


def test_the_same_event_ten_times_is_once(client: Client, paid: Thing) -> None:
    for _ in range(10):
        assert stage.tell(client, paid).status_code == 200
    assert Webhook.objects.get().outcome == "paid"
    assert money.standing()["deposit:B-ANNE"] == money.DEPOSIT


def test_the_same_number_with_another_body_counts_as_the_first(
    client: Client, paid: Thing, caplog: pytest.LogCaptureFixture
) -> None:
    stage.tell(client, paid)
    assert stage.tell(client, paid | {"type": "charge.refunded"}).status_code == 200
    assert "another body" in caplog.text
    assert Webhook.objects.get().kind == "payment_intent.succeeded"


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"livemode": True}, "ignored: test and live do not mix"),
        ({"account": "acct_stranger"}, "ignored: another account"),
        ({"type": "customer.created"}, "ignored: no business of ours"),
        ({"data": {"object": {"id": "pi_nobody"}}}, "ignored: No such payment_intent: 'pi_nobody'"),
    ],
)
def test_what_is_not_ours_is_kept_and_has_no_effect(
    client: Client, paid: Thing, change: Thing, outcome: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert stage.tell(client, paid | change).status_code == 200
    assert Webhook.objects.get().outcome == outcome
    assert outcome in caplog.text
    assert Charge.objects.get().state == "due"


def test_a_payment_that_is_not_of_this_market_is_unknown(client: Client, stripe: Provider, paid: Thing) -> None:
    stripe.get("payment_intent", paid["data"]["object"]["id"])["metadata"] = {"ref": "order:99"}
    assert stage.tell(client, paid).status_code == 200
    assert Webhook.objects.get().outcome == "unknown"
    assert money.standing() == {}


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id": 1, "data": []}', b'{"data": {"object": null}}', b"\xff"])
def test_a_signed_body_that_is_no_event_is_turned_away(client: Client, stripe: Provider, body: bytes) -> None:
    assert stage.knock(client, body, **{"Stripe-Signature": signature(body, SECRET)}).status_code == 400


def test_while_stripe_does_not_answer_it_is_told_again(client: Client, paid: Thing, settings: Any) -> None:
    there, settings.STRIPE_API = settings.STRIPE_API, "http://127.0.0.1:9"
    assert stage.tell(client, paid).status_code == 503
    assert not Webhook.objects.exists()
    settings.STRIPE_API = there
    assert stage.tell(client, paid).status_code == 200
    assert Charge.objects.get().state == "confirmed"


def test_an_effect_that_fails_leaves_no_trace_of_the_event(
    client: Client, paid: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.raise_request_exception = False
    monkeypatch.setattr("market.payments.online.actions.checkouts.book", lambda entries: 1 / 0)
    assert stage.tell(client, paid).status_code == 500
    monkeypatch.undo()
    assert not Webhook.objects.exists()
    assert Charge.objects.get().state == "due"


def test_what_the_event_says_of_the_object_does_not_count(client: Client, paid: Thing) -> None:
    said = paid["data"]["object"] | {"amount": 1, "amount_received": 1, "currency": "usd", "status": "canceled"}
    assert stage.tell(client, paid | {"data": {"object": said}}).status_code == 200
    assert money.standing()["deposit:B-ANNE"] == money.DEPOSIT
