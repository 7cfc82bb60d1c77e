"""Asks Stripe what is written down to be asked: the row first, then the call without a transaction, then its result.

Whoever dies in between leaves the row as it was: after some minutes another asks again under the same idempotency key, to
which Stripe gives the first answer. What is known after the call is taken in like any other news of the object.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from market.kernel import clock
from market.kernel.states import move
from market.payments import stripe_gate
from market.payments.models import Charge, Checkout, Connected, Outgoing
from market.payments.online import rules
from market.payments.online.actions.accounts import heed_account
from market.payments.online.actions.checkouts import heed_payment
from market.payments.online.actions.outgoing import decline, heed_refund, heed_transfer

logger = logging.getLogger(__name__)

Asked = Checkout | Outgoing | Connected
LEASE = timedelta(minutes=2)  # longer than Stripe may take to answer


def run_due(limit: int = 20) -> int:
    """Ask Stripe what is due, at most `limit` of each kind; returns how many were asked."""
    if not stripe_gate.is_on():
        return 0
    return close_unowed(limit) + sum(
        ask(row)
        for kind in (Checkout, Outgoing, Connected)
        for row in kind.objects.filter(state="asked", due_at__lte=clock.now()).order_by("due_at", "pk")[:limit]
    )


def close_unowed(limit: int = 20) -> int:
    """Close the pages of charges that are cancelled or paid otherwise, so that nobody pays twice; how many were tried."""
    over = [Charge.State.CANCELLED, Charge.State.CONFIRMED]
    rows = list(
        Checkout.objects.filter(state=Checkout.State.OPEN, charge__state__in=over, due_at__lte=clock.now())[:limit]
    )
    for row in rows:
        try:
            stripe_gate.expire_checkout(row.session or "")
            heed_payment(stripe_gate.payment_of_session(row.session or ""))
        except (stripe_gate.Unanswered, stripe_gate.Declined) as error:
            _put_off(row, str(error))
    return len(rows)


def ask(row: Asked) -> bool:
    """Ask Stripe for one row, unless another is at it or it was answered; no transaction may be open."""
    taken = _take(row)
    if taken is None:
        return False
    try:
        _ASK[type(taken)](taken)
    except stripe_gate.Unanswered as error:
        _put_off(taken, str(error))
    return True


@transaction.atomic
def _take(row: Any) -> Any:
    """The row, ours for two minutes; None when it is somebody else's or no longer to be asked."""
    now = clock.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - LEASE)
    rows = type(row)._default_manager.filter(free, pk=row.pk, state="asked")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    found = rows.first()
    if found is not None:
        found.attempts += found.claimed_at is not None  # whoever had it died, and may have asked
        type(row)._default_manager.filter(pk=found.pk).update(claimed_at=now, attempts=found.attempts)
    return found


def _put_off(row: Checkout | Outgoing | Connected, error: str) -> None:
    """Nobody knows whether it was done: ask again, later each time."""
    logger.warning("%s: Stripe did not answer: %s", row.ref, error)
    wait = rules.BACKOFF[min(row.attempts, len(rules.BACKOFF) - 1)]
    type(row)._default_manager.filter(pk=row.pk).update(
        attempts=row.attempts + 1,
        due_at=clock.now() + timedelta(seconds=wait),
        claimed_at=None,
        error=error,
    )


def _ask_page(row: Checkout) -> None:
    charge = row.charge
    try:
        seen = stripe_gate.open_checkout(
            ref=row.ref,
            amount=row.amount,
            methods=rules.methods(row.currency),
            about=f"{charge.reference} {charge.agency.name}",
            email=row.email,
            back=f"{settings.SITE_URL}/payments/{charge.code}/online/",
            expires_at=row.expires_at,
        )
    except stripe_gate.Declined as error:
        with transaction.atomic():
            move(row, Checkout.State.FAILED, error=str(error))
        return
    heed_payment(seen)


def _ask_money_out(row: Outgoing) -> None:
    """A refund or transfer; asked before, Stripe may have forgotten the key, so first look whether it was made."""
    try:
        if row.kind == Outgoing.Kind.REFUND:
            checkout = row.checkout
            intent = checkout.intent if checkout is not None and checkout.intent else ""
            made = [found for found in stripe_gate.refunds_of(intent) if found.ref == row.ref] if row.attempts else []
            heed_refund(made[0] if made else stripe_gate.refund(ref=row.ref, intent=intent, amount=row.payout.amount))
        else:
            before = stripe_gate.transfer_made(row.ref) if row.attempts else None
            heed_transfer(before or stripe_gate.transfer(ref=row.ref, account=row.account, amount=row.payout.amount))
    except stripe_gate.Declined as error:
        decline(row, str(error))


def _ask_account(row: Connected) -> None:
    try:
        heed_account(stripe_gate.open_account(ref=row.ref, country=row.country, email=row.email))
    except stripe_gate.Declined as error:
        _put_off(row, str(error))


_ASK: dict[type, Callable[..., None]] = {
    Checkout: _ask_page,
    Outgoing: _ask_money_out,
    Connected: _ask_account,
}
