"""Writes about sublicences: asked for, consented to or not, opened as a deal, begun as a licence."""

from typing import Any
from uuid import UUID

from django.db import transaction

from market.deals import actions as deals
from market.deals import undoing
from market.deals.granting import granted
from market.deals.models import Deal
from market.deals.terms import check
from market.deals.terms import queries as terms
from market.deals.terms.actions import propose_first
from market.deals.terms.documents import price_of
from market.deals.terms.versions import check_bars, check_paid, check_within
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.states import move
from market.listings.fees.rules import flat, standard_commission
from market.listings.models import Listing
from market.parties.access import require
from market.parties.models import Party, User
from market.royalties import actions
from market.royalties import queries as licences
from market.royalties.amendments.queries import terms_today
from market.royalties.models import Licence
from market.royalties.rules import reading
from market.royalties.sublicences import queries, rules
from market.royalties.sublicences.models import Sublicence
from market.royalties.telling import ACTOR, named
from market.trail import journal

State = Sublicence.State


@transaction.atomic
def ask(*, head: Licence, sublicensee: Party, document: Any, key: UUID, by: User) -> Sublicence:
    """The licensee of `head` wants to let `sublicensee` use the right on the terms `document` (专利法 12; 商标法 43). Where `head`
    lets it do so freely the deal is opened at once, else its licensor is asked [sublicence.asked -> licensor, agency]. The same
    `key` again: the first request.

    404 for strangers; Refused `role.missing`, `sublicence.not_allowed`, `sublicence.head_ended`, `sublicence.party` for one of
    the licence's own sides, `sublicence.beyond`, `sublicence.overlap`, `sublicence.currency`, `terms.…` as `check`,
    `terms.unpaid`, `licence.void`, `licence.no_reports`.
    """
    require(by, head.licensee)
    head = _locked(head)
    known = queries.sublicences().filter(head=head, key=key).first()
    if known is not None:
        return known
    agreed = terms_today(head)
    rules.check_allowed(agreed)
    if sublicensee.pk in (head.licensor_id, head.licensee_id, head.agency_id):
        raise Refused("sublicence.party", party=sublicensee.name)
    sides = terms.about(head.right, head.licensee, sublicensee, head.terms["asset"][0])
    document = check({**document, **sides})
    check_paid(document)
    check_bars(document)
    check_within(document, agreed)
    share = reading.royalty_terms(agreed, head.currency).sublicence
    if share:
        rules.check_currency(document, head.currency)
    made = Sublicence(head=head, sublicensee=sublicensee, document=document, key=key, shared=bool(share), asked_by=by)
    _check_room(made)
    made.save()
    if rules.needs_consent(agreed):
        _record("sublicence.asked", made, by.ref, [head.licensor, head.agency])
        return made
    return _opened(made, by)


@transaction.atomic
def consent(*, sublicence: Sublicence, by: User) -> Sublicence:
    """The licensor consents, and the deal is opened [sublicence.opened -> its three sides and the licensor]. Again: the same.
    404 for strangers; Refused `role.missing`, `sublicence.head_ended`, `sublicence.overlap`, `state.illegal` after a refusal."""
    require(by, sublicence.head.licensor)
    sublicence = _held(sublicence)
    if sublicence.state == State.OPENED:
        return sublicence
    _check_room(sublicence)
    return _opened(sublicence, by)


@transaction.atomic
def refuse(*, sublicence: Sublicence, remark: str, by: User) -> Sublicence:
    """The licensor does not consent and says why [sublicence.refused -> licensee]. Again: the same. Refused
    `royalty.remark_missing`, `state.illegal` once the deal was opened."""
    require(by, sublicence.head.licensor)
    sublicence, remark = _held(sublicence), remark.strip()[:300]
    if sublicence.state == State.REFUSED:
        return sublicence
    if not remark:
        raise Refused("royalty.remark_missing")
    move(sublicence, State.REFUSED, remark=remark, decided_by=by, decided_at=clock.now())
    _record("sublicence.refused", sublicence, by.ref, [sublicence.head.licensee], remark=remark)
    return sublicence


@transaction.atomic
def has_lapsed(deal: Deal) -> bool:
    """Whether the licence a deal's sublicence was to be granted under has ended before it began: the deal is annulled then, and
    what was paid goes back [deal.annulled]."""
    head = _locked(Sublicence.objects.select_related("head").get(deal=deal).head)
    try:
        rules.check_running(head.state, head.until, clock.today())
    except Refused:
        undoing.annul(deal, reason=actions.HEAD_ENDED, actor=ACTOR)
        return True
    return False


@transaction.atomic
def begin(licence: Licence, *, deal: Deal) -> None:
    """Note the licence that a deal's sublicence has become; it lasts no longer than the one it is granted under."""
    head = _locked(Sublicence.objects.select_related("head").get(deal=deal).head)
    new = Sublicence.objects.filter(deal=deal, licence=None).update(licence=licence)
    if new and head.until is not None and (licence.until is None or head.until < licence.until):
        actions.cut(licence, head.until, actions.HEAD_ENDED, ACTOR)


def _check_room(made: Sublicence) -> None:
    """Whether the licence runs, and what stands under it already leaves room."""
    head = made.head
    rules.check_running(head.state, head.until, clock.today())
    others = queries.standing(head).values_list("document", flat=True)
    rules.check_room(granted(made.document), [granted(document) for document in others])


def _opened(made: Sublicence, by: User) -> Sublicence:
    """Open the deal between licensee and sublicensee, who still has to agree to its terms. What it hangs on is no offer."""
    head, document = made.head, made.document
    listing = Listing.objects.create(
        right=head.right,
        seller=head.licensee,
        agency=head.agency,
        mode=Listing.Mode.LICENCE,
        pricing=Listing.Pricing.NEGOTIABLE,
        currency=head.currency,
        state=Listing.State.WITHDRAWN,
        created_by=made.asked_by,
    )
    deal = deals.open(
        origin=made.ref,
        listing=listing,
        buyer=made.sublicensee,
        price=price_of(document, head.currency),
        seller_fees=standard_commission(),
        buyer_fees=flat(0),
        actor=by.ref,
        on_record={"head": head.code},
        within=document,
    )
    propose_first(deal=deal, document=document, by=made.asked_by)
    move(made, State.OPENED, deal=deal, decided_by=by, decided_at=clock.now())
    told = [head.licensor, head.licensee, made.sublicensee, head.agency]
    _record("sublicence.opened", made, by.ref, told, deal=deal.code)
    return made


def _locked(licence: Licence) -> Licence:
    """The licence behind its lock: what is granted under it waits there for its turn."""
    return licences.licences().select_for_update(of=("self",)).get(pk=licence.pk)


def _held(sublicence: Sublicence) -> Sublicence:
    _locked(sublicence.head)
    return queries.sublicences().get(pk=sublicence.pk)


def _record(name: str, made: Sublicence, actor: str, told: list[Party], **data: Any) -> None:
    said = {"sublicence": made.pk, **made.head.licensee.named("by"), **made.sublicensee.named("to")}
    audience = [party.ref for party in told]
    journal.record(name, subject=made.head.ref, actor=actor, audience=audience, **named(made.head), **said, **data)
