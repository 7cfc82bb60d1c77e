"""Reads of what people were told."""

from typing import Any

from market.notices.models import Notice


def unread(user: Any) -> int:
    """How many notices `user` has not read, at most 100 (the header shows 99+)."""
    return Notice.objects.filter(user=user, read_at=None)[:100].count()
