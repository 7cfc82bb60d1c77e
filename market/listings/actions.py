"""Writes about listings: begun, edited, submitted, accepted or sent back, withdrawn, in and out of a sale.

Each locks the listing, then the right. The catalogue is brought in step (`search.index`) in the same transaction.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import prefetch_related_objects

from market.documents import actions as documents
from market.documents.models import Version
from market.documents.queries import latest_about
from market.kernel import clock
from market.kernel.errors import Conflict, Refused
from market.kernel.money import Money
from market.kernel.states import move, move_many
from market.listings import queries, rules, search
from market.listings.fees import rules as fees
from market.listings.fees.actions import agreed
from market.listings.models import FeeSchedule, Listing, Mandate, Reserve, Watch
from market.parties.models import Party, User
from market.rights import actions as rights
from market.rights.importers.drafts import RightDraft
from market.rights.models import Consent, Encumbrance, Right
from market.rights.queries import entered, holders
from market.trail import journal
from market.trail.models import Fact

# The columns of a listing that `edit` writes: what readers are told.
TEXT = frozenset({"summary", "summary_en", "application", "trl", "defects"})


@transaction.atomic
def begin(*, described: RightDraft, seller: Party, by: User) -> Listing:
    """Begin to list the right with the number `described`; it is entered as the seller's claim if it is new.

    The seller's own unfinished listing of it is given back. Refused `listing.exists` when one is open (facts: its code,
    if the seller may see it), `right.claimed` when another party entered the right and has not listed it,
    `right.not_yours`.
    """
    right = entered(described)
    if right is None:
        right = rights.register(draft=described, holders=[(seller, 1, 1)], party=seller, by=by)
    open_one = Listing.objects.filter(right=right, mode=Listing.Mode.ASSIGNMENT, state__in=Listing.OPEN).first()
    if open_one is not None:
        if open_one.seller_id == seller.pk and open_one.state == Listing.State.DRAFT:
            return open_one
        seen = open_one.state in Listing.PUBLIC or open_one.seller_id == seller.pk
        raise Refused("listing.exists", number=right.number, listing=open_one.code if seen else "")
    if right.state == Right.State.DRAFT and right.registered_by_id != seller.pk:
        if not right.listings.exists():
            raise Refused("right.claimed", number=right.number)
        right = rights.take_over(right, party=seller)
    return draft(right=right, seller=seller, by=by)


@transaction.atomic
def draft(*, right: Right, seller: Party, by: User, mode: str = Listing.Mode.ASSIGNMENT) -> Listing:
    """A draft listing of `right`. Refused `listing.exists` when one is open, `right.not_yours` when a verified right
    has other owners."""
    owners = {title.holder_id for title in holders(right)}
    if right.state != Right.State.DRAFT and seller.pk not in owners:
        raise Refused("right.not_yours", number=right.number)
    try:
        with transaction.atomic():
            return Listing.objects.create(right=right, seller=seller, mode=mode, created_by=by)
    except IntegrityError as taken:
        raise Refused("listing.exists", number=right.number, listing="") from taken


@transaction.atomic
def describe(
    listing: Listing, *, edition: int, columns: Mapping[str, Any], particulars: Mapping[str, Any], by: User
) -> Listing:
    """Write the right's bibliographic data, while it is a draft. Refused and Conflict as `edit`."""
    listing = _locked_draft(listing, edition)
    rights.describe(listing.right, columns=columns, particulars=particulars)
    return _edited(listing, "number", "particulars")


@transaction.atomic
def declare(
    listing: Listing,
    *,
    edition: int,
    owners: Sequence[rights.Holding],
    burdens: Sequence[Mapping[str, Any]],
    by: User,
) -> Listing:
    """Write who owns the right and what burdens it, while it is a draft. Refused and Conflict as `edit`."""
    listing = _locked_draft(listing, edition)
    rights.declare_title(listing.right, owners=owners, burdens=burdens)
    return _edited(listing, "owners", "burdens")


@transaction.atomic
def offer(
    listing: Listing,
    *,
    edition: int,
    pricing: str,
    asking: Money | None,
    agency: Party,
    by: User,
    mode: str = Listing.Mode.ASSIGNMENT,
    seller_commission_bp: int = fees.STANDARD_COMMISSION_BP,
    schedules: Mapping[str, FeeSchedule] | None = None,
) -> Listing:
    """Write what is offered, how and through whom, and what each side is to pay the agency.

    `schedules` are those of the agency that were chosen, by side; without one the seller's commission is a rate of its own in
    basis points, the buyer's premium the standard one. Refused `listing.no_price` for a fixed price without one,
    `listing.not_agency`, `listing.own_agency` (拍卖法 23), `listing.exists` when the right is offered so already, as
    `fees.actions.agreed`, and as `edit`.
    """
    listing = _locked_draft(listing, edition)
    same = Listing.objects.filter(right=listing.right_id, mode=mode, state__in=Listing.OPEN).exclude(pk=listing.pk)
    if other := same.first():
        own = other.seller_id == listing.seller_id
        raise Refused("listing.exists", number=listing.right.number, listing=other.code if own else "")
    if pricing == Listing.Pricing.FIXED and asking is None:
        raise Refused("listing.no_price")
    if not agency.is_agency or agency.state != Party.State.VERIFIED:
        raise Refused("listing.not_agency", party=str(agency))
    if agency.pk == listing.seller_id:
        raise Refused("listing.own_agency")
    listing.mode, listing.pricing, listing.agency = mode, pricing, agency
    listing.asking_minor = asking.minor if asking else None
    listing.currency = asking.currency if asking else listing.currency
    terms = {"seller": fees.flat(seller_commission_bp, listing.currency), "buyer": fees.standard_premium()}
    for side, schedule in (schedules or {}).items():
        terms[side] = agreed(schedule, agency=agency, side=side, currency=listing.currency)
    said = {"agency": agency, "signed_at": clock.now(), "signed_by": by}
    said |= {f"{side}_fees": terms_ for side, terms_ in terms.items()}
    Mandate.objects.update_or_create(listing=listing, defaults=said)
    return _edited(listing, "offer", columns=("mode", "pricing", "agency", "asking_minor", "currency"))


@transaction.atomic
def set_reserve(listing: Listing, *, edition: int, reserve: Money | None, by: User) -> Listing:
    """Keep the secret reserve (拍卖法 28), or none. The amount goes to its own table and to no fact. Refused as `edit`."""
    listing = _locked_draft(listing, edition)
    if reserve is None:
        Reserve.objects.filter(listing=listing).delete()
    else:
        Reserve.objects.update_or_create(
            listing=listing, defaults={"amount_minor": reserve.minor, "currency": reserve.currency}
        )
    return _edited(listing, "offer")


@transaction.atomic
def edit(listing: Listing, *, edition: int, by: User, **text: Any) -> Listing:
    """Write what readers are told (columns in TEXT). Remarks of a reviewer about what is edited are done with.

    Refused `listing.not_draft`; Conflict `listing.outdated` when it is no longer the `edition` that was read.
    """
    listing = _locked_draft(listing, edition)
    for name in TEXT & text.keys():
        setattr(listing, name, text[name])
    return _edited(listing, "text", columns=sorted(TEXT & text.keys()))


class Paper(NamedTuple):
    """A file about a right: a "proof", or the "consent" of a co-owner or a pledgee, as which it is filed."""

    kind: str
    title: str
    name: str
    content: bytes
    content_type: str
    co_owner: Party | None = None
    pledge: Encumbrance | None = None


@transaction.atomic
def give_paper(listing: Listing, *, paper: Paper, by: User) -> Version:
    """Keep a paper of the seller's about the right of a draft.

    Refused `listing.not_draft`, `consent.stranger`, and as `documents.store` is.
    """
    listing = _locked(listing)
    if listing.state != Listing.State.DRAFT:
        raise Refused("listing.not_draft", listing=listing.code)
    version = _kept(listing, paper, listing.seller, None, by)
    _edited(listing, "evidence")
    return version


@transaction.atomic
def file_paper(listing: Listing, *, paper: Paper, agency: Party, by: User) -> Version:
    """Keep a paper that reached the agency after the hand-over; the seller may read it. Refused as `give_paper`."""
    return _kept(_locked(listing), paper, agency, listing.seller, by)


def _kept(listing: Listing, paper: Paper, owner: Party, reader: Party | None, by: User) -> Version:
    right = listing.right
    version = documents.store(
        subject=right.ref,
        kind=paper.kind,
        title=paper.title,
        name=paper.name,
        content=paper.content,
        content_type=paper.content_type,
        owner=owner,
        by=by,
        readers=[reader] if reader else [],
    )
    if paper.co_owner is not None:
        kind = Consent.Kind.CO_OWNER
        rights.give_consent(right, kind=kind, of_party=paper.co_owner, document=version.document, by=by)
    if paper.pledge is not None:
        kind = Consent.Kind.PLEDGEE
        rights.give_consent(right, kind=kind, of_encumbrance=paper.pledge, document=version.document, by=by)
    return version


@transaction.atomic
def submit(listing: Listing, *, by: User) -> Listing:
    """Sign the mandate (拍卖法 42) and hand the listing to the agency, which may read its papers [listing.submitted].

    Refused `listing.incomplete` with the missing steps, `listing.blocked` with what bars the transfer,
    `party.unverified`, `listing.not_draft`.
    """
    listing = _locked(listing)
    if listing.state != Listing.State.DRAFT:
        raise Refused("listing.not_draft", listing=listing.code)
    if listing.seller.state != Party.State.VERIFIED:
        raise Refused("party.unverified", party=str(listing.seller))
    missing = rules.missing_steps(queries.done(listing))
    if missing:
        raise Refused("listing.incomplete", steps=missing)
    _refuse_blocked(listing)
    mandate = listing.mandate
    mandate.signed_at, mandate.signed_by = clock.now(), by
    mandate.save(update_fields=["signed_at", "signed_by"])
    for version in latest_about(listing.right.ref):
        if version.document.owner_id == listing.seller_id:
            documents.grant(document=version.document, party=mandate.agency, by=by)
    move(listing, Listing.State.SUBMITTED, remarks={}, edited_at=clock.now())
    _record("listing.submitted", listing, by.ref, [mandate.agency.ref])
    return listing


@transaction.atomic
def accept(listing: Listing, *, by: User, ticked: Collection[str] = tuple(rules.REVIEWED)) -> Listing:
    """The agency vouches for what it `ticked`, accepts the mandate and publishes [listing.published -> seller].

    The right is verified with it. Refused `review.unticked`, `review.own` for the seller's own people,
    `listing.blocked`, `title.shares_under`, `state.illegal`.
    """
    listing = _locked(listing)
    rules.check_ticks(ticked)
    if listing.seller.memberships.filter(user=by).exists():
        raise Refused("review.own", party=str(listing.seller))
    move(listing, Listing.State.CHECKED)
    listing.right = rights.verify(listing.right, by=by)
    _refuse_blocked(listing)
    mandate = listing.mandate
    mandate.accepted_by, mandate.accepted_at = by, clock.now()
    mandate.save(update_fields=["accepted_by", "accepted_at"])
    move(listing, Listing.State.PUBLISHED, published_at=clock.now(), remarks={})
    search.index(listing)
    _record("listing.published", listing, by.ref, [listing.seller.ref], ticked=sorted(ticked))
    return listing


@transaction.atomic
def send_back(listing: Listing, *, remarks: Mapping[str, str], by: User) -> Listing:
    """Return it to the seller with a remark on each thing to mend [listing.sent_back]. Refused `review.no_remark`."""
    listing = _locked(listing)
    said = rules.check_remarks(remarks)
    move(listing, Listing.State.DRAFT, remarks=said)
    _record("listing.sent_back", listing, by.ref, [listing.seller.ref], remarks=said)
    return listing


@transaction.atomic
def withdraw(listing: Listing, *, by: User, reason: str = "") -> Listing:
    """Take it off the market, for the `reason` readers are told [listing.withdrawn].

    Refused `listing.in_sale`: a lot is withdrawn before its bidding (拍卖法 29), by the agency; `listing.under_offer`.
    """
    listing = _locked(listing)
    if listing.state in (Listing.State.IN_SALE, Listing.State.UNDER_OFFER):
        code = "listing.in_sale" if listing.state == Listing.State.IN_SALE else "listing.under_offer"
        raise Refused(code, listing=listing.code)
    move(listing, Listing.State.WITHDRAWN, remarks={"withdrawn": reason.strip()[:300]}, edited_at=clock.now())
    search.index(listing)
    told = [listing.seller.ref, *([listing.agency.ref] if listing.agency else [])]
    _record("listing.withdrawn", listing, by.ref, told, reason=reason.strip()[:300])
    return listing


@transaction.atomic
def enter_sale(listing: Listing, *, actor: str) -> Listing:
    """A sale takes it: published -> in sale. Refused `state.illegal` when it is not on offer."""
    return _moved([listing], Listing.State.IN_SALE, "listing.entered_sale", actor)[0]


@transaction.atomic
def leave_sale_many(listings: Sequence[Listing], *, actor: str) -> list[Listing]:
    """The sale ended without a deal: in sale -> published. For many, in the order of their pk, in so many statements."""
    return _moved(listings, Listing.State.PUBLISHED, "listing.left_sale", actor)


@transaction.atomic
def lose_many(listings: Sequence[Listing], *, actor: str) -> list[Listing]:
    """What was concluded cannot be kept, as another deal has the right: in sale, under offer -> withdrawn. Else as above."""
    return _moved(listings, Listing.State.WITHDRAWN, "listing.withdrawn", actor, remarks={"right_taken": "yes"})


@transaction.atomic
def take_offer(listing: Listing, *, actor: str) -> Listing:
    """An offer was accepted: published -> under offer, until the deal about it is open."""
    return _moved([listing], Listing.State.UNDER_OFFER, "listing.under_offer", actor)[0]


@transaction.atomic
def mark_dealt(listing: Listing, *, actor: str) -> Listing:
    """The hammer fell, or the deal about an accepted offer is open: it leaves the catalogue."""
    return mark_dealt_many([listing], actor=actor)[0]


@transaction.atomic
def mark_dealt_many(listings: Sequence[Listing], *, actor: str) -> list[Listing]:
    """`mark_dealt` for many, in the order of their pk; the number of statements does not grow with them."""
    return _moved(listings, Listing.State.DEALT, "listing.dealt", actor)


@transaction.atomic
def offer_again(listing: Listing, *, actor: str) -> Listing:
    """What the hammer concluded was not kept, or was undone: dealt -> published."""
    return _moved([listing], Listing.State.PUBLISHED, "listing.offered_again", actor)[0]


@transaction.atomic
def toggle_watch(listing: Listing, *, by: User) -> bool:
    """Begin to watch the listing, or stop; whether it is watched now."""
    ended, _rows = Watch.objects.filter(user=by, listing=listing).delete()
    if not ended:
        Watch.objects.get_or_create(user=by, listing=listing)
    return not ended


def _moved(listings: Sequence[Listing], to: str, fact: str, actor: str, **also: Any) -> list[Listing]:
    """Move them, keep the catalogue in step, and record the fact for the story; whoever must know hears of the lot."""
    rows = Listing.objects.select_for_update().filter(pk__in=[listing.pk for listing in listings])
    moved = list(rows.order_by("pk"))
    kinds = [f"right__{kind}" for kind in search.DETAILS] if to in search.ON_OFFER else []
    prefetch_related_objects(moved, "right", "seller", "agency", *kinds)
    move_many(moved, to, **also)
    search.index_many(moved)
    journal.record_many(_said(fact, listing, actor, []) for listing in moved)
    return moved


def _locked(listing: Listing) -> Listing:
    """The listing as it is now, its row held until the transaction ends."""
    return (
        Listing.objects.select_for_update(of=("self",)).select_related("right", "seller", "agency").get(pk=listing.pk)
    )


def _locked_draft(listing: Listing, edition: int) -> Listing:
    listing = _locked(listing)
    if listing.state != Listing.State.DRAFT:
        raise Refused("listing.not_draft", listing=listing.code)
    if listing.edition != edition:
        raise Conflict("listing.outdated", listing=listing.code)
    return listing


def _edited(listing: Listing, *about: str, columns: Collection[str] = ()) -> Listing:
    """Save the columns as a new edition; remarks about what was edited are done with."""
    listing.edition += 1
    listing.edited_at = clock.now()
    listing.remarks = {name: remark for name, remark in listing.remarks.items() if name not in about}
    listing.save(update_fields=["edition", "edited_at", "remarks", *columns])
    return listing


def _refuse_blocked(listing: Listing) -> None:
    """Refused `listing.blocked` while the law bars the transfer; what is offered with it moves with it."""
    bars = [blocker for blocker in queries.blockers_of(listing) if blocker.red]
    if bars:
        raise Refused("listing.blocked", number=listing.right.number, blockers=bars)


def _record(name: str, listing: Listing, actor: str, audience: list[str], **data: Any) -> None:
    journal.record_many([_said(name, listing, actor, audience, **data)])


def _said(name: str, listing: Listing, actor: str, audience: list[str], **data: Any) -> Fact:
    """A fact about the listing for `audience`."""
    right = listing.right
    told = {"listing": listing.code, "number": right.number, **right.named}
    return journal.said(name, subject=listing.ref, actor=actor, audience=audience, **told, **data)
