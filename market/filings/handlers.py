"""What filings do when facts arrive: once the price is in escrow, or title has to go back, the pack for the office is made."""

from market.deals import queries as deals
from market.filings import actions
from market.trail.models import Fact

CLERK = "system:filings"


def on_deal_returning(fact: Fact) -> None:
    """Prepare the transfer back of the deal that was undone."""
    actions.prepare_return(deals.by_ref(fact.subject), actor=CLERK)


def on_deal_paid(fact: Fact) -> None:
    """Prepare the filing of the deal that was paid."""
    actions.prepare(deals.by_ref(fact.subject), actor=CLERK)
