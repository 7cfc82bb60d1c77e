"""Reads of appraisals."""

from django.db.models import QuerySet

from market.parties.models import Party
from valuation.models import Appraisal

PAGE = 20
MOST_VERSIONS = 50


def appraisals_of(party: Party) -> QuerySet[Appraisal]:
    """The latest version of each of the party's appraisals, the newest first."""
    return Appraisal.objects.filter(party=party, followed_by=None).select_related("listing__right").order_by("-pk")


def versions_of(appraisal: Appraisal) -> list[Appraisal]:
    """The latest versions of the same appraisal, the newest first."""
    return list(Appraisal.objects.filter(series=appraisal.series).order_by("-version")[:MOST_VERSIONS])
