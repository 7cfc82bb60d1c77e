"""Who may see and change a portfolio: the only way a door gets one. Unknown and forbidden look the same."""

from typing import Any

from django.http import Http404

from market.parties.access import ACTING, may_act, party_of, require
from market.parties.models import Membership, Party
from market.rights.portfolios.models import Portfolio


def portfolio_for(user: Any, code: str) -> Portfolio:
    """The portfolio `code` as its owner's members may read it; 404 for everybody else."""
    found = _found(code)
    if not Membership.objects.filter(user=user.pk, party=found.owner_id).exists():
        raise Http404
    return found


def own_portfolio_for(user: Any, code: str) -> Portfolio:
    """The portfolio `code` that `user` may change for its owner; 404 for strangers, Refused `role.missing` for the
    owner's other members."""
    found = _found(code)
    require(user, found.owner, ACTING)
    return found


def holder_of(user: Any) -> Party:
    """The party whose portfolios `user` may see. Refused `party.none`."""
    return party_of(user)


def maker_of(user: Any) -> Party:
    """The party `user` may make portfolios for. Refused `party.none`, `role.missing`."""
    party = party_of(user)
    require(user, party, ACTING)
    return party


def may_change(user: Any, portfolio: Portfolio) -> bool:
    """Whether `user` may change the portfolio."""
    return may_act(user, portfolio.owner)


def _found(code: str) -> Portfolio:
    found = Portfolio.objects.select_related("owner").filter(code=code).first()
    if found is None:
        raise Http404
    return found
