"""Deals undone: rescinded by the agency for the parties, or annulled because the sale was void; title goes back first."""

from django.db import transaction

from market.deals import actions, queries
from market.deals.models import Deal
from market.deals.rules import moves
from market.documents.models import Version
from market.kernel.clock import today
from market.kernel.errors import Refused
from market.kernel.states import can_move, move
from market.parties.access import require
from market.parties.models import User
from market.trail import journal

RETURNING = "deal.returning"  # the fact that title has to go back, and as what the deal ends then
AT_OFFICE = "at_office"  # why the escrow of a deal undone waits whose filing still lies at the office


@transaction.atomic
def rescind(deal: Deal, *, reason: str, paper: Version, by: User) -> Deal:
    """Undo a deal because the office refuses for good or seller and buyer agree (民法典 562-563) [deal.rescinded].

    `paper` is the office's decision or the parties' agreement. What is in escrow goes back to the buyer (566), and the
    listing is free again: for those who wake on the fact. Once title has passed it goes back first [deal.returning], and
    the money waits for it. Again: the same deal. 404 for strangers; Refused `role.missing`, `deal.reason_missing`,
    `deal.not_undoable` while the office examines the filing and once the escrow was shared out.
    """
    require(by, deal.agency)
    return _undo(deal, Deal.State.RESCINDED, reason, by.ref, paper=paper.sha256)


@transaction.atomic
def annul(deal: Deal, *, reason: str, actor: str) -> Deal:
    """Undo a deal whose sale was void, by collusion for one (拍卖法 37; 民法典 157) [deal.annulled].

    A filing that lies at the office has to be withdrawn before the escrow goes back: the deal is held for it. Once title has
    passed it goes back first [deal.returning]. Again: the same deal. Refused `deal.reason_missing`, `deal.not_undoable`
    once the escrow was shared out.
    """
    return _undo(deal, Deal.State.ANNULLED, reason, actor)


def may_annul(deal: Deal) -> bool:
    """Whether the deal stands where it can still be annulled."""
    return can_move(deal.state, Deal.State.ANNULLED, Deal.MOVES) or deal.state == Deal.State.TITLE_PASSED


@transaction.atomic
def end_return(deal: Deal, *, actor: str, filing: str) -> Deal:
    """Title is the seller's again, as `filing` shows: the deal ends as it was undone [deal.rescinded, deal.annulled].

    Again: the same deal.
    """
    deal = _locked(deal)
    if deal.state != Deal.State.RETURNING:
        return deal
    undone = journal.facts_about(deal.ref).filter(name=RETURNING).latest("pk")
    move(deal, undone.data["to"], due_on=None)
    _tell(f"deal.{deal.state}", deal, actor, note=undone.data["note"], filing=filing)
    return deal


def _undo(deal: Deal, to: str, reason: str, actor: str, **because: str) -> Deal:
    deal = _locked(deal)
    if deal.state in (to, Deal.State.RETURNING):
        return deal
    if not reason.strip():
        raise Refused("deal.reason_missing")
    note = reason.strip()[:300]
    if deal.state == Deal.State.TITLE_PASSED:
        move(deal, Deal.State.RETURNING, due_on=moves.due_on(Deal.State.RETURNING, today(), deal.agreed_days))
        _tell(RETURNING, deal, actor, to=to, note=note, **because)
        return deal
    if not can_move(deal.state, to, Deal.MOVES):
        raise Refused("deal.not_undoable", deal=deal.code, state=deal.get_state_display())
    if deal.state == Deal.State.FILED:
        actions.hold(deal, ref=AT_OFFICE, reason=AT_OFFICE, actor=actor)
    move(deal, to, due_on=None)
    _tell(f"deal.{to}", deal, actor, note=note, **because)
    return deal


def _locked(deal: Deal) -> Deal:
    return queries.with_parties().select_for_update(of=("self",)).get(pk=deal.pk)


def _tell(name: str, deal: Deal, actor: str, **data: str) -> None:
    said = {"deal": deal.code, **deal.right.named, "listing": deal.listing.code}
    audience = [deal.seller.ref, deal.buyer.ref, deal.agency.ref]
    journal.record(name, subject=deal.ref, actor=actor, audience=audience, **said, **data)
