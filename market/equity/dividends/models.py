"""A plan of dividend rights, who shares in it, its declarations, and the statement of each person."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.documents.models import Version
from market.equity.fields import PartField
from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.states import Moves
from market.parties.models import Party


class DividendPlan(models.Model):
    """`payer` gives `part` of a base to the beneficiaries, for each period of `months` since `since`, through `agency`.

    No share of the company passes. The base is what the payer reports with evidence (财资〔2016〕4号). `cap_minor` is for all
    periods together.
    """

    class Base(models.TextChoices):
        """Of what a part is given."""

        NET_INCOME = "net_income", _("Net income from licence or transfer")
        PROFIT = "profit", _("Profit of the project")

    class Every(models.IntegerChoices):
        """How long a period is, in months."""

        QUARTER = 3, _("Quarter")
        HALF = 6, _("Half-year")
        YEAR = 12, _("Every year")

    class State(models.TextChoices):
        """Whether periods are still to come."""

        ACTIVE = "active", _("Active")
        ENDED = "ended", _("Ended")

    MOVES: ClassVar[Moves] = {State.ACTIVE: frozenset({State.ENDED})}

    code = code_field("E")
    key = models.UUIDField(unique=True, editable=False)
    payer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="dividend_plans")
    agency = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="dividend_plans_administered")
    title = models.CharField(max_length=160)
    base = models.CharField(max_length=10, choices=Base)
    part = PartField()
    currency = currency_field()
    cap_minor = models.BigIntegerField(null=True)
    since = models.DateField()
    until = models.DateField(null=True)
    months = models.PositiveSmallIntegerField(choices=Every)
    state = models.CharField(max_length=6, choices=State, default=State.ACTIVE)
    made_at = models.DateTimeField(default=clock.now)

    cap = MoneyOf("cap_minor")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(condition=Q(cap_minor=None) | Q(cap_minor__gt=0), name="dividend_cap_is_positive"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="dividends_end_after_start"
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("dividends:E-…")."""
        return f"dividends:{self.code}"


class Beneficiary(models.Model):
    """Who shares in a plan, and how much of what is declared is theirs; together one."""

    plan = models.ForeignKey(DividendPlan, on_delete=models.PROTECT, related_name="beneficiaries")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="dividend_rights")
    part = PartField()

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["plan", "party"], name="beneficiary_once_per_plan"),)

    def __str__(self) -> str:
        return f"{self.party} {self.part}"


class Declaration(models.Model):
    """What one period of a plan came to, declared once; `number` counts the periods from 1 without a gap. Never changed but for
    its payment."""

    class State(models.TextChoices):
        """Where the money is."""

        DECLARED = "declared", _("Dividend declared")
        PAID = "paid", _("Paid")

    MOVES: ClassVar[Moves] = {State.DECLARED: frozenset({State.PAID})}

    code = code_field("ED")
    plan = models.ForeignKey(DividendPlan, on_delete=models.PROTECT, related_name="declarations")
    number = models.PositiveSmallIntegerField()
    since = models.DateField()
    until = models.DateField()
    currency = currency_field()
    base_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    evidence = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=State, default=State.DECLARED)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField(default=clock.now)
    paid_on = models.DateField(null=True)

    base, amount = MoneyOf("base_minor"), MoneyOf("amount_minor")

    class Meta:
        ordering = ("plan", "-number")
        constraints = (
            models.UniqueConstraint(fields=["plan", "number"], name="each_period_declared_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="nothing_negative_is_declared"),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("dividend:ED-…")."""
        return f"dividend:{self.code}"


class DividendStatement(models.Model):
    """What one person gets of a declaration, by which part. Append-only."""

    declaration = models.ForeignKey(Declaration, on_delete=models.PROTECT, related_name="statements")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="dividend_statements")
    part = PartField()
    currency = currency_field()
    amount_minor = models.BigIntegerField()

    amount = MoneyOf("amount_minor")

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=["declaration", "party"], name="one_statement_per_person_and_declaration"),
        )

    def __str__(self) -> str:
        return f"{self.declaration} {self.party}"
