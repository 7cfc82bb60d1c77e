"""What the deals of a cross-licence do for each other: both begin together, and neither stands without the other."""

from market.deals import actions, queries, undoing
from market.deals.crosses.queries import companion
from market.deals.models import Deal
from market.deals.rules.moves import NOTHING
from market.trail.models import Fact

ACTOR = "system:deals"
REASON = "互为条件的另一许可未成立或者已解除 The licence it is conditional on came to nothing or was undone"


def on_deal_paid(fact: Fact) -> None:
    """The balance is in escrow, or there is none: the licence that nothing is paid for begins as well."""
    other = companion(queries.by_ref(fact.subject))
    if other is not None and other.state == Deal.State.SIGNED and not queries.total_due(other):
        actions.mark_paid(other, actor=ACTOR, due=NOTHING)


def on_deal_undone(fact: Fact) -> None:
    """One of the two came to nothing: the other is annulled with it, as long as its escrow was not shared out."""
    other = companion(queries.by_ref(fact.subject))
    if other is not None and undoing.may_annul(other):
        undoing.annul(other, reason=REASON, actor=ACTOR)
