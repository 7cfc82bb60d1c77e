"""Who may see and act on a default: the only way a door gets one."""

from typing import Any

from django.http import Http404

from auctions.defaults import queries
from auctions.models import Default
from market.deals.access import deal_for, role_of
from market.deals.models import Deal
from market.deals.rules.moves import AGENCY
from market.kernel import clock
from market.parties.access import may_act


def declarable_for(user: Any, code: str) -> Deal:
    """A deal whose buyer is late, for the people of its agency; 404 for everybody else and while nothing is late."""
    deal = deal_for(user, code)
    if role_of(user, deal) != AGENCY or not queries.may_be_declared(deal, clock.today()):
        raise Http404
    return deal


def default_for(user: Any, code: str) -> Default:
    """The default of a deal that `user` may see: its parties and, only reading, regulators; else 404."""
    found = queries.default_of(deal_for(user, code))
    if found is None:
        raise Http404
    return found


def may_decide(user: Any, default: Default) -> bool:
    """Whether `user` says for the seller whether the right is sold again."""
    return default.state == Default.State.OPEN and may_act(user, default.deal.seller)
