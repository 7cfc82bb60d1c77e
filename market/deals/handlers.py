"""What deals do when facts arrive: draft the papers, outside the moment in which the hammer fell."""

from market.deals import actions, granting, queries, readiness
from market.deals.models import Deal
from market.kernel.errors import Refused
from market.listings.models import Listing
from market.rights.conditions import actions as conditions
from market.rights.rules.conditions import OPEN
from market.trail.models import Fact


def on_deal_formed(fact: Fact) -> None:
    """Draft the sale confirmation (拍卖法 52), or the contract where nothing was sold, and hold the deal where the rulebook bars
    what was concluded.

    What the listing asked for and nobody answered, the deal asks for anew.
    """
    deal = queries.by_ref(fact.subject)
    if deal.state == Deal.State.FORMED and deal.mode != Listing.Mode.OPEN_LICENCE:  # that is taken by notice
        actions.draft_confirmation(deal, actor=actions.DRAFTER)
    if deal.state == Deal.State.CONFIRMED:
        _draft_contract(deal)
    conditions.drop(deal.listing.ref, states=[OPEN])
    actions.heed_rulebook(deal, actor=actions.DRAFTER)


def on_right_changed(fact: Fact) -> None:
    """Ask the rulebook again about every deal whose right has changed: held, released, or as it was."""
    _ask_again(fact.subject)


def on_condition_answered(fact: Fact) -> None:
    """The same when somebody answered what a transfer of the right waits for."""
    _ask_again(fact.data["about"])


def _ask_again(right: str) -> None:
    for deal in readiness.open_about(right):
        actions.heed_rulebook(deal, actor=actions.DRAFTER)


def on_deal_confirmed(fact: Fact) -> None:
    """Keep the record of the signatures and draft the contract, or ask the agency for what the register lacks."""
    deal = queries.by_ref(fact.subject)
    actions.record_signatures(deal)
    _draft_contract(deal)


def on_terms_agreed(fact: Fact) -> None:
    """Draft the contract of a licence whose terms are agreed after its confirmation."""
    deal = queries.by_ref(fact.subject)
    if deal.state == Deal.State.CONFIRMED:
        _draft_contract(deal)


def _draft_contract(deal: Deal) -> None:
    try:
        actions.draft_contract(deal, actor=actions.DRAFTER)
    except Refused as refused:
        if refused.code in ("terms.unagreed", "licence.void"):
            return  # the two sides are waited for
        if refused.code != "deal.contract_incomplete":
            raise
        actions.note_incomplete(deal, actor=actions.DRAFTER)


def on_deal_undone(fact: Fact) -> None:
    """End the burden of a licence whose deal was undone."""
    granting.withdraw(queries.by_ref(fact.subject))


def on_deal_signed(fact: Fact) -> None:
    """Keep the record of the signatures, now with the contract's."""
    actions.record_signatures(queries.by_ref(fact.subject))
