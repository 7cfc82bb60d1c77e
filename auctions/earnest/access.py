"""Who may state and read a seller's default: the only way a door gets one."""

from typing import Any

from django.http import Http404

from auctions.earnest import queries
from auctions.models import SellerDefault
from market.deals.access import deal_for, role_of
from market.deals.models import Deal
from market.deals.rules.moves import AGENCY


def declarable_for(user: Any, code: str) -> Deal:
    """A deal on earnest money that may still be undone, for the people of its agency; 404 for everybody else."""
    deal = deal_for(user, code)
    if role_of(user, deal) != AGENCY or queries.on_earnest_money(deal) is None:
        raise Http404
    return deal


def default_for(user: Any, code: str) -> SellerDefault:
    """The seller's default of a deal that `user` may see: its parties and, only reading, regulators; else 404."""
    found = queries.default_of(deal_for(user, code))
    if found is None:
        raise Http404
    return found
