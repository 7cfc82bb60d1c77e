"""Accounts, transfers between them, and holds; balances are never stored, so they can never be wrong."""

from django.db import models
from django.db.models import F, Q

from market.kernel import clock
from market.kernel.fields import MoneyOf, currency_field


class Account(models.Model):
    """A place where money is: `code` ("escrow:lot:L-…"), one currency, a normal side, and whether it may be overdrawn.

    The database refuses to change or delete an account, and a transfer or hold that would overdraw one with
    `overdraft=False` (migrations 0002 and 0004).
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
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=["asset", "liability", "income"]), name="account_kind_known"),
            models.CheckConstraint(condition=Q(overdraft=False) | Q(kind="asset"), name="only_assets_are_overdrawn"),
        )

    def __str__(self) -> str:
        return self.code


class Movement(models.Model):
    """What a hold and a transfer share: an amount from the debit account to the credit account, once per `ref`."""

    ref = models.CharField(max_length=120, unique=True)
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="%(class)ss_out")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="%(class)ss_in")
    amount_minor = models.BigIntegerField()
    currency = currency_field()
    memo = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)

    amount = MoneyOf("amount_minor")

    class Meta:
        abstract = True
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="%(class)s_amount_is_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="%(class)s_joins_two_accounts"),
        )

    def __str__(self) -> str:
        return self.ref


class Hold(Movement):
    """An amount set aside on the debit account for the credit account, until it is posted or void, once for all.

    From `expires_at` on it can only become void, which the background sees to.
    """

    expires_at = models.DateTimeField(null=True)

    class Meta(Movement.Meta):
        indexes = (models.Index(fields=["expires_at"], condition=Q(expires_at__isnull=False), name="hold_expiry"),)


class Transfer(Movement):
    """`amount` moved from the debit account to the credit account; when it posts a hold, it says which."""

    hold = models.OneToOneField(Hold, null=True, on_delete=models.PROTECT, related_name="posting")


class Void(models.Model):
    """A hold that was given back instead of posted; the database refuses it for a posted one, and the reverse."""

    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="void")
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.hold} void"
