"""An agency's bank accounts, the statements read from its files, each line and what was decided of it, and payment files."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.documents.models import Version
from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.states import Moves
from market.kernel.typed import bare
from market.parties.models import Party
from market.parties.queries import masked


class BankAccount(models.Model):
    """An account of an agency at a bank, in one currency; statements name it by its number."""

    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="bank_accounts")
    bank = models.CharField(_("bank"), max_length=120)
    number = models.CharField(_("account number"), max_length=34)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    currency = currency_field()
    since = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["agency", "number", "currency"], name="one_account_per_number_and_currency"
            ),
        )

    def __str__(self) -> str:
        return f"{self.bank} {masked(self.number)} {self.currency}"

    def is_called(self, number: str, currency: str) -> bool:
        """Whether a statement of `number` in `currency` is this account's."""
        return self.currency == currency and bare(self.number) == bare(number)


class Layout(models.Model):
    """How one bank of an agency writes its tables (`formats.columns.ColumnMap`); the newest that fits a file reads it."""

    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="layouts")
    columns = models.JSONField()
    days = models.CharField(max_length=3)
    point = models.CharField(max_length=1)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return ", ".join(self.columns.values())


class StatementFile(models.Model):
    """A file from the bank, kept as it came; the same bytes again are the same file. It has no statements while it waits
    for a layout. `account` is whose table it is; other forms name theirs."""

    code = code_field("BF")
    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="statement_files")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    account = models.ForeignKey(BankAccount, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-pk",)
        constraints = (models.UniqueConstraint(fields=["agency", "sha256"], name="one_statement_file_per_bytes"),)

    def __str__(self) -> str:
        return self.version.name


class Statement(models.Model):
    """One statement of an account as the bank gave it. `known` of its `entries` were there from an earlier file; `pending`
    ones the bank has not booked; `notes` are rows of a table that are no entries. The database keeps it as it is."""

    file = models.ForeignKey(StatementFile, on_delete=models.PROTECT, related_name="statements")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="statements")
    number = models.CharField(max_length=35, blank=True)
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    currency = currency_field()
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    entries = models.PositiveIntegerField()
    known = models.PositiveIntegerField()
    pending = models.PositiveIntegerField()
    notes = models.JSONField(default=list)

    opening = MoneyOf("opening_minor")
    closing = MoneyOf("closing_minor")

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.account} {self.number}"


class Line(models.Model):
    """One movement on a bank account, once per account and `key` (`rules.keys`), and what was found about it.

    Without a `reason` it is matched: it paid `charge`, or is `payout` leaving. With one it stands in suspense until a
    decision; `charge` or `payout` is then what its words name, if anything. The database keeps it as it is.
    """

    class Reason(models.TextChoices):
        """Why a line is in suspense."""

        NO_REFERENCE = "no_reference", _("No payment reference")
        UNKNOWN_REFERENCE = "unknown_reference", _("The reference is none of ours")
        SEVERAL = "several", _("Names several charges")
        TOGETHER = "together", _("One of several payments of a charge")
        UNDER = "under", _("Less than due")
        OVER = "over", _("More than due")
        CURRENCY = "currency", _("Another currency than due")
        DUPLICATE = "duplicate", _("Already paid")
        CANCELLED = "cancelled", _("No longer owed")
        THIRD_PARTY = "third_party", _("Paid by somebody else: compliance hold")
        BARRED = "barred", _("Could not be entered")
        REVERSAL = "reversal", _("Taken back by the bank")
        NO_PAYOUT = "no_payout", _("No payout named")
        PAYOUT_AMOUNT = "payout_amount", _("Another amount than the payout")
        NOT_RELEASED = "not_released", _("Payout in no payment file")

    code = code_field("BL")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="lines")
    key = models.CharField(max_length=64)
    row = models.CharField(max_length=80)
    booked_on = models.DateField()
    currency = currency_field()
    amount_minor = models.BigIntegerField()
    credit = models.BooleanField()
    reversal = models.BooleanField()
    number = models.CharField(_("bank transaction number"), max_length=60, blank=True)
    name = models.CharField(max_length=160, blank=True)
    other_account = models.CharField(max_length=40, blank=True)
    text = models.TextField(blank=True)
    end_to_end = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=20, choices=Reason, blank=True)
    charge = models.ForeignKey("payments.Charge", null=True, on_delete=models.PROTECT, related_name="bank_lines")
    payout = models.ForeignKey("payments.Payout", null=True, on_delete=models.PROTECT, related_name="bank_lines")

    amount = MoneyOf("amount_minor")

    class Meta:
        ordering = ("booked_on", "pk")
        constraints = (
            models.UniqueConstraint(fields=["account", "key"], name="bank_line_comes_once"),
            models.UniqueConstraint(fields=["charge"], condition=Q(reason=""), name="one_bank_line_pays_a_charge"),
            models.UniqueConstraint(fields=["payout"], condition=Q(reason=""), name="one_bank_line_is_a_payout"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="bank_line_is_positive"),
            models.CheckConstraint(
                condition=~Q(reason="") | Q(charge__isnull=False) | Q(payout__isnull=False),
                name="matched_bank_line_names_what_it_is",
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def ref(self) -> str:
        """The ref of its transfer in the ledger, and the subject of facts about it ("bankline:BL-…")."""
        return f"bankline:{self.code}"


class Decision(models.Model):
    """What a person decided about lines in suspense, once for each line; `account` is where a note was booked to.

    The database keeps it as it is.
    """

    class Kind(models.TextChoices):
        """What becomes of the money."""

        ATTACH = "attach", _("Pays the charge")
        SURPLUS = "surplus", _("Pays the charge, the surplus goes back")
        REFUND = "refund", _("Goes back to the payer")
        BOOK = "book", _("The bank's own: fee or interest")
        OFFSET = "offset", _("In and out cancel each other")
        PAYOUT = "payout", _("Is a payout")

    code = code_field("BD")
    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="bank_decisions")
    kind = models.CharField(max_length=8, choices=Kind)
    charge = models.ForeignKey("payments.Charge", null=True, on_delete=models.PROTECT, related_name="bank_decisions")
    payout = models.ForeignKey("payments.Payout", null=True, on_delete=models.PROTECT, related_name="bank_decisions")
    account = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.code

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("bankdecision:BD-…")."""
        return f"bankdecision:{self.code}"


class Decided(models.Model):
    """A line a decision is about; no line has two. The database keeps it as it is."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="parts")
    line = models.OneToOneField(Line, on_delete=models.PROTECT, related_name="decided")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.line} {self.decision}"


class PaymentFile(models.Model):
    """A pain.001 for one account: payouts approved by one person, released by another. `content` never changes."""

    class State(models.TextChoices):
        """Whether the bank may have it."""

        RELEASED = "released", _("Released to the bank")
        VOID = "void", _("Withdrawn")

    MOVES: ClassVar[Moves] = {State.RELEASED: frozenset({State.VOID})}

    code = code_field("BP")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="payment_files")
    state = models.CharField(max_length=8, choices=State, default=State.RELEASED)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    currency = currency_field()
    amount_minor = models.BigIntegerField()
    count = models.PositiveIntegerField()
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    voided_at = models.DateTimeField(null=True)

    amount = MoneyOf("amount_minor")

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.code

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("paymentfile:BP-…")."""
        return f"paymentfile:{self.code}"


class Instruction(models.Model):
    """One payout in a payment file: to whom and where it was written into it, and the approval it rests on.

    It is `live` until the file is withdrawn; a payout is in one file at a time.
    """

    file = models.ForeignKey(PaymentFile, on_delete=models.PROTECT, related_name="instructions")
    payout = models.ForeignKey("payments.Payout", on_delete=models.PROTECT, related_name="instructions")
    name = models.CharField(max_length=120)
    account = models.CharField(max_length=160)
    approval_sha256 = models.CharField(max_length=64)
    live = models.BooleanField(default=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["payout"], condition=Q(live=True), name="payout_in_one_live_file"),
        )

    def __str__(self) -> str:
        return f"{self.payout.code} in {self.file}"
