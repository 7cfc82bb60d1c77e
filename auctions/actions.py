"""What an agency and its bidders do around the bidding: announce a sale, register, qualify, get a paddle."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from auctions.deposits.actions import activate, end_registrations
from auctions.deposits.rules import BID_BOND, check_policy
from auctions.export import check_class
from auctions.lawful import lawful_premium, lawful_terms
from auctions.models import Bidder, Lot, PackageSale, Sale
from auctions.queries import bar_of, lot_terms
from auctions.rules.chain import Json
from auctions.rules.presets import RuleSet, preset
from auctions.rules.sales import (
    Statutory,
    check_arm_length,
    check_dates,
    check_host,
    statutory,
    terms_sha256,
)
from auctions.undivided import check_undivided
from market.kernel import clock
from market.kernel.clock import BEIJING
from market.kernel.errors import Conflict, Refused
from market.kernel.money import Money
from market.kernel.states import move
from market.listings import actions as listings
from market.listings.models import FeeSchedule, Listing
from market.listings.queries import reserve_of
from market.parties import access as parties
from market.parties.models import Auctioneer, Licence, Party, User
from market.parties.queries import related_ids
from market.payments import actions as payments
from market.payments.models import Charge
from market.rights.queries import holders, readiness_of
from market.rights.rules.intents import AUCTION, Intent, license_as
from market.trail import journal

LICENSE = license_as("ordinary")  # what a lot of several licences grants
LAST_RANK = 99  # of priority rights in one lot

# What an agency says of a sale, and may change until it is announced.
FRAME = frozenset(
    "title title_en mode auctioneer ruleset display_from register_until opens_at media_proof deposit_kind".split()
)


@transaction.atomic
def create_sale(
    *,
    agency: Party,
    title: str,
    title_en: str,
    mode: str,
    auctioneer: Auctioneer | None,
    ruleset: str,
    display_from: datetime,
    register_until: datetime,
    opens_at: datetime,
    media_proof: str,
    by: User,
    deposit_kind: str = BID_BOND,
    deposit_fixed: Money | None = None,
    premium: FeeSchedule | None = None,
) -> Sale:
    """Draft a sale of `agency`. Nothing is public until its notice is published. `deposit_fixed` is asked for every lot;
    None: a part of each lot's start.

    Refused: `role.missing`, as `lawful_premium`, and what `check_policy` and `check_dates` refuse: dates that are unlawful
    with a notice today stay so tomorrow.
    """
    parties.require(by, agency)
    rules = preset(ruleset)
    check_policy(rules, kind=deposit_kind, fixed=deposit_fixed)
    _check_dates(rules, display_from=display_from, register_until=register_until, opens_at=opens_at)
    return Sale.objects.create(
        agency=agency,
        title=title,
        title_en=title_en,
        mode=mode,
        auctioneer=auctioneer,
        ruleset=rules.name,
        display_from=display_from,
        register_until=register_until,
        opens_at=opens_at,
        media_proof=media_proof,
        deposit_kind=deposit_kind,
        deposit_fixed_minor=None if deposit_fixed is None else deposit_fixed.minor,
        buyer_fees=lawful_premium(rules, agency, premium),
        created_by=by,
    )


@transaction.atomic
def change_sale(*, sale: Sale, by: User, premium: FeeSchedule | None = None, **frame: Any) -> Sale:
    """Change columns of a draft sale (those `create_sale` writes); its lots open, last, extend and take a fixed deposit as
    that makes them.

    Refused: `sale.not_draft`, and as `create_sale` and, for its lots, `lawful_terms`.
    """
    parties.require(by, sale.agency)
    sale = Sale.objects.select_for_update(of=("self",)).get(pk=sale.pk)
    if sale.state != Sale.State.DRAFT:
        raise Refused("sale.not_draft")
    before, opened_at = preset(sale.ruleset), sale.opens_at
    for name in FRAME & frame.keys():
        setattr(sale, name, frame[name])
    if "deposit_fixed" in frame:
        fixed = frame["deposit_fixed"]
        sale.deposit_fixed_minor = None if fixed is None else fixed.minor
    rules = preset(sale.ruleset)
    check_policy(rules, kind=sale.deposit_kind, fixed=sale.deposit_fixed)
    _check_dates(rules, display_from=sale.display_from, register_until=sale.register_until, opens_at=sale.opens_at)
    sale.buyer_fees = lawful_premium(rules, sale.agency, premium, before=sale.buyer_fees)
    sale.save(update_fields=[*FRAME, "deposit_fixed_minor", "buyer_fees"])
    for lot in sale.lots.select_for_update(of=("self",)).select_related("listing").order_by("pk"):
        duration = lot.ends_at - opened_at - timedelta(seconds=before.stagger_s * (lot.number - 1))
        deposit, step = sale.deposit_fixed or lot.deposit, Money(lot.increments[0][1], lot.currency)
        amounts = {"start": lot.start, "deposit": deposit, "step": step}
        terms = lawful_terms(sale, rules, lot.listing, lot.number, lot.format, lot.params, duration, **amounts)
        Lot.objects.filter(pk=lot.pk).update(**terms, deposit_minor=deposit.minor)
    return sale


def _check_dates(rules: RuleSet, *, display_from: datetime, register_until: datetime, opens_at: datetime) -> None:
    """What the law says of the dates if the notice were published today."""
    dates = {"display_from": display_from, "register_until": register_until, "opens_at": opens_at}
    check_dates(rules, notice_on=clock.today(), **dates)


@transaction.atomic
def add_lot(
    *,
    sale: Sale,
    listing: Listing,
    start: Money,
    deposit: Money,
    step: Money,
    duration: timedelta,
    by: User,
    format: str = Lot.Format.ENGLISH,
    params: Json | None = None,
) -> Lot:
    """Put a published listing of the agency's own mandate into a draft sale, to be bid for as `format` with its `params`
    (see `rules.formats`; the free period of a timed lot follows from its end).

    Refused: `sale.not_draft`, `lot.listing_unfit` (also where what is to be assigned is offered as several licences, or the
    other way round), `lot.own_property` (拍卖法 23), `lot.format`, `lot.params`, and what `rules.sales.check_lot` refuses.
    """
    parties.require(by, sale.agency)
    if sale.state != Sale.State.DRAFT:
        raise Refused("sale.not_draft")
    mode = Listing.Mode.LICENCE if format == Lot.Format.UNIFORM else Listing.Mode.ASSIGNMENT
    fit = (Listing.State.PUBLISHED, sale.agency_id, Listing.Pricing.AUCTION, mode)
    if (listing.state, listing.agency_id, listing.pricing, listing.mode) != fit:
        raise Refused("lot.listing_unfit", listing=listing.code)
    if listing.seller_id == sale.agency_id:
        raise Refused("lot.own_property")
    number = 1 + max((lot.number for lot in sale.lots.all()), default=0)
    amounts = {"start": start, "deposit": deposit, "step": step}
    terms = lawful_terms(sale, preset(sale.ruleset), listing, number, format, params or {}, duration, **amounts)
    return Lot.objects.create(
        sale=sale,
        number=number,
        format=format,
        listing=listing,
        currency=start.currency,
        start_minor=start.minor,
        deposit_minor=deposit.minor,
        increments=[[0, step.minor]],
        has_reserve=reserve_of(listing) is not None,
        **terms,
    )


@transaction.atomic
def remove_lot(*, lot: Lot, by: User) -> None:
    """Take a lot out of a sale that is not announced yet. Refused `sale.not_draft`."""
    parties.require(by, lot.sale.agency)
    if lot.state != Lot.State.DRAFT or lot.sale.state != Sale.State.DRAFT:
        raise Refused("sale.not_draft")
    lot.delete()


@transaction.atomic
def publish_notice(*, sale: Sale, by: User) -> Sale:
    """Announce the sale: freeze its rule set, put its listings into it and open viewing and registration.

    Refused: `sale.empty`, `sale.no_media`, `sale.right_blocked`, `lot.listing_unfit` where several licences are offered of
    what is to be assigned, and what `check_undivided`, `check_dates` and `check_host` refuse (拍卖法 10-16, 45-48). Writes
    `sale.noticed`.
    """
    parties.require(by, sale.agency)
    rules = preset(sale.ruleset)
    lots = list(sale.lots.select_for_update().select_related("listing__right", "listing__seller").order_by("pk"))
    if not lots:
        raise Refused("sale.empty")
    if sale.mode == Sale.Mode.AUCTION and not sale.media_proof:
        raise Refused("sale.no_media")
    opens_on = sale.opens_at.astimezone(BEIJING).date()
    valid_to = sale.auctioneer.valid_to if sale.auctioneer else None
    licensed = _licensed(sale.agency, sale)
    check_host(mode=sale.mode, licensed=licensed, auctioneer_valid_to=valid_to, opens_on=opens_on)
    _check_dates(rules, display_from=sale.display_from, register_until=sale.register_until, opens_at=sale.opens_at)
    licences = [lot for lot in lots if lot.format == Lot.Format.UNIFORM]
    for lot in lots:
        if (lot.listing.mode == Listing.Mode.LICENCE) != (lot in licences):
            raise Refused("lot.listing_unfit", listing=lot.listing.code)
    _refuse_blocked(sale, [lot for lot in lots if lot not in licences], AUCTION, opens_on)
    _refuse_blocked(sale, licences, LICENSE, opens_on)
    check_undivided(sale, lots)
    move(sale, Sale.State.NOTICED, noticed_at=clock.now(), rules=rules.as_data())
    for lot in lots:
        listings.enter_sale(lot.listing, actor=by.ref)
        reserve = reserve_of(lot.listing)  # the bidding decides with it, and nobody else reads it there
        move(lot, Lot.State.NOTICED, secret={} if reserve is None else {"reserve": reserve.minor})
    audience = {sale.agency.ref, *(lot.listing.seller.ref for lot in lots)}
    journal.record(
        "sale.noticed", subject=sale.ref, actor=by.ref, audience=audience, title=sale.title, title_en=sale.title_en
    )
    return sale


def _refuse_blocked(sale: Sale, lots: list[Lot], intent: Intent, opens_on: date) -> None:
    """Refused `sale.right_blocked` while the rulebook bars what a lot is sold for; what a package may not split moves
    together."""
    package = PackageSale.objects.filter(sale=sale).first()
    keys = {lot.code: lot.listing.right_id for lot in lots}
    groups = [{keys[code] for code in codes if code in keys} for _name, codes in (package.groups if package else ())]
    answers = readiness_of(
        [lot.listing.right for lot in lots],
        intent,
        opens_on,
        sellers={lot.listing.right_id: lot.listing.seller for lot in lots},
        bundles={key: group for group in groups for key in group},
    )
    for lot, answer in zip(lots, answers, strict=True):
        for bar in answer.bars[:1]:
            raise Refused("sale.right_blocked", lot=lot.number, rule=bar.rule, article=bar.article)


def _licensed(agency: Party, sale: Sale) -> bool:
    day = sale.opens_at.astimezone(BEIJING).date()
    return agency.licences.filter(kind=Licence.Kind.AUCTION, valid_from__lte=day, valid_to__gte=day).exists()


@transaction.atomic
def withdraw_lot(*, lot: Lot, reason: str, by: User) -> None:
    """Withdraw a lot before its bidding starts (拍卖法 29): deposits go back, the listing leaves the sale.

    Refused `lot.started`, `lot.reason_missing`. Writes `lot.withdrawn`.
    """
    parties.require(by, lot.sale.agency)
    locked = Lot.objects.select_for_update().select_related("sale__agency", "listing__seller").get(pk=lot.pk)
    if locked.state != Lot.State.NOTICED or clock.database_now() >= locked.opens_at:
        raise Refused("lot.started")
    if not reason.strip():
        raise Refused("lot.reason_missing")
    move(locked, Lot.State.WITHDRAWN, closed_at=clock.now())
    bidders = list(locked.bidders.select_related("party").order_by("pk"))
    end_registrations(bidders, actor=by.ref)
    listings.leave_sale_many([locked.listing], actor=by.ref)
    audience = {locked.listing.seller.ref, *(bidder.party.ref for bidder in bidders)}
    journal.record("lot.withdrawn", subject=locked.ref, actor=by.ref, audience=audience, reason=reason.strip())


@transaction.atomic
def register_bidder(*, lot: Lot, terms_sha256_seen: str, by: User) -> Bidder:
    """Register the party `by` acts for; `terms_sha256_seen` is the hash of the conditions shown and acknowledged.

    Again: the same registration (a rejected one is put forward anew). Refused: `party.unverified`, `bid.related_party`,
    `registration.closed`, `registration.barred`, `terms.changed`. Writes `bidder.applied`.
    """
    party = parties.verified_party_of(by)
    parties.require(by, party)
    if lot.state != Lot.State.NOTICED or clock.now() > lot.sale.register_until:
        raise Refused("registration.closed", until=lot.sale.register_until)
    bar = bar_of(party, lot, clock.today())
    if bar is not None:
        raise Refused("registration.barred", until=bar.until)
    if terms_sha256_seen != terms_sha256(lot_terms(lot)):
        raise Conflict("terms.changed")
    owners = {title.holder_id for title in holders(lot.listing.right)}
    barred = frozenset(owners | {lot.listing.seller_id, lot.sale.agency_id})
    check_arm_length(bidder_circle=frozenset(related_ids(party)), barred=barred)
    bidder, new = Bidder.objects.get_or_create(
        lot=lot, party=party, defaults={"user": by, "terms_sha256": terms_sha256_seen}
    )
    if not new and bidder.state != Bidder.State.REJECTED:
        return bidder
    if not new:
        move(bidder, Bidder.State.APPLIED, user=by, terms_sha256=terms_sha256_seen, remark="")
    journal.record(
        "bidder.applied",
        subject=bidder.ref,
        actor=by.ref,
        audience=[lot.sale.agency.ref],
        lot=lot.code,
        **lot.listing.right.named,
        **party.named("party"),
    )
    return bidder


@transaction.atomic
def qualify(*, bidder: Bidder, by: User, priority: int | None = None) -> Charge | None:
    """Accept a registration and ask for its deposit, due when registration closes; without a deposit it may bid at once.

    `priority` is the rank of a priority right the agency has found proven, 1 the first (法释〔2016〕18号 19, 21). Refused
    `bidder.rank` where the sale's rules match no price, `right.blocked` for a foreign bidder while the technology's class
    bars it (R31), `state.illegal` unless it waits for qualification. Writes `bidder.qualified`.
    """
    lot, sale = bidder.lot, bidder.lot.sale
    parties.require(by, sale.agency)
    if priority is not None and not (rules_of(sale).priority_match and 1 <= priority <= LAST_RANK):
        raise Refused("bidder.rank", last=LAST_RANK)
    check_class(bidder)
    move(bidder, Bidder.State.QUALIFIED, decided_by=by, priority=priority)
    data = {"lot": lot.code, **lot.listing.right.named}
    journal.record("bidder.qualified", subject=bidder.ref, actor=by.ref, audience=[bidder.party.ref], **data)
    if not lot.deposit_minor:
        activate(bidder=bidder, actor=by.ref)
        return None
    return payments.request(
        purpose=Charge.Purpose.DEPOSIT,
        subject=bidder.ref,
        payer=bidder.party,
        agency=sale.agency,
        account=f"deposit:{bidder.code}",
        amount=lot.deposit,
        due_at=sale.register_until,
        actor=by.ref,
    )


@transaction.atomic
def reject(*, bidder: Bidder, remark: str, by: User) -> None:
    """Turn a registration down, saying why. Refused `bidder.remark_missing`, `state.illegal`. Writes `bidder.rejected`."""
    parties.require(by, bidder.lot.sale.agency)
    if not remark.strip():
        raise Refused("bidder.remark_missing")
    move(bidder, Bidder.State.REJECTED, remark=remark.strip(), decided_by=by)
    data = {"lot": bidder.lot.code, "remark": remark.strip(), **bidder.lot.listing.right.named}
    journal.record("bidder.rejected", subject=bidder.ref, actor=by.ref, audience=[bidder.party.ref], **data)


def rules_of(sale: Sale) -> RuleSet:
    """The rule set a sale obeys: its own frozen copy once announced, the preset before."""
    return RuleSet.from_data(sale.rules) if sale.rules else preset(sale.ruleset)


def legal_dates(sale: Sale) -> Statutory:
    """What the law makes of a sale's dates, counted from its notice; of a draft, from a notice published today."""
    notice_on = sale.noticed_at.astimezone(BEIJING).date() if sale.noticed_at else clock.today()
    return statutory(rules_of(sale), notice_on=notice_on)
