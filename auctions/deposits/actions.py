"""What happens to a registration's deposit: it arrives and lets its bidder bid, is renewed, lapses, or goes back."""

import secrets
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Q

from auctions.deposits import rules
from auctions.models import Bidder, Lot
from auctions.rules.chain import stamp
from auctions.rules.presets import RuleSet
from market.kernel import clock
from market.kernel.errors import Refused
from market.kernel.states import move, move_many
from market.parties import access as parties
from market.parties.models import User
from market.payments import actions as payments
from market.trail import journal

ACTOR = "system:deposits"


@transaction.atomic
def activate(*, bidder: Bidder, actor: str) -> None:
    """The deposit is there: hold it, give out a paddle and the right to bid. Again: nothing more.

    A deposit that arrives after registration closed, or for a lot that is over, goes straight back. Writes
    `bidder.activated` or leaves the registration ended.
    """
    lot = Lot.objects.select_for_update().select_related("sale", "listing__right").get(pk=bidder.lot_id)
    bidder = Bidder.objects.select_related("party", "lot").get(pk=bidder.pk)
    waits = bidder.state in {Bidder.State.QUALIFIED, Bidder.State.ENDED} and bidder.deposit == Bidder.Deposit.NONE
    if not waits:
        return
    if lot.deposit_minor:
        end = rules.held_until(RuleSet.from_data(lot.sale.rules), ends_at=lot.ends_at, now=clock.now())
        payments.hold_deposit(bidder.code, origin=bidder.origin, amount=lot.deposit, actor=actor, expires_at=end)
        bidder.deposit, bidder.eligible_until = Bidder.Deposit.HELD, rules.eligible_until(end)
        bidder.save(update_fields=["deposit", "eligible_until"])
    if bidder.state == Bidder.State.ENDED or lot.state not in {Lot.State.NOTICED, *Lot.BIDDING}:
        end_registration(bidder, actor=actor)
        return
    taken = set(lot.bidders.exclude(paddle=None).values_list("paddle", flat=True))
    paddle = secrets.choice([number for number in range(1001, 10_000) if number not in taken])
    move(bidder, Bidder.State.ACTIVE, paddle=paddle)
    data = {"lot": lot.code, "paddle": paddle, **lot.listing.right.named}
    journal.record("bidder.activated", subject=bidder.ref, actor=actor, audience=[bidder.party.ref], **data)


@transaction.atomic
def renew(*, bidder: Bidder, by: User) -> Bidder:
    """The bidder leaves its deposit for as long again as the sale's rules let it be held, and may bid again.

    Before it is time, or again: nothing more. Refused `deposit.not_held` when it went back meanwhile or the lot is over.
    Writes `deposit.renewed`.
    """
    parties.require(by, bidder.party)
    lot, bidder = _locked(bidder)
    if bidder.deposit != Bidder.Deposit.HELD or lot.state in Lot.OVER:
        raise Refused("deposit.not_held")
    now = clock.now()
    if not rules.may_be_renewed(bidder.eligible_until, ends_at=lot.ends_at, now=now):
        return bidder
    end = rules.held_until(RuleSet.from_data(lot.sale.rules), ends_at=lot.ends_at, now=now)
    until = rules.eligible_until(end)
    payments.renew_deposit(bidder.code, expires_at=end, actor=by.ref)
    bidder.eligible_until, bidder.warned_at = until, None
    bidder.save(update_fields=["eligible_until", "warned_at"])
    data = {"lot": lot.code, "until": until and stamp(until)}
    journal.record("deposit.renewed", subject=bidder.ref, actor=by.ref, audience=[], **data)
    return bidder


def warn_due(limit: int = 200) -> int:
    """Warn the bidders whose deposits soon let them bid no more, each once before it is renewed; how many. Any number of
    workers may call it. Writes `deposit.expires`."""
    near = Q(eligible_until__lte=clock.now() + rules.WARNED_BEFORE) | Q(eligible_until__lte=F("lot__ends_at"))
    due = Bidder.objects.filter(near, deposit=Bidder.Deposit.HELD, warned_at=None).exclude(lot__state__in=Lot.OVER)
    return sum(_warn(pk) for pk in due.order_by("eligible_until", "pk").values_list("pk", flat=True)[:limit])


@transaction.atomic
def _warn(pk: int) -> bool:
    lot, bidder = _locked(Bidder.objects.get(pk=pk))
    if bidder.warned_at is not None or bidder.deposit != Bidder.Deposit.HELD or bidder.eligible_until is None:
        return False
    Bidder.objects.filter(pk=pk).update(warned_at=clock.now())
    data = {"lot": lot.code, **lot.listing.right.named, "until": stamp(bidder.eligible_until)}
    journal.record("deposit.expires", subject=bidder.ref, actor=ACTOR, audience=[bidder.party.ref], **data)
    return True


@transaction.atomic
def lapse(*, bidder: Bidder, actor: str) -> None:
    """The hold of the deposit expired: unless it was renewed or has ended otherwise, it goes back. Again: nothing more."""
    _lot, bidder = _locked(bidder)
    if bidder.deposit == Bidder.Deposit.HELD and payments.lapsed([bidder.code]):
        payments.release_deposit(bidder.code, payee=bidder.party, agency=bidder.lot.sale.agency, actor=actor)
        Bidder.objects.filter(pk=bidder.pk).update(deposit=Bidder.Deposit.RELEASED)


def _locked(bidder: Bidder) -> tuple[Lot, Bidder]:
    """The registration as it is now and its lot, whose row is held until the transaction ends."""
    lots = Lot.objects.select_for_update(of=("self",)).select_related("sale__agency", "listing__right")
    lot = lots.get(pk=bidder.lot_id)
    return lot, Bidder.objects.select_related("party", "lot__sale__agency").get(pk=bidder.pk)


def end_registration(bidder: Bidder, *, actor: str) -> None:
    """End a registration that won nothing: whatever deposit is held goes back (拍卖法; 法释〔2016〕18号 23).

    Must run inside the caller's transaction, with the lot's row locked.
    """
    end_registrations([bidder], actor=actor)


def end_registrations(bidders: Sequence[Bidder], *, actor: str) -> None:
    """`end_registration` for many, of any lots; the number of statements does not grow with them."""
    waive_deposits(bidders, actor=actor)
    return_deposits(bidders, actor=actor)


def waive_deposits(bidders: Sequence[Bidder], *, actor: str) -> None:
    """The first half of `end_registrations`: nobody owes a deposit any more. It locks charges, which lie higher."""
    payments.cancel_for(*(row.ref for row in bidders if row.deposit != Bidder.Deposit.HELD), actor=actor)


def return_deposits(bidders: Sequence[Bidder], *, actor: str) -> None:
    """The second half of `end_registrations`: what is held goes back, and the registrations end. It locks the books."""
    held = [row for row in bidders if row.deposit == Bidder.Deposit.HELD]
    sides = {row.code: (row.party, row.lot.sale.agency) for row in held}
    payments.release_deposits(sides, actor=actor)
    released = {row.pk for row in held}
    Bidder.objects.filter(pk__in=released).update(deposit=Bidder.Deposit.RELEASED)
    for row in held:
        row.deposit = Bidder.Deposit.RELEASED
    move_many(
        [row for row in bidders if row.state in {Bidder.State.QUALIFIED, Bidder.State.ACTIVE}], Bidder.State.ENDED
    )
