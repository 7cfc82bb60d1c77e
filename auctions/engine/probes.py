"""Probes: bids through the public door that are refused by design, and the silences between them."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Max

from auctions.models import Probe
from auctions.rules.availability import LONG, Silence, silences
from market.kernel import clock

KEPT = timedelta(days=7)
AT_ONCE = 10_000  # rows forgotten in one transaction
SALT, FRESH = "auctions.probe", 10  # a pass for the door is good for so many seconds
PROCESS = f"{socket.gethostname()}:{os.getpid()}"[:80]


def pass_for(target: str) -> str:
    """What shows the door that a probe of the address `target` is ours; good for ten seconds."""
    return signing.dumps(target, salt=SALT)


def target_of(shown: str) -> str:
    """The address a pass was made for; empty when it is not ours or too old."""
    try:
        return str(signing.loads(shown, salt=SALT, max_age=FRESH))
    except signing.BadSignature:
        return ""


@dataclass(frozen=True, slots=True)
class Knock:
    """A probe of the address `target` as it waits to be decided, among the bids (`writer.probe`)."""

    target: str
    key: UUID

    @property
    def whose(self) -> str:
        """Of whom only so many may wait."""
        return self.target


def keep(knock: Knock) -> datetime:
    """Keep a probe, durable when this returns, by the database's clock: the moment it was refused.

    The same key again: the first moment. It proves the whole way in: proxy, web process, the writer, the primary.
    """
    with transaction.atomic(durable=True):
        given = {"target": knock.target, "process": PROCESS, "at": clock.database_now()}
        row, _ = Probe.objects.get_or_create(key=knock.key, defaults=given)
    return row.at


def ever() -> bool:
    """Whether this platform ever probed itself; until then there is nothing to prove by, and no lot is kept open."""
    return Probe.objects.exists()


def forget() -> int:
    """Forget the oldest probes beyond a week, but of each address always the newest; how many, a bounded number."""
    newest = Probe.objects.values("target").annotate(last=Max("pk")).values("last")
    old = Probe.objects.filter(at__lt=clock.now() - KEPT).exclude(pk__in=newest).order_by("at")
    return Probe.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:AT_ONCE])).delete()[0]


def silent(since: datetime, until: datetime) -> list[Silence]:
    """Every silence of any address in `PROBE_URLS` between the two moments, and a while before to see it whole."""
    since -= LONG + timedelta(minutes=1)
    tolerance = timedelta(seconds=settings.PROBE_TOLERANCE_S)
    found: list[Silence] = []
    for target in targets():
        probed = Probe.objects.filter(target=target, at__gt=since, at__lte=until).order_by("at")
        found += silences(probed.values_list("at", flat=True), since=since, until=until, tolerance=tolerance)
    return found


def targets() -> Sequence[str]:
    """The addresses that are probed, one of each web process."""
    urls: list[str] = settings.PROBE_URLS
    return urls
