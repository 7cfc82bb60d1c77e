"""The stand-in for Stripe, listening, and a market that has its keys."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from deploy.standin.objects import Thing
from deploy.standin.provider import Provider
from deploy.standin.server import StandIn, Webhooks
from tests.market.payments.online import stage


@pytest.fixture(scope="session")
def listening() -> Iterator[StandIn]:
    """One server for all tests; each gets its own memory."""
    server = StandIn(Provider(), Webhooks(stage.SECRET))
    server.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def stripe(listening: StandIn, settings: pytest.FixtureRequest) -> Provider:
    """Stripe with nothing in it, and the market's keys for it."""
    stage.keys(settings, listening.url)
    listening.provider, listening.drops, listening.replays = Provider(), 0, 0
    listening.provider.address = listening.url
    return listening.provider


@pytest.fixture
def told(stripe: Provider, client: Client) -> Callable[..., list[Thing]]:
    """told(): tell the market every event it was not told yet; told(again) tells those events once more."""
    given: set[str] = set()

    def tell(*again: Thing) -> list[Thing]:
        events = list(again) or [event for event in reversed(list(stripe.all("event"))) if event["id"] not in given]
        for event in events:
            given.add(event["id"])
            assert stage.tell(client, event).status_code == 200
        return events

    return tell
