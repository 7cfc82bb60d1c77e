"""Writes about cross-licences: proposed, agreed to as two deals at once, declined, withdrawn."""

from typing import Any
from uuid import UUID

from django.db import transaction

from market.deals import actions as deals
from market.deals.actions import Concluded
from market.deals.crosses import queries, rules
from market.deals.crosses.models import Cross
from market.deals.terms import queries as terms
from market.deals.terms.documents import Document, check, price_of
from market.deals.terms.versions import check_bars
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.states import move
from market.listings.fees.rules import flat, standard_commission
from market.listings.models import Listing
from market.parties.access import require
from market.parties.models import Party, User
from market.rights import queries as rights
from market.rights.models import Right
from market.rights.rules.intents import license_as
from market.trail import journal

State = Cross.State
GRADES = {"exclusive": "exclusive", "sole": "sole", "non": "ordinary"}


@transaction.atomic
def propose(
    *,
    proposer: Party,
    other: Party,
    agency: Party,
    given: Right,
    taken: Right,
    given_terms: Document,
    taken_terms: Document,
    key: UUID,
    by: User,
) -> Cross:
    """`proposer` offers `other` a licence of `given` for one of `taken`; what the terms put into escrow on signing is the balance
    [cross.proposed -> other, agency]. The same `key` again: the first proposal.

    404 for strangers; Refused `role.missing`, `party.unverified`, `deal.self`, `cross.two_prices`, `terms.…` as `check`,
    `licence.void`, `licence.no_reports`, `right.blocked` for what bars either licence today.
    """
    require(by, proposer)
    known = queries.crosses().filter(proposer=proposer, key=key).first()
    if known is not None:
        return known
    if proposer.state != Party.State.VERIFIED:
        raise Refused("party.unverified", party=proposer.name)
    if other.pk in (proposer.pk, agency.pk) or proposer.pk == agency.pk:
        raise Refused("deal.self")
    written = {
        "given_terms": _checked(given_terms, given, proposer, other),
        "taken_terms": _checked(taken_terms, taken, other, proposer),
    }
    rules.balance_of(written["given_terms"], written["taken_terms"])
    sides = {"proposer": proposer, "other": other, "agency": agency, "given": given, "taken": taken}
    made = Cross.objects.create(key=key, proposed_by=by, **sides, **written)
    _record("cross.proposed", made, by, [other, agency])
    return made


@transaction.atomic
def agree(*, cross: Cross, by: User) -> Cross:
    """The other side agrees: two deals are opened at once, each the other's condition, and their contracts are drafted
    [cross.agreed -> both sides, agency]. Again: the same. 404 for strangers; Refused `role.missing`, `right.blocked`,
    `state.illegal` once it was declined or withdrawn."""
    require(by, cross.other)
    cross = _locked(cross)
    if cross.state == State.AGREED:
        return cross
    move(cross, State.AGREED, decided_by=by, decided_at=clock.now())
    sides = (
        (cross.given, cross.given_terms, cross.other, cross.taken),
        (cross.taken, cross.taken_terms, cross.proposer, cross.given),
    )
    concluded = []
    for place, (right, document, licensee, against) in enumerate(sides, 1):
        licensor = cross.proposer if licensee == cross.other else cross.other
        _check_bars(right, licensor, document)
        concluded.append(_concluded(cross, place, right, licensor, licensee, document, against))
    deals.open_many(concluded, actor=by.ref)
    _record("cross.agreed", cross, by, [cross.proposer, cross.other, cross.agency])
    return cross


@transaction.atomic
def decline(*, cross: Cross, remark: str, by: User) -> Cross:
    """The other side says no [cross.declined -> proposer]. Again: the same. Refused `state.illegal` once it was agreed."""
    require(by, cross.other)
    cross = _locked(cross)
    if cross.state != State.DECLINED:
        move(cross, State.DECLINED, remark=remark.strip()[:300], decided_by=by, decided_at=clock.now())
        _record("cross.declined", cross, by, [cross.proposer], remark=cross.remark)
    return cross


@transaction.atomic
def withdraw(*, cross: Cross, by: User) -> Cross:
    """The proposer takes it back [cross.withdrawn -> other]. Again: the same. Refused `state.illegal` once it was answered."""
    require(by, cross.proposer)
    cross = _locked(cross)
    if cross.state != State.WITHDRAWN:
        move(cross, State.WITHDRAWN, decided_by=by, decided_at=clock.now())
        _record("cross.withdrawn", cross, by, [cross.other])
    return cross


def _checked(document: Document, right: Right, licensor: Party, licensee: Party) -> dict[str, Any]:
    """The terms of one of the licences, about its right and its sides, which nothing bars."""
    checked = check({**document, **terms.about(right, licensor, licensee)})
    check_bars(checked)
    _check_bars(right, licensor, checked)
    return dict(checked)


def _check_bars(right: Right, licensor: Party, document: Document) -> None:
    act = license_as(GRADES[document["exclusivity"]])
    (answer,) = rights.readiness_of([right], act, sellers={right.pk: licensor})
    if answer.bars:
        raise Refused("right.blocked", number=right.number, blockers=answer.bars)


def _concluded(
    cross: Cross, place: int, right: Right, licensor: Party, licensee: Party, document: Document, against: Right
) -> Concluded:
    """One of the two licences as it was concluded. What its deal hangs on is no offer."""
    price = price_of(document)
    listing = Listing.objects.create(
        right=right,
        seller=licensor,
        agency=cross.agency,
        mode=Listing.Mode.LICENCE,
        pricing=Listing.Pricing.NEGOTIABLE,
        currency=price.currency,
        state=Listing.State.WITHDRAWN,
        created_by=cross.proposed_by,
    )
    return Concluded(
        origin=f"{cross.ref}#{place}",
        listing=listing,
        buyer=licensee,
        price=price,
        seller_fees=standard_commission(),
        buyer_fees=flat(0),
        on_record={"cross": cross.code, "against": f"{against.title}（{against.number}）"},
        document=document,
        cross=cross,
    )


def _locked(cross: Cross) -> Cross:
    return queries.crosses().select_for_update(of=("self",)).get(pk=cross.pk)


def _record(name: str, cross: Cross, by: User, told: list[Party], **data: str) -> None:
    said = {"cross": cross.code, **cross.proposer.named("by"), **cross.other.named("to")}
    for key, right in (("given", cross.given), ("taken", cross.taken)):
        said |= {key: right.title, f"{key}_en": right.title_en}
    audience = [party.ref for party in told]
    journal.record(name, subject=cross.ref, actor=by.ref, audience=audience, about=cross.given.ref, **said, **data)
