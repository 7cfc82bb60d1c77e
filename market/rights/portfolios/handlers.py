"""What the register does when facts arrive: a right whose title passed leaves the portfolios of whoever held it."""

from datetime import date

from market.rights.models import Right
from market.rights.portfolios import actions
from market.trail.models import Fact

ACTOR = "system:register"


def on_title_passed(fact: Fact) -> None:
    """Keep the memberships honest: what is sold is no member of the seller's portfolio."""
    right = Right.objects.get(code=fact.subject.partition(":")[2])
    actions.leave(right, on=date.fromisoformat(fact.data["on"]), actor=ACTOR)
