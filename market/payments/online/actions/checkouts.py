"""Charges paid online: a page is asked for, and what Stripe says of its payment pays the charge or goes back."""

from django.db import transaction

from market.deals.models import Deal
from market.kernel import clock
from market.kernel.clock import BEIJING
from market.kernel.errors import Refused, ensure
from market.kernel.money import Money
from market.kernel.states import move
from market.parties.access import PAYING, require
from market.parties.models import User
from market.payments import stripe_gate
from market.payments.actions.charges import arrived, refuse_unpayable
from market.payments.actions.deposits import REFUND_WITHIN
from market.payments.actions.payouts import pay_out
from market.payments.actions.rows import locked
from market.payments.models import Charge, Checkout, Payout
from market.payments.online import rules
from market.payments.online.actions.booking import ACTOR, book
from market.payments.online.values import Payment
from market.payments.queries import deal_of
from market.payments.rules import own_account
from market.trail import journal


@transaction.atomic
def start(*, charge: Charge, by: User) -> Checkout:
    """The payer wants to pay a charge online: a page is to be asked for. Again, while one is open: the same.

    Refused `online.off`, `online.amount`, and as a report of a transfer: `charge.cancelled`, `charge.confirmed`,
    `right.blocked`. Writes `online.started`.
    """
    require(by, charge.payer, PAYING)
    if not stripe_gate.is_on():
        raise Refused("online.off")
    rules.check_payable(charge.amount)
    charge = locked(charge)
    refuse_unpayable(charge)
    found = charge.checkouts.filter(state__in=Checkout.LIVE).first()
    if found is not None and (found.state == Checkout.State.PROCESSING or found.expires_at > clock.now()):
        return found
    if found is not None:  # its time is over, whether or not Stripe has told us
        move(found, Checkout.State.EXPIRED)
    made = Checkout.objects.create(
        ref=f"{charge.ref}:online:{charge.checkouts.count() + 1}",
        charge=charge,
        currency=charge.currency,
        amount_minor=charge.amount_minor,
        expires_at=rules.page_closes(charge.due_at, clock.now()),
        email=by.email,
        by=by,
    )
    journal.record("online.started", subject=charge.ref, actor=by.ref, audience=[charge.payer.ref], ref=made.ref)
    return made


@transaction.atomic
def heed_payment(seen: Payment) -> str:
    """Take in a payment as somebody saw it at Stripe: "unknown" when it is none of ours, else where it stands now.

    Money that came pays its charge when exactly that was owed; otherwise it is owed back to the payer, and a payout to
    send it back waits for two people [charge.confirmed, or online.returned]. Older news changes nothing.
    """
    checkout = Checkout.objects.select_for_update(of=("self",)).filter(ref=seen.ref).first() if seen.ref else None
    if checkout is None:
        return "unknown"
    known = {"session": seen.session, "intent": seen.intent, "url": seen.url, "method": seen.method}
    columns: dict[str, object] = {
        name: value for name, value in known.items() if value and getattr(checkout, name) != value
    }
    state = rules.later(rules.PAYMENT, checkout.state, seen.state)
    if state == Checkout.State.PAID and checkout.state != state:
        columns |= _settled(checkout, seen)
    if state != checkout.state:
        move(checkout, state, error="", **columns)
    elif columns:
        Checkout.objects.filter(pk=checkout.pk).update(**columns)
    if seen.received is not None:
        _book(checkout, seen)
    return state


def _settled(checkout: Checkout, seen: Payment) -> dict[str, object]:
    """What the money does, as columns of the paid row."""
    ensure(seen.received is not None, f"{seen.ref} is paid, and nothing came")
    received, paid_at = seen.received or Money.zero("CNY"), seen.paid_at or clock.now()
    columns: dict[str, object] = {
        "received_minor": received.minor,
        "received_currency": received.currency,
        "fee_minor": seen.fee.minor if seen.fee else None,
        "paid_at": paid_at,
    }
    charge = locked(checkout.charge)
    if received == charge.amount and _pays(charge, seen):
        return columns | {"outcome": Checkout.Outcome.CONFIRMED}
    ref = f"{checkout.ref}:return"
    account = own_account("payable", charge.payer.code, received.currency)
    due_at = clock.now() + REFUND_WITHIN
    made = pay_out(Payout.Purpose.RETURN, ref, charge.subject, charge.payer, charge.agency, account, received, due_at)
    journal.record(
        "online.returned",
        subject=charge.ref,
        actor=ACTOR,
        audience=[charge.payer.ref, charge.agency.ref],
        reference=charge.reference,
        amount=received.wire(),
        owed=charge.amount.wire(),
        payout=made.code,
    )
    return columns | {"outcome": Checkout.Outcome.RETURNED}


def _pays(charge: Charge, seen: Payment) -> bool:
    """Confirm the charge, if it is still owed; False when it is not, or its deal takes no money any more."""
    if charge.state not in (Charge.State.DUE, Charge.State.REPORTED):
        return False
    if charge.purpose == Charge.Purpose.PRICE and deal_of(charge).state != Deal.State.SIGNED:
        return False
    arrived(charge, seen.intent, on=(seen.paid_at or clock.now()).astimezone(BEIJING).date(), actor=ACTOR)
    return True


def _book(checkout: Checkout, seen: Payment) -> None:
    """The books hold what came, for whom it came, and the fee as soon as Stripe names it."""
    charge, received = checkout.charge, seen.received
    if received is None:
        return
    theirs = checkout.outcome == Checkout.Outcome.RETURNED
    into = own_account("payable", charge.payer.code, received.currency) if theirs else charge.account
    memo = f"{charge.reference} {seen.intent}"
    book(
        rules.payment_entries(
            checkout.ref, agency=charge.agency.code, received=received, fee=seen.fee, into=into, memo=memo
        )
    )
