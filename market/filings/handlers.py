"""What filings do when facts arrive: once the price is in escrow, title has to go back, or an open licence is declared or
withdrawn, the pack for the office is made."""

from market.deals import queries as deals
from market.deals.open_licences import queries as declarations
from market.filings import actions
from market.trail.models import Fact

CLERK = "system:filings"


def on_deal_returning(fact: Fact) -> None:
    """Prepare the transfer back of the deal that was undone."""
    actions.prepare_return(deals.by_ref(fact.subject), actor=CLERK)


def on_deal_paid(fact: Fact) -> None:
    """Prepare the filing of the deal that was paid."""
    actions.prepare(deals.by_ref(fact.subject), actor=CLERK)


def on_open_licence_declared(fact: Fact) -> None:
    """Prepare the declaration for the office."""
    actions.prepare_declaration(declarations.declarations().get(code=fact.data["declaration"]), actor=CLERK)


def on_open_licence_withdrawing(fact: Fact) -> None:
    """Prepare the withdrawal of what was announced."""
    actions.prepare_withdrawal(declarations.declarations().get(code=fact.data["declaration"]), actor=CLERK)
