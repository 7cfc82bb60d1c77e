"""Accounts, transfers between them, and holds; balances are never stored, so they can never be wrong."""

from fractions import Fraction

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


class Rate(models.Model):
    """One `base` is `numerator` / `denominator` `quote`, exactly, on the day `on`, as `source` published it."""

    base = currency_field()
    quote = currency_field()
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    on = models.DateField()
    source = models.CharField(max_length=120)
    by = models.CharField(max_length=60)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-on", "-pk")
        constraints = (
            models.UniqueConstraint(fields=["base", "quote", "on", "source"], name="one_rate_a_day_and_source"),
            models.CheckConstraint(condition=~Q(base=F("quote")), name="rate_joins_two_currencies"),
            models.CheckConstraint(condition=Q(numerator__gt=0, denominator__gt=0), name="rate_is_positive"),
        )

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} {self.on} {self.source}"

    @property
    def value(self) -> Fraction:
        """What one `base` is in `quote`."""
        return Fraction(self.numerator, self.denominator)


class Withdrawal(models.Model):
    """A rate taken back that was entered wrongly: it stays on record, and nothing is exchanged at it any more."""

    rate = models.OneToOneField(Rate, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.CharField(max_length=200)
    by = models.CharField(max_length=60)
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.rate} withdrawn"


class Transfer(Movement):
    """`amount` moved from the debit account to the credit account; when it posts a hold, it says which.

    With a `rate` it is one side of an exchange: one of its accounts is the `fx:` account of its currency, and the
    database lets no other transfer touch that (migration 0005).
    """

    hold = models.OneToOneField(Hold, null=True, on_delete=models.PROTECT, related_name="posting")
    rate = models.ForeignKey(Rate, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)


class Void(models.Model):
    """A hold that was given back instead of posted; the database refuses it for a posted one, and the reverse."""

    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="void")
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.hold} void"


class Closing(models.Model):
    """From now on the books are closed to transfers dated before `until`; the last row is the one that counts.

    One with an earlier `until` than the row before opens periods again and says why. `seal` is the hash over the row, its
    lines, the transfers dated from `since` to `until` (`journal`) and the seal of the row before.
    """

    previous = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="next")
    since = models.DateTimeField(null=True)
    until = models.DateTimeField()
    by = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(default=clock.now)
    journal = models.CharField(max_length=64)
    seal = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.CheckConstraint(condition=Q(until__lte=F("at")), name="only_what_is_over_is_closed"),)

    def __str__(self) -> str:
        return f"closed until {self.until.isoformat()}"


class ClosingLine(models.Model):
    """An account in the trial balance of a closing: all its debits and all its credits before `until`, in minor units."""

    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, related_name="lines", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    debits_minor = models.BigIntegerField()
    credits_minor = models.BigIntegerField()

    class Meta:
        ordering = ("account__code",)
        constraints = (models.UniqueConstraint(fields=["closing", "account"], name="one_line_an_account_and_closing"),)

    def __str__(self) -> str:
        return f"{self.account}: {self.debits_minor}, {self.credits_minor}"
