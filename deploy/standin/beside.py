"""Starts the stand-in beside the demo, at the address the settings chose, with its memory in var/."""

import logging
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from deploy.standin.provider import Provider
from deploy.standin.server import StandIn, Webhooks

logger = logging.getLogger(__name__)


def start() -> None:
    """Listen; when somebody else listens there, the demo goes on with bank transfers that work and a page that does not."""
    at = urlsplit(settings.STRIPE_API)
    webhooks = Webhooks(settings.STRIPE_WEBHOOK_SECRETS[0], f"{settings.SITE_URL}/stripe/webhook/")
    try:
        server = StandIn(
            Provider(Path(settings.VAR, "standin.json")), webhooks, at.hostname or "127.0.0.1", at.port or 0
        )
    except OSError as error:
        logger.warning("no online payment in this demo: %s: %s", settings.STRIPE_API, error)
        return
    server.start()
