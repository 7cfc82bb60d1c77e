"""Writes about a default: the reminder, the declaration by a person, the seller's decision, and the final claim."""

from datetime import datetime, time, timedelta

from django.db import transaction

from auctions.actions import rules_of
from auctions.defaults import queries, rules
from auctions.models import Bidder, Default, Lot
from market.deals import actions as deals
from market.deals.models import Deal
from market.deals.queries import with_parties
from market.kernel import clock
from market.kernel.calendar import add_working_days
from market.kernel.clock import BEIJING
from market.kernel.errors import Refused
from market.kernel.money import Money
from market.kernel.states import move
from market.listings import actions as listings
from market.parties import access as parties
from market.parties.models import Party, User
from market.payments import actions as payments
from market.payments.models import Charge, Payout
from market.trail import journal

ACTOR = "system:defaults"
PAYOUT_WITHIN = timedelta(days=3)
BANKS_CLOSE = time(17, 0)


@transaction.atomic
def remind(*, deal: Deal, by: User) -> None:
    """Give the buyer notice and the days of grace of the sale's rules, in working days from tomorrow [deal.reminded].

    Again while the deal stands as it does: nothing more. Refused `default.no_lot`, and what `rules.check_overdue` refuses.
    """
    parties.require(by, deal.agency)
    deal = with_parties().select_for_update(of=("self",)).get(pk=deal.pk)
    stands = queries.standing(deal, _lot(deal))
    if stands.grace_until is not None:
        return
    today = clock.today()
    rules.check_overdue(stands, today)
    until = add_working_days(today, stands.grace_days) if stands.grace_days else today
    due = stands.due_on.isoformat() if stands.due_on else ""
    _record("deal.reminded", deal, by.ref, [deal.buyer], until=until.isoformat(), due=due, state=deal.state)


@transaction.atomic
def declare(*, deal: Deal, reason: str, by: User) -> Default:
    """Declare the buyer in default (拍卖法 39), for a reason: the deal ends, its deposit is forfeited to whom the sale's rules
    say, and the claim begins. Never done by itself. Again: the first declaration.

    Refused `default.no_lot`, what `rules.check_default` refuses, and `default.payment_reported` while a transfer may be on
    its way. Writes `deal.defaulted`, `deposit.forfeited`.
    """
    parties.require(by, deal.agency)
    payments.stop_asking(deal, actor=by.ref)
    deal = with_parties().select_for_update(of=("self",)).get(pk=deal.pk)
    found = queries.default_of(deal)
    if found is not None:
        return found
    lot = _lot(deal)
    rules.check_default(queries.standing(deal, lot), reason, clock.today())
    first = queries.first_sale(deal, lot)
    deals.mark_defaulted(deal, actor=by.ref, reason=reason.strip())
    made = Default.objects.create(
        deal=deal,
        lot=lot,
        reason=reason.strip(),
        declared_by=by,
        deposit_kind=lot.sale.deposit_kind,
        currency=deal.currency,
        seller_commission_minor=first.seller_commission.minor,
        buyer_commission_minor=first.buyer_commission.minor,
        forfeited_minor=first.forfeited.minor,
        advance_minor=first.advance.minor,
    )
    if first.forfeited:
        Bidder.objects.filter(lot=lot, party=deal.buyer).update(deposit=Bidder.Deposit.FORFEITED)
        parts = rules.share(first.forfeited, first.commissions, rules_of(lot.sale).forfeits_to)
        named = [_part(deal, who, amount) for who, amount in parts.items()]
        payments.forfeit(deal, parts=named, due_at=clock.now() + PAYOUT_WITHIN, actor=by.ref)
    return made


@transaction.atomic
def agree(*, default: Default, by: User) -> Default:
    """The seller agrees to a re-auction (拍卖法 39): the listing is on offer again, and the claim waits for the second price.

    Again: nothing more. Refused `state.illegal` once the seller declined. Writes `default.agreed`.
    """
    default = _locked(default)
    parties.require(by, default.deal.seller)
    if default.state == Default.State.REAUCTION:
        return default
    move(default, Default.State.REAUCTION, decided_by=by, decided_at=clock.now())
    _record("default.agreed", default.deal, by.ref, [default.deal.agency, default.deal.buyer])
    listings.offer_again(default.lot.listing, actor=by.ref)
    return default


@transaction.atomic
def decline(*, default: Default, by: User) -> Default:
    """The seller wants no re-auction: the claim is final without a shortfall; other damages are for it to prove elsewhere.

    Again: nothing more. Refused `state.illegal` once it agreed. Writes `default.final`.
    """
    default = _locked(default)
    parties.require(by, default.deal.seller)
    if default.state == Default.State.FINAL:
        return default
    return _end(default, actor=by.ref, decided_by=by, decided_at=clock.now())


@transaction.atomic
def conclude(*, lot: Lot) -> Default | None:
    """The right was sold again: the claim that waits for it is final, with the shortfall, if any. Again: nothing more.

    Writes `default.final`.
    """
    found = queries.waits_for(lot)
    if found is None or lot.price is None:
        return None
    return _end(_locked(found), actor=ACTOR, sold_again=lot, second_minor=lot.price.minor)


def _end(default: Default, *, actor: str, **columns: object) -> Default:
    """Make the claim final: an advance goes to whom the claim is owed first, the rest of it back to the buyer, and what is
    outstanding is asked for."""
    deal = default.deal
    move(default, Default.State.FINAL, final_at=clock.now(), **columns)
    claim = queries.claim_of(default)
    _record("default.final", deal, actor, [deal.seller, deal.buyer, deal.agency], owed=claim.outstanding.wire())
    sale_rules = rules_of(default.lot.sale)
    if default.advance:
        parts = rules.share(default.advance - claim.back, queries.first_of(default).uncovered, sale_rules.forfeits_to)
        named = [_part(deal, who, amount, "advance_") for who, amount in parts.items()]
        if claim.back:
            named.append(payments.Part("advance_back", Payout.Purpose.REFUND, deal.buyer, claim.back))
        payments.release_advance(deal, parts=named, due_at=clock.now() + PAYOUT_WITHIN, actor=actor)
    if claim.outstanding:
        payments.request(
            purpose=Charge.Purpose.CLAIM,
            subject=deal.ref,
            payer=deal.buyer,
            agency=deal.agency,
            account=f"escrow:{deal.origin}",
            amount=claim.outstanding,
            due_at=due_in(sale_rules.claim_days),
            actor=actor,
        )
    return default


def due_in(days: int) -> datetime:
    """The close of business `days` working days from today."""
    return datetime.combine(add_working_days(clock.today(), days), BANKS_CLOSE, BEIJING)


@transaction.atomic
def share_claim(*, default: Default) -> list[Payout]:
    """The claim was paid: what of the first commissions nothing covered goes to the agency, where the sale's rules name it,
    the rest to the seller. Again: the same payouts."""
    default = _locked(default)
    deal, claim = default.deal, queries.claim_of(default)
    left = queries.first_of(default).left_after(default.advance - claim.back)
    parts = rules.share(claim.outstanding, left, rules_of(default.lot.sale).forfeits_to)
    named = [_part(deal, who, amount, "claim_") for who, amount in parts.items()]
    return payments.share_out(deal, parts=named, due_at=clock.now() + PAYOUT_WITHIN)


def _part(deal: Deal, who: str, amount: Money, prefix: str = "") -> payments.Part:
    """A part of the deposit for the agency's commissions or for the seller's damages."""
    if who == rules.AGENCY:
        return payments.Part(f"{prefix}commission", Payout.Purpose.COMMISSION, deal.agency, amount)
    return payments.Part(f"{prefix}damages", Payout.Purpose.DAMAGES, deal.seller, amount)


def _lot(deal: Deal) -> Lot:
    lot = queries.lot_of(deal)
    if lot is None:
        raise Refused("default.no_lot", deal=deal.code)
    return lot


def _locked(default: Default) -> Default:
    """The default as it is now, its row held until the transaction ends."""
    return queries.defaults().select_for_update(of=("self",)).get(pk=default.pk)


def _record(name: str, deal: Deal, actor: str, to: list[Party], **data: object) -> None:
    said = {"deal": deal.code, **deal.right.named}
    journal.record(name, subject=deal.ref, actor=actor, audience=[party.ref for party in to], **said, **data)
