"""Each further step of a deal on the walk to the closing."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from market.deals.actions.holds import heed_rulebook
from market.deals.actions.rows import advance, locked
from market.deals.models import Deal
from market.deals.rules import moves
from market.kernel import clock
from market.kernel.errors import ensure


@transaction.atomic
def mark_paid(deal: Deal, *, actor: str, **because: str) -> Deal:
    """The whole price is in escrow [deal.paid]; `because` names what made it so ("charge": "charge:C-…")."""
    return _step(deal, Deal.State.PAID, actor, audience=(moves.SELLER, moves.BUYER, moves.AGENCY), told=because)


@transaction.atomic
def mark_filed(deal: Deal, *, actor: str, **because: str) -> Deal:
    """The change was filed at the office, also again after a refusal [deal.filed]; the filing itself tells people."""
    return _step(deal, Deal.State.FILED, actor, audience=(), told=because)


@transaction.atomic
def mark_title_passed(deal: Deal, *, on: date, actor: str, **because: str) -> Deal:
    """Title passed on the day `on` (R19) [deal.title_passed]: from now on the escrow may be shared out."""
    ensure(on <= clock.today(), f"title of {deal} passes in the future")
    passed = _step(
        deal,
        Deal.State.TITLE_PASSED,
        actor,
        audience=(moves.SELLER, moves.BUYER, moves.AGENCY),
        columns={"title_passed_on": on},
        told={"on": on.isoformat(), **because},
    )
    heed_rulebook(passed, actor=actor)
    return passed


@transaction.atomic
def mark_recorded(deal: Deal, *, on: date, actor: str, **because: str) -> Deal:
    """The office recorded the licence on the day `on` (R22) [deal.recorded]: title stays, the escrow may be shared out."""
    roles = (moves.SELLER, moves.BUYER, moves.AGENCY)
    return _step(deal, Deal.State.RECORDED, actor, audience=roles, told={"on": on.isoformat(), **because})


@transaction.atomic
def mark_defaulted(deal: Deal, *, actor: str, **because: str) -> Deal:
    """The buyer did not do what the deal asked of it in time [deal.defaulted] (拍卖法 39); what becomes of the money and who
    may not bid again is for those who wake on the fact."""
    roles = (moves.SELLER, moves.BUYER, moves.AGENCY)
    return _step(deal, Deal.State.DEFAULTED, actor, audience=roles, told=because)


@transaction.atomic
def mark_refused(deal: Deal, *, actor: str, **because: str) -> Deal:
    """The office refused to record the change [deal.refused]; the filing itself tells people why."""
    return _step(deal, Deal.State.REFUSED, actor, audience=(), told=because)


@transaction.atomic
def mark_settled(deal: Deal, *, actor: str, **because: str) -> Deal:
    """The escrow has been shared out in the books [deal.settled]."""
    return _step(deal, Deal.State.SETTLED, actor, audience=(moves.SELLER, moves.AGENCY), told=because)


@transaction.atomic
def close(deal: Deal, *, actor: str, **because: str) -> Deal:
    """Everything is paid out [deal.closed]."""
    return _step(deal, Deal.State.CLOSED, actor, audience=(moves.SELLER, moves.BUYER, moves.AGENCY), told=because)


def _step(
    deal: Deal,
    to: str,
    actor: str,
    *,
    audience: tuple[str, ...],
    told: Mapping[str, str],
    columns: Mapping[str, Any] | None = None,
) -> Deal:
    """Move the locked deal to the state `to`, tell the roles named, and give it back; there already: nothing."""
    deal = locked(deal)
    if deal.state != to:
        refs = [getattr(deal, role).ref for role in audience]
        advance(deal, to, actor, audience=refs, told=told, columns=columns)
    return deal
