"""Accounts, transfers between them, and holds; balances are never stored, so they can never be wrong."""

from django.db import models

from market.kernel import clock
from market.kernel.fields import MoneyOf, currency_field


class Account(models.Model):
    """A place where money is: `code` ("escrow:D-…"), one currency, a normal side, and whether it may be overdrawn.

    The database refuses a transfer or hold that would overdraw an account with `overdraft=False` (migration 0002).
    """

    class Kind(models.TextChoices):
        """The normal side: assets grow by debits, liabilities and income by credits."""

        ASSET = "asset"
        LIABILITY = "liability"
        INCOME = "income"

    code = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    currency = currency_field()
    overdraft = models.BooleanField(default=False)
    opened_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class Transfer(models.Model):
    """`amount` moved from the debit account to the credit account, once per `ref`; never changed, never deleted."""

    ref = models.CharField(max_length=120, unique=True)
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credits")
    amount_minor = models.BigIntegerField()
    currency = currency_field()
    memo = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    amount = MoneyOf("amount_minor")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="transfer_amount_is_positive"),
            models.CheckConstraint(condition=~models.Q(debit=models.F("credit")), name="transfer_joins_two_accounts"),
        )

    def __str__(self) -> str:
        return self.ref


class Hold(models.Model):
    """An amount set aside on the debit account for the credit account, until its one outcome."""

    ref = models.CharField(max_length=120, unique=True)
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holds_out")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holds_in")
    amount_minor = models.BigIntegerField()
    currency = currency_field()
    memo = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    amount = MoneyOf("amount_minor")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="hold_amount_is_positive"),
            models.CheckConstraint(condition=~models.Q(debit=models.F("credit")), name="hold_joins_two_accounts"),
        )

    def __str__(self) -> str:
        return self.ref


class HoldOutcome(models.Model):
    """How a hold ended, exactly once: posted as a transfer, or void."""

    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="outcome")
    transfer = models.OneToOneField(Transfer, null=True, on_delete=models.PROTECT, related_name="hold_outcome")
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.hold} {'posted' if self.transfer_id else 'void'}"
