"""Deals undone before title has passed: rescinded by the agency for the parties, or annulled because the sale was void."""

from django.db import transaction

from market.deals import queries
from market.deals.models import Deal
from market.documents.models import Version
from market.kernel.errors import Refused
from market.kernel.states import can_move, move
from market.parties.access import require
from market.parties.models import User
from market.trail import journal


@transaction.atomic
def rescind(deal: Deal, *, reason: str, paper: Version, by: User) -> Deal:
    """Undo a deal because the office refuses for good or seller and buyer agree (民法典 562-563) [deal.rescinded].

    `paper` is the office's decision or the parties' agreement. What is in escrow goes back to the buyer (566), and the
    listing is free again: for those who wake on the fact. Again: the same deal. 404 for strangers; Refused
    `role.missing`, `deal.reason_missing`, `deal.not_undoable` once filed or once title has passed.
    """
    require(by, deal.agency)
    return _undo(deal, Deal.State.RESCINDED, reason, by.ref, paper=paper.sha256)


@transaction.atomic
def annul(deal: Deal, *, reason: str, actor: str) -> Deal:
    """Undo a deal whose sale was void, by collusion for one (拍卖法 37; 民法典 157) [deal.annulled].

    Again: the same deal. Refused `deal.reason_missing`, `deal.not_undoable` once title has passed: then the register
    itself has to be put right first.
    """
    return _undo(deal, Deal.State.ANNULLED, reason, actor)


def may_annul(deal: Deal) -> bool:
    """Whether the deal stands where it can still be annulled."""
    return can_move(deal.state, Deal.State.ANNULLED, Deal.MOVES)


def _undo(deal: Deal, to: str, reason: str, actor: str, **because: str) -> Deal:
    deal = queries.with_parties().select_for_update(of=("self",)).get(pk=deal.pk)
    if deal.state == to:
        return deal
    if not reason.strip():
        raise Refused("deal.reason_missing")
    if not can_move(deal.state, to, Deal.MOVES):
        raise Refused("deal.not_undoable", deal=deal.code, state=deal.get_state_display())
    move(deal, to, due_on=None)
    said = {"deal": deal.code, "title": deal.right.title, "title_en": deal.right.title_en, **because}
    audience = [deal.seller.ref, deal.buyer.ref, deal.agency.ref]
    about = {"listing": deal.listing.code, "note": reason.strip()[:300]}
    journal.record(f"deal.{to}", subject=deal.ref, actor=actor, audience=audience, **said, **about)
    return deal
