"""What is asked of Stripe and what became of it: pages to pay on, money out, accounts, disputes, webhooks, comparisons."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.money import Money
from market.kernel.states import Moves
from market.parties.models import Party
from market.payments.online import rules


def ladder(*rungs: str) -> Moves:
    """Moves that only lead up; staying is no move."""
    return {rung: frozenset(rungs[place + 1 :]) for place, rung in enumerate(rungs)}


class Errand(models.Model):
    """Something Stripe is to be asked, exactly once, under the idempotency key `ref`: written first, then asked, then
    answered. Whoever asks takes it for some minutes (`claimed_at`); what nobody answered is asked again when due.
    """

    ref = models.CharField(max_length=100, unique=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=clock.now)
    claimed_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.ref


class Checkout(Errand):
    """A page at Stripe on which a charge can be paid, and the payment made there."""

    class State(models.TextChoices):
        """Where the payment stands; states only climb (`rules.PAYMENT`)."""

        ASKED = "asked", _("Being prepared")
        OPEN = "open", _("Page is open")
        PROCESSING = "processing", _("Being processed")
        EXPIRED = "expired", _("Page has closed")
        FAILED = "failed", _("Payment failed")
        PAID = "paid", _("Paid")

    class Outcome(models.TextChoices):
        """What the money did: it paid the charge, or it is owed back to the payer."""

        CONFIRMED = "confirmed", _("Paid the charge")
        RETURNED = "returned", _("Goes back to the payer")

    MOVES: ClassVar[Moves] = ladder(*rules.PAYMENT)
    LIVE = ("asked", "open", "processing")

    charge = models.ForeignKey("payments.Charge", on_delete=models.PROTECT, related_name="checkouts")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    currency = currency_field()
    amount_minor = models.BigIntegerField()
    expires_at = models.DateTimeField()
    email = models.EmailField(blank=True)
    session = models.CharField(max_length=255, unique=True, null=True, blank=True)
    intent = models.CharField(max_length=60, unique=True, null=True, blank=True)
    url = models.URLField(max_length=1000, blank=True)
    method = models.CharField(max_length=30, blank=True)
    received_minor = models.BigIntegerField(null=True)
    received_currency = models.CharField(max_length=3, blank=True)
    fee_minor = models.BigIntegerField(null=True)
    paid_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    amount = MoneyOf("amount_minor")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["charge"],
                condition=Q(state__in=["asked", "open", "processing"]),
                name="one_open_page_per_charge",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | (Q(received_minor__gt=0) & Q(intent__isnull=False) & ~Q(outcome="")),
                name="paid_page_says_what_came",
            ),
        )
        indexes = (models.Index(fields=["due_at"], condition=Q(state="asked"), name="checkout_to_ask"),)

    @property
    def received(self) -> Money | None:
        """What came, in the currency it came in."""
        return None if self.received_minor is None else Money(self.received_minor, self.received_currency)


class Outgoing(Errand):
    """A payout that leaves through Stripe: a refund of what was paid there, or a transfer to a connected account."""

    class Kind(models.TextChoices):
        """How it leaves."""

        REFUND = "refund", _("Refund to where it came from")
        TRANSFER = "transfer", _("Transfer to the payee's Stripe account")

    class State(models.TextChoices):
        """Where it stands; states only climb (`rules.OUTGOING`)."""

        ASKED = "asked", _("Being sent")
        DECLINED = "declined", _("Not possible")
        PENDING = "pending", _("On its way")
        SUCCEEDED = "succeeded", _("Arrived")
        FAILED = "failed", _("Came back")

    MOVES: ClassVar[Moves] = ladder(*rules.OUTGOING)

    kind = models.CharField(max_length=8, choices=Kind)
    payout = models.OneToOneField("payments.Payout", on_delete=models.PROTECT, related_name="outgoing")
    checkout = models.ForeignKey(Checkout, null=True, on_delete=models.PROTECT, related_name="refunds")
    account = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    number = models.CharField(max_length=60, unique=True, null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-pk",)
        indexes = (models.Index(fields=["due_at"], condition=Q(state="asked"), name="outgoing_to_ask"),)


class Connected(Errand):
    """A payee's own account at Stripe; `number` once it is opened, `ready` once it can be paid."""

    class State(models.TextChoices):
        """Where it stands."""

        ASKED = "asked", _("Being opened")
        OPEN = "open", _("Opened")

    MOVES: ClassVar[Moves] = ladder("asked", "open")

    party = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="connected")
    country = models.CharField(max_length=2)
    email = models.EmailField()
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    number = models.CharField(max_length=60, unique=True, null=True, blank=True)
    ready = models.BooleanField(default=False)


class Dispute(models.Model):
    """A payer's bank takes a payment back; while it is open, or lost and not made good, that payer is paid nothing."""

    class State(models.TextChoices):
        """Where it stands; states only climb (`rules.DISPUTE`)."""

        INQUIRY = "inquiry", _("The bank asks")
        OPENED = "opened", _("Disputed")
        CLOSED = "closed", _("Closed without a dispute")
        LOST = "lost", _("Lost")
        WON = "won", _("Won")

    MOVES: ClassVar[Moves] = ladder(*rules.DISPUTE)
    HOLDING = ("inquiry", "opened", "lost")

    code = code_field("X")
    number = models.CharField(max_length=60, unique=True)
    checkout = models.ForeignKey(Checkout, on_delete=models.PROTECT, related_name="disputes")
    state = models.CharField(max_length=8, choices=State)
    reason = models.CharField(max_length=60, blank=True)
    currency = currency_field()
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField(default=clock.now)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=300, blank=True)

    amount = MoneyOf("amount_minor")
    fee = MoneyOf("fee_minor")

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.number


class Webhook(models.Model):
    """An event Stripe told us, kept once under its number in the transaction of its effect."""

    number = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=80)
    about = models.CharField(max_length=255)
    account = models.CharField(max_length=60, blank=True)
    sha256 = models.CharField(max_length=64)
    outcome = models.CharField(max_length=80)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Comparison(models.Model):
    """One night's comparison of Stripe's balance transactions with the books: how many, and what differs."""

    since = models.DateTimeField()
    at = models.DateTimeField(default=clock.now)
    compared = models.PositiveIntegerField()
    mended = models.JSONField(default=list)
    differences = models.JSONField(default=list)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}: {len(self.differences)} differences"
