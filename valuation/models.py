"""An appraisal: what a right was found to be worth, by which method, on which inputs. Kept for ever; a change is a new version."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.kernel import clock
from market.kernel.fields import MoneyOf, code_field, currency_field
from market.parties.models import Party
from valuation.portfolios.models import Row, Run
from valuation.purposes import Premise, Purpose
from valuation.quality.models import Scoring
from valuation.statutory.models import Engagement, Report, Signature

__all__ = ["Appraisal", "Engagement", "Report", "Row", "Run", "Scoring", "Signature"]


class Appraisal(models.Model):
    """One version of a party's own model of a right's worth. It is no statutory report (法定评估报告).

    `inputs` and `ranges` are plain values as `methods.plain` reads them; `sources` say where each input comes from. `follows` is
    the version before. `hash` is the result's: whoever works the inputs again with `engine_version` comes to it.
    """

    Purpose, Premise = Purpose, Premise

    code = code_field("V")
    key = models.UUIDField(unique=True, editable=False)
    series = models.CharField(max_length=16, editable=False)
    version = models.PositiveSmallIntegerField()
    follows = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    listing = models.ForeignKey("listings.Listing", on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    premise = models.CharField(_("premise of value"), max_length=12, choices=Premise)
    valuation_date = models.DateField(_("base date"))
    valid_until = models.DateField(_("valid until"))
    method = models.CharField(max_length=40)
    inputs = models.JSONField()
    ranges = models.JSONField()
    sources = models.JSONField()
    currency = currency_field()
    value_minor = models.BigIntegerField()
    low_minor = models.BigIntegerField()
    high_minor = models.BigIntegerField()
    rounding = models.CharField(max_length=16)
    engine_version = models.CharField(max_length=8)
    hash = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    value = MoneyOf("value_minor")
    low = MoneyOf("low_minor")
    high = MoneyOf("high_minor")

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=["series", "version"], name="one_appraisal_per_version"),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valuation_date")), name="appraisal_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(low_minor__lte=F("value_minor"), high_minor__gte=F("value_minor")),
                name="appraisal_within_its_range",
            ),
        )
        indexes = (models.Index(fields=["party", "-id"]),)

    def __str__(self) -> str:
        return f"{self.series} v{self.version}"

    @property
    def ref(self) -> str:
        """The text reference other rooms store ("appraisal:V-…")."""
        return f"appraisal:{self.code}"

    @property
    def plain(self) -> dict[str, Any]:
        """What the method is worked with again: `method`, `inputs`, `ranges`, `currency`."""
        moves = {name: (Decimal(low), Decimal(high)) for name, (low, high) in self.ranges.items()}
        return {"method": self.method, "inputs": self.inputs, "ranges": moves, "currency": self.currency}
