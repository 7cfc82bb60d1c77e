"""What licences do when money has come in: the statement it was asked for by is paid."""

from market.kernel.formats import read_day
from market.royalties import actions, queries
from market.royalties.runs.actions import ACTOR
from market.trail.models import Fact

PREFIX = "statement:"


def on_charge_confirmed(fact: Fact) -> None:
    """A royalty arrived, if the charge was for a statement."""
    for_ = fact.data["for"]
    if for_.startswith(PREFIX):
        statement = queries.statements().get(code=for_.removeprefix(PREFIX))
        actions.paid(statement=statement, on=read_day(fact.data["on"]), actor=ACTOR)
