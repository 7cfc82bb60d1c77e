"""What every page knows: whether this is the demo, how many notices are unread, whom the reader may act for."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from deploy.demo import cast
from market.notices import queries
from market.parties import queries as parties


def site(request: HttpRequest) -> dict[str, Any]:
    """The site's name and who plays in the demo, if this is one; unread count and parties are asked only when shown."""
    user = getattr(request, "user", None)
    return {
        "site_name": settings.SITE_NAME,
        "demo": {"password": cast.PASSWORD, "players": [*cast.PLAYERS, cast.FINANCE]} if settings.DEMO else None,
        "unread": SimpleLazyObject(lambda: queries.unread(user) if user and user.is_authenticated else 0),
        "acting_choices": SimpleLazyObject(lambda: list(parties.parties_of(user))),
    }
