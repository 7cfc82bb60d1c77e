"""Writes about a deal's terms: either side proposes a version, the other adopts it by the hash it read."""

from typing import Any

from django.db import transaction

from market.deals import queries as of_deals
from market.deals.models import LICENCES, Deal
from market.deals.rules.moves import BUYER, SELLER
from market.deals.terms import queries
from market.deals.terms.documents import Document, digest
from market.deals.terms.models import Adoption, TermsVersion
from market.deals.terms.versions import check_bars, version_of
from market.kernel import clock
from market.kernel.errors import Conflict, Refused
from market.parties import access as parties
from market.parties.models import Party, User
from market.trail import journal


@transaction.atomic
def propose(*, deal: Deal, role: str, document: Any, over: int, by: User) -> TermsVersion:
    """Propose the next version of a licence deal's terms, in the `role` of seller or buyer [deal.terms_proposed -> the other
    side]. `over` is the number of the newest version the proposer saw, 0 for none; the same terms again: that version.

    What nobody negotiates (the right's particulars, the two sides) is written as the register has it. Refused
    `terms.closed` once the contract is drafted, `terms.…` as `version_of`, `role.missing`; Conflict `terms.outrun` when a
    newer version is there; 404 for strangers.
    """
    deal = _locked(deal, role, by)
    party: Party = getattr(deal, role)
    latest = queries.versions_of(deal).first()
    document = {**document, **queries.about(deal.right, deal.seller, deal.buyer, asset_of(deal))}
    if latest is not None and latest.sha256 == digest(document):
        return latest
    _check_open(deal)
    number = latest.number if latest else 0
    if number != over:
        raise Conflict("terms.outrun")
    return _put(deal, document, number + 1, party, by)


@transaction.atomic
def propose_first(*, deal: Deal, document: Document, by: User) -> TermsVersion:
    """Let the seller's terms stand as the first version of a deal that was opened with them, as `by` wrote them down for it
    [deal.terms_proposed -> buyer]; again: the first version."""
    return deal.terms.filter(number=1).first() or _put(deal, document, 1, deal.seller, by)


def _put(deal: Deal, document: Any, number: int, party: Party, by: User) -> TermsVersion:
    made = version_of(deal, document, number=number, by=by.ref, proposed_by=party)
    made.save(force_insert=True)
    other = deal.buyer if party.pk == deal.seller_id else deal.seller
    _record("deal.terms_proposed", made, by, [other, deal.agency], party)
    return made


@transaction.atomic
def adopt(*, deal: Deal, role: str, sha256: str, by: User) -> TermsVersion:
    """Agree, in the `role` of seller or buyer, to the newest version, which the other side proposed [deal.terms_agreed].

    `sha256` is of the version that was read. Again: the same version. Refused `terms.closed`, `terms.own` for one's own
    proposal, `role.missing`, and as `check_bars`; Conflict `terms.outrun` when another
    version is the newest; 404 for strangers.
    """
    deal = _locked(deal, role, by)
    party: Party = getattr(deal, role)
    latest = queries.versions_of(deal).first()
    if latest is None or latest.sha256 != sha256:
        raise Conflict("terms.outrun")
    if latest.agreed:
        return latest
    _check_open(deal)
    if latest.proposed_by_id == party.pk:
        raise Refused("terms.own")
    check_bars(latest.document)
    Adoption.objects.create(version=latest, party=party, user=by)
    _record("deal.terms_agreed", latest, by, [deal.seller, deal.buyer, deal.agency], party)
    return TermsVersion.objects.get(pk=latest.pk)


def asset_of(deal: Deal) -> dict[str, str]:
    """The right's particulars as the deal knows them, with what the agency supplied."""
    return queries.asset_of(of_deals.particulars_of(deal))


def first_draft(deal: Deal) -> dict[str, Any]:
    """What the first proposal starts from."""
    sides: dict[str, Any] = {"licensor": deal.seller, "licensee": deal.buyer, "asset": asset_of(deal)}
    return queries.standard(right=deal.right, price=deal.price, start=clock.today(), **sides)


def _check_open(deal: Deal) -> None:
    if deal.mode not in LICENCES or not queries.are_open(deal):
        raise Refused("terms.closed")


def _locked(deal: Deal, role: str, by: User) -> Deal:
    """The deal as it is now, its row held, for somebody who may act for its `role`."""
    deal = of_deals.with_parties().select_for_update(of=("self",)).get(pk=deal.pk)
    if role not in (SELLER, BUYER):
        raise Refused("terms.not_yours")
    parties.require(by, getattr(deal, role))
    return deal


def _record(name: str, version: TermsVersion, by: User, told: list[Party], party: Party) -> None:
    deal = version.deal
    said = {"deal": deal.code, **deal.right.named, **party.named("party_name")}
    audience = [one.ref for one in told]
    journal.record(
        name, subject=deal.ref, actor=by.ref, audience=audience, version=version.number, sha256=version.sha256, **said
    )
