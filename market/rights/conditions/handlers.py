"""What conditions do when facts arrive."""

from market.parties.models import User
from market.rights.conditions import actions
from market.rights.models import Right
from market.trail.models import Fact


def on_need_ended(fact: Fact) -> None:
    """A deal's title passed, or the deal or listing ended: what it waited for is waited for no more."""
    actions.drop(fact.subject)


def on_consented(fact: Fact) -> None:
    """A consent is on file: whoever was asked for it has given it."""
    kind, _colon, number = fact.actor.partition(":")
    if kind == "user":
        right = Right.objects.get(code=fact.subject.removeprefix("right:"))
        actions.meet_by_consents(right, by=User.objects.get(pk=number))
