"""Reads of runs over portfolios."""

from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from market.rights.portfolios.models import Portfolio
from valuation.portfolios.models import Row, Run

RUNS = 20


def runs_of(portfolio: Portfolio) -> QuerySet[Run]:
    """The latest runs over a portfolio, the newest first."""
    return Run.objects.filter(portfolio=portfolio).order_by("-pk")[:RUNS]


def counts_of(run: Run) -> dict[str, Any]:
    """How many members a run has, how many are done, how many have a value, and what those add up to in minor units."""
    return Row.objects.filter(run=run).aggregate(
        members=Count("pk"),
        done=Count("pk", filter=Q(done=True)),
        valued=Count("value_minor"),
        worth=Sum("value_minor"),
    )
