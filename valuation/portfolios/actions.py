"""Begins runs over portfolios and works on them in the background: a batch at a time, from where the last one stopped."""

import logging
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from market.kernel import clock
from market.kernel.errors import Conflict
from market.kernel.money import Money
from market.kernel.states import move
from market.parties.access import ACTING, require
from market.parties.models import User
from market.rights.portfolios.models import Portfolio
from market.rights.portfolios.queries import rights_of
from market.trail import journal
from valuation.methods.errors import ValuationError
from valuation.portfolios.models import Row, Run
from valuation.portfolios.rules import METHOD, inputs, shares
from valuation.rules import work, years_left

logger = logging.getLogger(__name__)

BATCH = 20  # members valued in one transaction
PATIENCE = timedelta(seconds=60)  # without a sign of life; then another may go on
TRIES = 5


@transaction.atomic
def begin(
    *,
    key: UUID,
    portfolio: Portfolio,
    valuation_date: date,
    common: Mapping[str, Any],
    own: Mapping[int, Mapping[str, Any]],
    price: Money | None,
    by: User,
) -> Run:
    """A run over the members of today, each with its `own` inputs by the right's key; the same `key` gets the first again.

    404 and Refused `role.missing` as `parties.access.require`.
    """
    require(by, portfolio.owner, ACTING)
    terms = {} if price is None else {"currency": price.currency, "price_minor": price.minor}
    run, new = Run.objects.get_or_create(
        key=key,
        portfolio=portfolio,
        defaults={
            "party": portfolio.owner,
            "valuation_date": valuation_date,
            "common": dict(common),
            "created_by": by,
            **terms,
        },
    )
    if new:
        members = rights_of(portfolio)
        Row.objects.bulk_create(
            Row(run=run, right=right, inputs=dict(own.get(right.pk, {})), currency=run.currency) for right in members
        )
    return run


def run_due() -> int:
    """Work on every run that waits or was cut off, each to its end; how many. Any number of workers may call it."""
    done = 0
    while run := _claimed():
        done += 1
        try:
            _work(run)
        except Conflict:
            logger.info("%s is another's now", run)
        except Exception:  # whatever its inputs do, the others go on; it is tried again a few times
            logger.exception("%s failed", run)
            Run.objects.filter(pk=run.pk, attempts=run.attempts).update(stale_at=None)
    return done


def _claimed() -> Run | None:
    """The next run to work on, held for us from now on; one that was tried in vain too often is given up."""
    free = Q(stale_at=None) | Q(stale_at__lt=clock.now())
    for run in Run.objects.filter(free, state=Run.State.WORKING).select_related("party", "portfolio").order_by("pk"):
        if run.tries >= TRIES:
            move(run, Run.State.FAILED, stale_at=None)
            continue
        held = {"attempts": run.attempts + 1, "tries": run.tries + 1, "stale_at": clock.now() + PATIENCE}
        if Run.objects.filter(pk=run.pk, attempts=run.attempts, state=Run.State.WORKING).update(**held):
            run.refresh_from_db()
            return run
    return None


def _hold(run: Run) -> None:
    """Keep `run` ours. Conflict `state.outrun` when another went on with it."""
    mine = Run.objects.filter(pk=run.pk, attempts=run.attempts)
    if not mine.update(stale_at=clock.now() + PATIENCE, tries=0):
        raise Conflict("state.outrun", kind="valuation_run", state=run.state, to=run.state)


def _work(run: Run) -> None:
    """Value the members that have no outcome yet, then share the price out [valuation_run.finished -> the party]."""
    while rows := list(run.rows.filter(done=False).select_related("right")[:BATCH]):
        with transaction.atomic():
            _hold(run)
            for row in rows:
                _value(run, row)
            Row.objects.bulk_update(rows, ["done", "value_minor", "why", "facts", "hash"])
    with transaction.atomic():
        _hold(run)
        rows = list(run.rows.order_by("pk"))
        if run.price is not None:
            for row, part in zip(rows, shares(run.price, [row.value for row in rows]), strict=True):
                row.part_minor = part.minor if part else None
            Row.objects.bulk_update(rows, ["part_minor"], batch_size=500)
        move(run, Run.State.DONE, stale_at=None)
        valued = sum(row.value_minor is not None for row in rows)
        told = {"called": run.portfolio.name, "valued": valued, "members": len(rows)}
        journal.record(
            "valuation_run.finished", subject=run.ref, actor="system:valuation", audience=[run.party.ref], **told
        )


def _value(run: Run, row: Row) -> None:
    """What becomes of one member: its value, or the refusal that says what it lacks."""
    row.done = True
    left = years_left(row.right.expires_on, run.valuation_date)
    try:
        given = inputs(run.common, row.inputs, left)
        worked = work(method=METHOD, inputs=given, ranges={}, currency=run.currency)
    except ValuationError as refused:
        row.why = refused.code
        row.facts = {name: str(fact) for name, fact in refused.facts.items()}
    else:
        row.value_minor, row.hash = worked.value.minor, worked.result.hash


def again(*, run: Run, by: User) -> Run:
    """Try a run anew that was given up; 404 for strangers, Refused `role.missing`."""
    require(by, run.party, ACTING)
    if run.state == Run.State.FAILED:
        move(run, Run.State.WORKING, tries=0)
    return run
