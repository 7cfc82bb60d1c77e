"""Reads of online payment: which way a payout leaves, what holds it, and what a charge's page offers."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum

from market.kernel import clock
from market.kernel.money import Money
from market.ledger import books
from market.parties.models import Party
from market.payments import stripe_gate
from market.payments.models import Charge, Checkout, Comparison, Connected, Dispute, Outgoing, Payout
from market.payments.online import rules
from market.payments.rules import own_account


@dataclass(frozen=True, slots=True)
class Way:
    """How a payout leaves, and the words its approval is bound to: by bank, by refund of a payment, or by transfer."""

    text: str
    checkout: Checkout | None = None
    account: str = ""

    @property
    def is_bank(self) -> bool:
        """Whether a person makes the transfer at a bank."""
        return self.checkout is None and not self.account


def way(payout: Payout) -> Way:
    """The way the payout goes as things stand: what was paid online goes back there; to a payee with a Stripe account
    that can be paid a transfer, as far as the agency's money lies at Stripe; anything else by bank."""
    bank = Way(f"{payout.payee.bank_name} {payout.payee.bank_account}".strip())
    tried = Outgoing.objects.filter(payout=payout).select_related("checkout").first()
    if tried is not None and tried.state in (Outgoing.State.DECLINED, Outgoing.State.FAILED):
        return bank
    if not stripe_gate.is_on() or payout.ref.endswith(rules.AGAIN):
        return bank
    if payout.purpose in (Payout.Purpose.REFUND, Payout.Purpose.RETURN):
        checkout = _paid_by(payout)
        return bank if checkout is None else Way(f"Stripe {checkout.intent}", checkout=checkout)
    account = Connected.objects.filter(party=payout.payee, ready=True).first()
    if account is None or (tried is None and _at_stripe(payout) < payout.amount):
        return bank
    return Way(f"Stripe {account.number}", account=account.number or "")


def _paid_by(payout: Payout) -> Checkout | None:
    """The online payment that a refund can still go back to: the surplus itself, or what its payee paid for the subject."""
    paid = Checkout.objects.filter(state=Checkout.State.PAID)
    surplus = paid.filter(ref=payout.ref.removesuffix(":return"), outcome=Checkout.Outcome.RETURNED).first()
    owed = Q(charge__subject=payout.subject, charge__payer=payout.payee, outcome=Checkout.Outcome.CONFIRMED)
    found = surplus or paid.filter(owed).first()
    if found is None or found.received is None or found.paid_at is None:
        return None
    others = found.refunds.exclude(payout=payout).exclude(state__in=[Outgoing.State.DECLINED, Outgoing.State.FAILED])
    sent = others.aggregate(sum=Sum("payout__amount_minor"))["sum"] or 0
    fits = rules.can_go_back(
        payout.amount,
        received=found.received,
        returned=Money(sent, found.received.currency),
        method=found.method,
        paid_at=found.paid_at,
        now=clock.now(),
    )
    return found if fits else None


def _at_stripe(payout: Payout) -> Money:
    """What the agency has at Stripe and has not yet told to leave."""
    here = books.balance(own_account("stripe", payout.agency.code, payout.currency), payout.currency)
    asked = Outgoing.objects.filter(
        payout__agency=payout.agency, payout__currency=payout.currency, state=Outgoing.State.ASKED
    ).exclude(payout=payout)
    leaving = asked.aggregate(sum=Sum("payout__amount_minor"))["sum"] or 0
    return here - Money(leaving, payout.currency)


def disputes() -> QuerySet[Dispute]:
    """Disputes with whom every page names."""
    return Dispute.objects.select_related("checkout__charge__payer", "checkout__charge__agency", "released_by")


def dispute_holding(payout: Payout) -> Dispute | None:
    """The dispute for which the payout waits: of its payee's own payment, or of the payment it would share out."""
    theirs = Q(checkout__charge__payer=payout.payee) | Q(checkout__charge__subject=payout.subject)
    return disputes().filter(theirs, state__in=Dispute.HOLDING, released_at=None).first()


def disputes_of(agency: Party) -> QuerySet[Dispute]:
    """The agency's disputes, newest first."""
    return disputes().filter(checkout__charge__agency=agency).order_by("-pk")


def open_page(charge: Charge) -> Checkout | None:
    """The page on which a charge can be paid just now, or whose payment is on its way."""
    return charge.checkouts.filter(state__in=Checkout.LIVE).first()


@dataclass(frozen=True, slots=True)
class Offer:
    """Whether a charge can be paid online now, the page that is open for it, and how it was paid online."""

    offered: bool
    page: Checkout | None
    paid: Checkout | None


def offer(charge: Charge) -> Offer:
    """Online payment is offered for what is due, when the market has keys and Stripe takes such a sum."""
    due = charge.state == Charge.State.DUE and stripe_gate.is_on() and rules.is_payable(charge.amount)
    confirmed = charge.state == Charge.State.CONFIRMED
    paid = charge.checkouts.filter(outcome=Checkout.Outcome.CONFIRMED).first() if confirmed else None
    return Offer(due, open_page(charge) if due else None, paid)


def account_of(party: Party) -> Connected | None:
    """The party's account at Stripe."""
    return Connected.objects.filter(party=party).first()


def last_comparison() -> Comparison | None:
    """The last night's comparison of Stripe with the books."""
    return Comparison.objects.first()
