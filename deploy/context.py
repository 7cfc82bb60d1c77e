"""What every page knows: whether this is the demo, and how many notices are unread."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from market.notices import queries


def site(request: HttpRequest) -> dict[str, Any]:
    """The site's name, the demo ribbon, and the reader's unread count (asked only when a template shows it)."""
    user = getattr(request, "user", None)
    return {
        "site_name": settings.SITE_NAME,
        "demo": settings.DEMO,
        "unread": SimpleLazyObject(lambda: queries.unread(user) if user and user.is_authenticated else 0),
    }
