"""Long lists a page at a time."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

PAGE = 50


def page_of(rows: QuerySet[Any] | Sequence[Any], number: str | None) -> Page[Any]:
    """The page asked for; the first for anything that is no number, the last for one beyond the end."""
    return Paginator(rows, PAGE).get_page(number)
