"""The latest notices for any page."""

from typing import Any

from django import template

from market.notices import queries

register = template.Library()

SHOWN = 5


@register.inclusion_tag("notices/_latest.html")
def notices_of(user: Any) -> dict[str, Any]:
    """{% notices_of user %}: the newest five notices, with a link to all of them."""
    return {"latest": [queries.render(notice) for notice in queries.notices_of(user)[:SHOWN]]}
