"""Who may enter a deal room and in which role: the only way a door gets a deal or a paper."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from market.deals import queries
from market.deals.models import LICENCES, Deal, Paper
from market.deals.rules.moves import AGENCY, BUYER, SELLER, UNDOABLE
from market.deals.terms.queries import are_open
from market.parties.access import ACTING, PAYING, acting_party, require
from market.parties.models import Membership, Party

REGULATOR = "regulator"


def deal_for(user: Any, code: str) -> Deal:
    """The deal `code`, for the people of its seller, buyer and agency, and for regulators, who only read; else 404."""
    deal = queries.with_parties().filter(code=code).first()
    if deal is None or not role_of(user, deal):
        raise Http404
    return deal


def role_of(user: Any, deal: Deal) -> str:
    """In which role `user` sees the deal: by the party acted for, else by another membership; "" for strangers."""
    acting = acting_party(user)
    if acting is None:
        return ""
    seats = {deal.seller_id: SELLER, deal.buyer_id: BUYER, deal.agency_id: AGENCY}
    if acting.pk in seats:
        return seats[acting.pk]
    other = Membership.objects.filter(user=user, party__in=seats).order_by("pk").first()
    if other is not None:
        return seats[other.party_id]
    return REGULATOR if _oversees(acting) else ""


def may(user: Any, deal: Deal, role: str, what: str) -> bool:
    """Whether `user`, in `role`, may do `what` comes next ("sign_contract", "pay"): the right side, the right job."""
    party = getattr(deal, role, None) if role in (SELLER, BUYER, AGENCY) else None
    if party is None:
        return False
    jobs = PAYING if what == "pay" else ACTING | PAYING if what in ("settle", "pay_out") else ACTING
    return Membership.objects.filter(user=user, party=party, role__in=jobs).exists()


def licence_deal_for(user: Any, code: str) -> Deal:
    """A deal about a licence, which has terms, as `deal_for`; 404 for every other deal."""
    deal = deal_for(user, code)
    if deal.mode not in LICENCES:
        raise Http404
    return deal


def may_agree(user: Any, deal: Deal, role: str) -> bool:
    """Whether `user`, in `role`, may propose and adopt terms now: for one of the two sides, before a contract is drafted."""
    return role in (SELLER, BUYER) and are_open(deal) and may(user, deal, role, "agree_terms")


def paper_for(user: Any, code: str, kind: str) -> Paper:
    """The paper of that kind of a deal `user` may see; 404 also while it is not drafted."""
    paper = queries.paper_of(deal_for(user, code), kind)
    if paper is None:
        raise Http404
    return paper


def draft_for(user: Any, code: str) -> Deal:
    """A deal whose contract the people of its agency complete; 404 for everybody else, Refused `role.missing`."""
    deal = deal_for(user, code)
    require(user, deal.agency)
    return deal


def undoable_for(user: Any, code: str) -> Deal:
    """A deal the people of its agency may rescind; 404 for everybody else and once it cannot be, Refused `role.missing`."""
    deal = deal_for(user, code)
    require(user, deal.agency)
    if deal.state not in UNDOABLE:
        raise Http404
    return deal


def deals_for(user: Any) -> QuerySet[Deal]:
    """The deals of the party `user` acts for, newest first; every deal for a regulator, none for strangers."""
    acting = acting_party(user)
    if acting is None:
        return queries.with_parties().none()
    return queries.with_parties() if _oversees(acting) else queries.deals_of(acting)


def _oversees(party: Party) -> bool:
    return party.kind == Party.Kind.REGULATOR and party.state == Party.State.VERIFIED
