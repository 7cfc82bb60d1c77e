"""The deal as the actions lock, move and tell it."""

from collections.abc import Mapping
from typing import Any

from market.deals import queries
from market.deals.models import Deal
from market.deals.rules import moves
from market.kernel import clock
from market.kernel.states import move
from market.trail import journal
from market.trail.models import Fact


def advance(
    deal: Deal,
    to: str,
    actor: str,
    *,
    audience: list[str],
    told: Mapping[str, str],
    columns: Mapping[str, Any] | None = None,
) -> None:
    """Move a deal we hold, set the day the next step is due, and record it."""
    move(deal, to, due_on=moves.due_on(to, clock.today(), deal.agreed_days), **(columns or {}))
    record(f"deal.{to}", deal, actor, audience=audience, **told)


def locked(deal: Deal) -> Deal:
    """The deal as it is now, its row held until the transaction ends."""
    return queries.with_parties().select_for_update(of=("self",)).get(pk=deal.pk)


def everyone(deal: Deal) -> list[str]:
    """Its three parties, as an audience."""
    return [deal.seller.ref, deal.buyer.ref, deal.agency.ref]


def record(name: str, deal: Deal, actor: str, *, audience: list[str] | None = None, **data: Any) -> None:
    """Record a fact about the deal, for its three parties unless told otherwise."""
    journal.record_many([said(name, deal, actor, everyone(deal) if audience is None else audience, **data)])


def said(name: str, deal: Deal, actor: str, audience: list[str], **data: Any) -> Fact:
    """A fact about the deal, not yet recorded."""
    about = {"deal": deal.code, **deal.right.named}
    return journal.said(name, subject=deal.ref, actor=actor, audience=audience, **about, **data)
