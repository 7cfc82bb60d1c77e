"""Writes of reports that come as a table, and of the keys by which programs report."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.http import Http404

from market.kernel import clock
from market.kernel.errors import Refused
from market.parties.access import require
from market.parties.models import User
from market.royalties.actions import REPORTING, report
from market.royalties.models import Licence
from market.royalties.usage.models import Key
from market.royalties.usage.rules import Fault

PREFIX = "lck_"  # whoever finds one knows what it is
A_MINUTE = 60  # calls
_MINUTE = timedelta(minutes=1)


class _Faulty(Exception):
    """Nothing of the table is kept."""


def report_all(*, licence: Licence, told: Mapping[int, tuple[int, dict[str, Any]]], by: User) -> list[Fault]:
    """Report every period of a table, {number: (row, figures)}, or none: the faults, where there are any. The same table again
    changes nothing."""
    require(by, licence.licensee, REPORTING)
    faults = []
    rows = {row.number: row for row in licence.periods.filter(number__in=told)}
    try:
        with transaction.atomic():
            for number, (row, figures) in sorted(told.items()):
                try:
                    if number not in rows:
                        raise Refused("royalty.no_period", period=number)
                    report(period=rows[number], figures=figures, by=by)
                except Refused as refused:
                    faults.append(Fault(row, "", refused))
            if faults:
                raise _Faulty
    except _Faulty:
        return faults
    return []


@transaction.atomic
def issue_key(*, licence: Licence, name: str, by: User) -> tuple[Key, str]:
    """A new key for programs of the licensee, and its secret, which is never shown again. Refused `key.too_many` above ten."""
    require(by, licence.licensee, REPORTING)
    Licence.objects.select_for_update().get(pk=licence.pk)
    if licence.keys.filter(revoked_at=None).count() >= 10:
        raise Refused("key.too_many")
    secret = PREFIX + secrets.token_urlsafe(32)
    row = Key.objects.create(
        licence=licence, name=name.strip()[:60], start=secret[:10], sha256=_hash(secret), issued_by=by
    )
    return row, secret


@transaction.atomic
def revoke_key(*, key: Key, by: User) -> Key:
    """Let the key open nothing any more. Again: nothing more."""
    require(by, key.licence.licensee, REPORTING)
    Key.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=clock.now())
    key.refresh_from_db()
    return key


def opened(secret: str) -> Key:
    """The key of `secret`, counted as used. Refused `key.unknown` (also a revoked one, or one whose owner may not report any
    more), `key.too_fast` above sixty calls a minute."""
    now = clock.now()
    minute = now.replace(second=0, microsecond=0)
    same = When(minute=minute, then=F("calls") + 1)
    mine = Key.objects.filter(sha256=_hash(secret), revoked_at=None)
    if not mine.update(calls=Case(same, default=Value(1)), minute=minute, used_at=now):
        raise Refused("key.unknown")
    key = mine.select_related("licence__licensee", "issued_by").get()
    if key.calls > A_MINUTE:
        raise Refused("key.too_fast", seconds=int((minute + _MINUTE - now).total_seconds()) + 1)
    try:
        require(key.issued_by, key.licence.licensee, REPORTING)
    except (Http404, Refused):
        raise Refused("key.unknown") from None
    return key


def _hash(secret: str) -> str:
    """A key has 256 random bits: one round hides it."""
    return sha256(secret.encode()).hexdigest()
