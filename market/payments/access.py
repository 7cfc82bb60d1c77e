"""Who may see and move money: the only way a door gets a charge, a payout, a settlement or a dead delivery."""

from typing import Any, TypeVar

from django.http import Http404

from market.kernel.errors import Refused
from market.parties.access import OWNING, PAYING, acting_party, agency_of, require
from market.parties.models import Membership, Party
from market.parties.queries import members_of
from market.payments import queries
from market.payments.models import Charge, Claim, Dispute, Payout, Settlement
from market.payments.online import queries as online
from market.trail import journal
from market.trail.models import Delivery

Row = TypeVar("Row")


def _or_404(row: Row | None) -> Row:
    if row is None:
        raise Http404
    return row


def _pk(user: Any) -> int:
    """The user's number; 0, which nobody has, for a stranger (None would match what has no user at all)."""
    return getattr(user, "pk", None) or 0


def accountant(user: Any) -> Party:
    """The agency whose books `user` keeps; 404 for everybody else, Refused `role.missing` for its other members."""
    agency = agency_of(user)
    require(user, agency, PAYING)
    return agency


def overseer(user: Any) -> None:
    """Whether `user` may read the books of the whole platform: its staff and a regulator's people; 404 for everybody else."""
    acting = acting_party(user)
    oversees = acting is not None and acting.kind == Party.Kind.REGULATOR and acting.state == Party.State.VERIFIED
    if not (oversees or getattr(user, "is_staff", False)):
        raise Http404


def charge_for(user: Any, code: str) -> Charge:
    """A charge that a party of `user` has to pay; 404 for everybody else, the agency too (it has its own page)."""
    mine = queries.charges().filter(payer__memberships__user_id=_pk(user))
    return _or_404(mine.filter(code=code).first())


def may_see(user: Any, charge: Charge) -> bool:
    """Whether `user` is of the party that has to pay."""
    return Membership.objects.filter(user_id=_pk(user), party=charge.payer_id).exists()


def may_pay(user: Any, party: Party) -> bool:
    """Whether `user` may enter payments of `party`: its owners and finance people."""
    return Membership.objects.filter(user_id=_pk(user), party=party, role__in=PAYING).exists()


def may_own(user: Any, party: Party) -> bool:
    """Whether `user` may open an account for `party`: its owners."""
    return Membership.objects.filter(user_id=_pk(user), party=party, role__in=OWNING).exists()


def payer_of(user: Any) -> Party | None:
    """The party whose payments `user` looks at: the one acted for."""
    return acting_party(user)


def desk_charge_for(user: Any, code: str) -> Charge:
    """A charge of the agency `user` acts for."""
    return _or_404(queries.charges().filter(agency=agency_of(user), code=code).first())


def desk_payout_for(user: Any, code: str) -> Payout:
    """A payout of the agency `user` acts for."""
    return _or_404(queries.payouts().filter(agency=agency_of(user), code=code).first())


def settlement_for(user: Any, deal_code: str) -> Settlement:
    """The settlement of a deal of the agency `user` acts for."""
    return _or_404(queries.settlements().filter(deal__agency=agency_of(user), deal__code=deal_code).first())


def dispute_for(user: Any, code: str) -> Dispute:
    """A dispute about a charge of the agency `user` acts for."""
    return _or_404(online.disputes_of(agency_of(user)).filter(code=code).first())


def open_settlement_for(user: Any, deal_code: str) -> Settlement:
    """A settlement to which the agency's owners and finance people may still add; 404 for strangers, Refused
    `role.missing`, `settlement.posted`."""
    found = settlement_for(user, deal_code)
    require(user, found.deal.agency, PAYING)
    if found.state == Settlement.State.POSTED:
        raise Refused("settlement.posted", deal=found.deal.code)
    return found


def claim_for(user: Any, deal_code: str, number: int) -> Claim:
    """A claim on a deal of the agency `user` acts for."""
    mine = Claim.objects.filter(deal__agency=agency_of(user), deal__code=deal_code)
    return _or_404(mine.filter(pk=number).first())


def dead_deliveries_for(user: Any) -> list[Delivery]:
    """The deliveries that gave up: every one for a superuser, for an agency's people those of facts that are theirs.

    Theirs are the facts told to the agency and those its members made; another agency's stay unseen.
    """
    if getattr(user, "is_superuser", False):
        return list(journal.dead()[:200])
    agency = agency_of(user)
    theirs = {agency.ref, *(f"user:{member.user_id}" for member in members_of(agency))}
    return [row for row in journal.dead() if theirs & {row.fact.actor, *row.fact.audience}][:200]


def dead_delivery_for(user: Any, pk: int) -> Delivery:
    """One of them, for those who may run it again: superusers, and the agency's owners, agents and finance people."""
    row = _or_404(next((one for one in dead_deliveries_for(user) if one.pk == pk), None))
    if not getattr(user, "is_superuser", False):
        agency = agency_of(user)
        if Membership.objects.filter(user=user, party=agency, role=Membership.Role.VIEWER).exists():
            raise Http404
    return row
