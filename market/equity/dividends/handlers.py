"""What dividend rights do when money has come in: the declaration it was asked for by is paid."""

from market.equity.dividends import actions, queries
from market.kernel.formats import read_day
from market.trail.models import Fact

ACTOR = "system:equity"
PREFIX = "dividend:"


def on_charge_confirmed(fact: Fact) -> None:
    """A dividend arrived, if the charge was for a declaration."""
    for_ = fact.data["for"]
    if for_.startswith(PREFIX):
        declaration = queries.declarations().get(code=for_.removeprefix(PREFIX))
        actions.paid(declaration=declaration, on=read_day(fact.data["on"]), actor=ACTOR)
