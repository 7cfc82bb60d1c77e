"""What deals do when facts arrive: draft the papers, outside the moment in which the hammer fell."""

from market.deals import actions, queries
from market.kernel.errors import Refused
from market.trail.models import Fact


def on_deal_formed(fact: Fact) -> None:
    """Draft the sale confirmation (拍卖法 52)."""
    actions.draft_confirmation(queries.by_ref(fact.subject), actor=actions.DRAFTER)


def on_deal_confirmed(fact: Fact) -> None:
    """Keep the record of the signatures and draft the contract, or ask the agency for what the register lacks."""
    deal = queries.by_ref(fact.subject)
    actions.record_signatures(deal)
    try:
        actions.draft_contract(deal, actor=actions.DRAFTER)
    except Refused as refused:
        if refused.code == "deal.not_assignment":
            return
        if refused.code != "deal.contract_incomplete":
            raise
        actions.note_incomplete(deal, actor=actions.DRAFTER)


def on_deal_signed(fact: Fact) -> None:
    """Keep the record of the signatures, now with the contract's."""
    actions.record_signatures(queries.by_ref(fact.subject))
