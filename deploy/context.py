"""What every page knows: whether this is the demo, how many notices are unread, whom the reader may act for."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from market.notices import queries
from market.parties import queries as parties


def site(request: HttpRequest) -> dict[str, Any]:
    """The site's name and the demo ribbon; unread count and parties are asked only when shown."""
    user = getattr(request, "user", None)
    return {
        "site_name": settings.SITE_NAME,
        "demo": settings.DEMO,
        "unread": SimpleLazyObject(lambda: queries.unread(user) if user and user.is_authenticated else 0),
        "acting_choices": SimpleLazyObject(lambda: list(parties.parties_of(user))),
    }
