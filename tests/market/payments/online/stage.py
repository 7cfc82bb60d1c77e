"""Charges paid at the stand-in, and its webhooks as the market's door gets them."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from deploy.standin.objects import Thing
from deploy.standin.provider import Provider
from deploy.standin.server import signature
from market.parties.models import Party, User
from market.payments.models import Charge, Checkout
from market.payments.online import actions
from market.payments.online.actions import errands
from tests.market.payments import stage

SECRET = "whsec_test"
HOOK = "/stripe/webhook/"


def keys(settings: Any, url: str) -> None:
    """The market has keys for the stand-in at `url`."""
    settings.STRIPE_KEY, settings.STRIPE_API = "sk_test_1", url
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]


def tell(client: Client, event: Thing, **headers: str) -> HttpResponse:
    """Deliver an event to the webhook's door, signed."""
    body = json.dumps(event).encode()
    return knock(client, body, **{"Stripe-Signature": signature(body, SECRET)} | headers)


def knock(client: Client, body: bytes, **headers: str) -> HttpResponse:
    return client.post(HOOK, body, content_type="application/json", headers=headers)


def opened(charge: Charge, by: User) -> Checkout:
    """The payer's page at Stripe for a charge."""
    page = actions.start(charge=charge, by=by)
    errands.ask(page)
    page.refresh_from_db()
    assert page.state == "open", page.error
    return page


def deposit_paid(stripe: Provider, told: Any, payer: Party, agency: Party, by: User, **how: Any) -> Checkout:
    """A bid deposit of the bidder B-ANNE, paid online and held."""
    page = opened(stage.ask_deposit("B-ANNE", payer, agency), by)
    stripe.pay(page.session, **how)
    told()
    stage.actions.hold_deposit("B-ANNE", origin=stage.ORIGIN, amount=stage.DEPOSIT, actor="system:test")
    page.refresh_from_db()
    return page
