"""Who may read and record invoices: the only way a door gets one. Unknown and forbidden look the same."""

from typing import Any

from django.db.models import Q
from django.http import Http404

from market.parties.access import PAYING, acting_party, agency_of, party_of, require
from market.parties.models import Membership, Party
from market.payments.invoices import queries
from market.payments.invoices.models import Invoice


def issuer(user: Any) -> Party:
    """The party for which `user` reads the invoices to issue: an agency, or a holder of rights who owes one; 404 for
    everybody else."""
    party = acting_party(user)
    return party if party is not None and queries.issues(party) else agency_of(user)


def desk_invoice_for(user: Any, code: str) -> Invoice:
    """An invoice of the issuer `user` acts for; 404 otherwise."""
    return _or_404(queries.invoices().filter(agency=issuer(user), code=code).first())


def invoice_for(user: Any, code: str) -> Invoice:
    """An invoice whose buyer or agency `user` is a member of; 404 otherwise."""
    mine = Membership.objects.filter(user_id=user.pk or 0).values("party")
    return _or_404(queries.invoices().filter(Q(buyer__in=mine) | Q(agency__in=mine), code=code).first())


def bearing_party(user: Any) -> Party:
    """The party whose invoices `user` says what they bear: its owners and finance people. Refused `role.missing`."""
    party = party_of(user)
    require(user, party, PAYING)
    return party


def taxing_issuer(user: Any) -> Party:
    """The issuer whose taxes `user` may enter. Refused `role.missing`; 404 for everybody else."""
    party = issuer(user)
    require(user, party, PAYING)
    return party


def charging_agency(user: Any) -> Party:
    """The agency whose fees `user` may enter. Refused `role.missing`; 404 for everybody else."""
    agency = agency_of(user)
    require(user, agency, PAYING)
    return agency


def may_record(user: Any) -> bool:
    """Whether `user` may record invoices of the agency acted for."""
    return Membership.objects.filter(user_id=user.pk or 0, party=acting_party(user), role__in=PAYING).exists()


def _or_404(found: Invoice | None) -> Invoice:
    if found is None:
        raise Http404
    return found
