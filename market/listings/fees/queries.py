"""Reads of fee schedules: what an agency offers, and every version it published."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from market.listings.fees.models import FeeSchedule
from market.listings.fees.rules import Schedule
from market.parties.models import Party


def on_offer(side: str, keeping: Schedule | None = None) -> QuerySet[FeeSchedule]:
    """The newest version of every name that its agency has not withdrawn, and what is agreed already (`keeping`)."""
    newer = FeeSchedule.objects.filter(
        agency=OuterRef("agency"), side=OuterRef("side"), name=OuterRef("name"), version__gt=OuterRef("version")
    )
    newest = Q(~Exists(newer), withdrawn_at=None)
    kept = Q(code=keeping.code) if keeping is not None and keeping.code else Q(pk=None)
    return (
        FeeSchedule.objects.filter(newest | kept, side=side).select_related("agency").order_by("agency", "name", "pk")
    )


def offered(agency: Party, side: str, keeping: Schedule | None = None) -> QuerySet[FeeSchedule]:
    """What of it `agency` offers."""
    return on_offer(side, keeping).filter(agency=agency)


def published(agency: Party) -> QuerySet[FeeSchedule]:
    """Every version the agency published, side by side, the newest of a name first."""
    return FeeSchedule.objects.filter(agency=agency).order_by("side", "name", "-version")


def sides(mandate: Any) -> dict[str, Schedule | None]:
    """What a mandate agrees for each side; nothing before there is one."""
    return {side: getattr(mandate, f"{side}_fees", None) for side in FeeSchedule.Side.values}
