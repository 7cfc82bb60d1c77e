"""What happens to a registration's deposit: it arrives and lets its bidder bid, or it goes back."""

import secrets
from collections.abc import Sequence

from django.db import transaction

from auctions.models import Bidder, Lot
from market.kernel.states import move, move_many
from market.payments import actions as payments
from market.trail import journal


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
        payments.hold_deposit(bidder.code, origin=bidder.origin, amount=lot.deposit, actor=actor)
        Bidder.objects.filter(pk=bidder.pk).update(deposit=Bidder.Deposit.HELD)
        bidder.deposit = Bidder.Deposit.HELD
    if bidder.state == Bidder.State.ENDED or lot.state not in {Lot.State.NOTICED, *Lot.BIDDING}:
        end_registration(bidder, actor=actor)
        return
    taken = set(lot.bidders.exclude(paddle=None).values_list("paddle", flat=True))
    paddle = secrets.choice([number for number in range(1001, 10_000) if number not in taken])
    move(bidder, Bidder.State.ACTIVE, paddle=paddle)
    data = {"lot": lot.code, "paddle": paddle, "title": lot.listing.right.title}
    journal.record("bidder.activated", subject=bidder.ref, actor=actor, audience=[bidder.party.ref], **data)


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
