"""Writes about open licences: declared, published, withdrawn, and taken by whoever gives notice and pays."""

from datetime import date

from django.db import IntegrityError, transaction

from market.deals import actions as deals
from market.deals import register
from market.deals.actions.papers import draft_notice
from market.deals.models import Deal
from market.deals.open_licences import queries, rules
from market.deals.open_licences.models import Declaration
from market.documents import actions as documents
from market.documents import render
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.states import move
from market.kernel.typed import tidy
from market.listings.fees.rules import flat, standard_commission
from market.listings.models import Listing
from market.parties.access import require
from market.parties.models import Party, User
from market.rights import actions as rights
from market.rights.models import Encumbrance, Right
from market.trail import journal

State = Declaration.State
EVERYBODY = "任何单位和个人 everybody"


@transaction.atomic
def declare(
    *, right: Right, holder: Party, agency: Party, fee: Money, years: int, remarks: str, by: User
) -> Declaration:
    """Declare a patent open to licences and make the pack for the office [open_licence.declared -> agency]; while a
    declaration of it lives, that one.

    Refused `open.…` as `rules.check_said`, `right.blocked` for each bar of 专利法 50 and 专利法实施细则 86: an exclusive or sole
    licence, a suspension, preservation or dispute, an annuity unpaid, a pledge without the pledgee's consent, a co-owner's
    missing consent, no evaluation report of a utility model or design, a patent that does not live.
    """
    require(by, holder)
    right = Right.objects.select_for_update(of=("self",)).get(pk=right.pk)
    known = queries.declarations().filter(right=right).exclude(state=State.WITHDRAWN).first()
    if known is not None:
        return known
    remarks = tidy(remarks)
    rules.check_said(right.kind, right.state, years, remarks)
    _check_bars(right, holder)
    try:
        with transaction.atomic():
            made = Declaration.objects.create(
                right=right,
                holder=holder,
                agency=agency,
                currency=fee.currency,
                fee_minor=fee.minor,
                years=years,
                remarks=remarks,
                by=by,
            )
    except IntegrityError:
        return queries.declarations().exclude(state=State.WITHDRAWN).get(right=right)
    form = rules.declaration_form(
        code=made.code,
        particulars=register.particulars_of(right),
        holder=queries.patentees(right),
        fee=fee,
        years=years,
        remarks=remarks,
        dated=clock.today().isoformat(),
    )
    made.pack = documents.store(
        subject=made.ref,
        kind="open-declaration",
        title=f"专利开放许可声明 {made.code}",
        name=f"{made.code}.pdf",
        content=render.pdf("open_declaration", form),
        content_type="application/pdf",
        owner=agency,
        by=None,
        readers=[holder],
    )
    made.save(update_fields=["pack"])
    _record("open_licence.declared", made, by, [agency])
    return made


@transaction.atomic
def publish(*, declaration: Declaration, number: str, on: date, by: User) -> Declaration:
    """Enter that the office published the declaration `on` under `number` [open_licence.published -> holder]: from now on
    anybody may take a licence, and nobody gets an exclusive or sole one (专利法 51). Again: the same.

    Refused `right.blocked` for a bar that has come up meanwhile.
    """
    declaration = _locked(declaration)
    require(by, declaration.agency)
    if declaration.state != State.DECLARED:
        return declaration
    _check_bars(declaration.right, declaration.holder)
    kind = Encumbrance.Kind.OPEN_LICENCE
    rights.add_encumbrance(
        declaration.right, kind=kind, in_favour_of=EVERYBODY, since=on, number=number, detail=declaration.code, by=by
    )
    listing = Listing.objects.create(
        right=declaration.right,
        seller=declaration.holder,
        agency=declaration.agency,
        mode=Listing.Mode.OPEN_LICENCE,
        pricing=Listing.Pricing.FIXED,
        currency=declaration.currency,
        asking_minor=declaration.fee_minor,
        state=Listing.State.UNDER_OFFER,  # it is offered on its own page, not in the catalogue
        created_by=by,
    )
    move(declaration, State.PUBLISHED, office_number=number, published_on=on, listing=listing)
    _record("open_licence.published", declaration, by, [declaration.holder], on=on.isoformat())
    return declaration


@transaction.atomic
def withdraw(*, declaration: Declaration, by: User) -> Declaration:
    """The holder withdraws the declaration: what is not announced yet ends at once [open_licence.withdrawn -> agency]; what is
    open stays so until the office has announced the withdrawal (专利法 50) [open_licence.withdrawing -> agency]. Again: the
    same."""
    declaration = _locked(declaration)
    require(by, declaration.holder)
    if declaration.state == State.DECLARED:
        move(declaration, State.WITHDRAWN, withdrawn_on=clock.today())
        _record("open_licence.withdrawn", declaration, by, [declaration.agency])
    elif declaration.state == State.PUBLISHED and not queries.is_withdrawing(declaration):
        _record(queries.WITHDRAWING, declaration, by, [declaration.agency])
    return declaration


@transaction.atomic
def close(*, declaration: Declaration, number: str, on: date, by: User) -> Declaration:
    """Enter that the office announced the withdrawal `on` under `number` [open_licence.withdrawn -> holder]: nobody takes a
    licence any more, and those taken stand (专利法 50). Again: the same."""
    declaration = _locked(declaration)
    require(by, declaration.agency)
    if declaration.state == State.WITHDRAWN:
        return declaration
    kind = Encumbrance.Kind.OPEN_LICENCE
    for burden in declaration.right.encumbrances.filter(kind=kind, detail=declaration.code, released_on=None):
        rights.release_encumbrance(burden, on=on, by=by)
    if declaration.listing is not None:
        move(declaration.listing, Listing.State.PUBLISHED)
        move(declaration.listing, Listing.State.WITHDRAWN)
    move(declaration, State.WITHDRAWN, withdrawn_on=on)
    _record("open_licence.withdrawn", declaration, by, [declaration.holder], announcement=number, on=on.isoformat())
    return declaration


@transaction.atomic
def take(*, declaration: Declaration, buyer: Party, by: User) -> Deal:
    """Begin to take the licence: the deal on the terms declared, and the written notice for `buyer` to sign [deal.formed].
    With the notice signed and the fee paid it has the licence (专利法 51). Again: the same deal.

    Refused `open.closed` when it is not open, `party.unverified`, `deal.self`, `right.blocked`.
    """
    require(by, buyer)
    declaration = _locked(declaration)
    if buyer.state != Party.State.VERIFIED:
        raise Refused("party.unverified")
    if declaration.state != State.PUBLISHED or declaration.listing is None:
        raise Refused("open.closed")
    known = queries.licence_of(declaration, buyer)
    if known is not None:
        return known
    _check_bars(declaration.right, declaration.holder)
    taken = declaration.listing.deals.count() + 1
    deal = deals.open(
        origin=f"{declaration.ref}#{taken}",
        listing=declaration.listing,
        buyer=buyer,
        price=declaration.fee,
        seller_fees=standard_commission(),
        buyer_fees=flat(0),
        actor=by.ref,
        document=queries.terms_for(declaration, buyer),
    )
    draft_notice(deal, actor=by.ref)
    return deal


def _check_bars(right: Right, holder: Party) -> None:
    if bars := queries.bars_of(right, holder):
        raise Refused("right.blocked", number=right.number, blockers=bars)


def _locked(declaration: Declaration) -> Declaration:
    named = ("right__patent", "holder", "agency", "listing")
    return Declaration.objects.select_for_update(of=("self",)).select_related(*named).get(pk=declaration.pk)


def _record(name: str, declaration: Declaration, by: User, told: list[Party], **data: str) -> None:
    right = declaration.right
    said = {"declaration": declaration.code, "number": right.number, **right.named}
    audience = [party.ref for party in told]
    journal.record(name, subject=declaration.ref, actor=by.ref, audience=audience, about=right.ref, **said, **data)
