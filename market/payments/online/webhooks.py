"""What Stripe tells us: only that something happened to an object; what it is now, we ask, and that is what counts."""

import logging
from collections.abc import Callable

from django.db import IntegrityError, transaction

from market.payments import stripe_gate
from market.payments.models import Connected, Webhook
from market.payments.online.actions.accounts import heed_account
from market.payments.online.actions.checkouts import heed_payment
from market.payments.online.actions.disputes import heed_dispute
from market.payments.online.actions.outgoing import heed_refund, heed_transfer
from market.payments.online.values import Event

logger = logging.getLogger(__name__)


def take(body: bytes, header: str) -> Webhook:
    """Take a webhook in: its object is looked up at Stripe, and its effect and the event are kept in one transaction.

    The same event again has no further effect. Raises `Forged` for what Stripe did not sign, `Unanswered` when the object
    could not be looked up: Stripe tells it again.
    """
    event = stripe_gate.read_event(body, header)
    before = Webhook.objects.filter(number=event.id).first()
    if before is not None:
        if before.sha256 != event.sha256:
            logger.error("webhook %s came again with another body", event.id)
        return before
    foreign = _foreign(event)
    effect = (lambda: foreign) if foreign else looked_up(event.kind, event.about, event.intent)
    return _keep(event, effect)


def _foreign(event: Event) -> str:
    """Why an event is none of ours, if it is not: of the other mode, or of an account we do not know."""
    if event.live != stripe_gate.is_live():
        return "ignored: test and live do not mix"
    connected = event.kind.startswith("account.") and event.about == event.account
    if event.account and not (connected and Connected.objects.filter(number__in=[event.account]).exists()):
        return "ignored: another account"
    return ""


def looked_up(kind: str, about: str, intent: str = "") -> Callable[[], str]:
    """Look up, now, what an event of this kind is about; the effect to make of it in a transaction, and its outcome."""
    try:
        if kind.startswith("checkout.session."):
            session = stripe_gate.payment_of_session(about)
            return lambda: heed_payment(session)
        if kind.startswith("charge.dispute."):
            dispute, paid = stripe_gate.dispute_now(about), stripe_gate.payment(intent) if intent else None
            return lambda: (heed_payment(paid) if paid else "", heed_dispute(dispute))[1]
        if kind.startswith(("refund.", "charge.refund.")):
            refund = stripe_gate.refund_now(about)
            return lambda: heed_refund(refund)
        if kind == "charge.refunded":
            refunds = stripe_gate.refunds_of(intent)
            return lambda: ", ".join(heed_refund(one) for one in refunds) or "unknown"
        if kind.startswith("payment_intent.") or (kind.startswith("charge.") and intent):
            payment = stripe_gate.payment(intent or about)
            return lambda: heed_payment(payment)
        if kind.startswith("transfer."):
            transfer = stripe_gate.transfer_now(about)
            return lambda: heed_transfer(transfer)
        if kind.startswith("account."):
            account = stripe_gate.account_now(about)
            return lambda: heed_account(account)
    except stripe_gate.Declined as error:
        said = str(error)[:60]
        return lambda: f"ignored: {said}"
    return lambda: "ignored: no business of ours"


def _keep(event: Event, effect: Callable[[], str]) -> Webhook:
    """The event and its effect, or neither; when another process was faster, theirs."""
    try:
        with transaction.atomic():
            row = Webhook(
                number=event.id,
                kind=event.kind[:80],
                about=event.about[:255],
                account=event.account[:60],
                sha256=event.sha256,
            )
            row.outcome = "taking"
            row.save(force_insert=True)  # waits here while another process takes the same event
            row.outcome = effect()[:80]
            row.save(update_fields=["outcome"])
    except IntegrityError:
        found = Webhook.objects.filter(number=event.id).first()
        if found is None:
            raise
        return found
    if row.outcome == "unknown" or row.outcome.startswith("ignored"):
        logger.warning("webhook %s about %s: %s", event.kind, event.about, row.outcome)
    return row
