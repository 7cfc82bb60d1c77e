"""Deals over rights of one portfolio: what a buyer gets together, and money that waits until title to all has passed."""

from collections.abc import Collection

from market.deals import actions, queries
from market.deals.models import Deal
from market.deals.rules import moves
from market.trail.models import Fact

REASON = "portfolio"  # why a deal is held whose companions are still to be recorded
ACTOR = "system:deals"


def on_deal_formed(fact: Fact) -> None:
    """Hold the escrow while another right the buyer may not be left without has yet to pass."""
    deal = queries.by_ref(fact.subject)
    bundle = deal.listing.bundle
    if bundle is not None and _undivided(deal):
        actions.hold(deal, ref=bundle.ref, reason=REASON, actor=ACTOR)


def on_deal_moved(fact: Fact) -> None:
    """Title to one more has passed, or its buyer defaulted: when none is left that has yet to pass, let the money go."""
    deal = queries.by_ref(fact.subject)
    bundle = deal.listing.bundle
    if bundle is None:
        return
    group = [deal, *_undivided(deal)]
    if not any(one.state in moves.UNTITLED for one in group):
        for one in sorted(group, key=lambda one: one.pk):
            actions.release_hold(one, ref=bundle.ref, actor=ACTOR)


def _undivided(deal: Deal) -> list[Deal]:
    """The buyer's other deals over rights of the portfolio that may not be split from this one's."""
    bundle = deal.listing.bundle
    groups: Collection[list[str]] = bundle.groups if bundle else ()
    mine = {code for group in groups if deal.right.code in group for code in group}
    return [one for one in queries.companions(deal) if one.right.code in mine]
