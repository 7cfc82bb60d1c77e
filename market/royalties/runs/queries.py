"""Reads of runs: which licences have periods to open, which periods can be billed now, and what stands aside."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from django.db import connection
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet

from market.parties.models import Party
from market.royalties import queries as licences
from market.royalties.models import Licence, ReportingPeriod, Statement
from market.royalties.runs.models import Run, SetAside
from market.royalties.sublicences.queries import unknown
from market.royalties.telling import ACTOR

Claimed = TypeVar("Claimed", bound=Model)


def to_open(day: date) -> QuerySet[Licence]:
    """The licences with a period that is over by `day`, and new ones nobody looked at, but for those set aside."""
    due = Q(opens_on=None) | Q(opens_on__lte=day)
    aside = SetAside.objects.filter(licence=OuterRef("pk"), released_at=None)
    return Licence.objects.filter(due, ~Exists(aside), state=Licence.State.ACTIVE)


def to_bill() -> QuerySet[ReportingPeriod]:
    """The approved periods whose turn it is: one a licence at most, since each opens with what the one before left; one that
    shares in sublicences waits until theirs are stated."""
    before = ReportingPeriod.objects.filter(licence=OuterRef("licence"), number=OuterRef("number") - 1)
    aside = SetAside.objects.filter(licence=OuterRef("licence"), released_at=None)
    return ReportingPeriod.objects.filter(
        ~Exists(before.exclude(state__in=licences.STATED)),
        ~Exists(aside),
        ~unknown(),
        state=ReportingPeriod.State.APPROVED,
    )


def is_to_do(day: date) -> bool:
    """Whether a run is under way, or one on `day` would find anything."""
    return Run.objects.exclude(state=Run.State.DONE).exists() or to_open(day).exists() or to_bill().exists()


def claimed(due: QuerySet[Claimed]) -> QuerySet[Claimed]:
    """The rows behind locks of ours, but for those another worker has."""
    if connection.features.has_select_for_update_skip_locked:
        return due.select_for_update(skip_locked=True, no_key=True)
    return due


def runs() -> QuerySet[Run]:
    """All runs, the latest first."""
    return Run.objects.order_by("-number")


def issued_in(runs: Sequence[Run], agency: Party) -> dict[int, int]:
    """How many statements each of the runs issued under licences that `agency` administers, by the run's key."""
    if not runs:
        return {}
    theirs = Statement.objects.filter(period__licence__agency=agency, issued_by=ACTOR)
    during = {f"r{run.pk}": Count("pk", filter=Q(issued_at__range=(run.begun_at, run.moved_at))) for run in runs}
    found = theirs.filter(issued_at__gte=min(run.begun_at for run in runs)).aggregate(**during)
    return {run.pk: found[f"r{run.pk}"] for run in runs}


def set_asides(agency: Party | None) -> QuerySet[SetAside]:
    """The licences that stand aside now, the longest first: those `agency` administers, or all for None."""
    waiting = SetAside.objects.filter(released_at=None).select_related("licence__licensor", "licence__licensee")
    return (waiting.filter(licence__agency=agency) if agency else waiting).order_by("pk")
