"""A run over a portfolio's members: what is common to them, and a row for each with what became of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.kernel.states import Moves
from market.parties.models import Party


class Run(models.Model):
    """A portfolio valued member by member by relief from royalty.

    `common` are the plain inputs all members share; `price` is what the members' values are to share out, when given.
    `attempts` counts who worked on it, each the only one for as long as it keeps `stale_at` ahead.
    """

    class State(models.TextChoices):
        """Where it stands."""

        WORKING = "working", _("Under way")
        DONE = "done", _("Done")
        FAILED = "failed", _("Run given up")

    MOVES: ClassVar[Moves] = {
        State.WORKING: frozenset({State.DONE, State.FAILED}),
        State.FAILED: frozenset({State.WORKING}),
    }

    code = code_field("VP")
    key = models.UUIDField(unique=True, editable=False)
    portfolio = models.ForeignKey("rights.Portfolio", on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    valuation_date = models.DateField(_("base date"))
    common = models.JSONField()
    currency = currency_field()
    price_minor = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.WORKING)
    attempts = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    stale_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    price = MoneyOf("price_minor")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(price_minor=None) | Q(price_minor__gt=0), name="package_price_above_zero"
            ),
        )
        indexes = (models.Index(fields=["state", "stale_at"], name="valuation_run_waiting"),)

    def __str__(self) -> str:
        return f"{self.code} {self.portfolio}"

    @property
    def ref(self) -> str:
        """The text reference facts are about ("valuation_run:VP-…")."""
        return f"valuation_run:{self.code}"


class Row(models.Model):
    """A member: its own inputs; then its value and its part of the price, or why it has no value. None is not nothing."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="rows")
    right = models.ForeignKey("rights.Right", on_delete=models.PROTECT, related_name="+")
    inputs = models.JSONField(default=dict)
    done = models.BooleanField(default=False)
    currency = currency_field()
    value_minor = models.BigIntegerField(null=True)
    part_minor = models.BigIntegerField(null=True)
    why = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    hash = models.CharField(max_length=64, blank=True)

    value = MoneyOf("value_minor")
    part = MoneyOf("part_minor")

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=["run", "right"], name="one_row_a_member"),)

    def __str__(self) -> str:
        return f"{self.run_id} {self.right_id}"
