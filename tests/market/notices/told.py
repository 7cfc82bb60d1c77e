"""Facts to be told about, recorded as the rooms above record them."""

from typing import Any

from django.db import transaction

from market.notices.models import Notice
from market.parties.models import User
from market.trail import journal
from market.trail.models import Fact


def record(name: str = "party.verified", *, subject: str = "party:P-TEST", **data: Any) -> Fact:
    """A fact by the system, unless `actor` says otherwise."""
    values: dict[str, Any] = {"actor": "system:test", "party_name": "吉林大学"} | data
    with transaction.atomic():
        return journal.record(name, subject=subject, **values)


def told(user: User) -> list[str]:
    """The names of the facts `user` was told, oldest first."""
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("fact__name", flat=True))
