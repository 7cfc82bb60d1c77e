"""What is owed (charges) and what is paid out (payouts); settlements have a file of their own."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.documents.models import Version
from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.states import Moves
from market.ledger.models import Hold
from market.parties.models import Party
from market.payments.arrears.models import Reminder, Schedule
from market.payments.bank.models import (
    BankAccount,
    Decided,
    Decision,
    Instruction,
    Layout,
    Line,
    PaymentFile,
    Statement,
    StatementFile,
)
from market.payments.invoices.models import Bearer, Invoice, Receipt, Series, Taxation
from market.payments.online.models import Checkout, Comparison, Connected, Dispute, Outgoing, Webhook
from market.payments.settlements.models import Claim, Settlement, SettlementLine

# Tables of this room that live in files of their own.
__all__ = [
    "BankAccount",
    "Bearer",
    "Charge",
    "Checkout",
    "Claim",
    "Comparison",
    "Connected",
    "Decided",
    "Decision",
    "Dispute",
    "Instruction",
    "Invoice",
    "Layout",
    "Line",
    "Outgoing",
    "PaymentFile",
    "Payout",
    "Receipt",
    "Reminder",
    "Schedule",
    "Series",
    "Settlement",
    "SettlementLine",
    "Statement",
    "StatementFile",
    "Taxation",
    "Webhook",
]


class Charge(models.Model):
    """A sum a party owes, paid by bank transfer under `reference`; the agency confirms what arrived.

    `subject` is what it is for ("bidder:B-…", "deal:D-…"); `account` is the ledger account that receives it. What the
    payer says (`reported_number`, `proof`) is a hint; only the agency's own `bank_reference` counts, and counts once.
    """

    class Purpose(models.TextChoices):
        """What is paid."""

        DEPOSIT = "deposit", _("Bid deposit")
        PRICE = "price", _("Purchase price")
        CLAIM = "claim", _("Claim after a default")
        DOUBLE = "double", _("Earnest money, the same again")
        ROYALTY = "royalty", _("Royalty")
        DIVIDEND = "dividend", _("Dividend")

    class State(models.TextChoices):
        """Where the payment stands."""

        DUE = "due", _("To be paid")
        REPORTED = "reported", _("Payment reported")
        CONFIRMED = "confirmed", _("Received")
        CANCELLED = "cancelled", _("Cancelled")

    # What is owed because a deal failed stays owed when the deal ends.
    AFTER_DEFAULT: ClassVar[frozenset[str]] = frozenset({Purpose.CLAIM, Purpose.DOUBLE})

    MOVES: ClassVar[Moves] = {
        State.DUE: frozenset({State.REPORTED, State.CONFIRMED, State.CANCELLED}),
        State.REPORTED: frozenset({State.REPORTED, State.CONFIRMED, State.DUE, State.CANCELLED}),
    }

    code = code_field("C")
    reference = models.CharField(_("payment reference"), max_length=16, unique=True)
    purpose = models.CharField(max_length=8, choices=Purpose)
    subject = models.CharField(max_length=60)
    payer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="charges")
    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="collected_charges")
    account = models.CharField(max_length=60)
    currency = currency_field()
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DUE)
    due_at = models.DateTimeField()
    reported_number = models.CharField(max_length=60, blank=True)
    reported_at = models.DateTimeField(null=True)
    proof = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    remark = models.CharField(max_length=300, blank=True)
    bank_reference = models.CharField(_("bank transaction number"), max_length=60, blank=True)
    received_on = models.DateField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    amount = MoneyOf("amount_minor")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=["subject", "purpose"], name="one_charge_per_subject_and_purpose"),
            models.UniqueConstraint(
                fields=["agency", "bank_reference"],
                condition=~Q(bank_reference=""),
                name="bank_transaction_counts_once",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="charge_is_positive"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | (~Q(bank_reference="") & Q(received_on__isnull=False)),
                name="confirmed_charge_names_its_transaction",
            ),
        )
        indexes = (
            models.Index(fields=["agency", "state", "due_at"], name="charge_queue"),
            models.Index(fields=["payer", "state", "due_at"], name="charge_waiting"),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("charge:C-…")."""
        return f"charge:{self.code}"


class Payout(models.Model):
    """A sum leaving the bank for a party: a deposit refunded, or what a settlement pays it. Unique by `ref`.

    One person approves it, another sends it: by bank transfer, or releases it to go through Stripe (`online`). The
    approval is bound by `approval_sha256` to payee, account and amount (`rules.approval_of`): when one of them changes, it
    no longer holds.
    """

    class Purpose(models.TextChoices):
        """Why it is paid."""

        REFUND = "refund", _("Deposit refund")
        RETURN = "return", _("Payment sent back")
        PROCEEDS = "proceeds", _("Proceeds")
        COMMISSION = "commission", _("Commission")
        DAMAGES = "damages", _("Damages after a default")
        DOUBLE = "double", _("Earnest money, the same again")
        PLEDGE = "pledge", _("Payoff of the pledgee")
        FEE = "fee", _("Fees laid out")
        TAX = "tax", _("Tax withheld")
        INVENTORS = "inventors", _("Share of the inventors")
        ROYALTY = "royalty", _("Royalty")
        DIVIDEND = "dividend", _("Dividend")

    class State(models.TextChoices):
        """Where the payout stands."""

        DUE = "due", _("To be approved")
        APPROVED = "approved", _("To be sent")
        RELEASED = "released", _("On its way")
        SENT = "sent", _("Sent")
        CAME_BACK = "back", _("Came back")

    # What a settlement pays to the agency itself; when all else is sent, the deal is closed.
    OF_THE_AGENCY: ClassVar[frozenset[str]] = frozenset({Purpose.COMMISSION, Purpose.FEE})

    MOVES: ClassVar[Moves] = {
        State.DUE: frozenset({State.APPROVED}),
        State.APPROVED: frozenset({State.APPROVED, State.RELEASED, State.SENT}),
        State.RELEASED: frozenset({State.SENT, State.DUE}),
        State.SENT: frozenset({State.CAME_BACK}),
    }

    code = code_field("O")
    ref = models.CharField(max_length=120, unique=True)
    purpose = models.CharField(max_length=10, choices=Purpose)
    subject = models.CharField(max_length=60, db_index=True)
    payee = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="payouts")
    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="sent_payouts")
    account = models.CharField(max_length=60)
    currency = currency_field()
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.DUE)
    due_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approval_sha256 = models.CharField(max_length=64, blank=True)
    bank_reference = models.CharField(_("bank transaction number"), max_length=60, blank=True)
    sent_on = models.DateField(null=True)
    sent_to = models.CharField(max_length=160, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    amount = MoneyOf("amount_minor")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["agency", "bank_reference"],
                condition=~Q(bank_reference=""),
                name="payout_transaction_counts_once",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payout_is_positive"),
            models.CheckConstraint(
                condition=~Q(state="sent") | (~Q(bank_reference="") & Q(sent_on__isnull=False)),
                name="sent_payout_names_its_transaction",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | (Q(approved_by__isnull=False) & ~Q(approved_by=F("sent_by"))),
                name="payout_sent_by_a_second_person",
            ),
        )
        indexes = (models.Index(fields=["agency", "state", "due_at"], name="payout_queue"),)

    def __str__(self) -> str:
        return self.ref


class DepositOutcome(models.Model):
    """What became of a bid deposit in the end, exactly once: a deposit is known by the hold it was kept under.

    The winner's is set off against the price at the hammer, but until the price is paid it may still be forfeited; so its
    outcome comes with the payment, or with the default. Append-only (the database refuses UPDATE and DELETE).
    """

    class Kind(models.TextChoices):
        """Which of the three."""

        APPLIED = "applied", _("Set off against the price")
        RELEASED = "released", _("Given back")
        FORFEITED = "forfeited", _("Forfeited")

    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="outcome")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.CharField(max_length=60)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.hold} {self.kind}"
