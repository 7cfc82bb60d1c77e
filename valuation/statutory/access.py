"""Who reads, gives and signs statutory reports: the client's people and the institution's. Others do not learn of them."""

from typing import Any, TypeVar

from django.db.models import Q, QuerySet
from django.http import Http404

from market.listings.access import own_listing_for
from market.listings.models import Listing
from market.parties.access import acting_party
from market.parties.models import Membership, Party
from valuation.statutory.models import Engagement, Report

Row = TypeVar("Row")


def listing_of(user: Any, code: str) -> Listing:
    """The listing `user` may engage an institution for: their own party's."""
    return own_listing_for(user, code)


def institutions() -> QuerySet[Party]:
    """The verified appraisal institutions, by name."""
    return Party.objects.filter(kind=Party.Kind.APPRAISER, state=Party.State.VERIFIED).order_by("name")


def engagement_for(user: Any, code: str) -> Engagement:
    """The engagement `code`, for the people of its client and of its institution; 404 for everybody else."""
    return _one(_engagements(user).filter(code=code).first())


def report_for(user: Any, code: str) -> Report:
    """The report `code`, for the same people; 404 for everybody else."""
    rows = Report.objects.select_related(
        "engagement__listing__right", "engagement__client", "engagement__institution", "paper__document"
    ).filter(code=code, engagement__in=_engagements(user))
    return _one(rows.first())


def engagements_of(user: Any) -> QuerySet[Engagement]:
    """The engagements of the party `user` acts for, on either side, the newest first."""
    party = acting_party(user)
    return _engagements(user).filter(Q(client=party) | Q(institution=party)).order_by("-pk")


def is_of(user: Any, party: Party) -> bool:
    """Whether `user` is a member of `party`."""
    return Membership.objects.filter(user=user.pk, party=party).exists()


def _engagements(user: Any) -> QuerySet[Engagement]:
    mine = Membership.objects.filter(user=user.pk).values("party")
    rows = Engagement.objects.select_related("listing__right", "client", "institution")
    return rows.filter(Q(client__in=mine) | Q(institution__in=mine))


def _one(row: Row | None) -> Row:
    if row is None:
        raise Http404
    return row
