"""Reads of cross-licences: whose they are, what their page says, and which deals stand and fall together."""

from django.db.models import Q, QuerySet

from market.deals.crosses.models import Cross
from market.deals.models import Deal
from market.deals.queries import with_parties
from market.parties.models import Party
from market.rights.models import Right

MOST = 100  # rights one may choose from; a holder with more names the number on a contract of its own


def crosses() -> QuerySet[Cross]:
    """Cross-licences with what every page names."""
    return Cross.objects.select_related("proposer", "other", "agency", "given", "taken")


def of_party(party: Party) -> QuerySet[Cross]:
    """Those `party` proposed, received or administers, the latest first."""
    mine = Q(proposer=party) | Q(other=party) | Q(agency=party)
    return crosses().filter(mine).order_by("-pk")


def waiting_for(party: Party) -> QuerySet[Cross]:
    """The proposals `party` has to answer, the oldest first."""
    return crosses().filter(other=party, state=Cross.State.PROPOSED).order_by("pk")


def deals_of(cross: Cross) -> list[Deal]:
    """Its two deals, the proposer's licence first; none before it is agreed."""
    return list(with_parties().filter(cross=cross).order_by("pk"))


def companion(deal: Deal) -> Deal | None:
    """The deal that is a deal's condition; None for one that is no part of a cross-licence."""
    if deal.cross_id is None:
        return None
    return with_parties().filter(cross=deal.cross_id).exclude(pk=deal.pk).first()


def licensable(party: Party) -> list[Right]:
    """The rights in force that `party` holds."""
    held = Right.objects.filter(titles__holder=party, titles__until=None, state__in=Right.IN_FORCE)
    return list(held.order_by("pk").distinct()[:MOST])
