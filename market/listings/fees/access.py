"""Who may publish and withdraw fee schedules: the only way a door gets one."""

from typing import Any

from django.http import Http404

from market.listings.fees.models import FeeSchedule
from market.parties.access import agency_of


def schedule_for(user: Any, code: str) -> FeeSchedule:
    """A schedule of the agency `user` acts for; 404 for everybody else."""
    found = FeeSchedule.objects.select_related("agency").filter(agency=agency_of(user), code=code).first()
    if found is None:
        raise Http404
    return found
