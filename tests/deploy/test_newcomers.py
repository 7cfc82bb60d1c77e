"""Whoever has just signed up and acts for nobody yet reads every page, or is told how to go on."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from market.parties.models import User

ELSEWHERE = ("admin/", "accounts/", "language/", "styleguide/", "display/", "healthz")


def pages(found: URLResolver, before: str = "") -> Iterator[str]:
    """The address of every page that takes no argument."""
    for one in found.url_patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from pages(one, path)
        elif isinstance(one, URLPattern) and "<" not in path and not path.startswith(ELSEWHERE):
            yield path


@pytest.mark.django_db
def test_a_newcomer_meets_no_fault(client: Client) -> None:
    newcomer = User.objects.create_user("newcomer", "newcomer@example.com", "a long password")
    client.force_login(newcomer)
    answers = {path: client.get(f"/{path}").status_code for path in pages(get_resolver())}
    assert len(answers) > 50
    assert {path: status for path, status in answers.items() if status not in (200, 302, 404, 405, 422)} == {}
    assert {answers[path] for path in ("", "me/", "org/", "deals/", "me/notifications/")} == {200}
